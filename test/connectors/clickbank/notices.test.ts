import type { Notice } from '../../../connectors/marketplaces/port.js';
import type { OrderSpec, SandboxOrder } from '../../../sandbox/clickbank/state.js';
import { failureOf, openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

function bought(spec: OrderSpec = {}): SandboxOrder {
  return bench.sandbox.addOrders([{ placedAt: '2026-03-03T18:00:00.000Z', ...spec }])[0]!;
}

function noticeOf(order: SandboxOrder, changes: Partial<Notice> = {}): Notice {
  return { ...bench.marketplace.notices(writebackOf({ externalId: order.receipt }))[0]!, ...changes };
}

const posts = () => bench.sandbox.standIn.calls.filter((call) => call.method === 'POST').map((call) => call.query);
const book = { itemNo: 'book-7' };

/** What the activity does: read, write what is not there, read back. */
async function tell(notice: Notice, marketplace = bench.marketplace) {
  const before = await marketplace.findNotice(notice);
  if (before) return before;
  await marketplace.postNotice(notice);
  return marketplace.findNotice(notice);
}

describe('a package becomes notices', () => {
  it('R5: tells each package and each item by its own tracking number, and reads every one back', async () => {
    const order = bought({ lines: [{}, book] });
    const lines = [
      { lineId: 'kit-1', sku: 'kit-1', quantity: 1 },
      { lineId: 'book-7', sku: 'book-7', quantity: 1 },
    ];
    const packages = [
      writebackOf({ externalId: order.receipt, packageId: 'p1', trackingNumber: '1Z1', lines }),
      writebackOf({ externalId: order.receipt, packageId: 'p2', trackingNumber: '1Z2', lines: lines.slice(0, 1) }),
    ];
    const proofs = [];
    for (const notice of packages.flatMap((each) => bench.marketplace.notices(each))) proofs.push(await tell(notice));
    expect(proofs.map((proof) => proof?.trackingNumber)).toEqual(['1Z1', '1Z1', '1Z2']);
    expect(posts()).toEqual([
      { date: '2026-03-04', carrier: 'UPS', item: 'kit-1', tracking: '1Z1' },
      { date: '2026-03-04', carrier: 'UPS', item: 'book-7', tracking: '1Z1' },
      { date: '2026-03-04', carrier: 'UPS', item: 'kit-1', tracking: '1Z2' },
    ]);
    expect(bench.sandbox.ledger().mails).toHaveLength(3);
  });

  it('names the item also where the receipt holds one, and the carrier also where nobody said one', async () => {
    const order = bought();
    const marketplace = bench.connect({ settings: { carrierFallback: 'Our van' } });
    const writeback = writebackOf({ externalId: order.receipt, carrier: ' ', trackingNumber: null });
    await tell(marketplace.notices(writeback)[0]!, marketplace);
    expect(posts()).toEqual([{ date: '2026-03-04', carrier: 'Our van', item: 'kit-1' }]);
  });

  it('leaves the receipt in notshipped until its last item is told', async () => {
    const order = bought({ lines: [{}, book] });
    await tell(noticeOf(order));
    const listed = async () => (await bench.marketplace.listOrders({
      since: '2026-03-04T00:00:00Z', page: null, lane: 'live', known: async () => new Set() })).orders.length; // prettier-ignore
    expect(await listed()).toBe(1);
    await tell(noticeOf(order, { part: 'book-7' }));
    expect(await listed()).toBe(0);
  });
});

describe('proof', () => {
  it('R5: keeps what ClickBank answered, without the name of the customer', async () => {
    const order = bought();
    const proof = await tell(noticeOf(order));
    expect(proof).toEqual({
      readAt: bench.clock.now().toISOString(),
      carrier: 'UPS',
      trackingNumber: '1Z999',
      answer: { shipDate: '2026-03-04T04:00:00-08:00', carrier: 'UPS', trackingId: '1Z999', itemNo: 'kit-1' },
    });
    expect(JSON.stringify(proof)).not.toContain('Sample');
  });

  it('finds a notice among several, and none that differs in item or tracking', async () => {
    const order = bought({ lines: [{}, book] });
    const notice = noticeOf(order);
    for (const trackingNumber of ['1Z1', '1Z2', '1Z3'])
      await bench.marketplace.postNotice({ ...notice, trackingNumber });
    const find = (changes: Partial<Notice>) => bench.marketplace.findNotice({ ...notice, ...changes });
    expect((await find({ trackingNumber: '1Z2' }))?.trackingNumber).toBe('1Z2');
    expect(await find({ trackingNumber: '1z2' })).toBeNull();
    expect(await find({ trackingNumber: null })).toBeNull();
    expect(await find({ trackingNumber: '1Z2', part: 'book-7' })).toBeNull();
    expect(await find({ trackingNumber: '1Z2', part: 'KIT-1' })).toBeNull();
  });

  it('takes a notice without an item for one of every item', async () => {
    const order = bought();
    const { receipt } = order;
    const rest = { shipDate: '2026-03-04', carrier: 'UPS', comments: null, generated: false };
    bench.sandbox.state.notices.push({ receipt, itemNo: null, trackingId: '1Z999', ...rest });
    expect(await bench.marketplace.findNotice(noticeOf(order))).not.toBeNull();
  });

  it.each(['timeout_after', 'reset_after', 'truncated', 'malformed'] as const)(
    'does not mail twice when the answer is lost (%s): the outcome is unknown and the notice is found',
    async (kind) => {
      const quick = await openBench({ deadlineMs: 300 });
      const [order] = quick.sandbox.addOrders([{ placedAt: '2026-03-03T18:00:00.000Z' }]);
      quick.sandbox.standIn.faults = [{ kind, rate: 1, method: 'POST' }];
      const notice = quick.marketplace.notices(writebackOf({ externalId: order!.receipt }))[0]!;
      expect((await failureOf(quick.marketplace.postNotice(notice))).code).toBe('outcome_unknown');
      expect(await quick.marketplace.findNotice(notice)).not.toBeNull();
      expect(quick.sandbox.ledger().mails).toHaveLength(1);
      await quick.close();
    },
  );
});

describe('fillOrder', () => {
  it('sends one notice for all of the purchase, and none for what it filled', async () => {
    const first = bought({ lines: [{}, book] });
    const upsell = bought({ partOf: first.receipt, lines: [{ itemNo: 'tea-30' }] });
    const marketplace = bench.connect({ settings: { fillOrder: true } });
    const both = [
      { lineId: 'kit-1', sku: 'kit-1', quantity: 1 },
      { lineId: 'book-7', sku: 'book-7', quantity: 1 },
    ];
    const told = [
      writebackOf({ externalId: first.receipt, packageId: 'p1', lines: both }),
      writebackOf({ externalId: first.receipt, packageId: 'p2', trackingNumber: '1Z2', lines: both }),
      writebackOf({ externalId: upsell.receipt, lines: [{ lineId: 'tea-30', sku: 'tea-30', quantity: 1 }] }),
    ].flatMap((each) => marketplace.notices(each));
    for (const notice of told) expect(await tell(notice, marketplace)).not.toBeNull();
    expect(posts().map((query) => [query.item, query.fillOrder])).toEqual([['kit-1', 'true']]);
    const { notices, mails } = bench.sandbox.ledger();
    expect(notices.map((notice) => [notice.receipt, notice.itemNo])).toEqual([
      [first.receipt, 'kit-1'],
      [first.receipt, 'book-7'],
      [upsell.receipt, 'tea-30'],
    ]);
    expect(mails).toHaveLength(3);
  });
});

describe('the date of a notice', () => {
  it.each([
    // now, shipped, placed, date
    ['2026-03-05T06:00:00Z', '2026-03-05T05:00:00Z', '2026-03-03T18:00:00Z', '2026-03-04'],
    ['2026-03-05T06:00:00Z', '2026-03-05T09:00:00Z', '2026-03-03T18:00:00Z', '2026-03-04'],
    ['2026-03-05T18:00:00Z', '2026-03-01T09:00:00Z', '2026-03-04T07:30:00Z', '2026-03-03'],
    ['2026-11-01T08:30:00Z', '2026-11-01T06:30:00Z', '2026-10-30T18:00:00Z', '2026-10-31'],
    ['2026-11-02T07:30:00Z', '2026-11-02T07:15:00Z', '2026-10-30T18:00:00Z', '2026-11-01'],
    ['2027-03-15T06:30:00Z', '2027-03-15T06:15:00Z', '2027-03-13T18:00:00Z', '2027-03-14'],
  ])('at %s, shipped %s, bought %s is %s', async (now, shippedAt, placedAt, date) => {
    bench.clock.advance(Date.parse(now) - bench.clock.now().getTime());
    const order = bought({ placedAt });
    await bench.marketplace.postNotice(noticeOf(order, { shippedAt, placedAt }));
    expect(posts().map((query) => query.date)).toEqual([date]);
  });
});

describe('refusals', () => {
  it('gives ClickBank’s reason, without the address and the key in it', async () => {
    const order = bought();
    const body = 'Refunded.\nAsk ann@example.com about <b>API-SANDBOX-DEMO</b>.';
    bench.sandbox.standIn.faults = [{ kind: 'status', status: 400, body, rate: 1, method: 'POST' }];
    const failure = await failureOf(bench.marketplace.postNotice(noticeOf(order)));
    expect([failure.code, failure.about.receipt]).toEqual(['writeback_refused', order.receipt]);
    expect(failure.message).toContain('"Refunded. Ask [e-mail] about [key]');
    expect(failure.message).not.toMatch(/ann@|API-SANDBOX/);
  });

  it('names the item that is no part of the receipt', async () => {
    const failure = await failureOf(bench.marketplace.postNotice(noticeOf(bought(), { part: 'other' })));
    expect([failure.code, failure.outcome]).toEqual(['writeback_refused', 'rejected']);
    expect(failure.message).toContain('Item other is not part of the receipt');
  });

  it('does not send a URL that ClickBank would cut off', async () => {
    const notice = noticeOf(bought(), { trackingNumber: '9'.repeat(1990) });
    expect((await failureOf(bench.marketplace.postNotice(notice))).code).toBe('request_rejected');
    expect(posts()).toEqual([]);
  });

  it.each([[500, 'outcome_unknown'], [503, 'unavailable'], [429, 'rate_limited']] as const)(
    'takes %i to a notice for %s',
    async (status, code) => {
      bench.sandbox.standIn.faults = [{ kind: 'status', status, rate: 1, method: 'POST' }];
      expect((await failureOf(bench.marketplace.postNotice(noticeOf(bought())))).code).toBe(code);
    },
  ); // prettier-ignore
});
