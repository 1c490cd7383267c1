import { probePasses } from '../../../domain/store.js';
import { failureOf, openBench, pastedCredentials, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const scopes = () => bench.sandbox.shop.tokens[0]!.scopes;
const without = (...dropped: string[]) => bench.sandbox.setScopes(scopes().filter((scope) => !dropped.includes(scope)));
const problems = async (settings: Record<string, unknown> = {}) => (await bench.connect({ settings }).probe()).problems;

describe('the connection test', () => {
  it('R131, R134: passes where everything is granted and the location is there', async () => {
    const report = await bench.marketplace.probe();
    expect(report.problems).toEqual([]);
    expect(report.permissions.every((each) => each.standing === 'granted')).toBe(true);
    expect(report.accounts[0]).toBe('Sandbox Shop (sandbox-shop.myshopify.com)');
    expect(probePasses(report)).toBe(true);
    expect(bench.operations()).toEqual(['Installation', 'Locations', 'LatestAddresses']);
  });

  it.each([
    ['read_orders', 'finding orders'],
    ['write_merchant_managed_fulfillment_orders', 'writing tracking numbers back'],
    ['write_inventory', 'pushing stock'],
    ['read_returns', 'showing returns'],
  ])('D6: names %s with the step that fails without it', async (scope, step) => {
    without(scope);
    const report = await bench.marketplace.probe();
    const missing = report.permissions.filter((each) => each.standing === 'missing');
    expect(missing).toHaveLength(1);
    expect(missing[0]!.permission).toBe(scope);
    expect(missing[0]!.neededFor).toContain(step);
    // A store may do without stock.
    expect(probePasses(report)).toBe(scope === 'write_inventory');
  });

  it('D6: to write a thing means to read it', async () => {
    bench.sandbox.setScopes([...scopes().filter((scope) => !/orders|locations/.test(scope)), 'write_orders',
      'write_locations', 'write_merchant_managed_fulfillment_orders']); // prettier-ignore
    expect(probePasses(await bench.marketplace.probe())).toBe(true);
  });

  it('a location of a fulfillment service needs the scope for those, whoever runs it', async () => {
    const location = bench.sandbox.shop.locations.find((each) => each.serviceId !== null)!;
    without('write_third_party_fulfillment_orders', 'write_assigned_fulfillment_orders');
    const report = await bench.connect({ settings: { fulfillmentLocation: String(location.id) } }).probe();
    expect(report.permissions.filter((each) => each.standing === 'missing').map((each) => each.permission)).toEqual([
      'write_third_party_fulfillment_orders or write_assigned_fulfillment_orders',
    ]);
  });

  it('D8, R149: shows the window that can really be reached', async () => {
    expect((await bench.marketplace.probe()).accounts[1]).toContain('orders of the last 60 days');
    bench.sandbox.setScopes([...scopes(), 'read_all_orders']);
    expect((await bench.marketplace.probe()).accounts[1]).toContain('orders of any age');
  });

  it('R134: lists the locations to choose from once the app is authorized, and names one that is not enabled', async () => {
    const [main] = bench.sandbox.shop.locations;
    const [unset] = await problems({ fulfillmentLocation: null });
    expect(unset).toContain('No fulfillment location is chosen.');
    expect(unset).toContain(`Main Warehouse (${main!.id}), `);
    expect((await problems({ fulfillmentLocation: '12345' }))[0]).toContain('The shop has no location 12345.');
    main!.active = false;
    expect((await problems())[0]).toContain(`The fulfillment location Main Warehouse (${main!.id}) is not active.`);
  });

  it('R137: names a fulfillment service that is not set up, with those that are', async () => {
    expect(await problems({ fulfillmentService: 'other-fulfillment' })).toEqual([]);
    expect(await problems({ fulfillmentService: 'manual' })).toEqual([]);
    const [unknown] = await problems({ fulfillmentService: 'acme' });
    expect(unknown).toContain('no fulfillment service "acme"');
    expect(unknown).toContain('Other Fulfillment (other-fulfillment)');
  });

  it('D6: notices that Shopify keeps names and addresses back', async () => {
    bench.sandbox.addOrders([{}, {}]);
    expect(await problems()).toEqual([]);
    bench.sandbox.shop.settings.seesCustomerData = false;
    expect((await problems())[0]).toContain('protected customer data');
  });

  it('says when another version of the API answers', async () => {
    bench.sandbox.shop.settings.versions = ['2027-01', '2027-04'];
    expect((await problems())[0]).toContain('Shopify answers with version 2027-01');
  });

  it('R132: says whose token it is when it is not the shop that was entered', async () => {
    const other = bench.connect({ credentials: { ...pastedCredentials, shop: 'other-shop' } });
    expect((await other.probe()).problems[0]).toBe(
      'The token belongs to sandbox-shop.myshopify.com, not to other-shop.myshopify.com.',
    );
  });

  it('a revoked token is refused outright', async () => {
    bench.sandbox.uninstall();
    expect((await failureOf(bench.marketplace.probe())).code).toBe('credentials_refused');
  });
});
