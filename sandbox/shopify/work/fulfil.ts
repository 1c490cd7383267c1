import type { Fulfillment, FulfillmentOrder } from '../state/fulfillments.js';
import { moment, type Shop } from '../state/shop.js';
import { split } from './fulfillment-orders.js';
import { fulfillmentOrdersOf, isOpen, lineOf, orderOf } from './lookups.js';
import { touch } from './orders.js';
import { takeOut } from './stock.js';
import { fulfillmentBody } from './webhook-bodies.js';

export interface Shipping {
  company: string | null;
  packages: Fulfillment['packages'];
  notify: boolean;
}

/** Pieces of one line of a fulfillment order, by that line's own id. */
export interface Part {
  fulfillmentOrder: FulfillmentOrder;
  id: number;
  quantity: number;
}

/** Fulfills all that remains of one fulfillment order. */
export function fulfil(shop: Shop, fulfillmentOrder: FulfillmentOrder, shipping: Shipping): Fulfillment {
  return fulfilParts(shop, everythingOf(fulfillmentOrder), shipping);
}

export function everythingOf(fulfillmentOrder: FulfillmentOrder): Part[] {
  const lines = fulfillmentOrder.lines.filter((line) => line.remaining > 0);
  return lines.map(({ id, remaining }) => ({ fulfillmentOrder, id, quantity: remaining }));
}

/** The parts are of one order and one location, and remain: whoever calls has seen to that. */
export function fulfilParts(shop: Shop, parts: Part[], shipping: Shipping): Fulfillment {
  const first = parts[0]!.fulfillmentOrder;
  const order = orderOf(shop, first);
  const now = moment(shop);
  const count = shop.fulfillments.filter((each) => each.orderId === order.id).length;
  const fulfillment: Fulfillment = {
    id: shop.nextId(),
    name: `${order.name}-F${count + 1}`,
    orderId: order.id,
    locationId: first.locationId,
    status: 'SUCCESS',
    company: shipping.company,
    packages: shipping.packages,
    lines: parts.map((part) => takeFrom(shop, part)),
    notified: shipping.notify,
    createdAt: now,
    updatedAt: now,
  };
  shop.fulfillments.push(fulfillment);
  for (const each of new Set(parts.map((part) => part.fulfillmentOrder))) settle(shop, each);
  if (shipping.notify) mail(shop, fulfillment, 'shipping_confirmation');
  shop.announce('FULFILLMENTS_CREATE', fulfillmentBody(fulfillment));
  const done = fulfillmentOrdersOf(shop, order).every((each) => !isOpen(each));
  touch(shop, order, done ? 'ORDERS_FULFILLED' : 'ORDERS_PARTIALLY_FULFILLED');
  return fulfillment;
}

function takeFrom(shop: Shop, { fulfillmentOrder, id, quantity }: Part): Fulfillment['lines'][number] {
  const line = fulfillmentOrder.lines.find((each) => each.id === id)!;
  line.remaining -= quantity;
  const bought = lineOf(orderOf(shop, fulfillmentOrder), line.lineId);
  if (!bought.giftCard) takeOut(shop, bought.itemId, fulfillmentOrder.locationId, quantity);
  return { id: shop.nextId(), lineId: line.lineId, quantity, fulfillmentOrderId: fulfillmentOrder.id };
}

/** What becomes of a fulfillment order after some or all of it was fulfilled; the switch is described in settings.ts. */
function settle(shop: Shop, fulfillmentOrder: FulfillmentOrder): void {
  fulfillmentOrder.updatedAt = moment(shop);
  const rest = fulfillmentOrder.lines.filter((line) => line.remaining > 0);
  if (rest.length > 0 && shop.settings.afterPart === 'keeps_rest') {
    fulfillmentOrder.status = 'IN_PROGRESS';
    return;
  }
  if (rest.length > 0)
    split(
      shop,
      fulfillmentOrder,
      rest.map(({ id, remaining }) => ({ id, quantity: remaining })),
    );
  fulfillmentOrder.status = 'CLOSED';
  if (fulfillmentOrder.requestStatus !== 'UNSUBMITTED') fulfillmentOrder.requestStatus = 'CLOSED';
}

export function mail(shop: Shop, fulfillment: Fulfillment, kind: 'shipping_confirmation' | 'shipping_update'): void {
  shop.record.mails.push({ order: orderOf(shop, fulfillment).name, fulfillment: fulfillment.name, kind });
}
