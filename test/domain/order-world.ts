import { writeKeys } from '../../domain/identifiers.js';
import { attention } from '../../domain/attention.js';
import type { FailureCode } from '../../domain/failures.js';
import { hear } from '../../domain/hear-marketplace.js';
import { cancelOpen, shippedPieces } from '../../domain/ledger.js';
import type { MarketplaceAnswer } from '../../domain/messages.js';
import { judgeOrder, type TakenOver } from '../../domain/order-changes.js';
import type { MarketplaceOrder, OrderLine } from '../../domain/order.js';
import * as process from '../../domain/order-process.js';
import { canMove, isFinal, refuseAction, type OrderAction, type OrderState } from '../../domain/order-states.js';
import { openLedger, planFulfillments } from '../../domain/plan.js';
import { aChoice, aDestination, anOrder } from './given.js';

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
  /** Times a person or the marketplace asked for something that may send goods out anew. */
  asked: number;
  /** The lines as the marketplace shows them, and as the rows keep them. */
  market: OrderLine[];
  rows: OrderLine[];
  /** Of each line the most that the customer was ever to have, and what somebody else sent of it. */
  most: Map<string, number>;
  others: Map<string, number>;
  /** Pieces of a line that a warehouse was asked for, beside those that nobody else had sent by then. */
  requests: { lineId: string; pieces: number; left: number }[];
  staged: Map<string, TakenOver>;
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
  const lines = given.lines.map((line) => ({ ...line, wanted: line.quantity }));
  const most = new Map(lines.map((line) => [line.lineId, line.quantity]));
  const market = { market: structuredClone(lines), rows: lines, most, staged: new Map() };
  const rest = { others: new Map<string, number>(), requests: [] };
  return { order, given, answers: [...answers], ...books, ...market, ...rest };
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
  record,
  look: (world: World) => {
    world.order.toLook = false;
    hear(world.order, lookAt(world), 0);
  },
  plan,
  submit,
  write_back: writeBack,
  cancel,
  close_as_shipped_elsewhere: closeAsShippedElsewhere,
};

/** The rows follow what the workflow made of a look, when it records that. */
function record(world: World): void {
  const taken = world.staged.get(world.order.moves.shift()!.takesOver ?? '');
  if (!taken) return;
  for (const line of taken.lines) {
    const kept = world.rows.findIndex((each) => each.lineId === line.lineId);
    if (kept < 0) world.rows.push(line);
    else world.rows[kept] = line;
  }
  for (const row of world.rows) if (taken.gone.includes(row.lineId)) row.standing = 'cancelled';
}

/** The order as the marketplace counts it: what we told it of and what others sent is no longer to be sent. */
function shown({ order, market, others }: World): MarketplaceOrder {
  const open = (line: OrderLine) =>
    Math.max(0, line.wanted - shippedPieces(order.ledger, line.lineId) - (others.get(line.lineId) ?? 0));
  const alive = market.filter((line) => line.standing === 'clear' || line.standing === 'refund_pending');
  const shippedAtMarketplace = alive.length > 0 && alive.every((line) => open(line) === 0);
  const lines = market.map((line) => ({
    ...line,
    quantity: alive.includes(line) && !shippedAtMarketplace ? open(line) : line.quantity,
  }));
  return anOrder({ lines, shippedAtMarketplace });
}

function lookAt(world: World, sending: string[] = []): MarketplaceAnswer {
  const { order, rows, staged } = world;
  const told = rows.map(({ lineId }) => ({ lineId, quantity: shippedPieces(order.ledger, lineId) }));
  const kept = { lines: rows, addresses: [], told, telling: false };
  const present = { order: shown(world), addresses: [] };
  const verdict = judgeOrder(kept, present, process.askedLines(order), sending);
  if (verdict.outcome !== 'unchanged') world.asked += 1;
  if (!('taken' in verdict)) return verdict;
  const { taken, ...answer } = verdict;
  const changeId = `chg_${staged.size}`;
  staged.set(changeId, taken);
  return { ...answer, changeId };
}

function plan(world: World): void {
  const { order, given } = world;
  if (world.answers[0] === 'unlisted') {
    world.answers.shift();
    return problem(world, 'listing_missing');
  }
  const rows = world.rows.filter((line) => line.standing === 'clear');
  const left = order.toPlan === 'all' ? rows : (order.toPlan ?? []);
  const lines = rows.flatMap((line) => {
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
  const whole = order.toPlan === 'all';
  order.toPlan = null;
  // The rows of a plan replace all that was planned before (savePlan): none may be waited for beside it.
  if (order.fulfillments.some((each) => each.standing === 'planned')) throw new Error('a planned fulfillment is lost');
  for (const { reference, warehouseId } of made.fulfillments)
    order.fulfillments.push({ reference, warehouseId, standing: 'planned' });
  order.ledger.push(...openLedger(made.fulfillments));
  if (whole && made.fulfillments.length === 1) askAtOnce(world);
}

/** A whole order that goes to one warehouse is asked for in the step that plans it (activities/plan-order.ts). */
function askAtOnce(world: World): void {
  const fulfillment = world.order.fulfillments[0]!;
  const answer = ask(world, fulfillment);
  if (answer !== 'refused' && answer !== 'unavailable') return take(world, fulfillment, answer);
  // Whatever goes wrong is met again, and shown, by the order's own step.
  if (answer === 'refused') world.answers.unshift('refused');
  fulfillment.standing = 'asking';
}

function submit(world: World): void {
  const { order } = world;
  const fulfillment = process.nextToSubmit(order)!;
  const answer = ask(world, fulfillment);
  if (answer === 'refused') {
    fulfillment.standing = 'planned';
    problem(world, 'sku_unknown_at_warehouse');
  } else if (answer === 'unavailable') {
    fulfillment.standing = 'asking';
    problem(world, 'unavailable');
  } else take(world, fulfillment, answer);
}

/** What asking came to; a marketplace that changed something is heard instead. */
function take(world: World, fulfillment: process.FulfillmentProgress, answer: 'submitted' | MarketplaceAnswer): void {
  if (answer !== 'submitted') {
    fulfillment.standing = 'planned';
    return hear(world.order, answer, 0);
  }
  fulfillment.standing = 'submitted';
  if (!process.nextToSubmit(world.order)) set(world, process.workingState(world.order));
}

type Asked = 'submitted' | 'refused' | 'unavailable' | MarketplaceAnswer;

/** One request to a warehouse, with the last look at the marketplace before it. */
function ask(world: World, { reference }: process.FulfillmentProgress): Asked {
  const key = writeKeys.submission(reference);
  let answer = world.answers.shift() ?? 'taken';
  while (answer === 'unlisted') answer = world.answers.shift() ?? 'taken';
  // What a try before brought there is found and adopted, whatever would be answered to another.
  if (world.held.has(key)) return 'submitted';
  const found = lastLook(world, reference, answer);
  if (found.outcome !== 'unchanged') return found;
  if (!answer.startsWith('taken')) return 'refused';
  world.held.set(key, { reference, cancelled: false });
  note(world, reference);
  return answer === 'taken_then_lost' ? 'unavailable' : 'submitted';
}

function note(world: World, reference: string): void {
  const entries = world.order.ledger.filter((each) => each.fulfillment === reference);
  for (const lineId of new Set(entries.map((each) => each.lineId))) {
    const pieces = entries.filter((each) => each.lineId === lineId).map((each) => each.ordered / each.perUnit);
    const { wanted } = world.market.find((line) => line.lineId === lineId)!;
    world.requests.push({ lineId, pieces: Math.max(...pieces), left: wanted - (world.others.get(lineId) ?? 0) });
  }
}

/** What the marketplace changed since the plan is seen before the warehouse is asked. */
function lastLook(world: World, reference: string, answer: Answer): MarketplaceAnswer {
  const { order, market } = world;
  const lines = order.ledger.filter((each) => each.fulfillment === reference).map((each) => each.lineId);
  const mine = market.filter((line) => line.lineId === lines[0]);
  if (answer === 'taken_in_part') for (const line of mine) line.standing = 'refunded';
  if (answer === 'given_up') for (const line of market) line.standing = 'refunded';
  if (answer === 'refund_pending')
    for (const line of mine) if (line.standing === 'clear') line.standing = 'refund_pending';
  const fulfillment = order.fulfillments.find((each) => each.reference === reference)!;
  fulfillment.standing = 'planned';
  const found = lookAt(world, lines);
  for (const line of market) if (line.standing === 'refund_pending') line.standing = 'clear';
  return found;
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
  const { actor } = order.cancel!;
  const outcome = stopEverywhere(world) ? ('stopped' as const) : ('too_late' as const);
  order.cancel = { ...order.cancel!, outcome };
  if (outcome === 'stopped') order.ledger = cancelOpen(order.ledger);
  const nothingPlanned = outcome === 'stopped' && order.ledger.length === 0;
  process.move(order, nothingPlanned ? 'cancelled' : process.workingState(order), cause(`cancel_${outcome}`));
  if (outcome === 'too_late' && actor === 'marketplace') problem(world, 'changed_at_marketplace');
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
  /** The customer or the shop changes a line, or adds one; the order hears of it some time. */
  change(world: World, number: number, to: number): void {
    const line = world.market[number % (world.market.length + 1)];
    if (!line) {
      const lineId = `line-${world.market.length}`;
      world.market.push({ ...world.market[0]!, lineId, quantity: 1, wanted: 1, standing: 'clear' });
      world.most.set(lineId, 1);
    } else if (to === 0) line.standing = 'refunded';
    else {
      Object.assign(line, { quantity: to, wanted: to });
      world.most.set(line.lineId, Math.max(to, world.most.get(line.lineId)!));
    }
    world.order.toLook = true;
  },
  /** Somebody else sends pieces of a line that are still to be sent. */
  elsewhere(world: World, number: number, pieces: number): void {
    const line = world.market[number % world.market.length]!;
    const open = shown(world).lines.find((each) => each.lineId === line.lineId)!.quantity;
    if (line.standing !== 'clear' || shown(world).shippedAtMarketplace) return;
    world.others.set(line.lineId, (world.others.get(line.lineId) ?? 0) + Math.min(pieces, open));
    world.order.toLook = true;
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
