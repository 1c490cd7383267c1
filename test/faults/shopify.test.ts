import { adminSchema } from '../../sandbox/shopify/graphql/schema.js';
import { createShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { sandboxShopDomain, sandboxShopifyApp, sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';
import { expectNothingLost, startStoreSuite, type FaultyStore, type StoreSuite } from './store-suite.js';

// Unpacked here and not within the first call's deadline.
adminSchema();
const shopify = createShopifySandbox({
  settings: { bucket: { maximumAvailable: 1e6, restoreRate: 1e6 }, routingDelayMs: 300 },
  webhookRetryMs: [1_000, 2_000],
});
const skus = ['KIT-1', 'TEA-30', 'BOOK-7'];
const place = 'Main Warehouse';

const store: FaultyStore = {
  name: 'Shopify',
  standIn: shopify.standIn,
  deliveries: shopify.deliveries,
  faults: [
    // Each mails the customer, so each of these may become a second mail.
    { kind: 'timeout_after', rate: 0.06, sent: 'fulfillmentCreate' },
    { kind: 'reset_after', rate: 0.06, sent: 'fulfillmentCreate' },
    { kind: 'truncated', rate: 0.04, sent: 'fulfillmentCreate' },
    { kind: 'reset_after', rate: 0.2, sent: 'inventorySetQuantities' },
    { kind: 'timeout_before', rate: 0.01 },
    { kind: 'status', rate: 0.02, status: 500 },
    { kind: 'status', rate: 0.02, status: 429, headers: { 'retry-after': '1' } },
  ],
  sell: (count) => void shopify.addSamples(count, 'plain'),
  setTokenAlive: (alive) => shopify.shop.tokens.forEach((token) => (token.revoked = !alive)),
  notices: () =>
    shopify
      .ledger()
      .fulfillments.flatMap(({ order, lines, trackingNumbers }) =>
        lines.map((line) => ({ order, key: `${line.lineId}|${trackingNumbers.join()}` })),
      ),
  mails: () => shopify.ledger().mails.map((mail) => mail.order),
  offered: () =>
    Object.fromEntries(
      shopify
        .ledger()
        .stock.filter((level) => level.location === place && skus.includes(level.sku!))
        .map((level) => [`WH-${level.sku}`, level.available]),
    ),
};

let suite: StoreSuite;
beforeAll(async () => {
  for (const sku of skus) shopify.setStock(sku, place, 500);
  const baseUrl = await shopify.standIn.listen();
  const { clientSecret: apiSecret } = sandboxShopifyApp;
  const credentials = { shop: sandboxShopDomain, accessToken: sandboxShopifyToken, apiSecret };
  suite = await startStoreSuite(
    store,
    { marketplace: 'shopify', baseUrl, credentials },
    {
      settings: { marketplace: { fulfillmentLocation: String(shopify.shop.locations[0]!.id) } },
      listings: Object.fromEntries(skus.map((sku) => [sku, [{ warehouseSku: `WH-${sku}`, quantity: 1 }]])),
    },
  );
}, 60_000);
afterAll(async () => {
  await suite.stop();
  await shopify.standIn.close();
});

it('I1–I3, I13, R98, R142: Shopify: 200 orders, none lost, none twice, stock equal, whatever its webhooks, tokens and time-outs do', async () => {
  expectNothingLost(await suite.run());
}, 480_000);
