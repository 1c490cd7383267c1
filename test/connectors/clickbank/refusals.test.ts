import { sandboxKey } from '../../../sandbox/clickbank/state.js';
import { failureOf, nothingKnown, openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const poll = () =>
  bench.marketplace.listOrders({ since: '2026-03-04T12:00:00Z', page: null, lane: 'live', known: nothingKnown });
const post = (receipt: string) =>
  bench.marketplace.postNotice(bench.marketplace.notices(writebackOf({ externalId: receipt }))[0]!);
const bought = () => bench.sandbox.addOrders([{ placedAt: '2026-03-03T18:00:00.000Z' }])[0]!.receipt;
const refuse = (rule: { times?: number; path?: string; method?: string }) =>
  (bench.sandbox.standIn.faults = [{ kind: 'status', status: 403, body: 'Access is denied', rate: 1, ...rule }]);
const keyWith = (changes: Partial<typeof sandboxKey>) => (bench.sandbox.state.keys = [{ ...sandboxKey, ...changes }]);

describe('what a 403 means', () => {
  it('a bad key, after it was refused three times with pauses between', async () => {
    keyWith({ apiKey: 'API-ANOTHER', developerKey: null });
    const begun = bench.clock.now().getTime();
    const failure = await failureOf(poll());
    expect([failure.code, failure.about]).toEqual(['credentials_refused', { connection: 'store_1' }]);
    expect(bench.paths()).toEqual(['GET shipping2/list', 'GET debug', 'GET debug']);
    expect(bench.clock.now().getTime() - begun).toBeGreaterThanOrEqual(4_500);
    expect(new Set(bench.limiter.blocks)).toEqual(new Set([bench.limiter.taken[0]![1]!.key]));
  });

  it('the rate, when the key is answered a moment later', async () => {
    refuse({ times: 1 });
    expect(await failureOf(poll())).toMatchObject({ code: 'rate_limited', outcome: 'not_sent', retryAfterMs: 5_000 });
    refuse({ times: 2 });
    expect(await failureOf(poll())).toMatchObject({ code: 'rate_limited', retryAfterMs: 10_000 });
    refuse({ times: 1 });
    expect(await failureOf(poll())).toMatchObject({ code: 'rate_limited', retryAfterMs: 20_000 });
    await poll();
    refuse({ times: 1 });
    expect(await failureOf(poll())).toMatchObject({ retryAfterMs: 5_000 });
  });

  it.each([true, false])('R17: a missing right to read, whether debug shows the roles (%s) or not', async (shown) => {
    bench.sandbox.state.settings.debugShowsRoles = shown;
    keyWith({ roles: [] });
    const failure = await failureOf(poll());
    expect([failure.code, failure.about.permission]).toEqual(['permission_missing', 'Orders/Tickets Read']);
    expect(failure.message).toContain('reading orders to ship fails without it');
  });

  it.each([true, false])('R17: a missing right to write, whether debug shows the roles (%s) or not', async (shown) => {
    bench.sandbox.state.settings.debugShowsRoles = shown;
    keyWith({ roles: ['api_order_read'] });
    const receipt = bought();
    const failure = await failureOf(post(receipt));
    expect([failure.code, failure.about.permission]).toEqual(['permission_missing', 'Orders/Tickets Read/Write']);
    expect(failure.message).toContain(`the ship notice of receipt ${receipt} fails without it`);
    expect(bench.sandbox.ledger().notices).toEqual([]);
  });

  it.each([true, false])('an unknown receipt, whether debug shows the roles (%s) or not', async (shown) => {
    bench.sandbox.state.settings.debugShowsRoles = shown;
    expect(await failureOf(post('NOWHERE1'))).toMatchObject({
      code: 'writeback_refused',
      about: { receipt: 'NOWHERE1' },
    });
    const notice = bench.marketplace.notices(writebackOf({ externalId: 'NOWHERE1' }))[0]!;
    expect(await failureOf(bench.marketplace.findNotice(notice))).toMatchObject({ code: 'not_found' });
  });

  it('the rate, when a notice is refused to a key that may write to a receipt it may read', async () => {
    const receipt = bought();
    refuse({ times: 1, method: 'POST' });
    expect(await failureOf(post(receipt))).toMatchObject({ code: 'rate_limited', outcome: 'not_sent' });
    await post(receipt);
    expect(bench.sandbox.ledger().mails).toHaveLength(1);
  });

  it('shipping3 that was never granted', async () => {
    keyWith({ shipping3: false });
    const marketplace = bench.connect({ settings: { shippingService: 'shipping3' } });
    const failure = await failureOf(
      marketplace.listOrders({ since: '2026-03-04T12:00:00Z', page: null, lane: 'live', known: nothingKnown }),
    );
    expect([failure.code, failure.about.path]).toEqual(['permission_missing', 'shipping3/list']);
  });

  it('does not show the key, which debug echoes, in any of its words', async () => {
    for (const roles of [[], ['api_order_read']]) {
      keyWith({ roles });
      const failure = await failureOf(post('NOWHERE1'));
      expect(JSON.stringify([failure.message, failure.about])).not.toContain('SANDBOX');
    }
  });
});

describe('the rate limits', () => {
  it('never let more than ten calls into a second, as the sandbox counts them', async () => {
    const begun = bench.clock.now().getTime();
    for (let index = 0; index < 60; index++) await poll();
    expect(bench.sandbox.standIn.calls.map((call) => call.status)).toEqual(Array.from({ length: 60 }, () => 204));
    expect(bench.clock.now().getTime() - begun).toBeGreaterThan(8_000);
  });

  it('stay below ten in any second and 25,000 in any day by their numbers', async () => {
    await poll();
    const [address, account] = bench.limiter.taken[0]!;
    expect(address!.capacity + address!.perSecond).toBeLessThan(10);
    expect(account!.capacity + account!.perSecond * 86_400).toBeLessThanOrEqual(25_000);
  });

  it('look like a bad key when other tools keep them spent, and the words say so', async () => {
    bench.sandbox.state.settings.perDay = 0;
    const failure = await failureOf(poll());
    expect(failure.code).toBe('credentials_refused');
    expect(failure.message).toContain("spent the account's 25,000 calls of the day");
  });
});

describe('other answers', () => {
  it.each([
    [400, 'request_rejected'],
    [404, 'not_found'],
    [405, 'request_rejected'],
    [500, 'unavailable'],
  ] as const)('takes %i to a list for %s', async (status, code) => {
    bench.sandbox.standIn.faults = [{ kind: 'status', status, rate: 1 }];
    expect((await failureOf(poll())).code).toBe(code);
  });
});
