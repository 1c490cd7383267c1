import { stockWorkflowId } from '../../domain/identifiers.js';
import { aStockSync, aStore, aWarehouse } from './fixtures.js';
import { forms, startHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => (harness = await startHarness()));
afterAll(() => harness.close());

async function pair() {
  const { db } = harness.database;
  return { storeId: await aStore(db, harness.tenant), warehouseId: await aWarehouse(db, harness.tenant) };
}

const call = (method: string, path: string, body?: unknown) => harness.call('merchant', method, path, { body });

it('R98: makes one stock sync for a pair of store and warehouse, with its workflow', async () => {
  const body = { ...(await pair()), settings: { buffer: 2 } };
  const made = await call('POST', '/v1/stock-syncs', body);
  expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/stock-syncs/${made.body.id}`]);
  expect(made.body).toMatchObject({ settings: { buffer: 2, everyMinutes: 15 }, paused: false, problems: {} });
  const { status } = await harness.dependencies.temporal.workflow.getHandle(stockWorkflowId(body)).describe();
  expect(status.name).toBe('RUNNING');
  expect((await call('POST', '/v1/stock-syncs', body)).status).toBe(409);
  // Made anew after it was deleted, whatever the old workflow still does.
  expect((await call('DELETE', `/v1/stock-syncs/${made.body.id}`)).status).toBe(204);
  expect((await call('POST', '/v1/stock-syncs', body)).status).toBe(201);
});

it('R19: refuses a stock sync where the marketplace keeps no stock, with the reason', async () => {
  const noStock = 'ClickBank has no field for stock.';
  const marketplaces = { clickbank: { ...forms.marketplaces['clickbank']!, noStock } };
  const other = await startHarness({ marketplaces });
  const { db } = other.database;
  const body = { storeId: await aStore(db, other.tenant), warehouseId: await aWarehouse(db, other.tenant) };
  const refused = await other.call('merchant', 'POST', '/v1/stock-syncs', { body });
  expect([refused.status, refused.body.detail]).toEqual([422, noStock]);
  // So that nobody has to try.
  const { body: listed } = await other.call('merchant', 'GET', '/v1/connectors');
  expect(listed.marketplaces).toMatchObject([{ name: 'clickbank', noStock }]);
  await other.close();
});

it('refuses a stock sync where another store writes the same location, without a word of another tenant', async () => {
  const key = { key: 'shop:1', title: 'Main of shop' };
  const other = await startHarness({ stockLocation: async () => key });
  const { db } = other.database;
  const make = async (who: 'merchant' | 'otherMerchant', tenant: string) => {
    const body = { storeId: await aStore(db, tenant), warehouseId: await aWarehouse(db, tenant) };
    return { ...(await other.call(who, 'POST', '/v1/stock-syncs', { body })), storeId: body.storeId };
  };
  const first = await make('merchant', other.tenant);
  expect(first.status).toBe(201);
  await db.updateTable('stores').set({ enabled: true }).execute();
  const second = await make('merchant', other.tenant);
  expect([second.status, second.body.detail]).toEqual([409, expect.stringContaining(first.storeId)]);
  const foreign = await make('otherMerchant', other.otherTenant);
  expect([foreign.status, foreign.body.detail]).toEqual([409, expect.stringContaining('by another store already')]);
  expect(foreign.text).not.toContain(first.storeId);
  await other.call('merchant', 'POST', `/v1/stock-syncs/${first.body.id}/pause`);
  expect((await make('merchant', other.tenant)).status).toBe(201);
  await other.close();
});

it('shows each SKU with its last figure and proof, and lists what is not written with its fix', async () => {
  const syncId = await aStockSync(harness.database.db, { tenantId: harness.tenant, ...(await pair()) });
  const levels = await call('GET', `/v1/stock-syncs/${syncId}/levels?limit=1`);
  expect(levels.body.items).toMatchObject([
    { sku: 'kit-1', sellable: 7, problem: null, pushes: [{ quantity: 7, state: 'accepted', note: 'transaction 1' }] },
  ]);
  expect(levels.body.nextCursor).not.toBeNull();
  const conflicts = await call('GET', `/v1/stock-syncs/${syncId}/levels?cause=conflict`);
  expect(conflicts.body.items).toMatchObject([
    { sku: 'tea-30', problem: { cause: 'conflict', fix: expect.stringMatching(/^Pin the listing/) as string } },
  ]);
  expect((await call('GET', `/v1/stock-syncs/${syncId}/levels?cause=any`)).body.items).toHaveLength(1);
  expect((await call('GET', `/v1/stock-syncs/${syncId}/levels/tea-30`)).body).toMatchObject({ sku: 'tea-30' });
  expect((await call('GET', `/v1/stock-syncs/${syncId}/levels/other`)).status).toBe(404);
  expect((await call('GET', `/v1/stock-syncs/${syncId}`)).body).toMatchObject({ problems: { conflict: 1 } });
});

it('changed settings and "sync now" ask for a comparison of every SKU', async () => {
  const { db } = harness.database;
  const syncId = await aStockSync(db, { tenantId: harness.tenant, ...(await pair()) });
  const compared = () =>
    db.updateTable('stock_syncs').set({ compared_at: new Date() }).where('id', '=', syncId).execute();
  const comparedAt = async () => (await call('GET', `/v1/stock-syncs/${syncId}`)).body.comparedAt;
  await compared();
  expect(await comparedAt()).not.toBeNull();
  const changed = await call('PATCH', `/v1/stock-syncs/${syncId}`, { settings: { everyMinutes: 5 } });
  expect(changed.body).toMatchObject({ settings: { buffer: 0, everyMinutes: 5 }, comparedAt: null });
  await compared();
  expect((await call('POST', `/v1/stock-syncs/${syncId}/sync-now`)).status).toBe(202);
  expect(await comparedAt()).toBeNull();
  expect((await call('PATCH', `/v1/stock-syncs/${syncId}`, { settings: {} })).status).toBe(400);
});
