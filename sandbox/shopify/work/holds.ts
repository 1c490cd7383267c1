import type { FulfillmentOrder, Hold } from '../state/fulfillments.js';
import { moment, type Shop } from '../state/shop.js';
import { announceFulfillmentOrder } from './fulfillment-orders.js';
import { orderOf } from './lookups.js';
import { touch } from './orders.js';

export function placeHold(shop: Shop, fulfillmentOrder: FulfillmentOrder, parts: Omit<Hold, 'id'>): Hold {
  const hold = { id: shop.nextId(), ...parts };
  fulfillmentOrder.holds.push(hold);
  fulfillmentOrder.status = 'ON_HOLD';
  changed(shop, fulfillmentOrder, 'FULFILLMENT_ORDERS_PLACED_ON_HOLD');
  return hold;
}

export function releaseHolds(shop: Shop, fulfillmentOrder: FulfillmentOrder, goes: (hold: Hold) => boolean): void {
  fulfillmentOrder.holds = fulfillmentOrder.holds.filter((hold) => !goes(hold));
  if (fulfillmentOrder.status !== 'ON_HOLD' || fulfillmentOrder.holds.length > 0) return;
  const begun = fulfillmentOrder.lines.some((line) => line.remaining < line.total);
  fulfillmentOrder.status = begun ? 'IN_PROGRESS' : 'OPEN';
  changed(shop, fulfillmentOrder, 'FULFILLMENT_ORDERS_HOLD_RELEASED');
}

function changed(shop: Shop, fulfillmentOrder: FulfillmentOrder, topic: string): void {
  fulfillmentOrder.updatedAt = moment(shop);
  announceFulfillmentOrder(shop, topic, fulfillmentOrder);
  touch(shop, orderOf(shop, fulfillmentOrder));
}
