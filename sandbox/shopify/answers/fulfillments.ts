import { covers } from '../graphql/access.js';
import type { Call, Fields } from '../graphql/call.js';
import { byId, inOrder } from '../graphql/connection.js';
import type { Fulfillment, FulfillmentOrder, Hold } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import { gid } from '../state/shop.js';
import { itemOf, lineOf, locationOf, orderOf } from '../work/lookups.js';
import { supportedActions } from '../work/supported-actions.js';
import { destination, locationAddress } from './addresses.js';
import { priceOf, type OrderLine } from './lines.js';
import { moneyBag } from './money.js';

export const fulfillmentOrder: Fields<FulfillmentOrder> = {
  id: ({ id }) => gid('FulfillmentOrder', id),
  order: (row, _args, { shop }) => orderOf(shop, row),
  orderId: ({ orderId }) => gid('Order', orderId),
  orderName: (row, _args, { shop }) => orderOf(shop, row).name,
  orderProcessedAt: (row, _args, { shop }) => orderOf(shop, row).processedAt,
  fulfillBy: () => null,
  channelId: () => null,
  assignedLocation: (row, _args, { shop }) => {
    const location = locationOf(shop, row.locationId);
    return { name: location.name, ...locationAddress(location), location };
  },
  destination: (row, _args, call) => destination(call, orderOf(call.shop, row)),
  deliveryMethod: ({ id, deliveryMethod }, _args, call) => ({
    ...{ id: gid('DeliveryMethod', id), methodType: deliveryMethod },
    ...{ minDeliveryDateTime: null, maxDeliveryDateTime: null, sourceReference: null, brandedPromise: null },
    ...shippingChosen(call, id),
  }),
  fulfillmentHolds: ({ holds }) => holds,
  supportedActions: (row, _args, { shop }) =>
    supportedActions(shop, row).map((action) => ({ action, externalUrl: null })),
  lineItems: (row, args) =>
    inOrder(
      args,
      row.lines.map((line) => ({ fulfillmentOrder: row, line })),
    ),
  fulfillments: (row, args, { shop }) =>
    byId(
      args,
      shop.fulfillments.filter((each) => each.lines.some((line) => line.fulfillmentOrderId === row.id)),
    ),
};

function shippingChosen({ shop }: Call, fulfillmentOrderId: number) {
  const row = shop.fulfillmentOrders.find((each) => each.id === fulfillmentOrderId)!;
  const { shipping } = orderOf(shop, row);
  return { serviceCode: shipping?.code ?? null, presentedName: shipping?.title ?? null };
}

interface FulfillmentOrderLine {
  fulfillmentOrder: FulfillmentOrder;
  line: FulfillmentOrder['lines'][number];
}

function bought(call: Call, { fulfillmentOrder, line }: FulfillmentOrderLine): OrderLine {
  const order = orderOf(call.shop, fulfillmentOrder);
  return { order, line: lineOf(order, line.lineId) };
}

export const fulfillmentOrderLineItem: Fields<FulfillmentOrderLine> = {
  id: ({ line }) => gid('FulfillmentOrderLineItem', line.id),
  totalQuantity: ({ line }) => line.total,
  remainingQuantity: ({ line }) => line.remaining,
  lineItem: (row, _args, call) => bought(call, row),
  sku: (row, _args, call) => bought(call, row).line.sku,
  productTitle: (row, _args, call) => bought(call, row).line.title,
  requiresShipping: (row, _args, call) => bought(call, row).line.requiresShipping,
  inventoryItemId: (row, _args, call) => gid('InventoryItem', bought(call, row).line.itemId),
  variant: (row, _args, call) => itemOf(call.shop, bought(call, row).line.itemId),
  variantTitle: (row, _args, call) => itemOf(call.shop, bought(call, row).line.itemId).variantTitle,
  vendor: (_row, _args, { shop }) => shop.settings.shopName,
  warnings: () => [],
};

export const fulfillmentHold: Fields<Hold> = {
  id: ({ id }) => gid('FulfillmentHold', id),
  displayReason: ({ reason }) => reason.toLowerCase().replaceAll('_', ' '),
  reasonNotes: ({ notes }) => notes,
  heldByRequestingApp: ({ ours }) => ours,
};

export const fulfillment: Fields<Fulfillment> = {
  id: ({ id }) => gid('Fulfillment', id),
  legacyResourceId: ({ id }) => String(id),
  order: (row, _args, { shop }) => orderOf(shop, row),
  location: ({ locationId }, _args, { shop }) => locationOf(shop, locationId),
  service: ({ locationId }, _args, { shop }) => {
    const { serviceId } = locationOf(shop, locationId);
    return shop.services.find((each) => each.id === serviceId) ?? null;
  },
  displayStatus: ({ status }) => (status === 'SUCCESS' ? 'FULFILLED' : 'CANCELED'),
  deliveredAt: () => null,
  inTransitAt: () => null,
  estimatedDeliveryAt: () => null,
  requiresShipping: () => true,
  totalQuantity: ({ lines }) => lines.reduce((sum, line) => sum + line.quantity, 0),
  trackingInfo: ({ company, packages }, args) =>
    packages.slice(0, args.first ?? undefined).map(({ number, url }) => ({ company, number, url })),
  fulfillmentLineItems: (row, args) =>
    inOrder(
      args,
      row.lines.map((line) => ({ fulfillment: row, line })),
    ),
  fulfillmentOrders: (row, args, call) =>
    byId(
      args,
      call.shop.fulfillmentOrders.filter(
        (each) => row.lines.some((line) => line.fulfillmentOrderId === each.id) && covers(call, 'read', each),
      ),
    ),
};

export interface FulfillmentLine {
  fulfillment: Fulfillment;
  line: Fulfillment['lines'][number];
}

export const fulfillmentLineItem: Fields<FulfillmentLine> = {
  id: ({ line }) => gid('FulfillmentLineItem', line.id),
  quantity: ({ line }) => line.quantity,
  lineItem: ({ fulfillment, line }, _args, { shop }): OrderLine => {
    const order: Order = orderOf(shop, fulfillment);
    return { order, line: lineOf(order, line.lineId) };
  },
  originalTotalSet: ({ fulfillment, line }, _args, { shop }) => {
    const order = orderOf(shop, fulfillment);
    return moneyBag(order, priceOf(lineOf(order, line.lineId), line.quantity));
  },
};
