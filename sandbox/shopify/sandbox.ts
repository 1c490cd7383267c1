import { createStandIn, seededRandom, type StandIn } from '../stand-in.js';
import { adminRoutes } from './admin-routes.js';
import { createDeliveries, type Deliveries } from './deliveries.js';
import { graphqlRoute } from './graphql-route.js';
import { oauthRoutes } from './oauth-routes.js';
import { createShopFloor, type ShopFloor } from './shop-floor.js';
import { standardSettings, type Settings } from './state/settings.js';
import type { Shop } from './state/shop.js';
import { sandboxShopifyApp, sandboxToken } from './state/tokens.js';
import { routeDue } from './work/routing.js';
import { addItem, addLocation, addService } from './work/stock.js';

/**
 * A stand-in for one Shopify shop: its Admin API of 2026-10 on the official schema, the OAuth of its app, its
 * notifications, and what happens in the shop. It answers at its base URL, whatever the shop's domain.
 */
export interface ShopifySandbox extends ShopFloor {
  readonly standIn: StandIn;
  /** Changing it changes what the sandbox answers; routes and helpers see the same object. */
  readonly shop: Shop;
  readonly deliveries: Deliveries;
}

export interface ShopifySandboxOptions {
  seed?: number;
  settings?: Partial<Settings>;
  /** The clock that judges tokens, windows and the bucket. */
  now?: () => Date;
  /** Waits between the tries of a notification; Shopify's own eight take four hours. */
  webhookRetryMs?: number[];
}

/** Shopify tries eight times more; these waits are for a person who watches. */
const retries = [1, 2, 4, 8, 16, 32, 64, 128].map((seconds) => seconds * 1_000);

export function createShopifySandbox(options: ShopifySandboxOptions = {}): ShopifySandbox {
  const seed = options.seed ?? 1;
  const standIn = createStandIn({ seed });
  const shop = createShop(options, seed);
  const deliveries = createDeliveries({ shop, seed, retryAfterMs: options.webhookRetryMs ?? retries });
  shop.announce = (topic, body) => deliveries.announce(topic, body);
  const floor = createShopFloor(shop, deliveries);
  const { app } = standIn;
  app.use('/_sandbox', adminRoutes(shop, floor, deliveries));
  app.use(oauthRoutes(shop));
  app.post('/admin/api/:version/graphql.json', graphqlRoute(shop));
  app.use((_request, response) => void response.status(404).json({ errors: 'Not Found' }));
  const router = setInterval(() => routeDue(shop), routingMs).unref();
  const closeServer = standIn.close.bind(standIn);
  standIn.close = () => {
    clearInterval(router);
    deliveries.close();
    return closeServer();
  };
  return { ...floor, standIn, shop, deliveries };
}

/** How often late fulfillment orders are made when nobody asks for them; every call of the API makes them too. */
const routingMs = 250;

function createShop(options: ShopifySandboxOptions, seed: number): Shop {
  let id = 4_000_000_000;
  const shop: Shop = {
    now: options.now ?? (() => new Date()),
    random: seededRandom(seed),
    nextId: () => (id += 1),
    settings: { ...standardSettings, ...options.settings },
    app: { ...sandboxShopifyApp },
    tokens: [sandboxToken()],
    grants: [],
    locations: [],
    services: [],
    items: [],
    levels: [],
    orders: [],
    fulfillmentOrders: [],
    fulfillments: [],
    refunds: [],
    returns: [],
    subscriptions: [],
    record: { mails: [], inventorySets: [], requests: [] },
    announce: () => undefined,
  };
  furnish(shop);
  return shop;
}

/** Two places of the merchant's own, one of another app's service, and three products. */
function furnish(shop: Shop): void {
  addLocation(shop, { name: 'Main Warehouse' });
  addLocation(shop, { name: 'Corner Shop', city: 'Boise', provinceCode: 'ID' });
  addService(shop, { name: 'Other Fulfillment', ours: false });
  addItem(shop, { sku: 'KIT-1', title: 'Starter Kit' });
  addItem(shop, { sku: 'TEA-30', title: 'Garden Tea, 30 bags', stock: { 'Main Warehouse': 100, 'Corner Shop': 20 } });
  addItem(shop, { sku: 'BOOK-7', title: 'The Small Garden, printed', stock: { 'Other Fulfillment': 50 } });
}
