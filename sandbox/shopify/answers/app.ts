import type { Fields } from '../graphql/call.js';
import { byId } from '../graphql/connection.js';
import type { Shop, Subscription } from '../state/shop.js';
import { byGid, gid } from '../state/shop.js';
import { sandboxShopDomain } from '../state/tokens.js';

/** The shop, the app in it and what the app subscribed to: the fields of QueryRoot that need no scope. */
export const app: Fields<unknown> = {
  shop: (_root, _args, { shop }) => shop,
  currentAppInstallation: (_root, _args, { token }) => ({
    id: gid('AppInstallation', 1),
    accessScopes: token.scopes.map((handle) => ({ handle, description: handle.replaceAll('_', ' ') })),
    app: { id: gid('App', 1), title: 'Waybill', handle: 'waybill' },
  }),
  fulfillmentService: (_root, { id }, { shop }) =>
    byGid('FulfillmentService', shop.services, id?.split('?')[0]) ?? null,
  webhookSubscriptions: (_root, args, { shop }) =>
    byId(
      args,
      shop.subscriptions
        .filter((each) => !args.topics || args.topics.includes(each.topic))
        .filter((each) => !args.uri || each.uri === args.uri),
    ),
  webhookSubscription: (_root, { id }, { shop }) => byGid('WebhookSubscription', shop.subscriptions, id) ?? null,
};

export const shop: Fields<Shop> = {
  id: () => gid('Shop', 1),
  name: ({ settings }) => settings.shopName,
  myshopifyDomain: () => sandboxShopDomain,
  primaryDomain: () => ({ id: gid('Domain', 1), host: sandboxShopDomain, url: `https://${sandboxShopDomain}` }),
  url: () => `https://${sandboxShopDomain}`,
  email: () => 'owner@example.com',
  contactEmail: () => 'owner@example.com',
  currencyCode: ({ settings }) => settings.currency,
  ianaTimezone: () => 'America/Boise',
  timezoneAbbreviation: () => 'MST',
  plan: () => ({ publicDisplayName: 'Basic', partnerDevelopment: false, shopifyPlus: false }),
  // The list of the fulfillment services, and not a connection.
  fulfillmentServices: ({ services }) => services,
};

export const webhookSubscription: Fields<Subscription> = {
  id: ({ id }) => gid('WebhookSubscription', id),
  legacyResourceId: ({ id }) => String(id),
  callbackUrl: ({ uri }) => uri,
  format: () => 'JSON',
  metafieldNamespaces: () => [],
  updatedAt: ({ createdAt }) => createdAt,
  apiVersion: () => ({ handle: '2026-10', displayName: '2026-10', supported: true }),
};
