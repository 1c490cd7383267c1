import { GraphQLError } from 'graphql';
import { covers, isReachable, reachableOrders } from '../graphql/access.js';
import type { Arguments, Call, Fields } from '../graphql/call.js';
import { byId, connection, type Position } from '../graphql/connection.js';
import { search } from '../graphql/search.js';
import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import { byGid } from '../state/shop.js';
import { isOpen, orderOf } from '../work/lookups.js';
import { kindOf } from '../work/supported-actions.js';
import { app } from './app.js';
import { nodeOf } from './nodes.js';
import { fulfillmentOrderSearch, itemSearch, locationSearch, orderSearch } from './searches.js';

const sortValues: Record<string, (order: Order) => string | number> = {
  PROCESSED_AT: ({ processedAt }) => processedAt,
  CREATED_AT: ({ createdAt }) => createdAt,
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  ORDER_NUMBER: ({ name }) => Number(name.replace(/\D/g, '')),
  ID: () => 0,
};

function orderPosition({ sortKey = 'PROCESSED_AT' }: Arguments): (order: Order) => Position {
  const value = sortValues[sortKey];
  if (!value) throw new GraphQLError(`The stand-in does not sort orders by ${sortKey}.`);
  return (order) => ({ value: value(order), id: order.id });
}

function foundOrders(args: Arguments, call: Call): Order[] {
  return search(reachableOrders(call), args.query, orderSearch(call.shop), call);
}

/** What the scopes cover, of orders that the app can reach. */
function seen(call: Call): FulfillmentOrder[] {
  return call.shop.fulfillmentOrders.filter(
    (each) => covers(call, 'read', each) && isReachable(call, orderOf(call.shop, each)),
  );
}

/** What the states of the requests are called when they are asked for. */
const assignments: Record<string, string[]> = {
  FULFILLMENT_REQUESTED: ['SUBMITTED'],
  FULFILLMENT_ACCEPTED: ['ACCEPTED', 'CANCELLATION_REJECTED'],
  CANCELLATION_REQUESTED: ['CANCELLATION_REQUESTED'],
  FULFILLMENT_UNSUBMITTED: ['UNSUBMITTED'],
};

function assigned({ assignmentStatus, locationIds }: Arguments, call: Call): FulfillmentOrder[] {
  const locations = locationIds?.map((id) => byGid('Location', call.shop.locations, id)?.id);
  return seen(call)
    .filter((each) => kindOf(call.shop, each) === 'assigned' && isOpen(each))
    .filter((each) => !assignmentStatus || assignments[assignmentStatus]!.includes(each.requestStatus))
    .filter((each) => !locations || locations.includes(each.locationId));
}

export const query: Fields<unknown> = {
  ...app,
  orders: (_root, args, call) => connection(args, foundOrders(args, call), orderPosition(args)),
  ordersCount: (_root, args, call) => ({ count: foundOrders(args, call).length, precision: 'EXACT' }),
  order: (_root, { id }, call) => byGid('Order', reachableOrders(call), id) ?? null,
  fulfillmentOrders: (_root, args, call) => {
    const rows = seen(call).filter((each) => args.includeClosed === true || isOpen(each));
    const value = args.sortKey === 'UPDATED_AT' ? (row: FulfillmentOrder) => row.updatedAt : () => 0;
    const found = search(rows, args.query, fulfillmentOrderSearch, call);
    return connection(args, found, (row) => ({ value: value(row), id: row.id }));
  },
  fulfillmentOrder: (_root, { id }, call) => byGid('FulfillmentOrder', seen(call), id) ?? null,
  assignedFulfillmentOrders: (_root, args, call) => byId(args, assigned(args, call)),
  fulfillment: (_root, { id }, { shop }) => byGid('Fulfillment', shop.fulfillments, id) ?? null,
  return: (_root, { id }, { shop }) => byGid('Return', shop.returns, id) ?? null,
  reverseFulfillmentOrder: (_root, { id }, { shop }) => byGid('ReverseFulfillmentOrder', shop.returns, id) ?? null,
  location: (_root, { id }, { shop }) =>
    (id === undefined ? shop.locations[0] : byGid('Location', shop.locations, id)) ?? null,
  locations: (_root, args, call) => {
    const { locations } = call.shop;
    // Those of fulfillment services are "legacy": left out unless one asks for them.
    const rows = locations
      .filter((each) => each.active || args.includeInactive === true)
      .filter((each) => each.serviceId === null || args.includeLegacy === true);
    return byId(args, search(rows, args.query, locationSearch, call));
  },
  inventoryItem: (_root, { id }, { shop }) => byGid('InventoryItem', shop.items, id) ?? null,
  inventoryItems: (_root, args, call) => byId(args, search(call.shop.items, args.query, itemSearch, call)),
  inventoryLevel: (_root, { id }, { shop }) => byGid('InventoryLevel', shop.levels, id?.split('?')[0]) ?? null,
  productVariants: (_root, args, call) => byId(args, search(call.shop.items, args.query, itemSearch, call)),
  node: (_root, { id }, call) => nodeOf(call, id!),
  nodes: (_root, { ids }, call) => ids!.map((id) => nodeOf(call, id)),
};
