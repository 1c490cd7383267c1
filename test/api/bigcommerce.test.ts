import { marketplaces } from '../../connectors/marketplaces/registry.js';
import { warehouseSystems } from '../../connectors/warehouses/registry.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { startHarness, type Harness, type Who } from './harness.js';

quietTemporal();
let bigcommerce: BigcommerceSandbox;
let baseUrl: string;
let waybill: Waybill;
let harness: Harness;
beforeAll(async () => {
  bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  baseUrl = await bigcommerce.standIn.listen();
  waybill = await startWaybill({ workers: false });
  const { temporal, queues, keyRing, connections } = waybill;
  harness = await startHarness(
    {
      ...{ temporal, taskQueues: queues, keyRing, marketplaces, warehouseSystems },
      probe: async (_kind, id) => (await connections.connectStore(id)).marketplace.probe(),
    },
    waybill.database,
  );
});
afterAll(async () => {
  await harness.close();
  await waybill.stop();
  await bigcommerce.close();
});

const call = (who: Who, method: string, path: string, body?: object) => harness.call(who, method, path, { body });
async function addStore(settings: object = {}): Promise<string> {
  const answer = await call('operator', 'POST', '/v1/stores', {
    ...{ name: 'Garden', marketplace: 'bigcommerce', tenantId: harness.tenant, baseUrl },
    settings: { marketplace: settings },
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

it('R101, R111: the provider adds the store, the merchant hands its credentials over and no more, and nobody reads them back', async () => {
  const id = await addStore({ statuses: [11, 9] });
  const saved = await call('merchant', 'PUT', `/v1/stores/${id}/credentials`, sandboxBigcommerceCredentials);
  expect(saved.status).toBe(200);
  const tested = await call('operator', 'POST', `/v1/stores/${id}/test`);
  expect(tested.body).toMatchObject({
    passes: true,
    accounts: ['Demo Garden (demogarden)', expect.any(String), expect.any(String)],
  });
  const shown = await call('merchant', 'GET', `/v1/stores/${id}`);
  for (const answer of [saved, tested, shown])
    for (const secret of [sandboxBigcommerceCredentials.accessToken, sandboxBigcommerceCredentials.clientSecret])
      expect(answer.text).not.toContain(secret);
});

it('R112: a legacy account is refused when it is entered, with the reason', async () => {
  const id = await addStore();
  const legacy = {
    username: 'orders',
    apiPath: 'https://store-abc.mybigcommerce.com/api/v2/',
    apiToken: 'legacytoken1',
  };
  const answer = await call('merchant', 'PUT', `/v1/stores/${id}/credentials`, legacy);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('legacy API account');
  expect(answer.text).not.toContain('legacytoken1');
});

it('R110, R113: what the token lacks is named at the test; without the right to orders the store cannot be enabled', async () => {
  const id = await addStore();
  await call('merchant', 'PUT', `/v1/stores/${id}/credentials`, sandboxBigcommerceCredentials);
  const token = bigcommerce.state.tokens[0]!;
  token.scopes = ['store_v2_orders'];
  const withoutStock = await call('merchant', 'POST', `/v1/stores/${id}/test`);
  expect(withoutStock.body).toMatchObject({ passes: true });
  expect(withoutStock.text).toContain('stock only: reading the stock levels of the store');
  token.scopes = ['store_inventory'];
  expect((await call('merchant', 'POST', `/v1/stores/${id}/test`)).body).toMatchObject({ passes: false });
  const refused = await call('merchant', 'POST', `/v1/stores/${id}/enable`);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Orders: read-only (store_v2_orders_read_only) (importing orders');
});

it('R114: the form of the settings refuses Incomplete with the reason', async () => {
  const answer = await call('operator', 'POST', '/v1/stores', {
    ...{ name: 'Garden', marketplace: 'bigcommerce', tenantId: harness.tenant, baseUrl },
    settings: { marketplace: { statuses: [0] } },
  });
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('never paid for') as string]);
});
