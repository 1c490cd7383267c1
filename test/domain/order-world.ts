import { writeKeys } from '../../domain/identifiers.js';
import { attention } from '../../domain/attention.js';
import type { FailureCode } from '../../domain/failures.js';
import { cancelOpen } from '../../domain/ledger.js';
import type { OrderLine } from '../../domain/order.js';
import * as process from '../../domain/order-process.js';
import { canMove, isFinal, refuseAction, type OrderAction, type OrderState } from '../../domain/order-states.js';
import { openLedger, planFulfillments } from '../../domain/plan.js';
import { aChoice, aDestination } from './given.js';

/** What comes of one try to plan (`unlisted`) or of one request to a warehouse. */
export type Answer =
  'unlisted' | 'taken' | 'taken_in_part' | 'taken_then_lost' | 'refused' | 'refund_pending' | 'given_up';

export interface Order {
  lines: OrderLine[];
  /** The SKU that another warehouse has. */
  elsewhere: string | null;
}

/**
 * One order between a warehouse and a marketplace that keep books of their own. The order's decisions are the real
 * ones of domain/; only what the workflow does between them (workflows/order.ts) is done here at once, without waiting.
 */
export interface World {
  order: process.OrderProcess;
  given: Order;
  /** What comes of the next tries; all further ones succeed. */
  answers: Answer[];
  /** What the warehouses hold, by the key of the write that made it. */
  held: Map<string, { reference: string; cancelled: boolean }>;
  /** What left the warehouses. */
  pieces: { sent: number; unexpected: number };
  /** What the marketplace was told, by the key of the notice. */
  notices: Map<string, { lineId: string; quantity: number }>;
  /** Times a person asked for something that may send goods out anew. */
  asked: number;
}

export function begin(given: Order, answers: Answer[]): World {
  const start = { state: 'queued' as const, hold: null };
  const order = process.openProcess({
    orderId: 'ord_1',
    storeId: 'sto_1',
    externalId: 'AB12CD34',
    start,
    reopened: null,
  });
  const books = { held: new Map(), notices: new Map(), pieces: { sent: 0, unexpected: 0 }, asked: 0 };
  return { order, given, answers: [...answers], ...books };
}

/** Runs the order until it waits for something outside; more than enough steps means that it never would. */
export function run(world: World): void {
  for (let count = 0; count < 100; count++) {
    const step = process.nextStep(world.order);
    if (step === 'end' || step.startsWith('wait_for')) return;
    steps[step as keyof typeof steps](world);
  }
  throw new Error(`never comes to rest: ${process.nextStep(world.order)} again and again`);
}

const steps = {
  record: ({ order }: World) => void order.moves.shift(),
  plan,
  submit,
  write_back: writeBack,
  cancel,
  close_as_shipped_elsewhere: closeAsShippedElsewhere,
};

function plan(world: World): void {
  const { order, given } = world;
  if (world.answers[0] === 'unlisted') {
    world.answers.shift();
    return problem(world, 'listing_missing');
  }
  const left = order.toPlan === 'all' ? given.lines : (order.toPlan ?? []);
  const lines = given.lines.flatMap((line) => {
    const quantity = left.find((each) => each.lineId === line.lineId)?.quantity;
    return quantity ? [{ ...line, quantity }] : [];
  });
  const component = (sku: string, ...skus: string[]) => ({
    sku,
    components: skus.map((warehouseSku, index) => ({ warehouseSku, quantity: index + 1 })),
    warehouseId: sku === given.elsewhere ? 'whs_2' : 'whs_1',
    version: 1,
  });
  const rules = [{ name: 'two', conditions: [], then: aChoice({ warehouseId: 'whs_2' }) }];
  const made = planFulfillments({
    ...{ storeId: 'sto_1', externalId: 'AB12CD34', generation: order.generation, lines },
    ...{
      destinations: [aDestination({ shippingDescription: null })],
      total: null,
      weight: null,
      unlistedSku: 'attention',
    },
    listings: [component('kit', 'A', 'B'), component('mug', 'A'), component('twin', 'B')],
    rules: { version: 1, rules, otherwise: aChoice() },
  });
  if ('problem' in made) throw new Error(made.problem.message);
  order.toPlan = null;
  // The rows of a plan replace all that was planned before (savePlan): none may be waited for beside it.
  if (order.fulfillments.some((each) => each.standing === 'planned')) throw new Error('a planned fulfillment is lost');
  for (const { reference, warehouseId } of made.fulfillments)
    order.fulfillments.push({ reference, warehouseId, standing: 'planned' });
  order.ledger.push(...openLedger(made.fulfillments));
}

function submit(world: World): void {
  const { order } = world;
  const fulfillment = process.nextToSubmit(order)!;
  fulfillment.standing = 'asking';
  const { reference } = fulfillment;
  const key = writeKeys.submission(reference);
  const lines = order.ledger.filter((each) => each.fulfillment === reference).map((each) => each.lineId);
  let answer = world.answers.shift() ?? 'taken';
  while (answer === 'unlisted') answer = world.answers.shift() ?? 'taken';
  // What a try before brought there is found and adopted, whatever would be answered to another.
  if (world.held.has(key)) answer = 'taken';
  if (answer.startsWith('taken')) {
    if (!world.held.has(key)) world.held.set(key, { reference, cancelled: false });
    if (answer === 'taken_then_lost') return problem(world, 'unavailable');
    // The marketplace gave up a line since the plan.
    if (answer === 'taken_in_part' && new Set(lines).size > 1)
      order.ledger = process.cancelLines(order.ledger, reference, lines.slice(0, 1));
    fulfillment.standing = 'submitted';
    if (!process.nextToSubmit(order)) set(world, process.workingState(order));
    return;
  }
  fulfillment.standing = 'planned';
  if (answer === 'refused') return problem(world, 'sku_unknown_at_warehouse');
  if (answer === 'refund_pending') {
    order.hold = { reason: 'refund_pending', owner: 'marketplace', note: null, releaseAt: null, waitsFor: null };
    return process.move(order, 'held', { event: 'held', actor: 'marketplace', message: 'A refund is pending.' });
  }
  fulfillment.standing = 'cancelled';
  order.ledger = process.cancelLines(order.ledger, reference, lines);
  move(world, 'given_up');
}

function writeBack(world: World): void {
  const { order } = world;
  const shipment = order.shipments[0]!;
  const ended = order.state === 'cancelled' || order.state === 'closed';
  if (ended && !order.accepted.includes(shipment.shipmentId)) return problem(world, 'shipped_after_cancel');
  const { ledger, packages, unexpected } = process.allocatePackages(order.ledger, shipment);
  for (const { packageId, lines } of packages)
    for (const { lineId, quantity } of lines) {
      const of = {
        storeId: 'sto_1',
        externalId: 'AB12CD34',
        part: lineId,
        packageId: `${shipment.shipmentId}.${packageId}`,
      };
      world.notices.set(writeKeys.writeback(of), { lineId, quantity });
    }
  order.shipments.shift();
  order.ledger = ledger;
  set(world, process.workingState(order));
  const many = unexpected.reduce((sum, item) => sum + item.quantity, 0);
  world.pieces.unexpected += many;
  if (many > 0) problem(world, 'shipment_unexpected');
}

function cancel(world: World): void {
  const { order } = world;
  const outcome = stopEverywhere(world) ? ('stopped' as const) : ('too_late' as const);
  order.cancel = { ...order.cancel!, outcome };
  if (outcome === 'stopped') order.ledger = cancelOpen(order.ledger);
  const nothingPlanned = outcome === 'stopped' && order.ledger.length === 0;
  process.move(order, nothingPlanned ? 'cancelled' : process.workingState(order), cause(`cancel_${outcome}`));
}

function closeAsShippedElsewhere(world: World): void {
  const { order } = world;
  stopEverywhere(world);
  order.elsewhere = null;
  order.shipments = [];
  order.ledger = cancelOpen(order.ledger);
  process.move(order, 'closed', cause('shipped_elsewhere'));
}

/** A warehouse that has shipped anything of a fulfillment does not stop it. */
function stopEverywhere(world: World): boolean {
  const { order } = world;
  let all = true;
  order.toPlan = null;
  for (const fulfillment of order.fulfillments) {
    const held = world.held.get(writeKeys.submission(fulfillment.reference));
    const asked = fulfillment.standing === 'asking' || fulfillment.standing === 'submitted';
    const shipped = order.ledger.some((each) => each.fulfillment === fulfillment.reference && each.shipped > 0);
    if (asked && held && shipped) {
      fulfillment.standing = 'submitted';
      all = false;
      continue;
    }
    if (asked && held) held.cancelled = true;
    fulfillment.standing = 'cancelled';
    order.ledger = cancelOpen(order.ledger, fulfillment.reference);
  }
  return all;
}

const cause = (event: string) => ({ event, actor: 'test', message: event });
const move = ({ order }: World, event: string) => process.move(order, process.workingState(order), cause(event));
const problem = ({ order }: World, code: FailureCode) => process.raise(order, attention(code, code));

/** What the workflow writes together with a row is not announced by a move; the table must know it all the same. */
function set({ order }: World, to: OrderState): void {
  if (!canMove(order.state, to)) throw new Error(`an order cannot go from ${order.state} to ${to}`);
  order.state = to;
}

/** What comes from outside. */
export const happen = {
  ship(world: World, number: number, items: { warehouseSku: string; quantity: number }[], times: number): void {
    const { order } = world;
    const held = [...world.held.values()];
    const from = held[number % held.length];
    if (!from) return;
    const shipmentId = `shp_${world.pieces.sent}`;
    world.pieces.sent += items.reduce((sum, item) => sum + item.quantity, 0);
    for (let time = 0; time < times; time++) {
      if (order.known.includes(shipmentId)) continue;
      order.known.push(shipmentId);
      order.shipments.push({ fulfillment: from.reference, shipmentId, packages: [{ packageId: '1', items }] });
    }
    if (order.attention?.cause === 'shipment_overdue') process.settle(order);
  },
  giveUp(world: World, number: number): void {
    const held = [...world.held.values()];
    const from = held[number % held.length];
    const found = world.order.fulfillments.find(
      (each) => each.reference === from?.reference && each.standing === 'submitted',
    );
    if (!from || !found || world.order.cancel?.outcome === 'asking') return;
    from.cancelled = true;
    found.standing = 'cancelled_by_warehouse';
    problem(world, 'cancelled_at_warehouse');
  },
  /** The timer of an outage. */
  tryAgain(world: World): void {
    if (world.order.attention?.cause === 'unavailable') process.tryAgain(world.order);
  },
  overdue(world: World): void {
    if (!world.order.attention && !isFinal(world.order.state)) problem(world, 'shipment_overdue');
  },
  act(world: World, action: OrderAction): void {
    const { order } = world;
    if (refuseAction(action, order.state, process.handedOver(order)) !== null) return;
    world.asked += 1;
    const by = { actor: 'test', note: null };
    if (action === 'hold') {
      process.settle(order);
      order.hold = { reason: 'asked', owner: 'test', note: null, releaseAt: null, waitsFor: null };
      process.move(order, 'held', cause('held'));
    } else if (action === 'release') {
      order.hold = null;
      move(world, 'released');
    } else if (action === 'retry') {
      process.retryAfter(order);
      move(world, 'retried');
    } else if (action === 'editAddress') {
      process.planAgain(order);
      process.move(order, order.attention ? 'needs_attention' : process.workingState(order), cause('address_edited'));
    } else {
      order.hold = null;
      process.settle(order);
      if (action === 'cancel') order.cancel = { ...by, outcome: 'asking' };
      else order.elsewhere = { actor: 'test', reason: 'test' };
    }
  },
};
