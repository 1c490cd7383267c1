import { decideImport } from '../../../domain/import-decision.js';
import type { MarketplaceOrder } from '../../../domain/order.js';
import { defaultStoreSettings } from '../../../domain/store.js';
import { shopify } from '../../../connectors/marketplaces/shopify/shopify.js';
import { failureOf, fullPass, lately, nothingKnown, openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const since = '2026-11-20T11:55:00.000Z';
const listed = async (settings: Record<string, unknown> = {}) =>
  (await fullPass(bench.connect({ settings }), { since })).orders;
const one = async (settings: Record<string, unknown> = {}): Promise<MarketplaceOrder> => (await listed(settings))[0]!;

/** What the importer makes of an order under a store's Shopify settings. */
function decide(order: MarketplaceOrder, settings: Record<string, unknown> = {}) {
  const chosen = { fulfillmentLocation: bench.location, ...settings };
  return decideImport(order, defaultStoreSettings, {
    storeId: 'sto_1',
    firstImportOpen: true,
    rules: shopify.rules(chosen),
    now: bench.clock.now().toISOString(),
  });
}

describe('one order', () => {
  it('D11: tells who gets what, where, by which method, for how much, in decimal text', async () => {
    const [sold] = bench.sandbox.addOrders([
      { lines: [{ sku: 'KIT-1', quantity: 2, price: '49.95' }], address: { address2: 'Apt 4', phone: '+12085550100' } },
    ]);
    const order = await one();
    expect(order).toMatchObject({
      externalId: String(sold!.id),
      number: '#1001',
      placedAt: '2026-11-20T12:00:00.000Z',
      kind: 'sale',
      test: false,
      cancelled: false,
      shippedAtMarketplace: false,
      partlyShipped: false,
      statusLabel: null,
      paymentStatus: 'PAID',
      heldBecause: null,
      currency: 'USD',
      shippingDescription: 'Standard',
      otherDestinations: [],
      shipTo: {
        name: 'Ann Sample',
        line1: '1 Main St',
        line2: 'Apt 4',
        city: 'Boise',
        region: 'ID',
        postalCode: '83702',
        country: 'US',
        email: 'ann@example.com',
        phone: '+12085550100',
      },
    });
    expect(order.total).toMatch(/^104\.90?$/);
    expect(order.lines).toEqual([
      {
        lineId: String(sold!.lines[0]!.id),
        sku: 'KIT-1',
        title: expect.stringContaining('KIT-1') as unknown,
        quantity: 2,
        wanted: 2,
        amount: expect.stringMatching(/^99\.90?$/) as unknown,
        shippable: true,
        standing: 'clear',
        destinationId: 'main',
        location: bench.location,
        service: null,
      },
    ]);
  });

  it('R141: money is the shop’s by default, and the buyer’s where the store says so', async () => {
    bench.sandbox.addOrders([
      { presentmentCurrency: 'EUR', lines: [{ price: '10.00', presentmentPrice: '9.20' }], shipping: null },
    ]);
    expect(await one()).toMatchObject({ currency: 'USD', total: expect.stringMatching(/^10\.0/) as unknown });
    const local = await one({ localCurrency: true });
    expect(local).toMatchObject({ currency: 'EUR', total: expect.stringMatching(/^9\.20?$/) as unknown });
    expect(local.lines[0]!.amount).toMatch(/^9\.20?$/);
  });

  it('fetches one order by its number, null where Shopify does not have it', async () => {
    const [sold] = bench.sandbox.addOrders([{}]);
    expect(await bench.marketplace.fetchOrder(String(sold!.id))).toEqual(await one());
    expect(await bench.marketplace.fetchOrder('1', { placedAt: lately })).toBeNull();
    expect(await bench.marketplace.fetchOrder('#1001')).toBeNull();
  });

  it('counts what is refunded out of what the customer is to have, and what is sent out of what is to be sent', async () => {
    bench.sandbox.addOrders([
      { lines: [{ sku: 'KIT-1', quantity: 3 }, { sku: 'TEA-30' }, { sku: 'BOOK-7', quantity: 2 }] },
    ]);
    bench.sandbox.refund('#1001', {
      lines: [
        { sku: 'KIT-1', quantity: 1 },
        { sku: 'TEA-30', quantity: 1 },
      ],
    });
    bench.sandbox.fulfilElsewhere('#1001', { sku: 'BOOK-7' });
    const [kit, tea, book] = (await one()).lines;
    expect(kit).toMatchObject({ quantity: 2, wanted: 2, standing: 'clear' });
    expect(tea).toMatchObject({ quantity: 1, wanted: 0, standing: 'refunded' });
    expect(book).toMatchObject({ quantity: 0, wanted: 2, standing: 'clear' });
  });

  it('an order that shipped as a whole says so and keeps its pieces', async () => {
    bench.sandbox.addOrders([{ lines: [{ quantity: 2 }] }]);
    bench.sandbox.fulfilElsewhere('#1001');
    const order = await one();
    expect(order).toMatchObject({ shippedAtMarketplace: true, partlyShipped: false });
    expect(order.lines[0]).toMatchObject({ quantity: 2, wanted: 2 });
  });

  it('a cancelled order says so', async () => {
    bench.sandbox.addOrders([{}]);
    bench.sandbox.cancel('#1001');
    expect(decide(await one())).toMatchObject({ import: false, cause: 'cancelled' });
  });

  it('respects a hold of whoever made it, with its reason and not with the merchant’s note', async () => {
    bench.sandbox.addOrders([{}]);
    bench.sandbox.hold('#1001', { reason: 'HIGH_RISK_OF_FRAUD', notes: 'call Ann on 555' });
    const { heldBecause } = await one();
    expect(heldBecause).toMatch(/^On hold at Shopify: .*fraud/i);
    expect(heldBecause).not.toContain('Ann');
    bench.sandbox.release('#1001');
    expect((await one()).heldBecause).toBeNull();
  });

  it('waits for the day that Shopify has scheduled', async () => {
    bench.sandbox.addOrders([{ fulfillAt: '2026-12-24T08:00:00Z' }]);
    expect((await one()).heldBecause).toBe('Scheduled at Shopify for 2026-12-24T08:00:00.000Z.');
  });
});

describe('what a store imports', () => {
  it('R146, R147: only paid orders by default, and each of the seven statuses by choice', async () => {
    const statuses = ['PAID', 'PENDING', 'AUTHORIZED', 'PARTIALLY_PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED'];
    bench.sandbox.addOrders(statuses.map((financialStatus) => ({ financialStatus })));
    const orders = await listed();
    const taken = (settings: Record<string, unknown>) =>
      orders.filter((order) => decide(order, settings).import).map((order) => order.paymentStatus);
    expect(taken({})).toEqual(['PAID']);
    for (const status of statuses) expect(taken({ financialStatuses: [status] })).toEqual([status]);
    expect(taken({ financialStatuses: statuses })).toEqual(statuses);
    expect(decide(orders[1]!)).toMatchObject({ cause: 'payment_status_not_selected' });
  });

  it('R144, R145: an order of which a gift card was fulfilled is left out by default, with its cause, and taken by choice', async () => {
    bench.sandbox.addOrders([{ lines: [{ sku: 'KIT-1' }, { sku: 'GIFT', giftCard: true }] }]);
    const order = await one();
    expect(order).toMatchObject({ partlyShipped: true, shippedAtMarketplace: false });
    expect(decide(order)).toMatchObject({ import: false, cause: 'partly_shipped' });
    const [gift] = [order.lines[1]!.lineId];
    expect(decide(order, { partialFulfillments: true })).toMatchObject({
      import: true,
      leftOut: [{ lineId: gift, cause: 'already_shipped' }],
    });
  });

  it('R139: only what is assigned to the fulfillment location, once the store filters by it', async () => {
    bench.sandbox.addOrders([{ lines: [{ location: 'Corner Shop' }] }, {}]);
    const [elsewhere, here] = await listed();
    expect([elsewhere!, here!].map((order) => decide(order).import)).toEqual([true, true]);
    expect(decide(elsewhere!, { filterByLocation: true })).toMatchObject({ import: false, cause: 'other_location' });
    expect(decide(here!, { filterByLocation: true }).import).toBe(true);
  });

  it('R137, R138: only lines of the chosen fulfillment service, the others are left out as rows, without error', async () => {
    bench.sandbox.addService({ name: 'Acme 3PL', ours: false });
    bench.sandbox.addOrders([
      {
        lines: [
          { sku: 'KIT-1', location: 'Acme 3PL' },
          { sku: 'TEA-30', location: 'Other Fulfillment' },
          { sku: 'BOOK-7' },
        ],
      },
    ]);
    const settings = { fulfillmentService: 'acme-3pl' };
    const order = await one(settings);
    const [kit, tea, book] = order.lines;
    expect([kit!.service, tea!.service, book!.service]).toEqual(['acme-3pl', 'other-fulfillment', 'manual']);
    expect(decide(order, settings)).toMatchObject({
      import: true,
      leftOut: [
        { lineId: tea!.lineId, cause: 'other_service' },
        { lineId: book!.lineId, cause: 'other_service' },
      ],
    });
    expect(decide(order, { fulfillmentService: 'manual' })).toMatchObject({ import: true });
  });

  it('D10: "All" takes the lines of every service, and does not even ask for the services', async () => {
    bench.sandbox.addOrders([{ lines: [{ location: 'Other Fulfillment' }, {}] }]);
    expect(decide(await one())).toMatchObject({ import: true, leftOut: [] });
    expect(JSON.stringify(bench.sandbox.standIn.calls.map((call) => call.body))).not.toContain('fulfillmentServices');
  });

  it('R138: pieces of one line at two places: those elsewhere are a row of their own', async () => {
    const [sold] = bench.sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 5 }] }]);
    const [all] = bench.sandbox.shop.fulfillmentOrders;
    const part = { ...structuredClone(all!), id: 7_000, locationId: bench.sandbox.shop.locations[1]!.id };
    all!.lines[0]!.remaining = all!.lines[0]!.total = 2;
    part.lines = [{ ...part.lines[0]!, id: 7_001, remaining: 3, total: 3 }];
    bench.sandbox.shop.fulfillmentOrders.push(part);
    const settings = { filterByLocation: true };
    const order = await one(settings);
    const lineId = String(sold!.lines[0]!.id);
    expect(order.lines).toMatchObject([
      { lineId, quantity: 2, wanted: 2, location: bench.location },
      { lineId: `${lineId}@${part.locationId}`, quantity: 3, wanted: 3 },
    ]);
    expect(decide(order, settings)).toMatchObject({
      import: true,
      leftOut: [{ lineId: `${lineId}@${part.locationId}`, cause: 'other_location' }],
    });
    expect((await one()).lines).toMatchObject([{ lineId, quantity: 5, wanted: 5 }]);
    // An order that was imported without the filter is read as it was, whatever the store filters by now.
    const takes = { location: null, service: null };
    expect((await bench.connect({ settings }).fetchOrder(order.externalId, { takes }))!.lines).toMatchObject([
      { lineId, quantity: 5, wanted: 5 },
    ]);
  });

  it('R140: an order without lines is empty by choice, and has nothing to ship by default', async () => {
    bench.sandbox.addOrders([{ lines: [] }]);
    const order = await one();
    expect(decide(order)).toMatchObject({ import: false, cause: 'nothing_to_ship' });
    expect(decide(order, { excludeEmpty: true })).toMatchObject({ import: false, cause: 'empty_order' });
  });

  it('digital goods never become a parcel', async () => {
    bench.sandbox.addOrders([{ lines: [{ sku: 'EBOOK', requiresShipping: false }], address: null }]);
    expect(decide(await one())).toMatchObject({ import: false, cause: 'nothing_to_ship' });
  });

  it('R148: orders placed before the date and time of the cut-in are left out', async () => {
    bench.sandbox.addOrders([{ processedAt: '2026-11-20T08:59:59Z' }, { processedAt: '2026-11-20T09:00:00Z' }]);
    const settings = { ...defaultStoreSettings, acceptOrdersAfter: '2026-11-20T09:00:00Z' };
    const context = {
      storeId: 's',
      firstImportOpen: true,
      rules: shopify.rules({}),
      now: bench.clock.now().toISOString(),
    };
    const decisions = (await listed()).map((order) => decideImport(order, settings, context));
    expect(decisions).toMatchObject([{ import: false, cause: 'before_cut_in' }, { import: true }]);
  });

  it('D10: a test transaction says so', async () => {
    bench.sandbox.addOrders([{ test: true }]);
    expect(decide(await one())).toMatchObject({ import: false, cause: 'test_order' });
  });
});

describe('scopes', () => {
  const without = (...dropped: string[]) =>
    bench.sandbox.shop.tokens[0]!.scopes.filter((scope) => !dropped.includes(scope));

  it('R138: what a service of others has, and Shopify does not show, is no parcel of ours', async () => {
    bench.sandbox.setScopes(without('write_third_party_fulfillment_orders'));
    bench.sandbox.addOrders([{ lines: [{ sku: 'KIT-1' }, { sku: 'TEA-30', location: 'Other Fulfillment' }] }]);
    const [kit, tea] = (await one()).lines;
    expect([kit!.shippable, tea!.shippable]).toEqual([true, false]);
    const filtered = await one({ filterByLocation: true });
    expect(decide(filtered, { filterByLocation: true })).toMatchObject({
      import: true,
      leftOut: [{ cause: 'other_location' }],
    });
  });

  it('R149: Shopify shows the last 60 days, and all of them with read_all_orders', async () => {
    bench.sandbox.addOrders([{ createdAt: '2026-09-01T00:00:00Z' }, { createdAt: '2026-10-01T00:00:00Z' }]);
    const pass = async () => (await fullPass(bench.marketplace, { since: '2026-01-01T00:00:00.000Z' })).orders.length;
    expect(await pass()).toBe(1);
    bench.sandbox.setScopes([...without(), 'read_all_orders']);
    expect(await pass()).toBe(2);
  });

  it('R149: an order that may only be too old to be shown is never taken for deleted', async () => {
    const placedAt = '2026-09-01T00:00:00.000Z';
    const [old] = bench.sandbox.addOrders([{ createdAt: placedAt }]);
    const id = String(old!.id);
    for (const known of [{ placedAt }, {}])
      expect(await failureOf(bench.marketplace.fetchOrder(id, known))).toMatchObject({
        code: 'order_not_shown',
        about: { order: id, permission: 'read_all_orders' },
      });
    const [notice] = bench.marketplace.notices(writebackOf(old!, { placedAt }));
    for (const call of [bench.marketplace.findNotice(notice!), bench.marketplace.postNotice(notice!)])
      expect((await failureOf(call)).code).toBe('order_not_shown');
    // One that Shopify would surely show is gone, and costs no more than the look.
    bench.operations();
    expect(await bench.marketplace.fetchOrder('1', { placedAt: lately })).toBeNull();
    expect(bench.operations()).toEqual(['OrdersById']);
    bench.sandbox.setScopes([...without(), 'read_all_orders']);
    expect(await bench.marketplace.fetchOrder(id, { placedAt })).toMatchObject({ externalId: id });
    expect(await bench.marketplace.fetchOrder('1', { placedAt })).toBeNull();
  });
});

/** Far more points than a test asks for, where the clock stands still. */
const plenty = { maximumAvailable: 100_000, restoreRate: 1_000 };

describe('a pass', () => {
  it('50 orders are one call, and so is an idle pass', async () => {
    bench.sandbox.addOrders(Array.from({ length: 50 }, () => ({ lines: [{ sku: 'KIT-1' }, { sku: 'TEA-30' }] })));
    expect(await listed()).toHaveLength(50);
    expect(bench.operations()).toEqual(['OrdersLargePage']);
    bench.clock.advance(3_600_000);
    expect((await fullPass(bench.marketplace, { since: '2026-11-20T12:45:00.000Z' })).orders).toEqual([]);
    expect(bench.operations()).toEqual(['OrdersLargePage']);
  });

  it('a shop that finds such a page too dear is asked for smaller ones from then on', async () => {
    Object.assign(bench.sandbox.shop.settings, { costs: 'linear', bucket: plenty });
    bench.sandbox.addOrders(Array.from({ length: 60 }, () => ({})));
    expect(await listed()).toHaveLength(60);
    // Of 60 changed fulfillment orders the small page shows 20, so the others are looked at after it.
    const small = ['OrdersSmallPage', 'OrdersSmallPage', 'OrdersSmallPage', 'ReroutedPage'];
    expect(bench.operations()).toEqual(['OrdersLargePage', ...small]);
    await listed();
    expect(bench.operations()).toEqual(small);
  });

  it.each(['measured', 'linear'] as const)('an order of 300 lines at two places comes whole (%s)', async (costs) => {
    Object.assign(bench.sandbox.shop.settings, { costs, bucket: plenty });
    const lines = Array.from({ length: 300 }, (_, index) => ({
      sku: `SKU-${index}`,
      location: index < 280 ? 'Main Warehouse' : 'Corner Shop',
    }));
    bench.sandbox.addOrders([{ lines }, {}]);
    const orders = await listed();
    const long = orders.find((order) => order.lines.length > 1)!;
    expect(long.lines.map((line) => line.sku)).toEqual(lines.map((line) => line.sku));
    expect(long.lines.every((line) => line.quantity === 1 && line.location !== null)).toBe(true);
    expect(new Set(long.lines.map((line) => line.location)).size).toBe(2);
  });

  it('an order whose fulfillment orders do not exist yet waits, and is shown again when they do', async () => {
    bench.sandbox.shop.settings.routingDelayMs = 30 * 60_000;
    const [sold] = bench.sandbox.addOrders([{}]);
    const early = await one({ filterByLocation: true });
    expect(early).toMatchObject({ heldBecause: 'Shopify has not routed it to a location that the app may see.' });
    expect(early.lines[0]).toMatchObject({ quantity: 1, location: null });
    expect(decide(early, { filterByLocation: true })).toMatchObject({ import: false, cause: 'other_location' });

    // Long after the order itself changed, so that only its fulfillment orders are news.
    bench.clock.advance(31 * 60_000);
    await bench.marketplace.fetchOrder('1', { placedAt: lately });
    sold!.updatedAt = '2026-11-20T12:00:00Z';
    bench.operations();
    const { orders } = await fullPass(bench.marketplace, { since: '2026-11-20T12:30:00.000Z' });
    expect(orders).toMatchObject([{ externalId: String(sold!.id), heldBecause: null }]);
    expect(orders[0]!.lines[0]!.location).toBe(bench.location);
    expect(bench.operations()).toEqual(['OrdersLargePage', 'ReroutedPage', 'OrdersById']);
  });

  it('shows a known order again when it changed, and looks ten minutes back for what the index was late with', async () => {
    bench.sandbox.addOrders([{}]);
    bench.clock.advance(9 * 60_000);
    const pass = () => fullPass(bench.marketplace, { since: bench.clock.now().toISOString() });
    expect((await pass()).orders).toHaveLength(1);
    bench.clock.advance(9 * 60_000);
    expect((await pass()).orders).toHaveLength(0);
    bench.sandbox.refund('#1001', { lines: [{ sku: 'KIT-1', quantity: 1 }] });
    expect((await pass()).orders).toMatchObject([{ lines: [{ standing: 'refunded' }] }]);
  });

  it('a row that cannot be read is kept with the field that is wrong, and the page goes on', async () => {
    bench.sandbox.addOrders([{}, { processedAt: 'yesterday' }, {}]);
    const { orders, malformed } = await fullPass(bench.marketplace, { since });
    expect(orders).toHaveLength(2);
    expect(malformed).toMatchObject([{ externalId: String(bench.sandbox.shop.orders[1]!.id) }]);
    expect(malformed[0]!.problem).toMatch(/^processedAt: /);
    const failure = await failureOf(bench.marketplace.fetchOrder(malformed[0]!.externalId!));
    expect([failure.code, failure.about['order']]).toEqual(['order_malformed', malformed[0]!.externalId]);
  });

  it('passes the lane on, and refuses a page token that is not its own', async () => {
    await fullPass(bench.marketplace, { since, lane: 'backfill' });
    expect(bench.limiter.lanes).toEqual(['backfill']);
    const request = { since, page: 'all/1/2026', lane: 'live', known: nothingKnown } as const;
    expect((await failureOf(bench.marketplace.listOrders(request))).code).toBe('internal');
  });
});
