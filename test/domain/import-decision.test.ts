import fc from 'fast-check';
import {
  decideImport,
  everyOrder,
  type ImportContext,
  type ImportRules,
  type SkipCause,
} from '../../domain/import-decision.js';
import type { LineStanding, MarketplaceOrder } from '../../domain/order.js';
import { defaultStoreSettings, type StoreSettings } from '../../domain/store.js';
import { check } from './check.js';
import { aLine, anOrder, frozen, openStore } from './given.js';

const standings: LineStanding[] = ['clear', 'refund_pending', 'refunded', 'charged_back', 'cancelled'];
// The same moments as different vendors and forms write them: with and without milliseconds.
const moments = fc.constantFrom('2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z');

const orders: fc.Arbitrary<MarketplaceOrder> = fc
  .record({
    placedAt: moments,
    test: fc.boolean(),
    shippedAtMarketplace: fc.boolean(),
    partlyShipped: fc.boolean(),
    cancelled: fc.boolean(),
    status: fc.option(fc.constantFrom('9', '11')),
    paymentStatus: fc.option(fc.constantFrom('PAID', 'PENDING')),
    vendor: fc.option(fc.constantFrom('acme', 'ACME', 'other')),
    kind: fc.constantFrom('sale', 'rebill', 'upsell'),
    lines: fc
      .array(
        fc.record({
          shippable: fc.boolean(),
          standing: fc.constantFrom(...standings),
          location: fc.option(fc.constantFrom('loc_1', 'loc_2')),
          service: fc.option(fc.constantFrom('svc_1', 'svc_2')),
        }),
        { maxLength: 3 },
      )
      .map((list) => list.map((line, index) => aLine({ ...line, lineId: `line-${index}` }))),
  })
  .map(anOrder);
const settings: fc.Arbitrary<StoreSettings> = fc
  .record({
    importTestOrders: fc.boolean(),
    acceptOrdersAfter: fc.option(moments),
    fulfilledElsewhereBefore: fc.option(moments),
    reviewFirstImport: fc.boolean(),
    reviewEveryOrder: fc.boolean(),
    delayMinutes: fc.constantFrom(0, 30),
  })
  .map((some) => ({ ...defaultStoreSettings, ...some }));
const contexts: fc.Arbitrary<ImportContext> = fc
  .record({
    firstImportOpen: fc.boolean(),
    rules: fc.record({
      vendor: fc.option(fc.constantFrom('acme', 'Acme')),
      statuses: fc.option(fc.subarray(['9', '11'])),
      paymentStatuses: fc.option(fc.subarray(['PAID', 'PENDING'])),
      location: fc.option(fc.constant('loc_1')),
      service: fc.option(fc.constant('svc_1')),
      partlyShipped: fc.boolean(),
      excludeEmpty: fc.boolean(),
    }),
  })
  .map((some) => ({ ...openStore, ...some }));

const before = (a: string, b: string | null) => b !== null && Date.parse(a) < Date.parse(b);
const givenUp = ['refunded', 'charged_back', 'cancelled'];

const elsewhere = (order: MarketplaceOrder, store: StoreSettings) =>
  before(order.placedAt, store.fulfilledElsewhereBefore);
const ours = (order: MarketplaceOrder, { rules }: ImportContext) =>
  order.lines.filter(
    (line) =>
      !line.shippable ||
      ((rules.location === null || line.location === rules.location) &&
        (rules.service === null || line.service === rules.service)),
  );

/** The rules once more as a list of facts, for the exhaustive comparison. */
const causes: Record<
  Exclude<SkipCause, 'order_malformed'>,
  (order: MarketplaceOrder, store: StoreSettings, context: ImportContext) => boolean
> = {
  test_order: (order, store) => order.test && !store.importTestOrders,
  other_vendor: (order, _store, { rules }) =>
    rules.vendor !== null && order.vendor?.toLowerCase() !== rules.vendor.toLowerCase(),
  cancelled: (order) => order.cancelled,
  status_not_monitored: (order, store, { rules }) =>
    !elsewhere(order, store) && rules.statuses !== null && !rules.statuses.includes(order.status ?? ''),
  payment_status_not_selected: (order, store, { rules }) =>
    !elsewhere(order, store) &&
    rules.paymentStatuses !== null &&
    !rules.paymentStatuses.includes(order.paymentStatus ?? ''),
  partly_shipped: (order, store, { rules }) =>
    !elsewhere(order, store) && !rules.partlyShipped && order.partlyShipped && !order.shippedAtMarketplace,
  other_location: (order, _store, context) =>
    !ours(order, context).some((line) => line.shippable) &&
    order.lines.some(
      (line) => line.shippable && context.rules.location !== null && line.location !== context.rules.location,
    ),
  other_service: (order, _store, context) =>
    !ours(order, context).some((line) => line.shippable) &&
    order.lines.some(
      (line) => line.shippable && context.rules.service !== null && line.service !== context.rules.service,
    ),
  empty_order: (order, _store, { rules }) => rules.excludeEmpty && order.lines.length === 0,
  before_cut_in: (order, store) => before(order.placedAt, store.acceptOrdersAfter),
  nothing_to_ship: (order) => !order.lines.some((line) => line.shippable),
  refunded: (order, _store, context) => {
    const physical = ours(order, context).filter((line) => line.shippable);
    return physical.length > 0 && physical.every((line) => givenUp.includes(line.standing));
  },
  already_shipped: (order, store) => order.shippedAtMarketplace && !elsewhere(order, store),
};

const taking = (rules: Partial<ImportRules>) => ({ rules: { ...everyOrder, ...rules } });
const open: StoreSettings = { ...defaultStoreSettings, reviewFirstImport: false };
const decide = (order: Partial<MarketplaceOrder> = {}, store: Partial<StoreSettings> = {}, context = openStore) =>
  decideImport(anOrder(order), { ...open, ...store }, context);

describe('the decision to import', () => {
  it('D7: leaves out just what a cause covers, and says which and why', () => {
    check(
      fc.property(orders, settings, contexts, (order, store, context) => {
        const decision = decideImport(order, store, context);
        const covering = Object.entries(causes).filter(([, covers]) => covers(order, store, context));
        if (decision.import) return expect(covering.map(([cause]) => cause)).toEqual([]);
        expect(covering.map(([cause]) => cause)).toContain(decision.cause);
        expect(decision.reason).toMatch(/^[A-Z].+\.$/);
      }),
      3000,
    );
  });

  it.each<[SkipCause, Partial<MarketplaceOrder>, Partial<StoreSettings>, Partial<ImportContext>]>([
    ['test_order', { test: true }, {}, {}],
    ['other_vendor', { vendor: 'other' }, {}, taking({ vendor: 'acme' })],
    ['other_vendor', { vendor: null }, {}, taking({ vendor: 'acme' })],
    ['cancelled', { cancelled: true }, {}, {}],
    ['status_not_monitored', { status: '7' }, {}, taking({ statuses: ['11'] })],
    ['payment_status_not_selected', { paymentStatus: 'PENDING' }, {}, taking({ paymentStatuses: ['PAID'] })],
    ['partly_shipped', { partlyShipped: true }, {}, taking({ partlyShipped: false })],
    ['other_location', { lines: [aLine({ location: 'loc_2' })] }, {}, taking({ location: 'loc_1' })],
    ['other_service', { lines: [aLine({ service: 'svc_2' })] }, {}, taking({ service: 'svc_1' })],
    ['empty_order', { lines: [] }, {}, taking({ excludeEmpty: true })],
    ['before_cut_in', {}, { acceptOrdersAfter: '2026-11-03T00:00:00.000Z' }, {}],
    ['nothing_to_ship', { lines: [] }, {}, {}],
    ['nothing_to_ship', { lines: [aLine({ shippable: false })] }, {}, {}],
    ['refunded', { lines: [aLine({ standing: 'refunded' }), aLine({ standing: 'charged_back' })] }, {}, {}],
    ['refunded', { lines: [aLine({ standing: 'cancelled' }), aLine({ shippable: false })] }, {}, {}],
    ['already_shipped', { shippedAtMarketplace: true }, {}, {}],
  ])('D7: skips as %s the order %j of the store %j %j', (cause, order, store, context) => {
    const given = [anOrder(order), { ...open, ...store }, { ...openStore, ...context }] as const;
    expect(decideImport(...given)).toMatchObject({ import: false, cause });
  });

  it('R109: a status that is not monitored is named by its id and by what the merchant calls it', () => {
    const reason = (order: Partial<MarketplaceOrder>) =>
      decideImport(anOrder(order), open, { ...openStore, ...taking({ statuses: ['11', '9'] }) });
    expect(reason({ status: '7', statusLabel: 'Waiting for money' })).toMatchObject({
      reason: 'Its status is 7 (Waiting for money), the store imports 11, 9.',
    });
    expect(reason({ status: '7' })).toMatchObject({ reason: 'Its status is 7, the store imports 11, 9.' });
  });

  it('imports what none of the causes covers: part refunded, a refund pending, its own vendor in other letters', () => {
    const queued = { import: true, state: 'queued' };
    expect(decide({ lines: [aLine({ standing: 'refunded' }), aLine({ lineId: 'b' })] })).toMatchObject(queued);
    expect(decide({ lines: [aLine({ standing: 'refund_pending' })] })).toMatchObject(queued);
    expect(decide({ vendor: 'ACME' }, {}, { ...openStore, ...taking({ vendor: 'acme' }) })).toMatchObject(queued);
  });

  it('R138: imports the lines that are ours and names each that is left out, with the setting that leaves it out', () => {
    const lines = [aLine(), aLine({ lineId: 'b', location: 'loc_2' }), aLine({ lineId: 'c', service: 'svc_2' })];
    const here = lines.map((line) => ({
      ...line,
      location: line.location ?? 'loc_1',
      service: line.service ?? 'svc_1',
    }));
    const decision = decide({ lines: here }, {}, { ...openStore, ...taking({ location: 'loc_1', service: 'svc_1' }) });
    expect(decision).toMatchObject({
      import: true,
      leftOut: [
        { lineId: 'b', cause: 'other_location', reason: 'Line b is at location loc_2, the store takes loc_1.' },
        {
          lineId: 'c',
          cause: 'other_service',
          reason: 'Line c is with the fulfillment service svc_2, the store takes svc_1.',
        },
      ],
    });
  });

  it('R2: a rebill and an upsell are imported under receipts of their own', () => {
    for (const kind of ['sale', 'rebill', 'upsell'] as const)
      expect(decide({ kind, externalId: 'AB12CD34-B002', parentExternalId: 'AB12CD34' })).toMatchObject({
        import: true,
        state: 'queued',
      });
  });

  it('is pure: it decides alike and changes nothing', () => {
    check(
      fc.property(orders, settings, contexts, (order, store, context) => {
        const first = decideImport(frozen(structuredClone(order)), frozen(structuredClone(store)), context);
        expect(decideImport(order, store, context)).toEqual(first);
      }),
    );
  });

  it('compares moments, not their spelling', () => {
    for (const acceptOrdersAfter of ['2026-11-02T10:00:00Z', '2026-11-02T10:00:00.000Z', '2026-11-02T10:00:00.000000Z'])
      for (const placedAt of ['2026-11-02T10:00:00Z', '2026-11-02T10:00:00.000Z', '2026-11-02T10:00:00.500Z']) {
        expect(decide({ placedAt }, { acceptOrdersAfter })).toMatchObject({ import: true });
        expect(decide({ placedAt }, { fulfilledElsewhereBefore: acceptOrdersAfter })).toMatchObject({
          state: 'queued',
        });
      }
  });
});

describe('how an imported order starts', () => {
  it('R43: a test purchase is imported only where the store asks for it, and is never queued nor held', () => {
    check(
      fc.property(orders, settings, contexts, (order, store, context) => {
        const decision = decideImport({ ...order, test: true }, store, context);
        if (decision.import) expect([decision.state, store.importTestOrders]).toEqual(['closed', true]);
      }),
      1000,
    );
    expect(decide({ test: true }, { importTestOrders: true })).toMatchObject({
      import: true,
      state: 'closed',
      hold: null,
    });
  });

  it('D10: skipping test purchases is a setting, on by default', () => {
    expect(defaultStoreSettings.importTestOrders).toBe(false);
    expect(decide({ test: true })).toMatchObject({ import: false, cause: 'test_order' });
    expect(decide({ test: true }, { importTestOrders: true })).toMatchObject({ import: true });
  });

  it('D2: what was placed before the cut-over is recorded as closed, shipped by others or not, and never sent', () => {
    check(
      fc.property(orders, settings, contexts, (order, store, context) => {
        const decision = decideImport(order, store, context);
        if (decision.import && before(order.placedAt, store.fulfilledElsewhereBefore))
          expect(decision).toMatchObject({ state: 'closed', hold: null });
      }),
      1000,
    );
    const cutOver = { fulfilledElsewhereBefore: '2026-11-02T10:00:00.001Z' };
    expect(decide({}, cutOver)).toMatchObject({ import: true, state: 'closed' });
    expect(decide({ shippedAtMarketplace: true }, cutOver)).toMatchObject({ import: true, state: 'closed' });
  });

  it('D2: until the merchant opens the first import every order is held for it, and by default so', () => {
    const context = { ...openStore, firstImportOpen: false };
    expect(decideImport(anOrder(), defaultStoreSettings, context)).toMatchObject({
      state: 'held',
      hold: { reason: 'first_import', owner: 'store settings', releaseAt: null, waitsFor: 'first-import:sto_1' },
    });
    expect(decideImport(anOrder(), defaultStoreSettings, openStore)).toMatchObject({ state: 'queued', hold: null });
  });

  it('D1: an order is either queued without a hold, or held with a reason, an owner and a way to be released', () => {
    check(
      fc.property(orders, settings, contexts, (order, store, context) => {
        const decision = decideImport(order, store, context);
        if (!decision.import) return;
        expect(['queued', 'held', 'closed']).toContain(decision.state);
        expect(decision.hold !== null).toBe(decision.state === 'held');
        if (decision.state === 'queued') expect([decision.hold, order.test]).toEqual([null, false]);
        if (decision.hold) {
          expect(decision.hold.owner).not.toBe('');
          expect(decision.reason).toContain(decision.hold.reason);
        }
      }),
      1000,
    );
    expect(decide({}, { reviewEveryOrder: true })).toMatchObject({ state: 'held', hold: { reason: 'review' } });
  });

  it('R23: a delay holds until that many minutes after the import', () => {
    expect(decide({}, { delayMinutes: 90 })).toMatchObject({
      state: 'held',
      hold: { reason: 'delay', releaseAt: '2026-11-02T11:35:00.000Z', waitsFor: null },
    });
  });

  it('the gate comes before the review and the review before the delay', () => {
    const all = { reviewFirstImport: true, reviewEveryOrder: true, delayMinutes: 5 };
    const reason = (context: ImportContext, store: Partial<StoreSettings>) => {
      const decision = decide({}, store, context);
      return decision.import ? decision.hold?.reason : undefined;
    };
    expect(reason({ ...openStore, firstImportOpen: false }, all)).toBe('first_import');
    expect(reason(openStore, all)).toBe('review');
    expect(reason(openStore, { ...all, reviewEveryOrder: false })).toBe('delay');
  });
});
