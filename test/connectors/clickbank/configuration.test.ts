import { z } from 'zod';
import { credentials } from '../../../connectors/marketplaces/clickbank/configuration.js';
import { clickbank } from '../../../connectors/marketplaces/clickbank/clickbank.js';
import { marketplaces } from '../../../connectors/marketplaces/registry.js';
import { Failure } from '../../../domain/failures.js';
import { failureOf, fullPass, openBench } from './support.js';
import { everyOrder } from '../../../domain/import-decision.js';
import { noInstall } from '../no-install.js';

const since = '2026-03-04T12:00:00Z';

describe('keys', () => {
  it.each([[{ apiKey: 'API-SANDBOX-DEMO' }], [{ developerKey: 'DEV-SANDBOX-DEMO', clerkKey: 'API-SANDBOX-DEMO' }]])(
    'R7, D4: reads and writes with %j',
    async (credentials) => {
      const bench = await openBench({ credentials });
      const [order] = bench.sandbox.addOrders([{}]);
      const { orders } = await fullPass(bench.marketplace, { since });
      const notice = bench.marketplace.notices({
        externalId: order!.receipt,
        packageId: 'p1',
        shippedAt: since,
        placedAt: orders[0]!.placedAt,
        carrier: 'UPS',
        service: null,
        alongside: [],
        trackingNumber: '1Z1',
        trackingUrl: null,
        lines: [{ lineId: 'kit-1', sku: 'kit-1', quantity: 1 }],
      })[0]!;
      await bench.marketplace.postNotice(notice);
      expect(bench.sandbox.ledger().notices).toHaveLength(1);
      await bench.close();
    },
  );

  it.each([' API-SANDBOX-DEMO\n', '\u00a0API-SANDBOX-DEMO\u200b', 'API-SANDBOX\r\n-DEMO', '\ufeffAPI-SANDBOX-DEMO\t'])(
    'R34: a pasted %j works like the key itself',
    async (apiKey) => {
      const bench = await openBench({ credentials: { apiKey } });
      await expect(fullPass(bench.marketplace, { since })).resolves.toEqual({ orders: [], malformed: [] });
      await bench.close();
    },
  );

  it.each([
    {},
    { apiKey: '' },
    { apiKey: 'ключ-ключ' },
    { developerKey: 'DEV-123456' },
    { apiKey: 'API-123456', more: 1 },
  ])('R34: refuses %j before it is saved, and when it is opened', (credentials) => {
    expect(clickbank.credentials.safeParse(credentials).success).toBe(false);
    const http = () => Promise.reject(new Error('no call is made'));
    const limiter = { take: async () => undefined, block: async () => undefined, giveBack: async () => undefined };
    const open = () =>
      clickbank.connect({
        connectionId: 'c',
        baseUrl: null,
        credentials,
        settings: {},
        http,
        limiter,
        ...noInstall,
        now: () => new Date(),
      });
    expect(open).toThrow(Failure);
    expect(open).not.toThrow(/ключ|DEV-123456/);
  });

  it('counts an account by a hash of its key, never by the key', async () => {
    const bench = await openBench();
    await fullPass(bench.marketplace, { since });
    expect(bench.limiter.taken[0]!.map((limit) => limit.key)).toEqual([
      'clickbank:address',
      expect.stringMatching(/^clickbank:account:[0-9a-f]{16}$/),
    ]);
    await bench.close();
  });
});

describe('settings', () => {
  it('R35: names the vendor nickname the import is limited to', () => {
    const rules = (settings: object) => marketplaces.clickbank.rules(settings);
    expect(rules({ vendor: ' DemoShop ' })).toEqual({ ...everyOrder, vendor: 'DemoShop' });
    expect(rules({ vendor: '' })).toEqual(everyOrder);
    expect(rules({})).toEqual(everyOrder);
  });

  it('fills in what is left out and refuses what it does not know', () => {
    expect(clickbank.settings.parse({})).toEqual({
      vendor: null,
      shippingService: 'shipping2',
      fillOrder: false,
      carrierFallback: 'Other',
    });
    expect(clickbank.settings.safeParse({ shippingService: 'shipping' }).success).toBe(false);
    expect(clickbank.settings.safeParse({ inventoryPush: true }).success).toBe(false);
  });

  it('R19: offers nothing to push stock with', async () => {
    const bench = await openBench();
    expect(bench.marketplace.stock).toBeNull();
    expect(clickbank.settings.safeParse({ stock: true }).success).toBe(false);
    await bench.close();
  });

  it('refuses a base URL that is none', async () => {
    const bench = await openBench();
    const limiter = bench.limiter;
    const open = async () =>
      clickbank.connect({
        connectionId: 'c',
        baseUrl: 'nowhere',
        credentials: { apiKey: 'API-SANDBOX-DEMO' },
        settings: {},
        http: () => Promise.reject(new Error('no call is made')),
        limiter,
        now: bench.clock.now,
        ...noInstall,
      });
    expect((await failureOf(open())).code).toBe('address_blocked');
    await bench.close();
  });
});

it('R6: tells whoever connects that the keys are made in the master account', () => {
  const form = z.toJSONSchema(credentials, { io: 'input' });
  expect(form.description).toMatch(/primary \(master\) account/);
});
