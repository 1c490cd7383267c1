import { createStandIn, seededRandom, type StandIn } from '../stand-in.js';
import { graphqlRoute } from './graphql-route.js';
import type { Order } from './state/orders.js';
import { standardSettings, type Settings } from './state/settings.js';
import type { Shop } from './state/shop.js';
import { sandboxToken } from './state/tokens.js';
import { addOrder, type OrderSpec } from './work/add-orders.js';
import { addItem, addLocation, addService, type ItemSpec } from './work/stock.js';

/** A stand-in for one Shopify shop's Admin API, 2026-10, and for what happens in the shop. */
export interface ShopifySandbox {
  readonly standIn: StandIn;
  /** Changing it changes what the sandbox answers; routes and helpers see the same object. */
  readonly shop: Shop;
  addOrders(specs: OrderSpec[]): Order[];
  addItem(spec: ItemSpec): void;
}

export interface ShopifySandboxOptions {
  seed?: number;
  settings?: Partial<Settings>;
  /** The clock that judges tokens, windows and the bucket. */
  now?: () => Date;
}

export function createShopifySandbox(options: ShopifySandboxOptions = {}): ShopifySandbox {
  const standIn = createStandIn({ seed: options.seed ?? 1 });
  const shop = createShop(options);
  standIn.app.post('/admin/api/:version/graphql.json', graphqlRoute(shop));
  standIn.app.use((_request, response) => void response.status(404).json({ errors: 'Not Found' }));
  return {
    standIn,
    shop,
    addOrders: (specs) => specs.map((spec) => addOrder(shop, spec)),
    addItem: (spec) => void addItem(shop, spec),
  };
}

function createShop(options: ShopifySandboxOptions): Shop {
  let id = 4_000_000_000;
  const shop: Shop = {
    now: options.now ?? (() => new Date()),
    random: seededRandom(options.seed ?? 1),
    nextId: () => (id += 1),
    settings: { ...standardSettings, ...options.settings },
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
  addItem(shop, { sku: 'TEA-30', title: 'Garden Tea, 30 bags' });
  addItem(shop, { sku: 'BOOK-7', title: 'The Small Garden, printed' });
}
