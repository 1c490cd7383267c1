import { z } from 'zod';
import { problemOf } from '../../row-problem.js';
import { v2List } from './answers.js';
import type { Bigcommerce, BigcommerceCall } from './calls.js';
import { Unreadable } from './scalars.js';
import { addressRow, lineRow, type AddressRow, type LineRow, type OrderRow } from './rows.js';

/** The addresses and all lines of one order, wherever they were read. */
export interface OrderParts {
  /** Lowest id first, so that the first of them is the same at every reading. */
  addresses: AddressRow[];
  lines: LineRow[];
}

/** What brings a whole page of orders with lines and addresses in one call (reference/bigcommerce.md §2, Sub-resources). */
export const includeParts = { include: 'consignments.line_items', consignment_structure: 'object' };

/** The spec sets no maximum for V2 lists, so its default is what is asked for. */
export const v2PageSize = 50;

/**
 * Consignments hold every field of a line. Where they hold fewer pieces than the order counts, or links in place of
 * lines, the lines are read page by page. Throws Unreadable for an order that cannot be understood.
 */
export async function partsOf(call: Bigcommerce, order: OrderRow, lane: 'live' | 'backfill'): Promise<OrderParts> {
  const included = includedParts(order);
  const pieces = included?.lines.reduce((sum, line) => sum + line.quantity, 0) ?? 0;
  if (included && pieces >= order.items_total) return included;
  const lines = await subResource(call, order.id, { name: 'products', row: lineRow, lane });
  if (included && included.addresses.length > 0) return { ...included, lines };
  const addresses = await subResource(call, order.id, { name: 'shipping_addresses', row: addressRow, lane });
  return { addresses: byId(addresses), lines };
}

function includedParts({ consignments }: OrderRow): OrderParts | null {
  if (!consignments) return null;
  const { shipping, pickups, downloads, email } = consignments;
  const holders = [...shipping, ...pickups, ...downloads, ...(email?.gift_certificates ?? [])];
  const lines = holders.map((each) => each.line_items);
  if (lines.some((each) => !each)) return null;
  // A shipment names the address by what its lines say, which need not be the consignment's own id.
  const addresses = shipping.map((each) => ({ ...each, id: each.line_items?.[0]?.order_address_id ?? each.id }));
  return { addresses: byId(addresses), lines: lines.flatMap((each) => each ?? []) };
}

function byId(addresses: AddressRow[]): AddressRow[] {
  return addresses.sort((one, other) => Number(one.id) - Number(other.id));
}

async function subResource<Row extends z.ZodType>(
  call: Bigcommerce,
  orderId: string,
  of: { name: string; row: Row; lane: 'live' | 'backfill' },
): Promise<z.infer<Row>[]> {
  const rows = await allRows(call, {
    method: 'GET',
    path: `v2/orders/${orderId}/${of.name}`,
    lane: of.lane,
    scope: 'store_v2_orders_read_only',
    step: `reading the ${of.name.replace('_', ' ')} of order ${orderId}`,
    about: { order: orderId },
  });
  const parsed = z.array(of.row).safeParse(rows);
  if (parsed.success) return parsed.data;
  throw new Unreadable(`${of.name}${problemOf(parsed.error)}`);
}

/** All pages of a V2 list. It has no total: a page that is not full is the last. */
export async function allRows(call: Bigcommerce, list: BigcommerceCall): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let page = 1; ; page++) {
    const query = { ...list.query, limit: String(v2PageSize), page: String(page) };
    const got = await call({ ...list, query }, v2List);
    rows.push(...got);
    if (got.length < v2PageSize) return rows;
  }
}
