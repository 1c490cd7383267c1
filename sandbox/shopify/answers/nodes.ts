import { covers, denyWithout, reachableOrders } from '../graphql/access.js';
import type { Call } from '../graphql/call.js';
import { badRequest } from '../graphql/connection.js';
import { byGid } from '../state/shop.js';

/** The kinds of things that `node` and `nodes` find by their global id. */
const rowsOf: Record<string, (call: Call) => { id: number }[]> = {
  Order: reachableOrders,
  FulfillmentOrder: (call) => call.shop.fulfillmentOrders.filter((each) => covers(call, 'read', each)),
  Fulfillment: ({ shop }) => shop.fulfillments,
  Return: ({ shop }) => shop.returns,
  ReverseFulfillmentOrder: ({ shop }) => shop.returns,
  Location: ({ shop }) => shop.locations,
  InventoryItem: ({ shop }) => shop.items,
  InventoryLevel: ({ shop }) => shop.levels,
  WebhookSubscription: ({ shop }) => shop.subscriptions,
};

/** Null for what does not exist; refused for what the scopes do not allow. */
export function nodeOf(call: Call, id: string): object | null {
  const type = /^gid:\/\/shopify\/(\w+)\/\d+/.exec(id)?.[1];
  if (type === undefined) throw badRequest(`Invalid global id '${id}'`);
  const rows = rowsOf[type];
  if (!rows) throw badRequest(`The stand-in finds no node of type ${type}.`);
  denyWithout(call, 'node', type);
  const row = byGid(type, rows(call), id.split('?')[0]);
  return row ? { ...row, __typename: type } : null;
}
