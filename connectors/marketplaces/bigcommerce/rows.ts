import { z } from 'zod';
import { amount, count, flag, id, instant, pieces, requiredId, text } from './scalars.js';

/** What an order and its parts look like; unknown fields are dropped (reference/bigcommerce.md §2, §3). */

/** `id` is what shipments call order_product_id. */
export const lineRow = z.object({
  id: requiredId,
  order_address_id: id,
  order_pickup_method_id: id,
  product_id: id,
  variant_id: id,
  parent_order_product_id: id,
  name: text,
  sku: z.string().nullish(),
  type: text,
  quantity: pieces,
  quantity_shipped: count,
  quantity_refunded: count,
  is_refunded: flag,
  total_inc_tax: amount,
  discounted_total_inc_tax: amount,
});
export type LineRow = z.infer<typeof lineRow>;

const person = z.object({
  first_name: text,
  last_name: text,
  company: text,
  street_1: text,
  street_2: text,
  city: text,
  state: text,
  zip: text,
  country_iso2: text,
  email: text,
  phone: text,
});

export const addressRow = person.extend({ id: requiredId, shipping_method: text });
export type AddressRow = z.infer<typeof addressRow>;

/** What was not included is a link to it: null here, to be fetched. */
const isLink = (value: unknown) => typeof value === 'object' && value !== null && 'resource' in value;
const unlessLinks = (value: unknown) => (Array.isArray(value) && value.some(isLink) ? null : value);

const holder = z.object({ line_items: z.unknown().transform(unlessLinks).pipe(z.array(lineRow).nullish()) });

/** With consignment_structure=object. */
const consignments = z.object({
  shipping: z.array(addressRow.extend(holder.shape)).default([]),
  pickups: z.array(holder).default([]),
  downloads: z.array(holder).default([]),
  email: z.object({ gift_certificates: z.array(holder).default([]) }).nullish(),
});
export type Consignments = z.infer<typeof consignments>;

/** The legacy structure is an array; it is fetched anew like a link. */
const unlessElsewhere = (value: unknown) => (isLink(value) || Array.isArray(value) ? null : value);

export const orderRow = z.object({
  id: requiredId,
  status_id: count,
  /** Only shown, so an odd one costs no order; the second is the merchant's own name for it. */
  status: text.catch(null),
  custom_status: text.catch(null),
  date_created: instant,
  payment_status: text,
  payment_method: text,
  default_currency_code: text,
  total_inc_tax: amount,
  items_total: count,
  is_deleted: flag,
  channel_id: id,
  billing_address: person.nullish(),
  consignments: z.unknown().transform(unlessElsewhere).pipe(consignments.nullish()),
});
export type OrderRow = z.infer<typeof orderRow>;

export const shipmentRow = z.object({
  id: requiredId,
  order_address_id: id,
  date_created: text,
  tracking_number: text,
  tracking_carrier: text,
  shipping_provider: text,
  comments: text,
  items: z.array(z.object({ order_product_id: requiredId, quantity: count })).default([]),
});
export type ShipmentRow = z.infer<typeof shipmentRow>;
