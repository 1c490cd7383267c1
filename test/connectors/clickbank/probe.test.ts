import { probePasses } from '../../../domain/store.js';
import { sandboxKey } from '../../../sandbox/clickbank/state.js';
import { failureOf, openBench, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const keyWith = (changes: Partial<typeof sandboxKey>) => (bench.sandbox.state.keys = [{ ...sandboxKey, ...changes }]);
const standings = async (marketplace = bench.marketplace) => {
  const report = await marketplace.probe();
  return report.permissions.map((each) => each.standing);
};

it('D6: shows every permission with the step that needs it, in three calls', async () => {
  const report = await bench.marketplace.probe();
  expect(report).toEqual({
    permissions: [
      {
        permission: 'Orders/Tickets Read',
        standing: 'granted',
        neededFor: 'finding orders with their currency and totals',
      },
      { permission: 'Shipping (shipping2)', standing: 'granted', neededFor: 'reading delivery addresses' },
      {
        permission: 'Orders/Tickets Read/Write',
        standing: 'granted',
        neededFor: 'writing tracking numbers back as ship notices',
      },
    ],
    accounts: ['demoshop', 'demogarden'],
    problems: [],
  });
  expect(probePasses(report)).toBe(true);
  expect(bench.paths()).toEqual(['GET debug', 'GET quickstats/accounts', 'GET shipping2/count']);
  expect(JSON.stringify(report)).not.toContain('API-');
});

it('R17, D6: names the missing right to write before an order depends on it', async () => {
  keyWith({ roles: ['api_order_read'] });
  const report = await bench.marketplace.probe();
  expect(report.permissions[2]).toEqual({
    permission: 'Orders/Tickets Read/Write',
    standing: 'missing',
    neededFor: 'writing tracking numbers back as ship notices',
  });
  expect(probePasses(report)).toBe(false);
});

it('D6: leaves the right to write unproven where the roles are not shown, and writes nothing to find out', async () => {
  bench.sandbox.state.settings.debugShowsRoles = false;
  keyWith({ roles: ['api_order_read'] });
  expect(await standings()).toEqual(['granted', 'granted', 'unproven']);
  expect(bench.paths().every((path) => path.startsWith('GET'))).toBe(true);
});

it('D6: works without debug, which is a help for developers', async () => {
  bench.sandbox.standIn.faults = [{ kind: 'status', status: 404, rate: 1, path: 'debug' }];
  expect(await standings()).toEqual(['granted', 'granted', 'unproven']);
});

it.each([true, false])('D6: names the missing right to read (roles shown: %s)', async (shown) => {
  bench.sandbox.state.settings.debugShowsRoles = shown;
  keyWith({ roles: ['api_order_write'] });
  expect(await standings()).toEqual(['missing', 'unproven', shown ? 'granted' : 'unproven']);
});

it('D6: says that shipping3 was not granted, and what to do', async () => {
  keyWith({ shipping3: false });
  const report = await bench.connect({ settings: { shippingService: 'shipping3' } }).probe();
  expect(report.permissions[1]).toMatchObject({
    permission: 'Shipping with phone numbers (shipping3)',
    standing: 'missing',
  });
  expect(report.permissions[1]!.neededFor).toContain('ask ClickBank to grant shipping3');
  expect(report.permissions[0]!.standing).toBe('granted');
});

it.each([
  ['DemoShop', []],
  ['elsewhere', ['The key does not open the account "elsewhere". Accounts it opens: demoshop, demogarden.']],
])('R35: looks for the nickname %s among the accounts, in any case', async (vendor, problems) => {
  expect((await bench.connect({ settings: { vendor } }).probe()).problems).toEqual(problems);
});

it('R34: refuses a mistyped key with the advice to copy it, in three calls', async () => {
  keyWith({ apiKey: 'API-SANDBOX-DEM0', developerKey: null });
  expect(await failureOf(bench.marketplace.probe())).toMatchObject({ code: 'credentials_refused' });
  expect(bench.paths()).toEqual(['GET debug', 'GET debug', 'GET debug']);
});

it('does not call a permission missing because of the rate', async () => {
  bench.sandbox.standIn.faults = [{ kind: 'status', status: 403, rate: 1, path: 'quickstats', times: 1 }];
  expect(await failureOf(bench.marketplace.probe())).toMatchObject({ code: 'rate_limited' });
});
