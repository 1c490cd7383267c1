import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import { moment, type Shop } from '../state/shop.js';
import { fulfil, fulfilParts } from './fulfil.js';
import { announceFulfillmentOrder, openFulfillmentOrder, split } from './fulfillment-orders.js';
import { placeHold, releaseHolds } from './holds.js';
import { fulfillmentOrdersOf, isOpen, lineOf, locationOf } from './lookups.js';
import { touch } from './orders.js';
import { commit, putBack } from './stock.js';
import { fulfillmentBody } from './webhook-bodies.js';

/** What people do in Shopify's admin to fulfillment orders, of one order all that are open. */
export function hold(shop: Shop, order: Order, parts: { reason?: string; notes?: string } = {}): void {
  const { reason = 'OTHER', notes = null } = parts;
  for (const each of open(shop, order)) placeHold(shop, each, { handle: 'merchant', reason, notes, ours: false });
}

export function release(shop: Shop, order: Order): void {
  for (const each of open(shop, order)) releaseHolds(shop, each, () => true);
}

/** Asks the services to fulfill what is assigned to them; gives those that are to be told. */
export function requestFulfillment(shop: Shop, order: Order): FulfillmentOrder[] {
  return ask(shop, order, ['UNSUBMITTED', 'REJECTED'], 'SUBMITTED', 'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_SUBMITTED');
}

export function requestCancellation(shop: Shop, order: Order): FulfillmentOrder[] {
  const topic = 'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_SUBMITTED';
  return ask(shop, order, ['SUBMITTED', 'ACCEPTED'], 'CANCELLATION_REQUESTED', topic);
}

type RequestStatus = FulfillmentOrder['requestStatus'];

function ask(shop: Shop, order: Order, from: RequestStatus[], to: RequestStatus, topic: string): FulfillmentOrder[] {
  const asked = open(shop, order)
    .filter((each) => locationOf(shop, each.locationId).serviceId !== null)
    .filter((each) => from.includes(each.requestStatus));
  for (const each of asked) {
    each.requestStatus = to;
    each.updatedAt = moment(shop);
    announceFulfillmentOrder(shop, topic, each);
  }
  return asked;
}

/** To another location: the old fulfillment orders are closed, and new ones with other ids hold the rest (§4). */
export function move(shop: Shop, order: Order, location: string): void {
  const to = locationOf(shop, location);
  for (const each of open(shop, order).filter(({ locationId }) => locationId !== to.id)) {
    const rest = each.lines.filter((line) => line.remaining > 0);
    const moved = split(
      shop,
      each,
      rest.map(({ id, remaining }) => ({ id, quantity: remaining })),
    );
    for (const { lineId, remaining } of moved.lines) {
      const line = lineOf(order, lineId);
      commit(shop, line.itemId, each.locationId, -remaining);
      commit(shop, line.itemId, to.id, remaining);
      line.locationId = to.id;
    }
    moved.locationId = to.id;
    moved.requestStatus = 'UNSUBMITTED';
    each.status = 'CLOSED';
    announceFulfillmentOrder(shop, 'FULFILLMENT_ORDERS_MOVED', moved);
  }
  touch(shop, order);
}

/** Fulfilled by somebody else than the app; of one SKU only, or of all. */
export function fulfilElsewhere(shop: Shop, order: Order, spec: { sku?: string; number?: string } = {}): void {
  const { sku, number = null } = spec;
  const shipping = { company: 'UPS', packages: [{ number, url: null }], notify: true };
  for (const each of open(shop, order)) {
    if (sku === undefined) fulfil(shop, each, shipping);
    const line = each.lines.find((line) => lineOf(order, line.lineId).sku === sku && line.remaining > 0);
    if (line) fulfilParts(shop, [{ fulfillmentOrder: each, id: line.id, quantity: line.remaining }], shipping);
  }
}

/** Takes the order's last fulfillment back: its pieces are to be sent again, from a new fulfillment order (§4). */
export function cancelFulfillment(shop: Shop, order: Order): void {
  const sent = shop.fulfillments.findLast((each) => each.orderId === order.id && each.status === 'SUCCESS');
  if (!sent) throw new Error(`nothing of order ${order.name} was fulfilled`);
  sent.status = 'CANCELLED';
  sent.updatedAt = moment(shop);
  const { locationId } = sent;
  const { deliveryMethod } = shop.fulfillmentOrders.find((each) => each.id === sent.lines[0]!.fulfillmentOrderId)!;
  openFulfillmentOrder(shop, { orderId: order.id, locationId, deliveryMethod }, sent.lines);
  for (const { lineId, quantity } of sent.lines) putBack(shop, lineOf(order, lineId).itemId, locationId, quantity);
  shop.announce('FULFILLMENTS_UPDATE', fulfillmentBody(sent));
  touch(shop, order);
}

function open(shop: Shop, order: Order): FulfillmentOrder[] {
  return fulfillmentOrdersOf(shop, order).filter(isOpen);
}
