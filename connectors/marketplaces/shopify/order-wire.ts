import { z } from 'zod';
import { amount, connection } from './answers.js';
import { numericId } from './ids.js';

/** Orders as the documents of order-documents.ts ask for them. Enums stay open: they grow (reference/shopify.md §1). */

const text = z.string().nullable();
const pieces = z.int().min(0);
const time = z.iso.datetime({ offset: true }).transform((written) => new Date(written).toISOString());

const moneyBag = z.object({
  shopMoney: z.object({ amount, currencyCode: z.string().optional() }).optional(),
  presentmentMoney: z.object({ amount, currencyCode: z.string().optional() }).optional(),
});
export type MoneyBag = z.infer<typeof moneyBag>;

const line = z.object({
  id: numericId,
  sku: text,
  name: z.string(),
  /** As ordered; with what was removed or refunded since. */
  quantity: pieces,
  /** Without what was removed or refunded. */
  currentQuantity: pieces,
  unfulfilledQuantity: pieces,
  requiresShipping: z.boolean(),
  isGiftCard: z.boolean(),
  discountedTotalSet: moneyBag,
});
export type WireLine = z.infer<typeof line>;
export const wireLines = connection(line);

const fulfillmentOrderLine = z.object({
  remainingQuantity: pieces,
  totalQuantity: pieces,
  lineItem: z.object({ id: numericId }),
});
export const wireFulfillmentOrderLines = connection(fulfillmentOrderLine);

const destination = z.object({
  firstName: text,
  lastName: text,
  company: text,
  address1: text,
  address2: text,
  city: text,
  province: text,
  zip: text,
  countryCode: text,
  email: text,
  phone: text,
});
export type WireDestination = z.infer<typeof destination>;

const fulfillmentOrder = z.object({
  id: numericId,
  status: z.string(),
  requestStatus: z.string(),
  fulfillAt: time.nullable(),
  /** Its `location` is null once the location was deleted. */
  assignedLocation: z.object({ location: z.object({ id: numericId }).nullable() }),
  deliveryMethod: z.object({ methodType: z.string() }).nullable(),
  destination: destination.nullable(),
  fulfillmentHolds: z.array(z.object({ displayReason: z.string() })),
  supportedActions: z.array(z.object({ action: z.string() })),
  lineItems: wireFulfillmentOrderLines,
});
export type WireFulfillmentOrder = z.infer<typeof fulfillmentOrder>;
export const wireFulfillmentOrders = connection(fulfillmentOrder);

const address = z.object({
  firstName: text,
  lastName: text,
  company: text,
  address1: text,
  address2: text,
  city: text,
  province: text,
  provinceCode: text,
  zip: text,
  countryCodeV2: text,
  phone: text,
});
export type WireAddress = z.infer<typeof address>;

export const wireOrder = z.object({
  id: numericId,
  name: z.string(),
  processedAt: time,
  updatedAt: time,
  cancelledAt: time.nullable(),
  test: z.boolean(),
  displayFinancialStatus: text,
  displayFulfillmentStatus: z.string(),
  email: text,
  phone: text,
  /** Grams; a 64-bit number, so it comes as text. */
  totalWeight: z.union([z.string().regex(/^\d+$/), z.int().min(0).transform(String)]).nullable(),
  currentTotalPriceSet: moneyBag,
  shippingAddress: address.nullable(),
  shippingLine: z.object({ title: z.string() }).nullable(),
  lineItems: wireLines,
  fulfillmentOrders: wireFulfillmentOrders,
});
export type WireOrder = z.infer<typeof wireOrder>;
