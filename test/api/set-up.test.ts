import { marketplaces } from '../../connectors/marketplaces/registry.js';
import { warehouseSystems } from '../../connectors/warehouses/registry.js';
import { sandboxKey } from '../../sandbox/clickbank/state.js';
import { sandboxShipbobToken } from '../../sandbox/shipbob/sandbox.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { startHarness, type Harness, type Who } from './harness.js';

quietTemporal();
let waybill: Waybill;
let harness: Harness;
beforeAll(async () => {
  waybill = await startWaybill({ shipbob: { autoShip: { afterMs: 50 } } });
  const { temporal, queues, keyRing, connections } = waybill;
  harness = await startHarness(
    {
      ...{ temporal, taskQueues: queues, keyRing, marketplaces, warehouseSystems },
      probe: async (kind, id) =>
        kind === 'store'
          ? (await connections.connectStore(id)).marketplace.probe()
          : (await connections.connectWarehouse(id)).warehouse.probe(),
    },
    waybill.database,
  );
});
afterAll(async () => {
  await harness.close();
  await waybill.stop();
});

/** Calls that must succeed; gives the body. */
const must = async (who: Who, method: string, path: string, body?: object) => {
  const answer = await harness.call(who, method, path, { body });
  expect([`${method} ${path}`, answer.status < 300, answer.text.slice(0, 300)]).toEqual([
    `${method} ${path}`,
    true,
    expect.anything(),
  ]);
  return answer.body;
};

it('R8 R9 R12 R14 R16: a 3PL sets a merchant up step by step; the merchant only hands the key over, opens the gate and watches', async () => {
  // Someone else makes the tenant and the merchant's key.
  const tenant = await must('operator', 'POST', '/v1/tenants', { name: 'Example Merchant' });
  const key = await must('operator', 'POST', '/v1/api-keys', { name: 'shop', role: 'merchant', tenantId: tenant.id });
  const merchant = async (method: string, path: string, body?: object) => {
    const answer = await harness.call('merchant', method, path, { body, token: key.token });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.body;
  };
  // The provider adds both ends.
  const { id: warehouseId } = await must('operator', 'POST', '/v1/warehouses', {
    ...{ name: 'House', system: 'shipbob', tenantId: tenant.id, baseUrl: waybill.urls.shipbob },
    settings: { settleSeconds: 2 },
  });
  await must('operator', 'PUT', `/v1/warehouses/${warehouseId}/credentials`, { accessToken: sandboxShipbobToken });
  expect(await must('operator', 'POST', `/v1/warehouses/${warehouseId}/test`)).toMatchObject({ passes: true });
  await must('operator', 'POST', `/v1/warehouses/${warehouseId}/enable`);
  const { id: storeId } = await must('operator', 'POST', '/v1/stores', {
    ...{ name: 'Shop', marketplace: 'clickbank', tenantId: tenant.id, baseUrl: waybill.urls.clickbank },
    settings: { pollSeconds: { busy: 10, idle: 10 } },
  });
  // The merchant hands its key over where nobody can read it back.
  await merchant('PUT', `/v1/stores/${storeId}/credentials`, { apiKey: sandboxKey.apiKey });
  // The provider does the rest.
  await must('operator', 'PUT', `/v1/stores/${storeId}/shipping-rules`, {
    rules: [],
    otherwise: { warehouseId, methodCode: 'Standard', carrier: 'USPS' },
  });
  const listings = { 'kit-1': 'WH-KIT-1', 'tea-30': 'WH-TEA-30', 'book-7': 'WH-BOOK-7' };
  for (const [sku, warehouseSku] of Object.entries(listings))
    await must('operator', 'PUT', `/v1/stores/${storeId}/listings/${sku}`, {
      components: [{ warehouseSku, quantity: 1 }],
    });
  expect(await must('operator', 'POST', `/v1/stores/${storeId}/test`)).toMatchObject({ passes: true });
  waybill.clickbank.addSamples(1, 'plain');
  await must('operator', 'POST', `/v1/stores/${storeId}/enable`);
  // The first import waits for the merchant's look; nothing is at the warehouse.
  const imported = await eventually(async () => {
    const { items } = await merchant('GET', `/v1/orders?store=${storeId}`);
    expect(items).toMatchObject([{ state: 'held', hold: { reason: 'first_import' } }]);
    return items[0]!;
  });
  expect((await merchant('GET', `/v1/orders/${imported.id}`)).fulfillments).toEqual([]);
  await merchant('POST', `/v1/stores/${storeId}/open-first-import`);
  await eventually(async () => {
    const { state } = await merchant('GET', `/v1/orders/${imported.id}`);
    if (state === 'submitted') await must('operator', 'POST', `/v1/warehouses/${warehouseId}/poll`);
    expect(state).toBe('shipped');
  }, 40);
  // Reviewing the order confirms the flow end to end.
  const order = await merchant('GET', `/v1/orders/${imported.id}`);
  expect(order.writes.map((each: { kind: string; state: string }) => [each.kind, each.state]).sort()).toEqual([
    ['submission', 'done'],
    ['writeback', 'done'],
  ]);
  expect(order.timeline.map((each: { toState: string }) => each.toState)).toEqual(
    expect.arrayContaining(['held', 'shipped']),
  );
  expect(await merchant('GET', `/v1/stores/${storeId}`)).toMatchObject({ enabled: true, health: { attention: null } });
  await must('operator', 'DELETE', `/v1/stores/${storeId}`);
});

it('R10 R13 R18: shipping descriptions become warehouse codes by the rules alone, tried on real orders before they are saved', async () => {
  const { storeId, warehouseId } = waybill;
  waybill.clickbank.addSamples(3, 'plain');
  await waybill.enable();
  const { items } = await eventually(async () => {
    const page = await must('operator', 'GET', `/v1/orders?store=${storeId}`);
    expect(page.items.length).toBeGreaterThanOrEqual(3);
    return page;
  });
  const description = items[0]!.shippingDescription;
  const dryRun = await must('operator', 'POST', `/v1/stores/${storeId}/shipping-rules/dry-run`, {
    rules: [
      {
        name: 'as sold',
        conditions: [{ field: 'description', operator: 'equals', value: description }],
        then: { warehouseId, methodCode: 'Express' },
      },
    ],
    otherwise: 'attention',
    lastOrders: 200,
  });
  const one = dryRun.results.find((each: { orderId: string }) => each.orderId === items[0]!.id);
  expect(one).toMatchObject({
    description,
    now: { rule: 'otherwise', methodCode: 'Standard' },
    then: { rule: 'as sold', methodCode: 'Express' },
    changed: true,
  });
  for (const each of dryRun.results)
    expect(each.then?.rule ?? null).toBe(each.description === description ? 'as sold' : null);
  expect((await must('operator', 'GET', `/v1/stores/${storeId}/shipping-rules`)).version).toBe(1);
});
