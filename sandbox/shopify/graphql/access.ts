import { GraphQLError, getNamedType, isObjectType, type GraphQLResolveInfo } from 'graphql';
import { adminSchema, scopesIn } from './schema.js';
import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import type { Call } from './call.js';
import { holds } from '../state/tokens.js';
import { kindOf } from '../work/supported-actions.js';

/**
 * Refuses a field whose return type, or which itself at the root, needs a scope that the token does not hold. What is
 * needed stands in the official schema; prose that names no scope asks for none.
 */
export function checkAccess(call: Call, info: GraphQLResolveInfo): void {
  const { fieldName, parentType } = info;
  if (['QueryRoot', 'Mutation'].includes(parentType.name))
    demand(call, fieldName, adminSchema().fieldAccess(fieldName));
  demand(call, fieldName, adminSchema().typeAccess(typeBehind(info)));
}

/** For a field that gives back any type. */
export function denyWithout(call: Call, field: string, type: string): void {
  demand(call, field, adminSchema().typeAccess(type));
}

function demand({ token }: Call, field: string, need: string | null): void {
  const scopes = scopesIn(need ?? '');
  if (scopes.length === 0 || scopes.some((scope) => holds(token, scope))) return;
  throw new GraphQLError(`Access denied for ${field} field. Required access: ${need}`, {
    extensions: {
      code: 'ACCESS_DENIED',
      documentation: 'https://shopify.dev/api/usage/access-scopes',
      requiredAccess: need,
    },
  });
}

/** Of a connection, the type of its nodes. */
function typeBehind(info: GraphQLResolveInfo): string {
  const type = getNamedType(info.returnType);
  const nodes = isObjectType(type) && type.name.endsWith('Connection') ? type.getFields()['nodes'] : undefined;
  return nodes ? getNamedType(nodes.type).name : type.name;
}

/** Whether the scopes cover this fulfillment order; what they do not cover is as if it did not exist. */
export function covers(call: Call, access: 'read' | 'write', fulfillmentOrder: FulfillmentOrder): boolean {
  return holds(call.token, `${access}_${kindOf(call.shop, fulfillmentOrder)}_fulfillment_orders`);
}

const sixtyDaysMs = 60 * 86_400_000;

/** Older orders do not come back at all without `read_all_orders` (reference/shopify.md §2). */
export function isReachable(call: Call, order: Order): boolean {
  if (holds(call.token, 'read_all_orders')) return true;
  return Date.parse(order.createdAt) >= call.shop.now().getTime() - sixtyDaysMs;
}

export function reachableOrders(call: Call): Order[] {
  return call.shop.orders.filter((order) => isReachable(call, order));
}
