import { failureOf, fullPass, nothingKnown, openBench, type Bench } from './support.js';

const since = '2026-03-04T12:00:00Z';
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const poll = (changes: Partial<Parameters<Bench['marketplace']['listOrders']>[0]> = {}) =>
  bench.marketplace.listOrders({ since, page: null, lane: 'live', known: nothingKnown, ...changes });

describe('what a poll costs', () => {
  it('R2: imports a page of 50 receipts, goods and all, with two calls', async () => {
    const added = bench.sandbox.addSamples(50, 'plain');
    const page = await poll();
    expect(page.orders.map((order) => order.externalId).sort()).toEqual(added.map((order) => order.receipt).sort());
    expect(page.orders.every((order) => order.currency === 'USD' && order.total !== null)).toBe(true);
    expect(bench.paths()).toEqual(['GET shipping2/list', 'GET orders2/list']);
  });

  it('asks once when nothing is there, and once when everything is known', async () => {
    expect(await poll()).toEqual({ orders: [], malformed: [], nextPage: null });
    bench.sandbox.addSamples(3, 'plain');
    const page = await poll({ known: async (ids) => new Set(ids) });
    expect(page).toEqual({ orders: [], malformed: [], nextPage: null });
    expect(bench.paths()).toEqual(['GET shipping2/list', 'GET shipping2/list']);
  });

  it('asks for one new receipt by its name, however much else the shop sells', async () => {
    bench.sandbox.state.settings.pageSize = 2;
    bench.sandbox.addOrders(Array.from({ length: 9 }, () => ({ lines: [{ shippable: false }] })));
    const [order] = bench.sandbox.addOrders([{ receipt: 'NEWONE01' }]);
    const page = await poll();
    expect(page.orders[0]).toMatchObject({ externalId: order!.receipt, total: '49.95' });
    expect(bench.paths()).toEqual(['GET shipping2/list', 'GET orders2/NEWONE01']);
  });

  it('reads on in orders2 only while it pays, and asks for the rest by name', async () => {
    const earlier = new Date(bench.clock.now().getTime() - 60_000).toISOString();
    bench.sandbox.addOrders(Array.from({ length: 5 }, () => ({ placedAt: earlier, lines: [{ shippable: false }] })));
    bench.sandbox.addOrders([{ receipt: 'SECOND01' }, { receipt: 'SECOND02' }]);
    bench.sandbox.state.settings.pageSize = 2;
    const page = await poll();
    expect(page.orders.map((order) => order.total)).toEqual(['49.95', '49.95']);
    expect(bench.paths().slice(1)).toEqual([
      'GET orders2/list',
      'GET orders2/list',
      'GET orders2/SECOND01',
      'GET orders2/SECOND02',
    ]);
  });

  it('R35: spends no call on what another account of the key sold', async () => {
    const marketplace = bench.connect({ settings: { vendor: 'demogarden' } });
    bench.sandbox.addOrders([{ vendor: 'DEMOSHOP' }]);
    const { orders } = await fullPass(marketplace, { since });
    expect(orders[0]).toMatchObject({ vendor: 'DEMOSHOP', total: null });
    expect(bench.paths()).toEqual(['GET shipping2/list']);
    bench.sandbox.addOrders([{ vendor: 'DEMOGARDEN' }]);
    expect((await fullPass(marketplace, { since })).orders.find((order) => order.vendor === 'DEMOGARDEN')?.total).toBe(
      '49.95',
    );
  });

  it('keeps what shipping2 shows and orders2 does not, without currency and total', async () => {
    bench.sandbox.addOrders([{ rawOrder: null }]);
    const page = await poll();
    expect(page.orders).toHaveLength(1);
    expect(page.orders[0]).toMatchObject({ currency: null, total: null, kind: 'sale' });
  });
});

describe('pages', () => {
  it('goes on at 206, however short the page, and stops at 200', async () => {
    bench.sandbox.state.settings.pageSize = 7;
    const added = bench.sandbox.addSamples(20, 'plain');
    const { orders } = await fullPass(bench.marketplace, { since });
    expect(orders.map((order) => order.externalId).sort()).toEqual(added.map((order) => order.receipt).sort());
    const lists = bench.sandbox.standIn.calls.filter((call) => call.path.endsWith('shipping2/list'));
    expect(lists.map((call) => call.status)).toEqual([206, 206, 200]);
    expect(lists.some((call) => 'page' in call.query)).toBe(false);
  });

  it('keeps the days of the first page though midnight passes while it reads', async () => {
    bench.sandbox.state.settings.pageSize = 1;
    bench.sandbox.addOrders([{}, {}]);
    const first = await poll();
    bench.clock.advance(24 * 3_600_000);
    await poll({ page: first.nextPage });
    const lists = bench.sandbox.standIn.calls.filter((call) => call.path.endsWith('shipping2/list'));
    expect(lists.map((call) => call.query.endDate)).toEqual(['2026-03-04', '2026-03-04']);
  });

  it('gives a receipt once though a page repeats it', async () => {
    bench.sandbox.addSamples(4, 'plain');
    bench.sandbox.standIn.faults = [{ kind: 'duplicates', rate: 1, path: 'shipping2' }];
    expect((await poll()).orders).toHaveLength(4);
  });

  it('finds on the next pass a row that slipped between two pages of a shrinking list', async () => {
    bench.sandbox.state.settings.pageSize = 5;
    const added = bench.sandbox.addSamples(10, 'plain');
    bench.sandbox.standIn.faults = [{ kind: 'shifting_pages', rate: 1, path: 'shipping2', times: 1 }];
    const first = await fullPass(bench.marketplace, { since });
    expect(first.orders).toHaveLength(9);
    const seen = new Set(first.orders.map((order) => order.externalId));
    const second = await fullPass(bench.marketplace, {
      since: bench.clock.now().toISOString(),
      known: async () => seen,
    });
    expect(seen.size + second.orders.length).toBe(added.length);
  });

  it('refuses a token that is not its own', async () => {
    expect((await failureOf(poll({ page: '2' }))).code).toBe('internal');
  });

  it.each(['no_content', 'null'] as const)('takes %s for an empty list', async (empty) => {
    bench.sandbox.state.settings.empty = empty;
    expect((await poll()).orders).toEqual([]);
  });

  it.each(['<html>maintenance</html>', '{"error":"no"}', '"text"', '[1]'])(
    'never takes %s for an empty list',
    async (body) => {
      bench.sandbox.standIn.faults = [{ kind: 'status', status: 200, body, rate: 1 }];
      expect((await failureOf(poll())).code).toBe('answer_malformed');
    },
  );

  it.each(['truncated', 'reset_before'] as const)('fails a pass on a %s answer instead of ending it', async (kind) => {
    bench.sandbox.addSamples(3, 'plain');
    bench.sandbox.standIn.faults = [{ kind, rate: 1 }];
    expect((await failureOf(poll())).outcome).toBe('not_sent');
  });
});

describe('a first import', () => {
  it('sees what was shipped elsewhere and says so, without losing what ships while it reads', async () => {
    const [shipped, open] = bench.sandbox.addOrders([{ receipt: 'SHIPPED1' }, { receipt: 'WAITING1' }]);
    bench.sandbox.state.notices.push({
      receipt: shipped!.receipt,
      itemNo: 'kit-1',
      shipDate: '2026-03-04',
      carrier: 'UPS',
      trackingId: null,
      comments: null,
      generated: false,
    });
    const { orders } = await fullPass(bench.marketplace, { since: '2026-02-01T00:00:00Z' });
    expect(orders.map((order) => [order.externalId, order.shippedAtMarketplace])).toEqual([
      [shipped!.receipt, true],
      [open!.receipt, false],
    ]);
    expect(bench.sandbox.standIn.calls.map((call) => call.query.status)).toEqual(['all', undefined, 'shipped']);
    const live = await fullPass(bench.marketplace, { since });
    expect(live.orders.map((order) => order.externalId)).toEqual([open!.receipt]);
  });

  it('loses nothing though every page of a growing list shifts', async () => {
    bench.sandbox.state.settings.pageSize = 5;
    const added = bench.sandbox.addSamples(18, 'plain');
    bench.sandbox.standIn.faults = [{ kind: 'shifting_pages', rate: 1 }];
    const { orders } = await fullPass(bench.marketplace, { since: '2026-02-01T00:00:00Z' });
    expect(new Set(orders.map((order) => order.externalId)).size).toBe(added.length);
  });

  it('asks to begin a page as backfill, and finishes what it began', async () => {
    bench.sandbox.addSamples(3, 'plain');
    await fullPass(bench.marketplace, { since, lane: 'backfill' });
    expect(bench.limiter.lanes).toEqual(['backfill', 'live', 'live']);
  });
});

describe('Pacific days', () => {
  it.each([
    // since, now, first day, last day
    ['2026-03-04T17:00:00Z', '2026-03-04T18:00:00Z', '2026-03-03', '2026-03-04'],
    ['2026-03-05T05:00:00Z', '2026-03-05T06:00:00Z', '2026-03-03', '2026-03-04'],
    ['2026-11-01T08:30:00Z', '2026-11-01T09:30:00Z', '2026-10-31', '2026-11-01'],
    ['2026-11-02T07:30:00Z', '2026-11-02T08:30:00Z', '2026-10-31', '2026-11-02'],
    ['2027-03-14T09:30:00Z', '2027-03-14T10:30:00Z', '2027-03-13', '2027-03-14'],
    ['2027-03-15T06:30:00Z', '2027-03-15T07:30:00Z', '2027-03-13', '2027-03-15'],
  ])('since %s at %s asks for %s to %s', async (from, now, startDate, endDate) => {
    bench.clock.advance(Date.parse(now) - bench.clock.now().getTime());
    await poll({ since: from });
    expect(bench.sandbox.standIn.calls[0]!.query).toEqual({ status: 'notshipped', startDate, endDate });
  });

  it.each(['2026-11-01', '2027-03-14'])('sees every order of the hours around the clock change of %s', async (day) => {
    const start = Date.parse(`${day}T00:00:00Z`);
    bench.clock.advance(start - bench.clock.now().getTime());
    const seen = new Set<string>();
    let from = new Date(start).toISOString();
    for (let half = 0; half < 72; half++) {
      bench.sandbox.addOrders([{}]);
      const begun = bench.clock.now().toISOString();
      const { orders } = await fullPass(bench.marketplace, {
        since: from,
        known: async (ids) => new Set(ids.filter((id) => seen.has(id))),
      });
      for (const order of orders) seen.add(order.externalId);
      expect(seen.size).toBe(half + 1);
      from = begun;
      bench.clock.advance(1_800_000);
    }
  });
});
