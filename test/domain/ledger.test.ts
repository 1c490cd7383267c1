import fc from 'fast-check';
import {
  allocateShipment,
  cancelOpen,
  shippedPieces,
  standing,
  type LedgerEntry,
  type ShippedItem,
} from '../../domain/ledger.js';
import { check } from './check.js';
import { frozen } from './given.js';

const fulfillments = ['f1', 'f2'];
const skus = ['A', 'B', 'C'];

/** An order's ledger at its opening: lines of one or several components, some sharing a warehouse SKU. */
const ledgers: fc.Arbitrary<LedgerEntry[]> = fc
  .array(
    fc.record({
      fulfillment: fc.constantFrom(...fulfillments),
      pieces: fc.integer({ min: 1, max: 4 }),
      components: fc.uniqueArray(
        fc.record({ warehouseSku: fc.constantFrom(...skus), perUnit: fc.integer({ min: 1, max: 3 }) }),
        { minLength: 1, selector: (component) => component.warehouseSku },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((lines) =>
    lines.flatMap(({ fulfillment, pieces, components }, index) =>
      components.map(({ warehouseSku, perUnit }) => ({
        fulfillment,
        lineId: `line-${index}`,
        warehouseSku,
        perUnit,
        ordered: pieces * perUnit,
        shipped: 0,
        cancelled: 0,
      })),
    ),
  );

const items: fc.Arbitrary<ShippedItem[]> = fc.array(
  fc.record({ warehouseSku: fc.constantFrom(...skus, 'unknown'), quantity: fc.integer({ min: 0, max: 9 }) }),
  { maxLength: 4 },
);
type Step = { ship: string; items: ShippedItem[] } | { cancel: string | undefined };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ ship: fc.constantFrom(...fulfillments, 'f9'), items }) },
    { weight: 1, arbitrary: fc.record({ cancel: fc.option(fc.constantFrom(...fulfillments), { nil: undefined }) }) },
  ),
  { maxLength: 12 },
);

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
const shippedOf = (ledger: LedgerEntry[], warehouseSku?: string) =>
  sum(
    ledger
      .filter((each) => warehouseSku === undefined || each.warehouseSku === warehouseSku)
      .map((each) => each.shipped),
  );
const lineIds = (ledger: LedgerEntry[]) => [...new Set(ledger.map((entry) => entry.lineId))];

/** Runs the steps and shows each one, with the ledger before and after. */
function walk(
  ledger: LedgerEntry[],
  taken: Step[],
  see: (before: LedgerEntry[], step: Step, after: LedgerEntry[]) => void,
): LedgerEntry[] {
  return taken.reduce((before, step) => {
    const after =
      'ship' in step ? allocateShipment(before, step.ship, step.items).ledger : cancelOpen(before, step.cancel);
    see(before, step, after);
    return after;
  }, ledger);
}

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  fulfillment: 'f1',
  lineId: 'line-0',
  warehouseSku: 'A',
  perUnit: 1,
  ordered: 1,
  shipped: 0,
  cancelled: 0,
  ...over,
});

describe('the quantity ledger', () => {
  it('never ships and cancels more than was ordered, in whatever order shipments and cancels come', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        walk(ledger, taken, (_before, _step, after) => {
          const wrong = after.filter(
            (each) => each.shipped < 0 || each.cancelled < 0 || each.shipped + each.cancelled > each.ordered,
          );
          expect(wrong).toEqual([]);
        });
      }),
      1000,
    );
  });

  it('accounts for each shipped piece: laid on a line or unexpected, none twice and none lost', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        walk(ledger, taken, (before, step, after) => {
          if (!('ship' in step)) return expect(shippedOf(after)).toBe(shippedOf(before));
          const { unexpected } = allocateShipment(before, step.ship, step.items);
          for (const sku of [...skus, 'unknown']) {
            const pieces = (list: ShippedItem[]) =>
              sum(list.filter((item) => item.warehouseSku === sku).map((item) => item.quantity));
            expect(shippedOf(after, sku) - shippedOf(before, sku) + pieces(unexpected)).toBe(pieces(step.items));
          }
          expect(unexpected.every((item) => item.quantity > 0)).toBe(true);
        });
      }),
      1000,
    );
  });

  it('calls a piece unexpected only when no line of the fulfillment could take it', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        walk(ledger, taken, (before, step, after) => {
          if (!('ship' in step)) return;
          for (const item of allocateShipment(before, step.ship, step.items).unexpected) {
            const couldTake = after.filter(
              (each) =>
                each.fulfillment === step.ship &&
                each.warehouseSku === item.warehouseSku &&
                each.shipped < each.ordered,
            );
            expect(couldTake).toEqual([]);
          }
        });
      }),
    );
  });

  it('leaves the lines of other fulfillments as they were', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        walk(ledger, taken, (before, step, after) => {
          const only = 'ship' in step ? step.ship : step.cancel;
          const others = (list: LedgerEntry[]) =>
            list.filter((each) => only !== undefined && each.fulfillment !== only);
          expect(others(after)).toEqual(others(before));
        });
      }),
    );
  });

  it('changes nothing of what it was given, and keeps what was ordered', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        const opening = ledger.map(({ shipped: _s, cancelled: _c, ...rest }) => rest);
        walk(frozen(ledger), taken, (_before, _step, after) => {
          frozen(after);
          expect(after.map(({ shipped: _s, cancelled: _c, ...rest }) => rest)).toEqual(opening);
        });
      }),
    );
  });

  it('completes lines once: what the shipments report of a line adds up to the pieces that shipped', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        const reported = new Map<string, number>();
        walk(ledger, taken, (before, step, after) => {
          if ('ship' in step) {
            const allocation = allocateShipment(before, step.ship, step.items);
            expect(allocation.touchedLines).toEqual(
              expect.arrayContaining(allocation.lines.map((line) => line.lineId)),
            );
            for (const line of allocation.lines) {
              expect(line.quantity).toBeGreaterThan(0);
              reported.set(line.lineId, (reported.get(line.lineId) ?? 0) + line.quantity);
            }
          }
          for (const lineId of lineIds(after)) {
            expect(shippedPieces(after, lineId)).toBeGreaterThanOrEqual(shippedPieces(before, lineId));
            expect(reported.get(lineId) ?? 0).toBe(shippedPieces(after, lineId));
            const component = after.find((each) => each.lineId === lineId)!;
            expect(shippedPieces(after, lineId)).toBeLessThanOrEqual(component.ordered / component.perUnit);
          }
        });
      }),
      1000,
    );
  });

  it('counts a bundle by its scarcest component', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        const after = walk(ledger, taken, () => {});
        for (const lineId of lineIds(after)) {
          const components = after.filter((each) => each.lineId === lineId);
          const pieces = shippedPieces(after, lineId);
          expect(components.every((each) => each.shipped >= pieces * each.perUnit)).toBe(true);
          expect(components.some((each) => each.shipped < (pieces + 1) * each.perUnit)).toBe(true);
        }
      }),
    );
    expect(shippedPieces([], 'none')).toBe(0);
  });

  it('ends the same whatever the order of the shipments', () => {
    check(
      fc.property(ledgers, fc.array(items, { maxLength: 3 }), fc.constantFrom(...fulfillments), (ledger, sent, of) => {
        const end = (list: ShippedItem[][]) =>
          list.reduce((before, each) => allocateShipment(before, of, each).ledger, ledger);
        expect(end(sent.toReversed())).toEqual(end(sent));
      }),
    );
  });

  it('says where the order stands', () => {
    check(
      fc.property(ledgers, steps, (ledger, taken) => {
        const after = walk(ledger, taken, () => {});
        const left = sum(after.map((each) => each.ordered - each.shipped - each.cancelled));
        const gone = shippedOf(after) > 0;
        const expected = left > 0 ? (gone ? 'partially_shipped' : 'nothing_shipped') : gone ? 'shipped' : 'cancelled';
        expect(standing(after)).toBe(expected);
        const ended = standing(cancelOpen(after));
        expect(ended).toBe(gone ? 'shipped' : 'cancelled');
      }),
    );
  });
});

describe('a shipment', () => {
  it('fills lines that share a warehouse SKU in their order', () => {
    const ledger = [entry({ lineId: 'one', ordered: 2 }), entry({ lineId: 'two', ordered: 3 })];
    const first = allocateShipment(ledger, 'f1', [{ warehouseSku: 'A', quantity: 3 }]);
    expect(first.lines).toEqual([
      { lineId: 'one', quantity: 2 },
      { lineId: 'two', quantity: 1 },
    ]);
    const second = allocateShipment(first.ledger, 'f1', [{ warehouseSku: 'A', quantity: 3 }]);
    expect(second.lines).toEqual([{ lineId: 'two', quantity: 2 }]);
    expect(second.unexpected).toEqual([{ warehouseSku: 'A', quantity: 1 }]);
    expect(standing(second.ledger)).toBe('shipped');
  });

  it('of a cancelled line moves its pieces from cancelled to shipped', () => {
    const cancelled = cancelOpen([entry({ ordered: 3, shipped: 1 })]);
    expect(cancelled).toEqual([entry({ ordered: 3, shipped: 1, cancelled: 2 })]);
    const late = allocateShipment(cancelled, 'f1', [{ warehouseSku: 'A', quantity: 1 }]);
    expect(late.ledger).toEqual([entry({ ordered: 3, shipped: 2, cancelled: 1 })]);
    expect(late.lines).toEqual([{ lineId: 'line-0', quantity: 1 }]);
    expect(late.unexpected).toEqual([]);
  });

  it('takes open pieces before cancelled ones', () => {
    const ledger = [entry({ lineId: 'given up', ordered: 1, cancelled: 1 }), entry({ lineId: 'open', ordered: 1 })];
    const after = allocateShipment(ledger, 'f1', [{ warehouseSku: 'A', quantity: 1 }]);
    expect(after.touchedLines).toEqual(['open']);
    expect(after.ledger[0]).toEqual(ledger[0]);
  });

  it('of part of a bundle touches the line and completes nothing until the rest follows', () => {
    const ledger = [entry({ warehouseSku: 'A', perUnit: 2, ordered: 2 }), entry({ warehouseSku: 'B' })];
    const first = allocateShipment(ledger, 'f1', [{ warehouseSku: 'A', quantity: 2 }]);
    expect(first).toMatchObject({ lines: [], touchedLines: ['line-0'], unexpected: [] });
    const second = allocateShipment(first.ledger, 'f1', [{ warehouseSku: 'B', quantity: 1 }]);
    expect(second.lines).toEqual([{ lineId: 'line-0', quantity: 1 }]);
  });

  it('of a fulfillment the order does not know is unexpected as a whole', () => {
    const ledger = [entry()];
    const after = allocateShipment(ledger, 'f9', [{ warehouseSku: 'A', quantity: 1 }]);
    expect(after).toEqual({ ledger, lines: [], touchedLines: [], unexpected: [{ warehouseSku: 'A', quantity: 1 }] });
  });
});

describe('a line sent out anew after its warehouse gave it up', () => {
  it('is complete by what the new fulfillment ships, the given-up one standing beside it', () => {
    const ledger = [entry({ ordered: 2, cancelled: 2 }), entry({ fulfillment: 'f2', ordered: 2 })];
    const after = allocateShipment(ledger, 'f2', [{ warehouseSku: 'A', quantity: 2 }]);
    expect(after.lines).toEqual([{ lineId: 'line-0', quantity: 2 }]);
  });

  it('is complete under a corrected listing too: the newest fulfillment says what the line is made of', () => {
    const ledger = [
      entry({ warehouseSku: 'wrong', cancelled: 1 }),
      entry({ fulfillment: 'f2', warehouseSku: 'right' }),
    ];
    const after = allocateShipment(ledger, 'f2', [{ warehouseSku: 'right', quantity: 1 }]);
    expect(after.lines).toEqual([{ lineId: 'line-0', quantity: 1 }]);
  });

  it('counts what the first fulfillment shipped before it gave up the rest', () => {
    const ledger = [
      entry({ warehouseSku: 'A', ordered: 2, shipped: 2 }),
      entry({ warehouseSku: 'B', ordered: 2, shipped: 1, cancelled: 1 }),
      entry({ fulfillment: 'f2', warehouseSku: 'B', ordered: 1 }),
    ];
    const after = allocateShipment(ledger, 'f2', [{ warehouseSku: 'B', quantity: 1 }]);
    expect(after.lines).toEqual([{ lineId: 'line-0', quantity: 1 }]);
    expect(shippedPieces(after.ledger, 'line-0')).toBe(2);
  });
});
