import { sandboxKey } from '../sandbox/clickbank/state.js';
import { sandboxShipbobToken } from '../sandbox/shipbob/sandbox.js';
import type { Api } from './api-client.js';
import { CliError } from './terminal.js';

interface Named {
  id: string;
  name: string;
}

/**
 * Sets up the sample tenant, as a person would: warehouse, store, credentials, listings, shipping rules, test, enable, all
 * through the API. What is there from an earlier start is kept; only the stand-ins' addresses are new each time.
 */
export async function setUpSampleAccount(api: Api, urls: { clickbankUrl: string; shipbobUrl: string }): Promise<void> {
  const tenant = await findOrMake(api, '/v1/tenants', { name: 'Sample Traders' });
  const warehouse = await findOrMake(api, '/v1/warehouses', {
    ...{ tenantId: tenant.id, name: 'Sample ShipBob', system: 'shipbob', baseUrl: urls.shipbobUrl },
    // The stand-in shows an order at once; the real one is given two minutes.
    settings: { settleSeconds: 2 },
  });
  await connect(api, `/v1/warehouses/${warehouse.id}`, urls.shipbobUrl, { accessToken: sandboxShipbobToken });
  const store = await findOrMake(api, '/v1/stores', {
    ...{ tenantId: tenant.id, name: 'Sample ClickBank', marketplace: 'clickbank', baseUrl: urls.clickbankUrl },
    // The shortest the API allows, so that something is to be seen.
    settings: { reviewFirstImport: false, pollSeconds: { busy: 10, idle: 20 } },
  });
  await saveOnce(api, `/v1/stores/${store.id}/shipping-rules`, shippingRules(warehouse.id));
  for (const [sku, components] of Object.entries(listings))
    await saveOnce(api, `/v1/stores/${store.id}/listings/${sku}`, { components });
  await connect(api, `/v1/stores/${store.id}`, urls.clickbankUrl, { apiKey: sandboxKey.apiKey });
}

/** One of them is a bundle: the warehouse packs the kit and a box of tea. */
const listings = {
  'kit-1': [
    { warehouseSku: 'WH-KIT-1', quantity: 1 },
    { warehouseSku: 'WH-TEA-30', quantity: 1 },
  ],
  'tea-30': [{ warehouseSku: 'WH-TEA-30', quantity: 1 }],
  'book-7': [{ warehouseSku: 'WH-BOOK-7', quantity: 1 }],
};

function shippingRules(warehouseId: string) {
  const rule = (description: string, methodCode: string) => ({
    name: description,
    conditions: [{ field: 'description', operator: 'equals', value: description }],
    then: { warehouseId, methodCode },
  });
  return {
    rules: [rule('Standard Shipping', 'Standard'), rule('Express Shipping', 'Expedited')],
    otherwise: 'attention',
  };
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
