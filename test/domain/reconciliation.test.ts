import fc from 'fast-check';
import {
  compareCancelled,
  compareFulfillment,
  compareMalformed,
  compareOrder,
  compareShipment,
  compareWorkflow,
  differenceKinds,
  missingAtMarketplace,
  missingNotice,
  notShown,
  type Difference,
  type OurFulfillment,
  type OurNotice,
  type OurOrder,
} from '../../domain/reconciliation.js';
import { dueWindow } from '../../domain/reconciliation-window.js';
import { finalStates, isFinal, orderStates } from '../../domain/order-states.js';
import type { ImportDecision } from '../../domain/import-decision.js';
import type { ShippedItem } from '../../domain/ledger.js';
import type { LineStanding, MarketplaceOrder } from '../../domain/order.js';
import type { WarehouseShipment } from '../../domain/shipment.js';
import { check } from './check.js';
import { aLine, anOrder, frozen } from './given.js';

const taken: ImportDecision = {
  import: true,
  order: anOrder(),
  state: 'queued',
  hold: null,
  reason: 'Imported.',
  leftOut: [],
};
const leftOut: ImportDecision = { import: false, cause: 'test_order', reason: 'A test purchase.' };
const scope = { to: '2026-11-03T00:00:00.000Z', importFrom: '2026-10-01T00:00:00.000Z' };

const lineIds = ['kit-1', 'tea-30', 'book-7'];
const standings: LineStanding[] = ['clear', 'refund_pending', 'refunded', 'charged_back', 'cancelled'];

const there: fc.Arbitrary<MarketplaceOrder> = fc
  .record({
    lines: fc.uniqueArray(
      fc.record({
        lineId: fc.constantFrom(...lineIds),
        standing: fc.constantFrom(...standings),
        shippable: fc.boolean(),
      }),
      { selector: (line) => line.lineId, minLength: 1 },
    ),
    cancelled: fc.boolean(),
    shippedAtMarketplace: fc.boolean(),
    placedAt: fc.constantFrom('2026-09-01T00:00:00.000Z', '2026-11-02T10:00:00.000Z', '2026-11-04T00:00:00.000Z'),
  })
  .map(({ lines, ...order }) => anOrder({ ...order, lines: lines.map((line) => aLine(line)) }));

const here: fc.Arbitrary<OurOrder> = fc.record({
  orderId: fc.constant('ord_1'),
  externalId: fc.constant('AB12CD34'),
  state: fc.constantFrom(...orderStates),
  generation: fc.integer({ min: 1, max: 3 }),
});

const skus = ['WH-KIT-1', 'WH-TEA-30'];
const goods = fc.array(
  fc.record({ warehouseSku: fc.constantFrom(...skus), quantity: fc.integer({ min: 0, max: 3 }) }),
  { maxLength: 4 },
);
const fulfillment: fc.Arbitrary<OurFulfillment> = fc.record({
  reference: fc.constant('sto_1.AB12CD34.1g1'),
  orderId: fc.constant('ord_1'),
  externalId: fc.constant('AB12CD34'),
  items: goods,
  cancellationKnown: fc.boolean(),
});

const parcels = fc.array(fc.record({ trackingNumber: fc.constantFrom(null, 'T-1', 'T-2'), items: goods }), {
  minLength: 1,
  maxLength: 3,
});
const shipment = parcels.map((all): WarehouseShipment => ({
  ...{ externalId: '700', reference: 'sto_1.AB12CD34.1g1', shippedAt: '2026-11-02T12:00:00.000Z' },
  ...{ carrier: 'UPS', service: null },
  packages: all.map((each, index) => ({ ...each, packageId: String(index), trackingUrl: null })),
}));

/** What is named names its order, has words, and is mended in the way of its kind or not at all. */
function wellNamed(differences: Difference[]): void {
  for (const { kind, message, mend, externalId, subject } of differences) {
    expect([null, differenceKinds[kind].mend]).toContain(mend);
    expect(externalId).toBe('AB12CD34');
    expect(message).toMatch(/AB12CD34.*[.)]$/);
    expect(subject).not.toBe('');
  }
  expect(new Set(differences.map((each) => `${each.kind} ${each.subject}`)).size).toBe(differences.length);
}

const total = (items: ShippedItem[], sku: string) =>
  items.filter((each) => each.warehouseSku === sku).reduce((sum, each) => sum + each.quantity, 0);
const sameGoods = (one: ShippedItem[], other: ShippedItem[]) =>
  skus.every((sku) => total(one, sku) === total(other, sku));

const outcomes = ['unchanged', 'cancelled', 'shipped_elsewhere', 'held', 'refund_pending', 'changed'] as const;
const verdict = fc.option(
  fc.record({ outcome: fc.constantFrom(...outcomes), reason: fc.constant('It was cancelled at the marketplace.') }),
);
const heard = { verdict: null };

describe('an order at its marketplace', () => {
  it('is at most one difference, well named, whatever either side says', () => {
    check(
      fc.property(
        there,
        fc.option(here),
        fc.boolean(),
        fc.boolean(),
        verdict,
        (theirs, ours, skipped, taking, said) => {
          const facts = { decision: taking ? taken : leftOut, skipped, scope, verdict: said };
          const found = compareOrder(frozen(theirs), frozen(ours), facts);
          expect(found.length).toBeLessThanOrEqual(1);
          wellNamed(found);
        },
      ),
    );
  });

  it('that is open here differs in what it has not heard of; one that has ended differs in nothing any more', () => {
    check(
      fc.property(there, here, verdict, (theirs, ours, said) => {
        const found = compareOrder(theirs, ours, { decision: taken, skipped: false, scope, verdict: said });
        const news = !finalStates.includes(ours.state) && said !== null && said.outcome !== 'unchanged';
        expect(found).toHaveLength(news ? 1 : 0);
        if (!news) return;
        const others = said.outcome === 'shipped_elsewhere';
        expect(found[0]!.kind).toBe(others ? 'shipped_at_marketplace_only' : 'changed_at_marketplace');
        expect(found[0]!.mend).toBe(others ? null : 'tell');
        expect(found[0]!.message).toContain(said.reason);
      }),
    );
  });

  it('is missing here unless it is skipped for a reason that still holds; only what the store looked back for is imported', () => {
    check(
      fc.property(there, fc.boolean(), fc.boolean(), (theirs, skipped, taking) => {
        const decision = taking ? taken : leftOut;
        const found = compareOrder(theirs, null, { decision, skipped, scope, ...heard });
        const missing = theirs.placedAt <= scope.to && (taking || !skipped);
        expect(found.map((each) => each.kind)).toEqual(missing ? ['order_missing_here'] : []);
        const old = taking && theirs.placedAt < scope.importFrom;
        if (missing) expect(found[0]!.mend).toBe(old ? null : 'import');
      }),
    );
  });

  it('that cannot be read is missing until it is kept', () => {
    const malformed = { externalId: 'AB12CD34', problem: 'lines: expected a list', raw: {} };
    expect(compareMalformed(malformed, true)).toEqual([]);
    expect(compareMalformed(malformed, false)).toMatchObject([{ kind: 'order_missing_here', mend: 'import' }]);
  });

  it('that is gone there is only named', () => {
    check(
      fc.property(here, (ours) => expect(missingAtMarketplace(ours).mend).toBeNull()),
      20,
    );
  });

  it('that may be only too old to be shown is named where something is left to do', () => {
    check(
      fc.property(here, (ours) => {
        const found = notShown(ours);
        wellNamed(found);
        expect(found.map((each) => each.kind)).toEqual(isFinal(ours.state) ? [] : ['order_not_shown']);
      }),
      50,
    );
  });
});

it('an open order without a workflow is started where its rows can tell all of it; an ended one needs none', () => {
  check(
    fc.property(here, fc.constantFrom('running', 'gone', 'terminated', 'completed'), (ours, workflow) => {
      const found = compareWorkflow(ours, workflow);
      wellNamed(found);
      const lacks = workflow !== 'running' && !finalStates.includes(ours.state);
      expect(found).toHaveLength(lacks ? 1 : 0);
      if (lacks) expect(found[0]!.mend).toBe(workflow === 'gone' && ours.generation === 1 ? 'start' : null);
    }),
  );
});

describe('a fulfillment at its warehouse', () => {
  it('agrees exactly when it is there, alive, with the same goods however they are split', () => {
    check(
      fc.property(fulfillment, fc.option(fc.record({ items: goods, cancelled: fc.boolean() })), (ours, theirs) => {
        const found = compareFulfillment(ours, theirs);
        wellNamed(found);
        const kinds = found.map((each) => each.kind);
        if (!theirs) expect(kinds).toEqual(['fulfillment_missing_at_warehouse']);
        else if (theirs.cancelled) expect(kinds).toEqual(ours.cancellationKnown ? [] : ['cancelled_at_warehouse']);
        else expect(kinds).toEqual(sameGoods(ours.items, theirs.items) ? [] : ['quantities_differ']);
      }),
    );
  });

  it('what was given up here lives there exactly when it is there and not cancelled', () => {
    check(
      fc.property(fulfillment, fc.option(fc.record({ cancelled: fc.boolean() })), (ours, theirs) => {
        const found = compareCancelled(ours, theirs);
        wellNamed(found);
        expect(found.map((each) => each.kind)).toEqual(theirs && !theirs.cancelled ? ['cancelled_here_only'] : []);
      }),
    );
  });

  it('a shipment is missing here, or differs in each parcel whose number is another, and in its goods', () => {
    check(
      fc.property(shipment, shipment, fulfillment, (theirs, ours, asked) => {
        expect(compareShipment(theirs, asked, null)).toMatchObject([
          { kind: 'shipment_missing_here', mend: 'save_and_tell' },
        ]);
        expect(compareShipment(theirs, asked, theirs)).toEqual([]);
        const found = compareShipment(theirs, asked, ours);
        wellNamed(found);
        const numbers = theirs.packages.filter((each, index) => {
          const kept = ours.packages[index];
          return !kept || kept.trackingNumber !== each.trackingNumber;
        });
        const all = (packages: typeof ours.packages) => packages.flatMap((each) => each.items);
        const same = sameGoods(all(ours.packages), all(theirs.packages));
        expect(found.filter((each) => each.kind === 'tracking_differs')).toHaveLength(numbers.length);
        expect(found.filter((each) => each.kind === 'quantities_differ')).toHaveLength(same ? 0 : 1);
      }),
    );
  });
});

it('a notice the marketplace lost is posted again only where the order stands on both sides', () => {
  check(
    fc.property(fc.option(there), fc.constantFrom(...orderStates), (theirs, state) => {
      const notice: OurNotice = {
        ...{ key: 'writeback:1', shipmentId: 'shp_1', orderId: 'ord_1', externalId: 'AB12CD34' },
        ...{ state, trackingNumber: 'T-1' },
      };
      const found = missingNotice(notice, theirs);
      wellNamed([found]);
      const clear = theirs?.lines.some((line) => line.standing === 'clear') && !theirs.cancelled;
      const ours = state !== 'cancelled' && state !== 'closed';
      expect(found.mend).toBe(clear && ours ? 'write_back_again' : null);
    }),
  );
});

describe('the window of a scheduled run', () => {
  const now = new Date('2026-11-27T12:00:00.000Z');
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);

  it('is a week for the first one, a day after the store was added', () => {
    expect(dueWindow({ at: ago(0.9), to: null }, now)).toBeNull();
    expect(dueWindow({ at: ago(1), to: null }, now)).toEqual({
      from: ago(7),
      to: new Date('2026-11-27T11:45:00.000Z'),
    });
  });

  it('follows the last one with a day of overlap, and never reaches back further than 30 days', () => {
    expect(dueWindow({ at: ago(1), to: ago(1) }, now)!.from).toEqual(ago(2));
    expect(dueWindow({ at: ago(60), to: ago(60) }, now)!.from).toEqual(ago(30));
    expect(dueWindow({ at: ago(0.5), to: ago(0.5) }, now)).toBeNull();
  });
});
