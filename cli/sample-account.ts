import { sandboxBigcommerceCredentials } from '../sandbox/bigcommerce/state.js';
import { sandboxKey } from '../sandbox/clickbank/state.js';
import { sandboxShipbobToken } from '../sandbox/shipbob/sandbox.js';
import { sandboxShopDomain, sandboxShopifyApp, sandboxShopifyToken } from '../sandbox/shopify/state/tokens.js';
import type { Api } from './api-client.js';
import type { StandIns } from './stand-ins.js';
import { CliError } from './terminal.js';

interface Named {
  id: string;
  name: string;
}

interface SampleStore {
  name: string;
  marketplace: keyof StandIns['urls'];
  credentials: object;
  /** What only its marketplace knows. */
  settings: object;
  /** What the store calls its ways of shipping, and ShipBob's method for each. */
  methods: Record<string, string>;
  /** The warehouse's SKUs for each of the store's. */
  listings: Record<string, string[]>;
  keepsStock: boolean;
}

/**
 * Sets up the sample tenant, as a person would: warehouse, and for each store its credentials, listings, shipping rules,
 * test, enable and stock sync, all through the API. What is there from an earlier start is kept; only the stand-ins'
 * addresses are new each time.
 */
export async function setUpSampleAccount(api: Api, standIns: StandIns): Promise<void> {
  const { urls } = standIns;
  const tenant = await findOrMake(api, '/v1/tenants', { name: 'Sample Traders' });
  const warehouse = await findOrMake(api, '/v1/warehouses', {
    ...{ tenantId: tenant.id, name: 'Sample ShipBob', system: 'shipbob', baseUrl: urls.shipbob },
    // The stand-in shows an order at once; the real one is given two minutes.
    settings: { settleSeconds: 2 },
  });
  await connect(api, `/v1/warehouses/${warehouse.id}`, urls.shipbob, { accessToken: sandboxShipbobToken });
  for (const sample of sampleStores(standIns)) {
    const baseUrl = urls[sample.marketplace];
    const store = await findOrMake(api, '/v1/stores', {
      ...{ tenantId: tenant.id, name: sample.name, marketplace: sample.marketplace, baseUrl },
      // The shortest the API allows, so that something is to be seen.
      settings: { reviewFirstImport: false, pollSeconds: { busy: 10, idle: 20 }, marketplace: sample.settings },
    });
    await saveOnce(api, `/v1/stores/${store.id}/shipping-rules`, shippingRules(warehouse.id, sample.methods));
    for (const [sku, components] of Object.entries(sample.listings))
      await saveOnce(api, `/v1/stores/${store.id}/listings/${sku}`, {
        components: components.map((warehouseSku) => ({ warehouseSku, quantity: 1 })),
      });
    await connect(api, `/v1/stores/${store.id}`, baseUrl, sample.credentials);
    if (sample.keepsStock) await keepStock(api, store.id, warehouse.id);
  }
}

function sampleStores({ shopifyLocation }: StandIns): SampleStore[] {
  const methods = { 'Standard Shipping': 'Standard', 'Express Shipping': 'Expedited' };
  // One of them is a bundle: the warehouse packs the kit and a box of tea.
  const listings = { 'kit-1': ['WH-KIT-1', 'WH-TEA-30'], 'tea-30': ['WH-TEA-30'], 'book-7': ['WH-BOOK-7'] };
  return [
    {
      ...{ name: 'Sample ClickBank', marketplace: 'clickbank', methods, listings, keepsStock: false },
      ...{ credentials: { apiKey: sandboxKey.apiKey }, settings: {} },
    },
    {
      ...{ name: 'Sample BigCommerce', marketplace: 'bigcommerce', methods, listings, keepsStock: true },
      ...{ credentials: sandboxBigcommerceCredentials, settings: {} },
    },
    {
      ...{ name: 'Sample Shopify', marketplace: 'shopify', keepsStock: true },
      methods: { Standard: 'Standard' },
      listings: Object.fromEntries(Object.entries(listings).map(([sku, skus]) => [sku.toUpperCase(), skus])),
      credentials: {
        shop: sandboxShopDomain,
        accessToken: sandboxShopifyToken,
        apiSecret: sandboxShopifyApp.clientSecret,
      },
      settings: { fulfillmentLocation: shopifyLocation },
    },
  ];
}

function shippingRules(warehouseId: string, methods: Record<string, string>) {
  const rules = Object.entries(methods).map(([description, methodCode]) => ({
    name: description,
    conditions: [{ field: 'description', operator: 'equals', value: description }],
    then: { warehouseId, methodCode },
  }));
  return { rules, otherwise: 'attention' };
}

async function keepStock(api: Api, storeId: string, warehouseId: string): Promise<void> {
  const { items } = await api.list<{ warehouseId: string }>('/v1/stock-syncs', { store: storeId });
  if (!items.some((sync) => sync.warehouseId === warehouseId))
    await api.call('POST', '/v1/stock-syncs', { storeId, warehouseId });
}

async function findOrMake(
  api: Api,
  path: string,
  wanted: { name: string; tenantId?: string } & Record<string, unknown>,
): Promise<Named> {
  const { items } = await api.list<Named & { tenantId?: string }>(path, {});
  const found = items.find((each) => each.name === wanted.name && each.tenantId === wanted.tenantId);
  return found ?? api.call<Named>('POST', path, wanted);
}

/** What a person has changed since the first start stays. */
async function saveOnce(api: Api, path: string, body: object): Promise<void> {
  const exists = await api.call('GET', path).then(
    () => true,
    () => false,
  );
  if (!exists) await api.call('PUT', path, body);
}

/** Credentials, test, enable; with the address of today. Enabling again registers the webhook again. */
async function connect(api: Api, path: string, baseUrl: string, credentials: object): Promise<void> {
  await api.call('PATCH', path, { baseUrl });
  await api.call('PUT', `${path}/credentials`, credentials);
  const report = await api.call<{ passes: boolean; problems: string[] }>('POST', `${path}/test`);
  if (!report.passes) throw new CliError(`${path} does not pass its test: ${report.problems.join('; ')}`);
  await api.call('POST', `${path}/enable`);
}
