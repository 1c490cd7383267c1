import type { PrivacyKind } from '../../../domain/privacy.js';
import type { StoreNews } from '../port.js';

/** The scopes of which any one lets a topic be registered (webhook topics of the official schema). */
const fulfillmentOrderScopes = [
  'read_merchant_managed_fulfillment_orders',
  'read_assigned_fulfillment_orders',
  'read_third_party_fulfillment_orders',
];

interface Topic {
  /** As the API names it. */
  topic: string;
  kind: StoreNews['kind'];
  /** Any one of these; none needs none. */
  scopes: string[];
}

const all = (kind: StoreNews['kind'], scopes: string[], topics: string[]): Topic[] =>
  topics.map((topic) => ({ topic, kind, scopes }));

/**
 * What is registered (reference/shopify.md §8). Any of them is a hint to look at the order; who comes first is not
 * promised, so none means "new". The three privacy topics cannot be registered by an app: its maker enters their
 * address in the app's own configuration.
 */
export const topics: readonly Topic[] = [
  ...all('orders', ['read_orders'], [
    'ORDERS_CREATE', 'ORDERS_PAID', 'ORDERS_UPDATED', 'ORDERS_EDITED', 'ORDERS_CANCELLED', 'ORDERS_FULFILLED',
    'ORDERS_PARTIALLY_FULFILLED', 'ORDERS_DELETE', 'REFUNDS_CREATE',
  ]),
  ...all('orders', fulfillmentOrderScopes, [
    'FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE', 'FULFILLMENT_ORDERS_PLACED_ON_HOLD', 'FULFILLMENT_ORDERS_HOLD_RELEASED',
    'FULFILLMENT_ORDERS_SPLIT', 'FULFILLMENT_ORDERS_MERGED', 'FULFILLMENT_ORDERS_MOVED', 'FULFILLMENT_ORDERS_CANCELLED',
    'FULFILLMENT_ORDERS_RESCHEDULED', 'FULFILLMENT_ORDERS_SCHEDULED_FULFILLMENT_ORDER_READY',
    'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_SUBMITTED', 'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_SUBMITTED',
  ]),
  ...all('returns', ['read_returns'], [
    'RETURNS_REQUEST', 'RETURNS_APPROVE', 'RETURNS_DECLINE', 'RETURNS_CANCEL', 'RETURNS_CLOSE', 'RETURNS_REOPEN',
    'RETURNS_PROCESS', 'RETURNS_UPDATE', 'REVERSE_FULFILLMENT_ORDERS_DISPOSE',
  ]),
  ...all('stock', ['read_inventory'], [
    'INVENTORY_LEVELS_UPDATE', 'INVENTORY_LEVELS_CONNECT', 'INVENTORY_LEVELS_DISCONNECT',
  ]),
  { topic: 'APP_UNINSTALLED', kind: 'uninstalled', scopes: [] },
  { topic: 'APP_SCOPES_UPDATE', kind: 'scopes', scopes: [] },
]; // prettier-ignore

const privacyKinds: Record<string, PrivacyKind> = {
  CUSTOMERS_DATA_REQUEST: 'customer_data_request',
  CUSTOMERS_REDACT: 'customer_erasure',
  SHOP_REDACT: 'store_erasure',
};

/**
 * Our name of a topic as the header writes it: "orders/create" is ORDERS_CREATE, "fulfillment_orders/split" is
 * FULFILLMENT_ORDERS_SPLIT.
 */
export function kindOf(header: string): StoreNews['kind'] | PrivacyKind {
  const topic = header.toUpperCase().replaceAll('/', '_');
  return topics.find((each) => each.topic === topic)?.kind ?? privacyKinds[topic] ?? 'ignored';
}
