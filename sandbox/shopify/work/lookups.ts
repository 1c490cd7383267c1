import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Line, Order } from '../state/orders.js';
import type { Item, Level, Location } from '../state/stock.js';
import type { Shop } from '../state/shop.js';

export function orderOf(shop: Shop, { orderId }: { orderId: number }): Order {
  return shop.orders.find((each) => each.id === orderId)!;
}

export function lineOf(order: Order, lineId: number): Line {
  return order.lines.find((each) => each.id === lineId)!;
}

export function itemOf(shop: Shop, itemId: number): Item {
  return shop.items.find((each) => each.id === itemId)!;
}

/** By name or number. */
export function locationOf(shop: Shop, named: string | number): Location {
  const found = shop.locations.find((each) => each.name === named || String(each.id) === String(named));
  if (!found) throw new Error(`no location "${named}"`);
  return found;
}

export function levelOf(shop: Shop, itemId: number, locationId: number): Level | undefined {
  return shop.levels.find((each) => each.itemId === itemId && each.locationId === locationId);
}

export function onHand(level: Level): number {
  return level.available + level.committed + level.unavailable;
}

export function fulfillmentOrdersOf(shop: Shop, order: Order): FulfillmentOrder[] {
  return shop.fulfillmentOrders.filter((each) => each.orderId === order.id);
}

export function isOpen(fulfillmentOrder: FulfillmentOrder): boolean {
  return !['CLOSED', 'CANCELLED', 'INCOMPLETE'].includes(fulfillmentOrder.status);
}

/** Pieces of a line that left. */
export function fulfilledPieces(shop: Shop, lineId: number): number {
  return shop.fulfillments
    .filter((each) => each.status === 'SUCCESS')
    .flatMap((each) => each.lines)
    .filter((line) => line.lineId === lineId)
    .reduce((sum, line) => sum + line.quantity, 0);
}

/** Pieces of a line that are still to be sent. */
export function unfulfilledPieces(shop: Shop, line: Line): number {
  return Math.max(0, line.current - fulfilledPieces(shop, line.id));
}
