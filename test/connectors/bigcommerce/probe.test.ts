import { probePasses } from '../../../domain/store.js';
import { allScopes, sandboxBigcommerceCredentials } from '../../../sandbox/bigcommerce/state.js';
import { failureOf, openBench, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const standings = async (marketplace = bench.marketplace) =>
  Object.fromEntries((await marketplace.probe()).permissions.map((each) => [each.permission, each.standing]));

describe('R110, R113, D6: what a token may do', () => {
  it('every read is proved by one call each, and nothing is written to prove a write', async () => {
    const report = await bench.marketplace.probe();
    expect(report.permissions.map((each) => [each.permission, each.standing])).toEqual([
      ['Orders: read-only (store_v2_orders_read_only)', 'granted'],
      ['Orders: modify (store_v2_orders)', 'unproven'],
      ['Products: read-only (store_v2_products_read_only)', 'granted'],
      ['Store Inventory: read-only (store_inventory_read_only)', 'granted'],
      ['Store Inventory: modify (store_inventory)', 'unproven'],
      ['Store Locations: read-only (store_locations_read_only)', 'granted'],
      ['Information & Settings: read-only (store_v2_information_read_only)', 'granted'],
    ]);
    expect(probePasses(report)).toBe(true);
    expect(bench.paths()).toEqual([
      'GET v2/store',
      'GET v2/order_statuses',
      'GET v3/catalog/variants',
      'GET v3/inventory/items',
      'GET v3/inventory/locations',
    ]);
  });

  it.each([
    ['store_v2_orders', 'Orders: read-only (store_v2_orders_read_only)', 'importing orders'],
    ['store_v2_products_read_only', 'Products: read-only (store_v2_products_read_only)', 'inventory tracking'],
    ['store_inventory', 'Store Inventory: read-only (store_inventory_read_only)', 'stock levels'],
    ['store_locations_read_only', 'Store Locations: read-only (store_locations_read_only)', 'location'],
    [
      'store_v2_information_read_only',
      'Information & Settings: read-only (store_v2_information_read_only)',
      'name of the store',
    ],
  ])('without %s, that one is missing, with the step that fails', async (scope, permission, step) => {
    bench.sandbox.state.tokens[0]!.scopes = allScopes.filter((each) => each !== scope);
    const report = await bench.marketplace.probe();
    const missing = report.permissions.filter((each) => each.standing === 'missing');
    expect(missing).toMatchObject([{ permission, neededFor: expect.stringContaining(step) as string }]);
    // R110: whoever does not push stock can do without its scopes.
    expect(probePasses(report)).toBe(scope !== 'store_v2_orders');
  });

  it('D3: an install says which scopes it was granted, so that a write is known before the first', async () => {
    const { storeHash, accessToken } = sandboxBigcommerceCredentials;
    const installed = (scope: string) => bench.connect({ credentials: { storeHash, accessToken, scope } });
    expect(await standings(installed('store_v2_orders_read_only store_inventory'))).toMatchObject({
      'Orders: modify (store_v2_orders)': 'missing',
      'Store Inventory: modify (store_inventory)': 'granted',
    });
  });

  it('a token of another store is refused everywhere, which is said', async () => {
    const other = bench.connect({ credentials: { ...sandboxBigcommerceCredentials, storeHash: 'other1' } });
    const { problems } = await other.probe();
    expect(problems).toEqual([expect.stringContaining('is other1 the hash of the store') as string]);
  });

  it('R112: a token that is refused outright is no finding but a failure, which speaks of legacy accounts', async () => {
    const wrong = bench.connect({ credentials: { ...sandboxBigcommerceCredentials, accessToken: 'wrong-token' } });
    const failure = await failureOf(wrong.probe());
    expect(failure).toMatchObject({ code: 'credentials_refused' });
    expect(failure.message).toContain('legacy');
    expect(failure.message).not.toContain('wrong-token');
  });
});

describe('R109, R116: the statuses that are monitored', () => {
  it('are shown by the names the merchant gave them', async () => {
    bench.sandbox.state.settings.labels = { 11: 'Ready to pack' };
    expect((await bench.marketplace.probe()).accounts).toEqual([
      'Demo Garden (demogarden)',
      'imports orders in status 11 "Ready to pack"',
    ]);
  });

  it('must exist in the store', async () => {
    const report = await bench.connect({ settings: { statuses: [11, 42] } }).probe();
    expect(report.problems).toEqual([
      expect.stringMatching(/^The store has no order status 42\. It has 0 "Incomplete", .*11 "Awaiting Fulfillment"/),
    ]);
    expect(probePasses(report)).toBe(false);
  });
});
