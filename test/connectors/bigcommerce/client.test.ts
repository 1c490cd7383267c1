import { bigcommerce } from '../../../connectors/marketplaces/bigcommerce/bigcommerce.js';
import type { FaultRule } from '../../../sandbox/stand-in.js';
import { sandboxBigcommerceCredentials } from '../../../sandbox/bigcommerce/state.js';
import { failureOf, fullPass, openBench, since, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ deadlineMs: 300 });
});
afterEach(() => bench.close());

const fetchOrder = () => failureOf(bench.marketplace.fetchOrder('101'));
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const rule: FaultRule = { kind: 'status', rate: 1, status, headers, body: JSON.stringify(body) };
  bench.sandbox.standIn.faults = [rule];
};

describe('errors', () => {
  it.each([
    [400, [{ status: 400, message: 'The field is invalid.' }], 'request_rejected', '"The field is invalid."'],
    [401, { status: 401, title: 'Unauthorized', type: '' }, 'credentials_refused', 'legacy account'],
    [
      403,
      [{ status: 403, message: 'no scope' }],
      'permission_missing',
      'Orders: read-only (store_v2_orders_read_only)',
    ],
    [403, { status: 403, title: 'no scope', errors: {} }, 'permission_missing', 'reading order 101 fails without it'],
    [409, [{ status: 409, message: 'Conflict.' }], 'unavailable', 'Conflict'],
    [413, { status: 413, title: 'Too many items' }, 'request_rejected', 'Too many items'],
    [
      422,
      { status: 422, title: 'Invalid', errors: { sku: 'is missing' } },
      'request_rejected',
      'Invalid; sku: is missing',
    ],
    [423, [{ status: 423, message: 'Locked.' }], 'unavailable', 'Locked'],
    [500, {}, 'unavailable', '500'],
    [503, {}, 'unavailable', '503'],
    [507, {}, 'unavailable', '507'],
  ])('%i is %s', async (status, body, code, words) => {
    answer(status, body);
    const failure = await fetchOrder();
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(words);
  });

  it('an order that is not there is null; a truncated, malformed or late answer to a read is tried again', async () => {
    answer(404, [{ status: 404, message: 'The requested resource was not found.' }]);
    expect(await bench.marketplace.fetchOrder('101')).toBeNull();
    const [order] = bench.sandbox.addOrders([{}]);
    for (const kind of [
      'truncated',
      'malformed',
      'timeout_before',
      'timeout_after',
      'reset_before',
      'trickle',
    ] as const) {
      bench.sandbox.standIn.faults = [{ kind, rate: 1 }];
      expect(await failureOf(bench.marketplace.fetchOrder(String(order!.id)))).toMatchObject({ outcome: 'not_sent' });
    }
  });

  it('I8: no message holds the token, an e-mail or a name', async () => {
    const { accessToken } = sandboxBigcommerceCredentials;
    answer(400, [{ status: 400, message: `${accessToken} of ann@example.com is wrong` }]);
    const failure = await fetchOrder();
    expect(failure.message).toContain('[token] of [e-mail] is wrong');
    answer(401, { title: `token ${accessToken}` });
    expect(JSON.stringify(await fetchOrder())).not.toContain(accessToken);
    answer(400, `<html><p>plain ${accessToken}</p></html>`);
    expect((await fetchOrder()).message).not.toContain(accessToken);
  });

  it('a base URL that is none is refused', async () => {
    const open = () =>
      bigcommerce.connect({
        ...{ connectionId: 'store_1', baseUrl: 'nowhere', credentials: sandboxBigcommerceCredentials, settings: {} },
        ...{ http: bench.http, limiter: bench.limiter, now: bench.clock.now, app: null },
        renewCredentials: async () => null,
      });
    await expect((async () => open())()).rejects.toMatchObject({ code: 'address_blocked' });
  });
});

describe('the quota of the store', () => {
  it('is kept by two workers together, and by live orders and backfill', async () => {
    bench.sandbox.addOrders([{}]);
    const other = bench.connect({});
    for (let index = 0; index < 200; index++)
      await fullPass(index % 2 ? other : bench.marketplace, { since, lane: index % 5 ? 'live' : 'backfill' });
    expect(bench.sandbox.standIn.calls).toHaveLength(200);
    expect(bench.sandbox.standIn.calls.every((call) => call.status === 200)).toBe(true);
    const keys = new Set(bench.limiter.taken.flat().map((limit) => limit.key));
    expect([...keys].sort()).toEqual(['bigcommerce:store:demogarden', 'bigcommerce:store:demogarden:backfill']);
  });

  it('when other apps have used it up, everybody waits for the end of the window', async () => {
    bench.sandbox.state.settings.quota = 10;
    for (let index = 0; index < 10; index++) await fullPass(bench.marketplace, { since });
    expect(bench.limiter.blocks).toContain('bigcommerce:store:demogarden');
    expect(bench.sandbox.standIn.calls.every((call) => call.status === 204)).toBe(true);
  });

  it('backfill stops at half of it, live orders go on', async () => {
    bench.sandbox.state.settings.quota = 40;
    for (let index = 0; index < 21; index++) await fullPass(bench.marketplace, { since });
    expect(new Set(bench.limiter.blocks)).toEqual(new Set(['bigcommerce:store:demogarden:backfill']));
  });

  it('a 429 tells how long, by the window or in seconds; without either it is load and lasts longer', async () => {
    answer(429, {}, { 'x-rate-limit-time-reset-ms': '15000' });
    expect(await fetchOrder()).toMatchObject({ code: 'rate_limited', retryAfterMs: 15_000 });
    answer(429, {}, { 'x-retry-after': '7' });
    expect(await fetchOrder()).toMatchObject({ retryAfterMs: 7_000 });
    answer(429, {});
    expect(await fetchOrder()).toMatchObject({ retryAfterMs: 60_000 });
    expect(bench.limiter.blocks).toEqual(Array.from({ length: 3 }, () => 'bigcommerce:store:demogarden'));
  });
});
