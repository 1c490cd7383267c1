import { z } from 'zod';
import { amount, flag, instant, list, pieces, required, text } from './quirks.js';

/** A receipt as shipping2 or shipping3 lists it; unknown fields are dropped (reference/clickbank.md §3). */
export const shippingRow = z.object({
  receipt: required(text),
  transactionTime: required(instant),
  isTestTransaction: flag,
  vendor: text,
  firstName: text,
  lastName: text,
  fullName: text,
  email: text,
  /** shipping3 only. */
  phoneNumber: text,
  address1: text,
  address2: text,
  city: text,
  state: text,
  country: text,
  postalCode: text,
  lineItemShipData: list(
    z.object({
      itemNo: required(text),
      productTitle: text,
      customerAmount: amount,
      quantity: required(pieces),
      shippingMethod: text,
      isRefundPending: flag,
      hasBeenRefunded: flag,
      hasBeenChargebacked: flag,
    }),
  ),
});
export type ShippingRow = z.infer<typeof shippingRow>;

/** What orders2 adds to it: money, kind and the sign of a test (reference/clickbank.md §2). */
export const purchaseRow = z.object({
  receipt: text,
  transactionTime: text,
  transactionType: text,
  /** The schema misspells it; both spellings are read. */
  paymentMethod: text,
  paytmentMethod: text,
  totalOrderAmount: amount,
  currency: text,
  vendor: text,
  lineItemData: list(z.object({ itemNo: text, shippable: text, lineItemType: text })),
});
export type PurchaseRow = z.infer<typeof purchaseRow>;

/** One ship notice as it is read back. `shippedTo` and `comments` may name people and are left out. */
export const noticeRow = z.object({ shipDate: text, carrier: text, trackingId: text, receipt: text, itemNo: text });
