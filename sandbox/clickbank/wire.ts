import type { Response } from 'express';
import { pacificTime } from './pacific.js';
import type { SandboxNotice, SandboxOrder, SandboxState } from './state.js';

/** ClickBank's JSON: null is an object, scalars are texts, one element is no array (reference/clickbank.md §1). */
const nil = { '@nil': 'true' };
const orNil = (value: string | null) => value ?? nil;

function elements(values: unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}

export function shippingData(order: SandboxOrder, withPhone: boolean): Record<string, unknown> {
  const { customer } = order;
  return {
    receipt: order.receipt,
    firstName: customer.firstName,
    lastName: customer.lastName,
    fullName: `${customer.firstName} ${customer.lastName}`,
    email: customer.email,
    ...(withPhone ? { phoneNumber: orNil(customer.phone) } : {}),
    address1: orNil(customer.address1),
    address2: orNil(customer.address2),
    city: orNil(customer.city),
    state: orNil(customer.state),
    country: orNil(customer.country),
    postalCode: orNil(customer.postalCode),
    transactionTime: pacificTime(order.placedAt),
    isTestTransaction: String(order.test),
    vendor: order.vendor,
    vendorVariables: { item: { name: 'source', value: 'sandbox' } },
    lineItemShipData: elements(
      order.lines
        .filter((line) => line.shippable)
        .map((line) => ({
          itemNo: line.itemNo,
          productTitle: line.title,
          customerAmount: line.amount,
          accountAmount: line.amount,
          quantity: String(line.quantity),
          shippingMethod: orNil(line.shippingMethod),
          isRefundPending: String(line.refundPending),
          hasBeenRefunded: String(line.refunded),
          hasBeenChargebacked: String(line.chargedBack),
        })),
    ),
    ...order.rawShipping,
  };
}

/** The purchase, then a row for each refund or chargeback, which reuse the receipt. */
export function orderData(order: SandboxOrder): Record<string, unknown>[] {
  if (order.rawOrder === null) return [];
  const purchase = orderRow(order, `${order.test ? 'TEST_' : ''}${order.type}`, order.placedAt, total(order));
  const later = order.laterRows.map((row) => orderRow(order, row.type, row.at, `-${total(order)}`));
  return [{ ...purchase, ...order.rawOrder }, ...later];
}

/** In cents, exactly: the sandbox's amounts have two decimals. */
function total(order: SandboxOrder): string {
  const cents = order.lines.reduce((sum, line) => sum + Math.round(Number(line.amount) * 100), 0);
  return (cents / 100).toFixed(2);
}

function orderRow(order: SandboxOrder, type: string, at: string, amount: string): Record<string, unknown> {
  return {
    transactionTime: pacificTime(at),
    receipt: order.receipt,
    trackingId: nil,
    paytmentMethod: order.test ? 'TEST' : 'VISA',
    transactionType: type,
    totalOrderAmount: amount,
    totalShippingAmount: '0.00',
    totalTaxAmount: '0.00',
    vendor: order.vendor,
    affiliate: nil,
    country: orNil(order.customer.country),
    state: orNil(order.customer.state),
    firstName: order.customer.firstName,
    lastName: order.customer.lastName,
    currency: order.currency,
    email: order.customer.email,
    postalCode: orNil(order.customer.postalCode),
    role: 'VENDOR',
    customerRefundableState: 'REFUNDABLE',
    lineItemData: elements(
      order.lines.map((line) => ({
        itemNo: line.itemNo,
        productTitle: line.title,
        recurring: String(order.type === 'BILL'),
        shippable: String(line.shippable),
        customerAmount: line.amount,
        accountAmount: line.amount,
        quantity: String(line.quantity),
        lineItemType: line.lineItemType,
        rebillAmount: nil,
        nextPaymentDate: nil,
        role: 'VENDOR',
      })),
    ),
  };
}

export function noticeData(notice: SandboxNotice, shippedTo: string): Record<string, unknown> {
  return {
    shipDate: pacificTime(new Date(`${notice.shipDate}T12:00:00Z`)),
    carrier: notice.carrier,
    trackingId: orNil(notice.trackingId),
    shippedTo,
    comments: orNil(notice.comments),
    receipt: notice.receipt,
    itemNo: orNil(notice.itemNo),
  };
}

/** One object or an array under the root key; nothing found is a 204 or a `null`. 206 says that more pages follow. */
export function sendRows(state: SandboxState, response: Response, root: string, rows: unknown[], more: boolean): void {
  response.status(more ? 206 : 200);
  if (rows.length > 0) response.json({ [root]: elements(rows) });
  else if (state.settings.empty === 'null' || more) response.json(null);
  else response.status(204).end();
}

/** Errors are plain text, whatever the caller accepts. */
export function sendText(response: Response, status: number, text: string): void {
  response.status(status).type('text/plain').send(text);
}
