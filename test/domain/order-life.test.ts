import fc from 'fast-check';
import { writeKeys } from '../../domain/identifiers.js';
import { allocateShipment, cancelOpen, shippedPieces, standing, type LedgerEntry } from '../../domain/ledger.js';
import { canMove, isFinal, refuseAction, type OrderAction, type OrderState } from '../../domain/order-states.js';
import { openLedger, planFulfillments, type PlannedFulfillment } from '../../domain/plan.js';
import { check } from './check.js';
import { aChoice, aLine, anAddress } from './given.js';

/** A walk through an order's life beside a warehouse and a marketplace that keep their own books. */
interface World {
  state: OrderState;
  generation: number;
  planned: PlannedFulfillment[];
  ledger: LedgerEntry[];
  /** What the warehouses hold, by the key of the write that made it; a second write under a key changes nothing. */
  warehouse: Map<string, { reference: string; timesAsked: number }>;
  /** Every piece that left a warehouse. */
  sent: number;
  unexpected: number;
  /** What the marketplace was told, by the key of the notice. */
  notices: Map<string, { lineId: string; quantity: number }>;
  timesSentAnew: number;
}

type Step =
  | { do: 'submit' }
  | { do: 'ship'; fulfillment: number; items: { warehouseSku: string; quantity: number }[]; told: number }
  | { do: 'give_up'; fulfillment: number }
  | { do: OrderAction };

const order = fc.record({
  lines: fc
    .array(fc.record({ sku: fc.constantFrom('kit', 'mug', 'twin'), quantity: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((lines) => lines.map((line, index) => aLine({ ...line, lineId: `line-${index}` }))),
  otherWarehouse: fc.option(fc.constantFrom('mug', 'kit')),
});
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.constant({ do: 'submit' }),
    fc.record({
      do: fc.constant('ship' as const),
      fulfillment: fc.nat(5),
      items: fc.array(
        fc.record({ warehouseSku: fc.constantFrom('A', 'B', 'stray'), quantity: fc.integer({ min: 1, max: 4 }) }),
        { minLength: 1, maxLength: 2 },
      ),
      // A shipment is found by poll and by webhook, and found again after a crash.
      told: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ do: fc.constant('give_up' as const), fulfillment: fc.nat(5) }),
    fc.record({
      do: fc.constantFrom<OrderAction>('hold', 'release', 'cancel', 'retry', 'markShippedElsewhere'),
    }),
  ),
  { maxLength: 40, size: 'max' },
);

function plan(given: Order, generation: number, lines = given.lines): PlannedFulfillment[] {
  const component = (sku: string, ...skus: string[]) => ({
    sku,
    components: skus.map((warehouseSku, index) => ({ warehouseSku, quantity: index + 1 })),
    warehouseId: sku === given.otherWarehouse ? 'whs_2' : 'whs_1',
    version: 1,
  });
  const made = planFulfillments({
    storeId: 'sto_1',
    externalId: 'AB12CD34',
    generation,
    lines,
    shipTo: anAddress,
    shippingDescription: null,
    total: null,
    weight: null,
    listings: [component('kit', 'A', 'B'), component('mug', 'A'), component('twin', 'B')],
    rules: {
      version: 1,
      rules: [{ name: 'two', conditions: [], then: aChoice({ warehouseId: 'whs_2' }) }],
      otherwise: aChoice(),
    },
    unlistedSku: 'attention',
  });
  if ('problem' in made) throw new Error(made.problem.message);
  return made.fulfillments;
}

const handedOver = (world: World) =>
  world.planned.some((each) => world.warehouse.has(writeKeys.submission(each.reference)));

function submit(world: World): void {
  if (world.state !== 'queued') return;
  // Twice: the answer to the first was lost.
  for (const { reference } of [...world.planned, ...world.planned]) {
    const key = writeKeys.submission(reference);
    world.warehouse.set(key, { reference, timesAsked: (world.warehouse.get(key)?.timesAsked ?? 0) + 1 });
  }
  world.state = 'submitted';
}

function ship(world: World, step: Step & { do: 'ship' }, shipmentId: string): void {
  const held = [...world.warehouse.values()];
  const from = held[step.fulfillment % held.length];
  if (!from) return;
  world.sent += step.items.reduce((pieces, item) => pieces + item.quantity, 0);
  const { ledger, lines, unexpected } = allocateShipment(world.ledger, from.reference, step.items);
  world.ledger = ledger;
  world.unexpected += unexpected.reduce((pieces, item) => pieces + item.quantity, 0);
  for (let time = 0; time < step.told; time++)
    for (const line of lines) {
      const of = { storeId: 'sto_1', externalId: 'AB12CD34', lineId: line.lineId, packageId: shipmentId };
      world.notices.set(writeKeys.writeback(of), line);
    }
  const stands = standing(ledger);
  const waitsToBeSentAnew = world.state === 'queued' || world.state === 'held';
  world.state =
    unexpected.length > 0 || waitsToBeSentAnew || stands === 'nothing_shipped' || stands === 'cancelled'
      ? 'needs_attention'
      : stands;
}

function giveUp(world: World, step: Step & { do: 'give_up' }): void {
  const held = [...world.warehouse.values()];
  const from = held[step.fulfillment % held.length];
  if (!from || isFinal(world.state)) return;
  world.ledger = cancelOpen(world.ledger, from.reference);
  world.state = 'needs_attention';
}

function act(world: World, given: Order, action: OrderAction): void {
  if (refuseAction(action, world.state, handedOver(world)) !== null) return;
  if (action === 'hold') world.state = 'held';
  if (action === 'release') world.state = 'queued';
  if (action === 'markShippedElsewhere') world.state = 'closed';
  if (action === 'cancel') {
    world.ledger = cancelOpen(world.ledger);
    world.state = standing(world.ledger) === 'shipped' ? 'shipped' : 'cancelled';
  }
  if (action === 'retry') retry(world, given);
}

/** A person sends out anew what the warehouses gave up; else the order goes on where it stood. */
function retry(world: World, given: Order): void {
  const stands = standing(world.ledger);
  if (stands === 'shipped') world.state = 'shipped';
  else if (stands !== 'cancelled' && !handedOver(world)) world.state = 'queued';
  else if (stands === 'partially_shipped') world.state = 'partially_shipped';
  else if (stands === 'nothing_shipped') world.state = 'submitted';
  if (stands !== 'cancelled') return;
  world.generation += 1;
  world.timesSentAnew += 1;
  world.planned = plan(given, world.generation);
  world.ledger = [...world.ledger, ...openLedger(world.planned)];
  world.state = 'queued';
}

function take(world: World, given: Order, step: Step, number: number): void {
  if (step.do === 'submit') submit(world);
  else if (step.do === 'ship') ship(world, step, `shp_${number}`);
  else if (step.do === 'give_up') giveUp(world, step);
  else act(world, given, step.do);
}

function begin(given: Order): World {
  const planned = plan(given, 1);
  return {
    state: 'queued',
    generation: 1,
    planned,
    ledger: openLedger(planned),
    warehouse: new Map(),
    sent: 0,
    unexpected: 0,
    notices: new Map(),
    timesSentAnew: 0,
  };
}

const total = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0);

/** I2: one warehouse order for each warehouse and generation, and a new generation only when a person asked for it. */
function sentAtMostOnce(world: World): void {
  const references = [...world.warehouse.values()].map((each) => each.reference);
  expect(new Set(references).size).toBe(references.length);
  expect(world.generation).toBe(1 + world.timesSentAnew);
  const known = new Set(world.ledger.map((entry) => entry.fulfillment));
  expect(references.filter((reference) => !known.has(reference))).toEqual([]);
}

/** I3: never more than was ordered, every piece accounted for, and the marketplace told of each whole piece once. */
function shippedTruthfully(world: World): void {
  const wrong = world.ledger.filter(
    (each) => each.shipped < 0 || each.cancelled < 0 || each.shipped + each.cancelled > each.ordered,
  );
  expect(wrong).toEqual([]);
  expect(total(world.ledger.map((each) => each.shipped)) + world.unexpected).toBe(world.sent);
  for (const lineId of new Set(world.ledger.map((each) => each.lineId))) {
    const told = [...world.notices.values()].filter((notice) => notice.lineId === lineId);
    expect(total(told.map((notice) => notice.quantity))).toBe(shippedPieces(world.ledger, lineId));
  }
}

describe('the life of an order', () => {
  it('keeps I2 and I3 and the table of states at every step, whatever comes in whatever order', () => {
    check(
      fc.property(order, steps, (given, taken) => {
        const world = begin(given);
        taken.forEach((step, number) => {
          const before = world.state;
          take(world, given, step, number);
          expect([before, world.state, canMove(before, world.state)]).toEqual([before, world.state, true]);
          sentAtMostOnce(world);
          shippedTruthfully(world);
        });
      }),
      600,
    );
  });

  it('can be ended by a person from wherever it got to', () => {
    check(
      fc.property(order, steps, (given, taken) => {
        const world = begin(given);
        taken.forEach((step, number) => take(world, given, step, number));
        if (!isFinal(world.state)) act(world, given, 'cancel');
        expect(isFinal(world.state)).toBe(true);
        expect(['shipped', 'cancelled']).toContain(standing(cancelOpen(world.ledger)));
      }),
    );
  });

  it('comes to see every state and every kind of end, so that the walks above mean something', () => {
    const seen = new Map<string, number>();
    const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    check(
      fc.property(order, steps, (given, taken) => {
        const world = begin(given);
        taken.forEach((step, number) => {
          const before = world.state;
          take(world, given, step, number);
          see(world.state);
          if (step.do === 'ship' && isFinal(before) && world.state !== before) see('late shipment');
        });
        if (world.generation > 1 && world.notices.size > 0) see('shipped after it was sent out anew');
        if (world.unexpected > 0) see('unexpected goods');
        if (world.planned.length > 1) see('two warehouses');
      }),
    );
    const wanted = [
      ...['held', 'needs_attention', 'queued', 'submitted', 'partially_shipped', 'shipped', 'cancelled', 'closed'],
      ...['late shipment', 'shipped after it was sent out anew', 'unexpected goods', 'two warehouses'],
    ];
    expect(wanted.filter((what) => (seen.get(what) ?? 0) < 5)).toEqual([]);
  });
});
