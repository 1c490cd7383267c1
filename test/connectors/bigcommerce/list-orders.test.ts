import * as fc from 'fast-check';
import { decideImport } from '../../../domain/import-decision.js';
import { defaultStoreSettings } from '../../../domain/store.js';
import { bigcommerce } from '../../../connectors/marketplaces/bigcommerce/bigcommerce.js';
import { failureOf, fullPass, nothingKnown, openBench, since, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const many = (count: number) => Array.from({ length: count }, () => ({}));
const ids = (orders: { externalId: string }[]) => orders.map((order) => order.externalId);

describe('the calls of a pass', () => {
  it('R94: an order is seen with its lines and address in the pass after it was paid for, in one call', async () => {
    const [order] = bench.sandbox.addOrders([{}]);
    const page = await bench.marketplace.listOrders({ since, page: null, lane: 'live', known: nothingKnown });
    expect(page.nextPage).toBeNull();
    expect(page.orders).toMatchObject([
      {
        externalId: String(order!.id),
        status: '11',
        lines: [{ sku: 'kit-1', quantity: 1 }],
        shipTo: { city: 'Boise' },
      },
    ]);
    expect(bench.paths()).toEqual(['GET v2/orders']);
    expect(bench.sandbox.standIn.calls[0]!.query).toEqual({
      include: 'consignments.line_items',
      consignment_structure: 'object',
      min_date_modified: '2026-03-04T16:50:00.000+00:00',
      limit: '50',
    });
  });

  it('imports 50 orders in two calls, and finds nothing new in one', async () => {
    expect((await fullPass(bench.marketplace, { since })).orders).toEqual([]);
    expect(bench.paths()).toHaveLength(1);
    bench.sandbox.addOrders(many(50));
    expect((await fullPass(bench.marketplace, { since })).orders).toHaveLength(50);
    expect(bench.paths()).toHaveLength(3);
    expect(bench.sandbox.standIn.calls.map((call) => call.status)).toEqual([204, 200, 204]);
  });

  it('reads lines page by page where the include does not bring them all', async () => {
    const lines = Array.from({ length: 120 }, (_, index) => ({ sku: `sku-${index}` }));
    bench.sandbox.addOrders([{ lines }, {}]);
    const { orders } = await fullPass(bench.marketplace, { since });
    expect(orders.map((order) => order.lines.length)).toEqual([120, 1]);
    expect(new Set(orders[0]!.lines.map((line) => line.sku)).size).toBe(120);
    expect(bench.paths().filter((path) => path.endsWith('/products'))).toHaveLength(3);
  });

  it.each([
    ['a link', { url: 'https://api.bigcommerce.com/x', resource: '/orders/1/consignments' }],
    ['the legacy array', [{ shipping: [] }]],
    ['nothing', null],
  ])('reads lines and addresses apart where consignments are %s', async (_what, consignments) => {
    const addresses = [{}, { person: { city: 'Leeds' } }];
    bench.sandbox.addOrders([{ addresses, lines: [{}, { sku: 'tea-30', to: 1 }], raw: { consignments } }]);
    const { orders, malformed } = await fullPass(bench.marketplace, { since });
    expect(malformed).toEqual([]);
    expect(orders[0]!.lines.map((line) => line.sku)).toEqual(['kit-1', 'tea-30']);
    expect(orders[0]!.otherDestinations).toMatchObject([{ shipTo: { city: 'Leeds' } }]);
  });
});

describe('pages', () => {
  it('walks by id, so that changes meanwhile neither shift nor hide an order', async () => {
    const sold = bench.sandbox.addOrders(many(130));
    const seen: string[] = [];
    let page: string | null = null;
    do {
      const got = await bench.marketplace.listOrders({ since, page, lane: 'backfill', known: nothingKnown });
      seen.push(...ids(got.orders));
      page = got.nextPage;
      // By date of change these would move to the end, and others up into pages already read.
      for (const order of sold.slice(0, 60)) bench.sandbox.life.setStatus(order, 9);
      bench.sandbox.addOrders([{}]);
      // prettier-ignore
    } while (page !== null);
    expect(seen.slice(0, 130)).toEqual(sold.map((order) => String(order.id)));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('loses none, whatever is sold and changed between the pages of passes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ sold: fc.nat(20), changed: fc.nat(60) }), { maxLength: 4 }),
        async (steps) => {
          bench.sandbox.state.orders.length = 0;
          bench.sandbox.addOrders(many(60));
          const seen = new Map<string, string | null>();
          let from = bench.clock.now().toISOString();
          for (const { sold, changed } of [...steps, { sold: 0, changed: 0 }]) {
            const startedAt = bench.clock.now().toISOString();
            let page: string | null = null;
            do {
              const got = await bench.marketplace.listOrders({ since: from, page, lane: 'live', known: nothingKnown });
              for (const order of got.orders) seen.set(order.externalId, order.status);
              page = got.nextPage;
              if (page === null) break;
              bench.clock.advance(700);
              bench.sandbox.addOrders(many(sold));
              for (const order of bench.sandbox.state.orders.slice(0, changed)) bench.sandbox.life.setStatus(order, 9);
            } while (page !== null);
            from = startedAt;
          }
          const truth = bench.sandbox.state.orders.map((order) => [String(order.id), String(order.statusId)]);
          expect([...seen].sort()).toEqual(truth.sort());
        },
      ),
      { numRuns: 6 },
    );
  });

  it('takes a page that repeats a row, and a change within the overlap, once more', async () => {
    bench.sandbox.addOrders(many(2));
    bench.sandbox.standIn.faults = [{ kind: 'duplicates', rate: 1 }];
    const { orders } = await fullPass(bench.marketplace, { since: '2026-03-04T18:09:00Z' });
    expect(ids(orders)).toHaveLength(3);
  });

  it('refuses a token it did not make, and a list that leads back', async () => {
    const ask = (page: string) =>
      failureOf(bench.marketplace.listOrders({ since, page, lane: 'live', known: nothingKnown }));
    expect(await ask('2; drop')).toMatchObject({ code: 'internal' });
    bench.sandbox.addOrders(many(50));
    for (const order of bench.sandbox.state.orders) order.raw = { id: 7 };
    expect(await ask('90')).toMatchObject({ code: 'answer_malformed' });
  });
});

describe('what is listed', () => {
  it('R95, R114: the monitored status decides, by id and not by what the merchant calls it', async () => {
    bench.sandbox.state.settings.labels = { 11: 'On Hold', 12: 'Awaiting Fulfillment' };
    bench.sandbox.addOrders([{ statusId: 11 }, { statusId: 12 }, { statusId: 9 }, { statusId: 0 }]);
    const { orders } = await fullPass(bench.marketplace, { since });
    const taken = (settings: object) =>
      orders.map((order) => {
        const rules = bigcommerce.rules(settings);
        const context = { storeId: 'sto_1', firstImportOpen: true, rules, now: since };
        const decision = decideImport(order, { ...defaultStoreSettings, reviewFirstImport: false }, context);
        return decision.import ? 'taken' : decision.cause;
      });
    expect(orders.map((order) => order.statusLabel)).toEqual([
      ...['On Hold', 'Awaiting Fulfillment', 'Awaiting Shipment', 'Incomplete'],
    ]);
    expect(taken({})).toEqual(['taken', ...Array.from({ length: 3 }, () => 'status_not_monitored')]);
    expect(taken({ statuses: [9, 12] })).toEqual(['status_not_monitored', 'taken', 'taken', 'status_not_monitored']);
  });

  it('shows a known order again when it changed: cancelled, refunded, archived, shipped by somebody else', async () => {
    const [cancelled, refunded, archived, shipped] = bench.sandbox.addOrders(many(4));
    bench.clock.advance(3_600_000);
    const later = bench.clock.now().toISOString();
    const { life } = bench.sandbox;
    life.setStatus(cancelled!, 5);
    life.refund(refunded!);
    life.archive(archived!);
    life.setStatus(shipped!, 2);
    const all = bench.sandbox.state.orders.map((order) => String(order.id));
    const { orders } = await fullPass(bench.marketplace, { since: later, known: async () => new Set(all) });
    expect(orders).toMatchObject([
      { status: '5', cancelled: true, lines: [{ standing: 'cancelled', wanted: 0 }] },
      { status: '4', cancelled: false, lines: [{ standing: 'refunded', wanted: 0 }] },
      { status: '11', cancelled: true, lines: [{ standing: 'cancelled', wanted: 0 }] },
      { status: '2', cancelled: false, shippedAtMarketplace: true },
    ]);
  });

  it('parks one order that cannot be read, naming the field, and goes on with the others', async () => {
    bench.sandbox.addOrders([
      {},
      { raw: { date_created: 'yesterday' } },
      { lines: [{ quantity: 1.5 }], raw: { items_total: 1 } },
      { raw: { consignments: { shipping: [{ id: 5, line_items: [{ id: 9, quantity: 1, order_address_id: 6, type: 'physical' }, { id: 10, quantity: 1, order_address_id: 7, type: 'physical' }] }] } } },
      {},
    ]); // prettier-ignore
    const { orders, malformed } = await fullPass(bench.marketplace, { since });
    expect(orders).toHaveLength(2);
    expect(malformed.map((each) => each.problem)).toEqual([
      'date_created: expected a date and time, got "yesterday"',
      'consignments.shipping[0].line_items[0].quantity: expected a whole number, got 1.5',
      'order_address_id: the order has no address 7',
    ]);
    expect(malformed.every((each) => each.externalId !== null && each.raw !== undefined)).toBe(true);
  });

  it('an order that is gone when its lines are fetched stops no other', async () => {
    bench.sandbox.addOrders([{ raw: { consignments: null } }, {}]);
    bench.sandbox.standIn.faults = [{ kind: 'status', status: 404, rate: 1, path: '/products$', body: '[]' }];
    const { orders, malformed } = await fullPass(bench.marketplace, { since });
    expect([orders.length, malformed.length]).toEqual([1, 1]);
  });

  it('takes an empty body and null for an empty list, and anything else for a fault', async () => {
    const answer = (status: number, body: string) => {
      bench.sandbox.standIn.faults = [{ kind: 'status', rate: 1, status, body }];
      return fullPass(bench.marketplace, { since });
    };
    for (const body of ['', ' ', 'null', '[]']) expect((await answer(200, body)).orders).toEqual([]);
    for (const body of ['<html></html>', '{}', '{"data":[]}', '[{"id":'])
      expect(await failureOf(answer(200, body))).toMatchObject({ code: 'answer_malformed' });
  });
});

describe('fetchOrder', () => {
  it('shows the present state in one call, and null for what the store does not have', async () => {
    const [order] = bench.sandbox.addOrders([{}]);
    bench.sandbox.life.setStatus(order!, 12);
    expect(await bench.marketplace.fetchOrder(String(order!.id))).toMatchObject({
      status: '12',
      heldBecause: expect.stringContaining('Manual Verification') as string,
    });
    expect(bench.paths()).toHaveLength(1);
    expect(await bench.marketplace.fetchOrder('1')).toBeNull();
  });

  it('names the order and the field where it cannot be read', async () => {
    const [order] = bench.sandbox.addOrders([{ raw: { total_inc_tax: 'much' } }]);
    const failure = await failureOf(bench.marketplace.fetchOrder(String(order!.id)));
    expect(failure).toMatchObject({ code: 'order_malformed', about: { order: String(order!.id) } });
    expect(failure.message).toContain('total_inc_tax: expected a decimal amount, got "much"');
  });
});
