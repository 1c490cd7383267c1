import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimiter } from '../../../connectors/rate-limiter.js';
import { createRateLimiter } from '../../../database/rate-limits.js';
import { openDatabase } from '../../../database/pool.js';
import { Failure } from '../../../domain/failures.js';
import type { FaultRule } from '../../../sandbox/stand-in.js';
import { freshDatabase } from '../../support/database.js';
import { failureOf, fullPass, lately, openBench, pastedCredentials, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const look = (of = bench.marketplace) => of.fetchOrder('1', { placedAt: lately });
const answering = (body: unknown, changes: Partial<FaultRule> = {}) => {
  bench.sandbox.standIn.faults = [{ kind: 'status', status: 200, rate: 1, body: JSON.stringify(body), ...changes }];
};

describe('refusals', () => {
  it.each([
    [401, 'credentials_refused', 'revoked'],
    [402, 'request_rejected', 'frozen'],
    [403, 'permission_missing', 'may not do this'],
    [404, 'not_found', 'no shop of this name'],
    [423, 'request_rejected', 'locked'],
    [400, 'request_rejected', 'Bad thing'],
    [429, 'rate_limited', '429'],
    [503, 'unavailable', '503'],
    [500, 'unavailable', '500'],
  ] as const)('takes %i to a read for %s', async (status, code, words) => {
    answering({ errors: [{ message: 'Bad thing' }] }, { status });
    const failure = await failureOf(look());
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
  });

  it.each([
    ['SHOP_INACTIVE', 'request_rejected'],
    ['INTERNAL_SERVER_ERROR', 'unavailable'],
    ['SOMETHING_NEW', 'request_rejected'],
  ] as const)('takes the error %s in a 200 for %s', async (code, expected) => {
    answering({ data: null, errors: [{ message: 'No', extensions: { code } }] });
    expect((await failureOf(look())).code).toBe(expected);
  });

  it('uses no data that comes beside an error', async () => {
    answering({ data: { nodes: [null] }, errors: [{ message: 'A part is missing', path: ['nodes', 0] }] });
    expect((await failureOf(look())).message).toContain('A part is missing');
  });

  it('uses no list of which Shopify left a search term out, and names the term', async () => {
    bench.sandbox.shop.settings.unknownSearchTerms = ['updated_at'];
    const failure = await failureOf(fullPass(bench.marketplace, { since: '2026-11-20T11:00:00Z' }));
    expect([failure.code, failure.about['field']]).toEqual(['answer_malformed', 'updated_at']);
    expect(failure.message).toMatch(/^Shopify left the search term updated_at out of reading orders to ship: "Invalid/);
    bench.sandbox.shop.settings.unknownSearchTerms = ['sku'];
    expect((await failureOf(bench.marketplace.stock!.places(['KIT-1']))).about['field']).toBe('sku');
  });

  it('names the field and the scope that is missing', async () => {
    bench.sandbox.setScopes(['read_locations']);
    bench.sandbox.addOrders([{}]);
    const failure = await failureOf(look());
    expect(failure.code).toBe('permission_missing');
    expect(failure.about['permission']).toContain('read_orders');
    expect(failure.message).toMatch(/lacks read_orders.*reading order 1 fails without it/);
  });

  it.each(['malformed', 'truncated'] as const)('a read that cannot be understood is tried again (%s)', async (kind) => {
    bench.sandbox.standIn.faults = [{ kind, rate: 1 }];
    expect((await failureOf(look())).outcome).toBe('not_sent');
  });

  it('an error of the server after a fulfillment leaves its outcome open', async () => {
    const [order] = bench.sandbox.addOrders([{}]);
    const [notice] = bench.marketplace.notices(writebackOf(order!));
    const posted = failureOf(bench.marketplace.postNotice(notice!));
    const seen = () => bench.sandbox.standIn.calls.map((call) => (call.body as { query: string }).query);
    while (!seen().some((query) => query.startsWith('query ToFulfill'))) await new Promise((go) => setImmediate(go));
    answering({ errors: [{ message: 'Oops', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    expect((await posted).code).toBe('outcome_unknown');
  });

  it('I8: no message holds a token, an address or a person', async () => {
    answering({ errors: [{ message: 'Ask ann@example.com about shpat_sandbox_demo <b>now</b>' }] }, { status: 400 });
    const failure = await failureOf(look());
    expect(failure.message).toContain('Ask [e-mail] about [token] now');
    expect(JSON.stringify(failure)).not.toMatch(/shpat_|ann@/);
  });
});

describe('points', () => {
  it('THROTTLED in a 200 waits for what lacks at the rate it fills, and stops everybody', async () => {
    bench.sandbox.shop.settings.bucket = { maximumAvailable: 0, restoreRate: 5 };
    const failure = await failureOf(look());
    expect([failure.code, failure.outcome]).toEqual(['rate_limited', 'not_sent']);
    expect(failure.retryAfterMs).toBeGreaterThan(2_000);
    expect(bench.limiter.blocked).toEqual([
      { key: 'shopify:sandbox-shop.myshopify.com', milliseconds: failure.retryAfterMs },
    ]);
  });

  it('reserves what a document can cost, gives back what it did not, and learns size, rate and price', async () => {
    await look();
    await look();
    const [guess, learned] = bench.limiter.taken;
    expect(guess).toMatchObject({
      key: 'shopify:sandbox-shop.myshopify.com',
      capacity: 1_000,
      perSecond: 100,
      cost: 171,
    });
    expect(learned).toMatchObject({ capacity: 1_800, perSecond: 100 });
    expect(learned!.cost).toBeLessThan(171);
    expect(guess!.cost! - bench.limiter.givenBack[0]!.cost!).toBeLessThanOrEqual(learned!.cost!);
  });

  it('two workers at once stay within the bucket: Shopify throttles neither', async () => {
    const database = await freshDatabase();
    const pools = [1, 2].map(() => openDatabase(database.url, { size: 4 }));
    // The clock of the vendor is the wall clock here, as the limiter's is. A pass of 50 orders costs some 1,200 points.
    const wall = await openBench({
      shop: { bucket: { maximumAvailable: 2_000, restoreRate: 200 }, costs: 'linear' },
    });
    wall.sandbox.shop.now = () => new Date();
    const lines = [{ sku: 'KIT-1' }, { sku: 'TEA-30' }, { sku: 'BOOK-7' }];
    wall.sandbox.addOrders(Array.from({ length: 50 }, () => ({ lines })));
    // Whoever comes first learns the bucket for all connections of the store.
    await wall.connect({ limiter: createRateLimiter(pools[0]!.db, () => 4_000) }).fetchOrder('1', { placedAt: lately });
    const pass = async (limiter: RateLimiter): Promise<number> => {
      const since = new Date(Date.now() - 60_000).toISOString();
      for (;;) {
        try {
          return (await fullPass(wall.connect({ limiter }), { since })).orders.length;
        } catch (error) {
          // Refused by the limiter, before anything was sent: as the activity, wait and try again.
          if (!(error instanceof Failure) || error.code !== 'rate_limited') throw error;
          await sleep(error.retryAfterMs);
        }
      }
    };
    const passes = pools.map((pool) => pass(createRateLimiter(pool.db, () => 4_000)));
    expect(await Promise.all(passes)).toEqual([50, 50]);
    const limits = await pools[0]!.db.selectFrom('rate_limits').select('blocked_until').execute();
    expect(limits).toEqual([{ blocked_until: null }]);
    await wall.close();
    for (const pool of pools) await pool.close();
    await database.drop();
  }, 60_000);
});

describe('configuration', () => {
  it.each([
    ['sandbox-shop', 'sandbox-shop.myshopify.com'],
    [' Sandbox-Shop.myshopify.com ', 'sandbox-shop.myshopify.com'],
    ['https://sandbox-shop.myshopify.com/admin', 'sandbox-shop.myshopify.com'],
    ['https://admin.shopify.com/store/sandbox-shop/orders', 'sandbox-shop.myshopify.com'],
  ])('R132: takes the shop name as %s', async (shop, host) => {
    await look(bench.connect({ credentials: { ...pastedCredentials, shop } }));
    expect(bench.limiter.taken.at(-1)!.key).toBe(`shopify:${host}`);
  });

  it.each(['shop.example.com', 'evil.com/.myshopify.com', '', 'a b'])('R132: and not as "%s"', (shop) => {
    expect(() => bench.connect({ credentials: { ...pastedCredentials, shop } })).toThrow('no usable token');
  });

  it('R130: cleans a token that was copied with blanks, and says nothing of it when it is none', async () => {
    const accessToken = ' shpat_sandbox\u200b_demo\n';
    expect(await look(bench.connect({ credentials: { ...pastedCredentials, accessToken } }))).toBeNull();
    const open = () => bench.connect({ credentials: { ...pastedCredentials, accessToken: 'ключ' } });
    expect(open).toThrow('no usable token');
    expect(open).not.toThrow(/ключ/);
  });

  it('R136, D9: takes the Return Magic key, and never sends it anywhere', async () => {
    await look(bench.connect({ credentials: { ...pastedCredentials, returnMagicApiKey: 'rm-key-123456' } }));
    expect(JSON.stringify(bench.sandbox.standIn.calls)).not.toContain('rm-key-123456');
  });

  it('R134–R147: every setting has its default', () => {
    const all = bench.connect({ settings: {} });
    expect(all.stock).not.toBeNull();
    expect(() => bench.connect({ settings: { filterByLocation: true, fulfillmentLocation: null } })).toThrow(
      'settings',
    );
    expect(() => bench.connect({ settings: { financialStatuses: [] } })).toThrow('settings');
    expect(() => bench.connect({ settings: { financialStatuses: ['EXPIRED'] } })).toThrow('settings');
  });
});
