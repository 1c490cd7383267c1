import fc from 'fast-check';
import { shippedPieces, standing } from '../../domain/ledger.js';
import { nextStep } from '../../domain/order-process.js';
import { isFinal, type OrderAction } from '../../domain/order-states.js';
import { check } from './check.js';
import { aLine } from './given.js';
import { begin, happen, run, type Answer, type World } from './order-world.js';

const orders = fc.record({
  lines: fc
    .array(fc.record({ sku: fc.constantFrom('kit', 'mug', 'twin'), quantity: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((lines) => lines.map((line, index) => aLine({ ...line, lineId: `line-${index}` }))),
  elsewhere: fc.option(fc.constantFrom('mug', 'kit')),
});
const answers = fc.array(
  fc.constantFrom<Answer>(
    'taken',
    'taken',
    'unlisted',
    'taken_in_part',
    'taken_then_lost',
    'refused',
    'refund_pending',
    'given_up',
  ),
  { maxLength: 6 },
);
const items = fc.array(
  fc.record({ warehouseSku: fc.constantFrom('A', 'B', 'stray'), quantity: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, maxLength: 2 },
);
const actions = ['hold', 'release', 'cancel', 'retry', 'editAddress', 'markShippedElsewhere'] as const;

type Event =
  | { ship: number; items: { warehouseSku: string; quantity: number }[]; times: number }
  | { giveUp: number }
  | { change: number; to: number }
  | { elsewhere: number; pieces: number }
  | { time: 'overdue' | 'tryAgain' }
  | { act: OrderAction };
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    // A shipment is found by poll and by webhook, and found again after a crash.
    { weight: 3, arbitrary: fc.record({ ship: fc.nat(5), items, times: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ giveUp: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ change: fc.nat(5), to: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ elsewhere: fc.nat(5), pieces: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ time: fc.constantFrom('overdue', 'tryAgain') }) },
    { weight: 4, arbitrary: fc.record({ act: fc.constantFrom<OrderAction>(...actions) }) },
  ),
  { maxLength: 25, size: 'max' },
);

function tell(world: World, event: Event): void {
  if ('ship' in event) happen.ship(world, event.ship, event.items, event.times);
  else if ('giveUp' in event) happen.giveUp(world, event.giveUp);
  else if ('change' in event) happen.change(world, event.change, event.to);
  else if ('elsewhere' in event) happen.elsewhere(world, event.elsewhere, event.pieces);
  else if ('time' in event) happen[event.time](world);
  else happen.act(world, event.act);
  run(world);
}

function live(given: Parameters<typeof begin>, taken: Event[], see: (world: World) => void): World {
  const world = begin(...given);
  run(world);
  see(world);
  for (const event of taken) {
    tell(world, event);
    see(world);
  }
  return world;
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

/** I2: no line is asked for twice at warehouses that mean to send it, and only a person or the marketplace starts a new generation. */
function sentAtMostOnce({ order, held, most, asked }: World): void {
  const alive = [...held.values()].filter((each) => !each.cancelled).map((each) => each.reference);
  expect(new Set(alive).size).toBe(alive.length);
  expect(order.generation).toBeLessThanOrEqual(1 + asked);
  for (const [lineId, quantity] of most) {
    const entries = order.ledger.filter((each) => each.lineId === lineId && alive.includes(each.fulfillment));
    for (const sku of new Set(entries.map((each) => each.warehouseSku))) {
      const pieces = entries.filter((each) => each.warehouseSku === sku).map((each) => each.ordered / each.perUnit);
      expect(sum(pieces)).toBeLessThanOrEqual(quantity);
    }
  }
}

/** Lessons 6: no warehouse is asked for pieces that somebody else is known to have sent. */
function neverAskedTwice({ requests }: World): void {
  expect(requests.filter(({ pieces, left }) => pieces > left)).toEqual([]);
}

/** I3: never more than was ordered, every piece accounted for, and the marketplace told of each whole piece once. */
function shippedTruthfully({ order, pieces, notices }: World): void {
  const wrong = order.ledger.filter(
    (each) => each.shipped < 0 || each.cancelled < 0 || each.shipped + each.cancelled > each.ordered,
  );
  expect(wrong).toEqual([]);
  const waiting = sum(order.shipments.flatMap((each) => each.packages[0]!.items.map((item) => item.quantity)));
  const closed = order.state === 'closed';
  const accounted = sum(order.ledger.map((each) => each.shipped)) + pieces.unexpected + waiting;
  if (!closed) expect(accounted).toBeLessThanOrEqual(pieces.sent);
  for (const lineId of new Set(order.ledger.map((each) => each.lineId))) {
    const told = [...notices.values()].filter((notice) => notice.lineId === lineId);
    expect(sum(told.map((notice) => notice.quantity))).toBe(shippedPieces(order.ledger, lineId));
  }
}

/** I10: an order that waits without a person or a timer waits for goods that a warehouse means to send. */
function neverSilentlyStuck({ order, held }: World): void {
  if (nextStep(order) === 'end') expect([order.state, order.toPlan]).toEqual([order.state, null]);
  if (nextStep(order) !== 'wait_for_shipments') return;
  const alive = [...held.values()].filter((each) => !each.cancelled).map((each) => each.reference);
  const expected = order.ledger.filter(
    (each) => alive.includes(each.fulfillment) && each.ordered > each.shipped + each.cancelled,
  );
  expect({ state: order.state, fulfillments: order.fulfillments, expected: expected.length > 0 }).toMatchObject({
    expected: true,
  });
}

describe('the life of an order', () => {
  it.each([
    ['I2: is sent at most once', sentAtMostOnce],
    ['lessons 6: is asked for only as far as others did not send it', neverAskedTwice],
    ['I3: is shipped truthfully', shippedTruthfully],
    ['I10: is never silently stuck', neverSilentlyStuck],
  ])('%s, whatever comes in whatever order, and keeps to the table of states', (_title, invariant) => {
    check(
      fc.property(orders, answers, events, (order, script, taken) => {
        live([order, script], taken, invariant);
      }),
      1000,
    );
  });

  it('I4: nothing is asked of a warehouse after a cancellation that was answered with stopped', () => {
    check(
      fc.property(orders, answers, events, (order, script, taken) => {
        let heldThen: number | null = null;
        live([order, script], taken, (world) => {
          if (heldThen !== null) expect(world.held.size).toBe(heldThen);
          if (world.order.cancel?.outcome === 'stopped') heldThen ??= world.held.size;
        });
      }),
    );
  });

  it('I13: comes to an end that a person asks for, from wherever it got to', () => {
    check(
      fc.property(orders, answers, events, (order, script, taken) => {
        const world = live([order, script], taken, () => {});
        if (!isFinal(world.order.state)) tell(world, { act: 'markShippedElsewhere' });
        expect(isFinal(world.order.state)).toBe(true);
      }),
    );
  });

  it('comes to see every state and every kind of end, so that the walks above mean something', () => {
    const seen = new Map<string, number>();
    const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    check(
      fc.property(orders, answers, events, (order, script, taken) => {
        const world = live([order, script], taken, (each) => {
          see(each.order.state);
          if (each.order.accepted.length > 0) see('late shipment accepted');
          if (each.order.cancel) see(`cancel ${each.order.cancel.outcome}`);
          if (each.order.cancel?.actor === 'marketplace') see(`marketplace cancel ${each.order.cancel.outcome}`);
          if (each.order.attention?.cause === 'changed_at_marketplace') see('changed too late');
          if (each.rows.length > order.lines.length) see('line added');
          if (each.order.moves.length === 0 && sum([...each.others.values()]) > 0) see('sent by others');
        });
        if (world.order.generation > 1 && standing(world.order.ledger) === 'shipped') see('shipped when sent anew');
        if (world.pieces.unexpected > 0) see('unexpected goods');
        if (new Set(world.order.fulfillments.map((each) => each.warehouseId)).size > 1) see('two warehouses');
      }),
    );
    const wanted = [
      ...['held', 'needs_attention', 'submitted', 'partially_shipped', 'shipped', 'cancelled', 'closed'],
      ...['late shipment accepted', 'cancel stopped', 'cancel too_late', 'shipped when sent anew'],
      ...['unexpected goods', 'two warehouses', 'changed too late', 'line added', 'sent by others'],
      'marketplace cancel stopped',
    ];
    expect(wanted.filter((what) => (seen.get(what) ?? 0) < 5)).toEqual([]);
  });
});
