import type { Marketplace, Notice } from '../../../connectors/marketplaces/port.js';
import type { Order } from '../../../sandbox/shopify/state/orders.js';
import { failureOf, openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const bought = (...lines: Record<string, unknown>[]): Order => bench.sandbox.addOrders([{ lines }])[0]!;
const noticeOf = (order: Order, changes: Parameters<typeof writebackOf>[1] = {}): Notice =>
  bench.marketplace.notices(writebackOf(order, changes))[0]!;
/** Pieces of one of the order's lines, as a package holds them. */
const pieces = (order: Order, index: number, quantity: number) => [
  { lineId: String(order.lines[index]!.id), sku: order.lines[index]!.sku ?? '', quantity },
];

/** What the activity does: read, write what is not there, read back. */
async function tell(notice: Notice, marketplace: Marketplace = bench.marketplace) {
  const before = await marketplace.findNotice(notice);
  if (before) return before;
  await marketplace.postNotice(notice);
  return marketplace.findNotice(notice);
}

const fulfillments = () =>
  bench.sandbox.shop.fulfillments.map((each) => ({
    lines: each.lines.map((line) => [line.lineId, line.quantity]),
    numbers: each.packages.map((one) => one.number),
    company: each.company,
    location: each.locationId,
  }));

describe('a package', () => {
  it('is told with its lines, number and carrier, mails the customer once, and is read back', async () => {
    const order = bought({ sku: 'KIT-1', quantity: 2 }, { sku: 'TEA-30' });
    const proof = await tell(noticeOf(order, { carrier: 'FedEx Ground', trackingUrl: 'https://track.example/1' }));
    expect(fulfillments()).toEqual([
      {
        lines: [[order.lines[0]!.id, 2], [order.lines[1]!.id, 1]],
        numbers: ['9400-1'],
        company: 'FedEx',
        location: Number(bench.location),
      },
    ]); // prettier-ignore
    expect(bench.sandbox.shop.fulfillments[0]!.packages[0]!.url).toBe('https://track.example/1');
    expect(bench.sandbox.ledger().mails).toHaveLength(1);
    expect(proof).toMatchObject({
      readAt: bench.clock.now().toISOString(),
      carrier: 'FedEx',
      trackingNumber: '9400-1',
      answer: { fulfillment: '#1001-F1', status: 'SUCCESS', company: 'FedEx', trackingNumber: '9400-1' },
    });
    expect(JSON.stringify(proof)).not.toContain('Sample');
  });

  it('D10: mails nobody where the store says so', async () => {
    const order = bought({});
    await tell(noticeOf(order), bench.connect({ settings: { notifyCustomer: false } }));
    expect(fulfillments()).toHaveLength(1);
    expect(bench.sandbox.ledger().mails).toEqual([]);
  });

  it.each(['keeps_rest', 'reopens_rest'] as const)(
    'a part is told as a part, and the rest with its own number (the fulfillment order %s)',
    async (afterPart) => {
      bench.sandbox.shop.settings.afterPart = afterPart;
      const order = bought({ quantity: 3 });
      await tell(noticeOf(order, { packageId: 'p1', lines: pieces(order, 0, 1) }));
      await tell(noticeOf(order, { packageId: 'p2', trackingNumber: '9400-2', lines: pieces(order, 0, 2) }));
      expect(fulfillments().map((each) => [each.numbers[0], each.lines[0]![1]])).toEqual([
        ['9400-1', 1],
        ['9400-2', 2],
      ]);
    },
  );

  it('of two locations is two fulfillments, each with its own lines', async () => {
    const order = bought({ sku: 'KIT-1' }, { sku: 'TEA-30', location: 'Corner Shop' });
    expect(await tell(noticeOf(order))).toMatchObject({ answer: { fulfillment: '#1001-F1, #1001-F2' } });
    expect(fulfillments().map((each) => each.lines)).toEqual([[[order.lines[0]!.id, 1]], [[order.lines[1]!.id, 1]]]);
  });

  it('whose first location was told already is not told there again', async () => {
    const order = bought({ sku: 'KIT-1' }, { sku: 'TEA-30', location: 'Corner Shop' });
    const notice = noticeOf(order);
    await bench.marketplace.postNotice({ ...notice, lines: notice.lines.slice(0, 1) });
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
    await tell(notice);
    expect(fulfillments()).toHaveLength(2);
    expect(bench.sandbox.ledger().mails).toHaveLength(2);
  });

  it('of 300 lines is told in calls of 250 at most, and found as a whole', async () => {
    const order = bought(...Array.from({ length: 300 }, (_, index) => ({ sku: `SKU-${index}` })));
    expect(await tell(noticeOf(order))).not.toBeNull();
    expect(fulfillments().map((each) => each.lines.length)).toEqual([250, 50]);
  });

  it('without a tracking number is found by its lines, and not taken for an older one', async () => {
    const order = bought({ quantity: 2 });
    bench.clock.advance(-3 * 86_400_000);
    const [from] = bench.sandbox.shop.fulfillmentOrders;
    from!.lines[0]!.total = from!.lines[0]!.remaining = 1;
    bench.sandbox.fulfilElsewhere('#1001');
    from!.status = 'OPEN';
    from!.lines[0]!.remaining = 1;
    bench.clock.advance(3 * 86_400_000);
    bench.sandbox.shop.fulfillments[0]!.packages = [];
    const notice = noticeOf(order, { trackingNumber: null, lines: pieces(order, 0, 1) });
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
    expect(await tell(notice)).toMatchObject({ trackingNumber: null, answer: { fulfillment: '#1001-F2' } });
  });

  it('is told with the numbers of parcels that hold other parts of its pieces, each with its own link', async () => {
    const order = bought({});
    const url = (number: string) => `https://track.example/${number}`;
    const alongside = [{ carrier: 'USPS', trackingNumber: '9400-2', trackingUrl: url('9400-2') }];
    const proof = await tell(noticeOf(order, { trackingUrl: url('9400-1'), alongside }));
    expect(proof).toMatchObject({ trackingNumber: '9400-1', answer: { company: 'USPS', trackingNumber: '9400-1' } });
    expect(bench.sandbox.shop.fulfillments[0]!.packages).toEqual([
      { number: '9400-1', url: url('9400-1') },
      { number: '9400-2', url: url('9400-2') },
    ]);
    expect(bench.sandbox.ledger().mails).toHaveLength(1);
  });

  it('names neither a company nor links that would be wrong for one of several numbers', async () => {
    const alongside = [
      { carrier: 'UPS', trackingNumber: '1Z-2', trackingUrl: null },
      { carrier: 'UPS', trackingNumber: null, trackingUrl: 'https://track.example/3' },
    ];
    await tell(noticeOf(bought({}), { trackingUrl: 'https://track.example/1', alongside }));
    expect(fulfillments()).toMatchObject([{ numbers: ['9400-1', '1Z-2'], company: null }]);
    expect(bench.sandbox.shop.fulfillments[0]!.packages.map((each) => each.url)).not.toContain(
      'https://track.example/1',
    );
  });

  it('is split alike each time', () => {
    const writeback = writebackOf(bought({}, {}));
    expect(bench.marketplace.notices(writeback)).toEqual(bench.marketplace.notices(structuredClone(writeback)));
  });
});

describe('proof', () => {
  it('is neither another number nor less than the package holds nor what was cancelled', async () => {
    const order = bought({ quantity: 2 });
    const notice = noticeOf(order);
    await bench.marketplace.postNotice({ ...notice, lines: notice.lines.map((line) => ({ ...line, quantity: 1 })) });
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
    await bench.marketplace.postNotice(notice);
    expect(await bench.marketplace.findNotice(notice)).not.toBeNull();
    expect(await bench.marketplace.findNotice({ ...notice, trackingNumber: '9400-9' })).toBeNull();
    bench.sandbox.shop.fulfillments[0]!.status = 'CANCELLED';
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
  });

  it('is found among more fulfillments than one look shows', async () => {
    const order = bought({ quantity: 25 });
    for (let index = 0; index < 25; index += 1)
      await bench.marketplace.postNotice(
        noticeOf(order, { packageId: `p${index}`, trackingNumber: `N-${index}`, lines: pieces(order, 0, 1) }),
      );
    const last = noticeOf(order, { packageId: 'p24', trackingNumber: 'N-24', lines: pieces(order, 0, 1) });
    expect(await bench.marketplace.findNotice(last)).toMatchObject({ trackingNumber: 'N-24' });
  });

  it.each(['timeout_after', 'reset_after', 'truncated', 'malformed'] as const)(
    'is found when the answer was lost (%s): one fulfillment, one mail',
    async (kind) => {
      const quick = await openBench({ deadlineMs: 300 });
      const [order] = quick.sandbox.addOrders([{ lines: [{ quantity: 2 }] }]);
      const [notice] = quick.marketplace.notices(
        writebackOf(order!, { lines: [{ lineId: String(order!.lines[0]!.id), sku: 'KIT-1', quantity: 1 }] }),
      );
      expect(await quick.marketplace.findNotice(notice!)).toBeNull();
      const posted = failureOf(quick.marketplace.postNotice(notice!));
      // The two reads go through, the mutation is the third.
      await spoilMutation(quick, kind);
      expect((await posted).code).toBe('outcome_unknown');
      quick.sandbox.standIn.faults = [];
      expect(await quick.marketplace.findNotice(notice!)).not.toBeNull();
      expect(quick.sandbox.ledger().mails).toHaveLength(1);
      await quick.close();
    },
  );

  it('a call that never arrived left nothing: it is told once, at the next try', async () => {
    const quick = await openBench({ deadlineMs: 300 });
    const [order] = quick.sandbox.addOrders([{}]);
    const [notice] = quick.marketplace.notices(writebackOf(order!));
    const posted = failureOf(quick.marketplace.postNotice(notice!));
    await spoilMutation(quick, 'timeout_before');
    expect((await posted).code).toBe('outcome_unknown');
    quick.sandbox.standIn.faults = [];
    expect(await quick.marketplace.findNotice(notice!)).toBeNull();
    await quick.marketplace.postNotice(notice!);
    expect(quick.sandbox.ledger().mails).toHaveLength(1);
    await quick.close();
  });
});

/** All calls go to one path, so the fault is set once the last read before the mutation is in. */
async function spoilMutation(
  of: Bench,
  kind: 'timeout_after' | 'timeout_before' | 'reset_after' | 'truncated' | 'malformed',
) {
  const names = () => of.sandbox.standIn.calls.map((call) => (call.body as { query: string }).query);
  while (!names().some((query) => query.startsWith('query ToFulfill')))
    await new Promise((resolve) => setImmediate(resolve));
  of.sandbox.standIn.faults = [{ kind, rate: 1 }];
}

describe('refusals', () => {
  it('R135: what the location has not in stock is named by SKU and location, and told once it is there', async () => {
    bench.sandbox.shop.settings.deniesWithoutStock = true;
    bench.sandbox.setStock('KIT-1', 'Main Warehouse', 1);
    const notice = noticeOf(bought({ sku: 'KIT-1', quantity: 2 }));
    const failure = await failureOf(bench.marketplace.postNotice(notice));
    expect(failure).toMatchObject({
      code: 'out_of_stock_at_location',
      outcome: 'rejected',
      about: { order: notice.externalId, line: notice.lines[0]!.lineId, sku: 'KIT-1', location: 'Main Warehouse' },
    });
    expect(failure.message).toContain('Shopify has 1 of SKU "KIT-1" at Main Warehouse, the package holds 2');
    bench.sandbox.setStock('KIT-1', 'Main Warehouse', 5);
    expect(await tell(notice)).not.toBeNull();
  });

  it('R135: what is not stocked at the location at all counts as none of it', async () => {
    bench.sandbox.shop.settings.deniesWithoutStock = true;
    const notice = noticeOf(bought({ sku: 'KIT-1', location: 'Corner Shop' }));
    bench.sandbox.shop.levels = bench.sandbox.shop.levels.filter((each) => each.locationId === Number(bench.location));
    const failure = await failureOf(bench.marketplace.postNotice(notice));
    expect(failure).toMatchObject({ code: 'out_of_stock_at_location', about: { location: 'Corner Shop' } });
  });

  it('what somebody else fulfilled meanwhile is said, with what remains', async () => {
    const order = bought({ quantity: 2 });
    bench.sandbox.fulfilElsewhere('#1001', { number: 'OTHER-1' });
    const failure = await failureOf(bench.marketplace.postNotice(noticeOf(order)));
    expect([failure.code, failure.about['line']]).toEqual(['writeback_refused', String(order.lines[0]!.id)]);
    expect(failure.message).toContain('the package holds 2, at Shopify 0 can be fulfilled; the rest was fulfilled');
    expect(fulfillments()).toHaveLength(1);
  });

  it('a hold is respected, and named', async () => {
    const order = bought({});
    bench.sandbox.hold('#1001', { reason: 'INCORRECT_ADDRESS' });
    const failure = await failureOf(bench.marketplace.postNotice(noticeOf(order)));
    expect(failure.message).toMatch(/on hold there: incorrect address/);
    bench.sandbox.release('#1001');
    expect(await tell(noticeOf(order))).not.toBeNull();
  });

  it('a fulfillment order that was moved is found where it is now', async () => {
    const order = bought({});
    bench.sandbox.move('#1001', 'Corner Shop');
    await tell(noticeOf(order));
    expect(fulfillments()[0]!.location).toBe(bench.sandbox.shop.locations[1]!.id);
  });

  it('an order that is gone has no notice, and takes none', async () => {
    const notice = { ...noticeOf(bought({})), externalId: '77' };
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
    expect((await failureOf(bench.marketplace.postNotice(notice))).code).toBe('not_found');
  });
});
