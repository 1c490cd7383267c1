import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Line, Order } from '../state/orders.js';
import type { Shop } from '../state/shop.js';
import { fulfil } from './fulfil.js';
import { announceFulfillmentOrder, openFulfillmentOrder } from './fulfillment-orders.js';
import { commit } from './stock.js';

/**
 * Makes the fulfillment orders of every order whose time has come: one for each location and way of delivery. At
 * Shopify this is a step in the background that an app can only wait for (reference/shopify.md §4).
 */
export function routeDue(shop: Shop): void {
  const now = shop.now().getTime();
  for (const order of shop.orders) {
    if (order.routesAt === null || order.routesAt > now) continue;
    order.routesAt = null;
    if (order.cancelledAt === null) route(shop, order);
  }
}

function route(shop: Shop, order: Order): void {
  for (const lines of groups(order)) {
    const opened = openFor(shop, order, lines);
    if (lines[0]!.giftCard) fulfil(shop, opened, { notify: false, company: null, packages: [] });
    else announceFulfillmentOrder(shop, 'FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE', opened);
  }
}

function groups(order: Order): Line[][] {
  const groups = new Map<string, Line[]>();
  for (const line of order.lines) {
    const key = `${line.locationId} ${methodOf(line)} ${line.giftCard}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()];
}

function openFor(shop: Shop, order: Order, lines: Line[]): FulfillmentOrder {
  const { locationId } = lines[0]!;
  for (const line of lines) if (!line.giftCard) commit(shop, line.itemId, locationId, line.current);
  return openFulfillmentOrder(
    shop,
    {
      orderId: order.id,
      locationId,
      deliveryMethod: methodOf(lines[0]!),
      fulfillAt: order.fulfillAt,
      status: order.startsOnHold ? 'ON_HOLD' : order.fulfillAt === null ? 'OPEN' : 'SCHEDULED',
      holds: order.startsOnHold
        ? [{ id: shop.nextId(), handle: 'merchant', reason: 'OTHER', notes: null, ours: false }]
        : [],
    },
    lines.map((line) => ({ lineId: line.id, quantity: line.current })),
  );
}

function methodOf(line: Line): 'SHIPPING' | 'NONE' {
  return line.requiresShipping ? 'SHIPPING' : 'NONE';
}
