import type { Line, Order, Refund } from '../state/orders.js';
import { gid, moment, type Shop } from '../state/shop.js';
import { newLine, type LineSpec } from './add-orders.js';
import { openFulfillmentOrder, reduce } from './fulfillment-orders.js';
import { fulfillmentOrdersOf, isOpen } from './lookups.js';
import { touch } from './orders.js';
import { changeLevel, commit, openLevel } from './stock.js';

/** What the merchant changes of an order without touching its goods. */
export type OrderChange = Partial<
  Pick<Order, 'address' | 'note' | 'tags' | 'attributes' | 'financialStatus' | 'email' | 'closedAt' | 'updatedAt'>
>;

export function changeOrder(shop: Shop, order: Order, change: OrderChange): void {
  const paid = change.financialStatus === 'PAID' && order.financialStatus !== 'PAID';
  Object.assign(order, change);
  touch(shop, order, ...(paid ? ['ORDERS_PAID'] : []));
  if (change.updatedAt !== undefined) order.updatedAt = change.updatedAt;
}

/** Puts another line on the order. */
export function addLine(shop: Shop, order: Order, spec: LineSpec): Line {
  const line = newLine(shop, spec);
  order.lines.push(line);
  askFor(shop, order, line, line.quantity);
  edited(shop, order);
  return line;
}

/** Asks for more or fewer pieces of a line; `quantity` is what the order shall hold of it now. */
export function setQuantity(shop: Shop, order: Order, sku: string, quantity: number): void {
  const line = lineOfSku(order, sku);
  const more = quantity - line.current;
  line.current = quantity;
  if (more > 0) {
    line.quantity += more;
    askFor(shop, order, line, more);
  } else takeBack(shop, order, line, -more);
  edited(shop, order);
}

export interface RefundSpec {
  lines: { sku: string; quantity: number; restock?: Refund['lines'][number]['restock'] }[];
  note?: string;
}

/** Pays back; `CANCEL` takes pieces off what is still to be sent, `RETURN` puts sent ones back into stock. */
export function refundOrder(shop: Shop, order: Order, spec: RefundSpec): Refund {
  const lines = spec.lines.map(({ sku, quantity, restock = 'CANCEL' }) => {
    const line = lineOfSku(order, sku);
    line.current -= quantity;
    if (restock === 'CANCEL') takeBack(shop, order, line, quantity);
    if (restock === 'RETURN') backToStock(shop, line, quantity);
    return { lineId: line.id, quantity, restock };
  });
  const refund = { id: shop.nextId(), orderId: order.id, createdAt: moment(shop), note: spec.note ?? null, lines };
  shop.refunds.push(refund);
  order.financialStatus = order.lines.every((line) => line.current === 0) ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  const { id, createdAt } = refund;
  shop.announce('REFUNDS_CREATE', {
    ...{ id, order_id: order.id, created_at: createdAt, admin_graphql_api_id: gid('Refund', id) },
    refund_line_items: lines.map(({ lineId, quantity }) => ({ line_item_id: lineId, quantity })),
  });
  touch(shop, order);
  return refund;
}

function backToStock(shop: Shop, line: Line, pieces: number): void {
  const level = openLevel(shop, line.itemId, line.locationId);
  changeLevel(shop, level, { available: level.available + pieces });
}

function askFor(shop: Shop, order: Order, line: Line, pieces: number): void {
  const deliveryMethod = line.requiresShipping ? 'SHIPPING' : 'NONE';
  const parts = { orderId: order.id, locationId: line.locationId, deliveryMethod } as const;
  openFulfillmentOrder(shop, parts, [{ lineId: line.id, quantity: pieces }]);
  commit(shop, line.itemId, line.locationId, pieces);
}

/** A fulfillment order of which nothing is left to send is closed. */
function takeBack(shop: Shop, order: Order, line: Line, pieces: number): void {
  let left = pieces;
  for (const each of fulfillmentOrdersOf(shop, order).filter(isOpen)) {
    left -= reduce(shop, each, line.id, left);
    if (each.lines.every(({ remaining }) => remaining === 0)) each.status = 'CLOSED';
  }
}

function edited(shop: Shop, order: Order): void {
  order.edited = true;
  shop.announce('ORDERS_EDITED', { order_edit: { id: shop.nextId(), order_id: order.id, created_at: moment(shop) } });
  touch(shop, order);
}

export function lineOfSku(order: Order, sku: string): Line {
  const found = order.lines.find((each) => each.sku === sku);
  if (!found) throw new Error(`order ${order.name} has no line of SKU "${sku}"`);
  return found;
}
