import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import { gid, moment, type Shop } from '../state/shop.js';
import { fulfillmentOrdersOf, isOpen, lineOf, orderOf } from './lookups.js';
import { commit } from './stock.js';

type Parts = Pick<FulfillmentOrder, 'orderId' | 'locationId' | 'deliveryMethod'> & Partial<FulfillmentOrder>;
type Pieces = { lineId: number; quantity: number }[];

/** A new one of these lines; their stock is committed already, or was never kept. */
export function openFulfillmentOrder(shop: Shop, parts: Parts, pieces: Pieces): FulfillmentOrder {
  const now = moment(shop);
  const fulfillmentOrder: FulfillmentOrder = {
    status: 'OPEN',
    requestStatus: 'UNSUBMITTED',
    fulfillAt: null,
    holds: [],
    ...parts,
    id: shop.nextId(),
    lines: pieces.map(({ lineId, quantity }) => ({ id: shop.nextId(), lineId, total: quantity, remaining: quantity })),
    createdAt: now,
    updatedAt: now,
  };
  shop.fulfillmentOrders.push(fulfillmentOrder);
  return fulfillmentOrder;
}

/** Moves pieces into a new fulfillment order beside this one, by the ids of its lines. */
export function split(
  shop: Shop,
  from: FulfillmentOrder,
  pieces: { id: number; quantity: number }[],
): FulfillmentOrder {
  const { orderId, locationId, deliveryMethod, requestStatus, fulfillAt } = from;
  const moved = pieces.map(({ id, quantity }) => {
    const line = from.lines.find((each) => each.id === id)!;
    line.total -= quantity;
    line.remaining -= quantity;
    return { lineId: line.lineId, quantity };
  });
  from.lines = from.lines.filter((line) => line.total > 0);
  from.updatedAt = moment(shop);
  return openFulfillmentOrder(shop, { orderId, locationId, deliveryMethod, requestStatus, fulfillAt }, moved);
}

/** Takes pieces of a line off what is still to be sent, and gives their stock back; tells how many it found. */
export function reduce(shop: Shop, fulfillmentOrder: FulfillmentOrder, lineId: number, pieces: number): number {
  const line = fulfillmentOrder.lines.find((each) => each.lineId === lineId);
  if (!line) return 0;
  const taken = Math.min(pieces, line.remaining);
  line.remaining -= taken;
  line.total -= taken;
  commit(shop, lineOf(orderOf(shop, fulfillmentOrder), lineId).itemId, fulfillmentOrder.locationId, -taken);
  fulfillmentOrder.updatedAt = moment(shop);
  return taken;
}

export function cancelFulfillmentOrders(shop: Shop, order: Order): void {
  for (const each of fulfillmentOrdersOf(shop, order)) {
    if (!isOpen(each)) continue;
    for (const line of each.lines) reduce(shop, each, line.lineId, line.remaining);
    each.status = 'CANCELLED';
    announceFulfillmentOrder(shop, 'FULFILLMENT_ORDERS_CANCELLED', each);
  }
}

/** Their notifications name the fulfillment order and nothing of its order. */
export function announceFulfillmentOrder(shop: Shop, topic: string, each: FulfillmentOrder): void {
  const { id, status } = each;
  shop.announce(topic, { fulfillment_order: { id: gid('FulfillmentOrder', id), status: status.toLowerCase() } });
}
