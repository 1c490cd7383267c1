import type { Item, Level, Location, FulfillmentService } from './stock.js';
import type { Order, Refund, Return } from './orders.js';
import type { Fulfillment, FulfillmentOrder } from './fulfillments.js';
import type { Grant, Token } from './tokens.js';
import type { Settings } from './settings.js';

/** What the stand-in remembers: one shop with one app. Ids are numbers, times UTC to the second as Shopify tells them. */
export interface Shop {
  now(): Date;
  random(): number;
  nextId(): number;
  settings: Settings;
  /** Of which the tokens are; its secret signs notifications and redirects. */
  app: { clientId: string; clientSecret: string };
  tokens: Token[];
  /** Authorizations that were not yet exchanged for a token. */
  grants: Grant[];
  locations: Location[];
  services: FulfillmentService[];
  items: Item[];
  levels: Level[];
  orders: Order[];
  fulfillmentOrders: FulfillmentOrder[];
  fulfillments: Fulfillment[];
  refunds: Refund[];
  returns: Return[];
  subscriptions: Subscription[];
  /** What only the ledger shows. */
  record: Record;
  /** Sends a notification to every subscription of the topic. */
  announce(topic: string, body: object): void;
}

export interface Subscription {
  id: number;
  /** As the API names it, ORDERS_CREATE. */
  topic: string;
  uri: string;
  name: string | null;
  filter: string | null;
  includeFields: string[];
  createdAt: string;
  /** Tries in a row that were not answered with 2xx. */
  failures: number;
}

export interface Record {
  /** To the customer: a second mail shows a fulfillment that was made twice. */
  mails: { order: string; fulfillment: string; kind: 'shipping_confirmation' | 'shipping_update' }[];
  inventorySets: {
    at: string;
    sku: string;
    location: string;
    name: string;
    from: number;
    to: number;
    reason: string;
  }[];
  requests: { at: string; fulfillmentOrder: string; answer: string; reason: string | null; message: string | null }[];
}

/** The moment as Shopify writes it, without milliseconds. */
export function moment(shop: Pick<Shop, 'now'>): string {
  return toSecond(shop.now());
}

export function toSecond(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function gid(type: string, id: number | string): string {
  return `gid://shopify/${type}/${id}`;
}

/** The number in a global id; null when it is none or of another type. */
export function idIn(type: string, value: unknown): number | null {
  const match = /^gid:\/\/shopify\/(\w+)\/(\d+)$/.exec(String(value));
  return match && match[1] === type ? Number(match[2]) : null;
}

export function byGid<T extends { id: number }>(type: string, rows: T[], value: unknown): T | undefined {
  const id = idIn(type, value);
  return rows.find((row) => row.id === id);
}
