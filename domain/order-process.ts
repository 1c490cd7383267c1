import type { Attention } from './attention.js';
import type { Hold } from './hold.js';
import { allocateShipment, cancelOpen, shippedPieces, standing, type LedgerEntry, type ShippedItem } from './ledger.js';
import type { CancelOutcome, OrderInput, OrderSnapshot, ShipmentReported } from './messages.js';
import type { AskedLines, LineDelta } from './line-changes.js';
import { canMove, isFinal, type OrderState } from './order-states.js';

/** Everything a running order knows of itself; plain JSON, changed only by its workflow. */
export interface OrderProcess {
  orderId: string;
  state: OrderState;
  hold: Hold | null;
  attention: Attention | null;
  /** The problem shown last: the same one again, after a try by timer, is no news. */
  shown: Attention | null;
  /** How long a vendor's outage waits for the next try by timer, in milliseconds. */
  patienceMs: number;
  step: Step;
  /** Changes of state that are not on the timeline yet. */
  moves: Move[];
  /** A cancellation asked for; its outcome is `asking` until the warehouses have answered. */
  cancel: { outcome: CancelOutcome; actor: string; note: string | null } | null;
  /** Someone said that the goods went out another way. */
  elsewhere: { actor: string; reason: string } | null;
  /** Corrected addresses that are being taken over: the order keeps still meanwhile. */
  edits: number;
  generation: number;
  /** What is still to be planned: the whole order, some lines anew, or nothing. */
  toPlan: 'all' | Lines | null;
  fulfillments: FulfillmentProgress[];
  ledger: LedgerEntry[];
  /** Shipments told and not yet written back. */
  shipments: ShipmentReported[];
  /** Shipments whose notices the marketplace lost. */
  missingNotices: string[];
  /** The problem shown is that the marketplace could not be told. */
  writebackFailed: boolean;
  /** The marketplace shows something else than before: to be looked at. */
  toLook: boolean;
  /** The problem shown is that it could not be looked at. */
  lookFailed: boolean;
  /** What changed at the marketplace after a warehouse was asked: it counts should the goods go out anew. */
  late: LineDelta[];
  /** Shipments told before, so that hearing of one twice changes nothing. */
  known: string[];
  /** Shipments a person accepted although they came after cancelling or closing. */
  accepted: string[];
}

/** Whole pieces of lines. */
type Lines = { lineId: string; quantity: number }[];

export interface FulfillmentProgress {
  reference: string;
  warehouseId: string;
  /** `asking`: asked, and not known yet whether the warehouse has it. */
  standing: 'planned' | 'asking' | 'submitted' | 'cancelled' | 'cancelled_by_warehouse';
}

/** One change of state with its cause, as the timeline keeps it. */
export interface Move {
  from: OrderState;
  to: OrderState;
  event: string;
  actor: string;
  message: string;
  details: Record<string, unknown>;
  /** A staged change of the marketplace that the rows take over together with this one. */
  takesOver: string | null;
}

/** A vendor that stays down is tried again by itself: after 15 minutes, then ever less often, up to every 6 hours. */
const firstPatienceMs = 15 * 60 * 1000;
const longestPatienceMs = 6 * 60 * 60 * 1000;

export function openProcess(input: OrderInput): OrderProcess {
  return {
    orderId: input.orderId,
    state: input.start.state,
    hold: input.start.hold,
    attention: null,
    shown: null,
    patienceMs: firstPatienceMs,
    step: 'wait_for_shipments',
    moves: [],
    cancel: null,
    elsewhere: null,
    edits: 0,
    generation: input.reopened?.generation ?? 1,
    toPlan: input.reopened ? null : 'all',
    fulfillments: [],
    ledger: input.reopened?.ledger ?? [],
    shipments: [],
    missingNotices: [],
    writebackFailed: false,
    toLook: false,
    lookFailed: false,
    late: [],
    known: [],
    accepted: [],
  };
}

export type Step =
  | 'end'
  | 'record'
  | 'cancel'
  | 'close_as_shipped_elsewhere'
  | 'wait_for_edit'
  | 'wait_for_release'
  | 'wait_for_person'
  | 'write_back'
  | 'repeat_notices'
  | 'look'
  | 'plan'
  | 'submit'
  | 'wait_for_shipments';

/**
 * What an order does next. The order of the questions is the policy: what happened is recorded first, a person's wish
 * comes before the machine's, and a shipment that happened is told to the marketplace, whatever else the order waits for.
 * A wish whose warehouse could not be asked waits in attention like everything else.
 */
export function nextStep(order: OrderProcess): Step {
  if (order.moves.length > 0) return 'record';
  if (order.edits > 0) return 'wait_for_edit';
  if (order.cancel?.outcome === 'asking' && !order.attention) return 'cancel';
  if (order.elsewhere && !order.attention) return 'close_as_shipped_elsewhere';
  if (order.shipments.length > 0 && !writebackWaits(order)) return 'write_back';
  if (order.missingNotices.length > 0 && !writebackWaits(order)) return 'repeat_notices';
  if (order.toLook && !(order.attention && order.lookFailed)) return 'look';
  if (order.hold) return 'wait_for_release';
  if (order.attention) return 'wait_for_person';
  if (isFinal(order.state)) return 'end';
  if (order.toPlan !== null) return 'plan';
  if (nextToSubmit(order)) return 'submit';
  return 'wait_for_shipments';
}

/** A problem of the rest of the order keeps no customer from the number of a parcel that is on its way. */
function writebackWaits(order: OrderProcess): boolean {
  return order.attention !== null && (order.writebackFailed || order.attention.cause === 'shipped_after_cancel');
}

/** The next fulfillment a warehouse has to be asked for; one that was being asked when something broke is asked again. */
export function nextToSubmit(order: OrderProcess): FulfillmentProgress | null {
  return order.fulfillments.find((each) => each.standing === 'asking' || each.standing === 'planned') ?? null;
}

/**
 * True once a warehouse has been or is being asked: then neither address nor hold can be changed here. While a whole
 * order is planned it may be asked already: plan and request are one step.
 */
export function handedOver(order: OrderProcess): boolean {
  if (order.step === 'plan' && order.toPlan === 'all') return true;
  return order.fulfillments.some((each) => each.standing === 'asking' || each.standing === 'submitted');
}

/** Changes the state and notes the cause for the timeline. Throws when the transition table does not know the move. */
export function move(
  order: OrderProcess,
  to: OrderState,
  cause: Omit<Move, 'from' | 'to' | 'details' | 'takesOver'> & Partial<Pick<Move, 'details' | 'takesOver'>>,
): void {
  if (!canMove(order.state, to)) throw new Error(`an order cannot go from ${order.state} to ${to} (${cause.event})`);
  order.moves.push({ details: {}, takesOver: null, ...cause, from: order.state, to });
  order.state = to;
}

/**
 * A step has put the order's row in this state itself. What was said of the order meanwhile is not on the timeline yet:
 * it follows from there.
 */
export function arrive(order: OrderProcess, state: OrderState): void {
  order.state = state;
  for (const each of order.moves) {
    each.from = order.state;
    if (each.to !== 'held' && each.to !== 'needs_attention') each.to = workingState(order);
    order.state = each.to;
  }
}

/**
 * The order cannot go on without a person. What a warehouse gave up stays shown until a person answers it; the other
 * problem shows itself again when its step is tried.
 */
export function raise(order: OrderProcess, problem: Attention): void {
  if (order.attention?.cause === 'cancelled_at_warehouse' && problem.cause !== 'cancelled_at_warehouse') return;
  const again =
    order.state === 'needs_attention' &&
    order.shown?.cause === problem.cause &&
    order.shown.message === problem.message;
  order.attention = problem;
  order.shown = problem;
  if (again) return;
  const details = { cause: problem.cause, fix: problem.fix, ...problem.about };
  move(order, 'needs_attention', { event: 'attention', actor: 'waybill', message: problem.message, details });
}

/**
 * A person or a saved fix ends the attention: what comes next starts patient again. Whether by a retry or by the release
 * of a hold, going on after a warehouse gave up means sending out anew, and after it refused a SKU or a method, planning
 * with the corrected listing or rule.
 */
export function settle(order: OrderProcess): void {
  const cause = order.attention?.cause;
  if (cause === 'cancelled_at_warehouse') sendOutAnew(order);
  if (cause === 'sku_unknown_at_warehouse' || cause === 'shipping_method_unknown') planAgain(order);
  order.attention = null;
  order.writebackFailed = false;
  order.lookFailed = false;
  order.shown = null;
  order.patienceMs = firstPatienceMs;
}

/** The timer tries again: the problem stays shown on the row until the step succeeds. */
export function tryAgain(order: OrderProcess): void {
  order.attention = null;
  order.writebackFailed = false;
  order.lookFailed = false;
  order.patienceMs = Math.min(order.patienceMs * 2, longestPatienceMs);
}

/** The state of an order that no end keeps from working, read off what it waits for, its ledger and fulfillments. */
export function workingState(order: OrderProcess): OrderState {
  if (order.hold) return 'held';
  if (order.attention) return 'needs_attention';
  const stands = order.ledger.length === 0 ? 'nothing_shipped' : standing(order.ledger);
  // What is still to be planned is open, although a ledger whose goods were given up looks finished without it.
  if (order.toPlan !== null)
    return stands === 'partially_shipped' || stands === 'shipped' ? 'partially_shipped' : 'queued';
  if (stands !== 'nothing_shipped') return stands;
  const asked = order.fulfillments.some((each) => each.standing === 'submitted');
  return asked && !nextToSubmit(order) ? 'submitted' : 'queued';
}

/** What a person means by retrying, by what was shown: go on, accept a late shipment, or send out anew. */
export function retryAfter(order: OrderProcess): void {
  if (order.attention?.cause === 'shipped_after_cancel')
    order.accepted.push(...order.shipments.map((each) => each.shipmentId));
  settle(order);
}

/**
 * What warehouses gave up goes out under a new generation, so that the reference is new to them. What they shipped
 * before and is not written back yet does not go out twice: warehouses tell of both at once.
 */
function sendOutAnew(order: OrderProcess): void {
  const shipped = order.shipments.reduce((ledger, shipment) => allocatePackages(ledger, shipment).ledger, order.ledger);
  const lines = notAsked(order);
  for (const fulfillment of order.fulfillments.filter((each) => each.standing === 'cancelled_by_warehouse')) {
    lines.push(...remaining(shipped, fulfillment.reference));
    order.ledger = cancelOpen(order.ledger, fulfillment.reference);
    fulfillment.standing = 'cancelled';
  }
  const goesAnew = ({ lineId }: { lineId: string }) => lines.some((line) => line.lineId === lineId);
  const wanted = withDeltas(lines, order.late.filter(goesAnew));
  order.late = order.late.filter((each) => !goesAnew(each));
  order.generation += 1;
  order.toPlan = wanted.length > 0 ? wanted : null;
}

/**
 * A changed address, listing or rule may lead what was not asked for yet to another warehouse or method, and `deltas` of
 * the marketplace change its quantities. Beside fulfillments that a warehouse may know, it gets references of a new
 * generation: theirs must not name other goods.
 */
export function planAgain(order: OrderProcess, deltas: LineDelta[] = []): void {
  const planned = order.fulfillments.filter((each) => each.standing === 'planned');
  if (planned.length === 0 && deltas.length === 0) return;
  if (order.toPlan === 'all') return;
  if (planned.length > 0 && planned.length === order.fulfillments.length) {
    notAsked(order);
    order.toPlan = 'all';
    return;
  }
  const lines = withDeltas(notAsked(order), deltas);
  order.toPlan = lines.length > 0 ? lines : null;
  if (lines.length > 0) order.generation += 1;
  // Nothing of it is left to send.
  else order.fulfillments.push(...planned.map((each) => ({ ...each, standing: 'cancelled' as const })));
}

/** What is left of lines after a change; a line that was not among them comes in with the pieces it gained. */
function withDeltas(lines: Lines, deltas: LineDelta[]): Lines {
  const ids = new Set([...lines, ...deltas].map((each) => each.lineId));
  return [...ids]
    .map((lineId) => {
      const pieces = lines.filter((each) => each.lineId === lineId).reduce((sum, each) => sum + each.quantity, 0);
      const by = deltas.filter((each) => each.lineId === lineId).reduce((sum, each) => sum + each.by, 0);
      return { lineId, quantity: pieces + by };
    })
    .filter((line) => line.quantity > 0);
}

/** How far each line got that a warehouse was asked for. */
export function askedLines(order: OrderProcess): AskedLines {
  const standing = (reference: string) => order.fulfillments.find((each) => each.reference === reference)?.standing;
  const asked: AskedLines = {};
  for (const entry of order.ledger.filter((each) => standing(each.fulfillment) !== 'planned')) {
    const at = standing(entry.fulfillment);
    const open = entry.ordered > entry.shipped + entry.cancelled;
    if (open && (at === 'asking' || at === 'submitted')) asked[entry.lineId] = 'open';
    else if (asked[entry.lineId] === 'open') continue;
    else if (open && at === 'cancelled_by_warehouse') asked[entry.lineId] = 'given_back';
    else asked[entry.lineId] ??= goesOutAnew(order, entry.lineId) ? 'anew' : 'over';
  }
  return asked;
}

function goesOutAnew(order: OrderProcess, lineId: string): boolean {
  const planned = order.fulfillments.filter((each) => each.standing === 'planned').map((each) => each.reference);
  return (
    order.ledger.some((each) => each.lineId === lineId && planned.includes(each.fulfillment)) ||
    (Array.isArray(order.toPlan) && order.toPlan.some((each) => each.lineId === lineId))
  );
}

/** Takes back what is planned and not asked for; returns its lines with those that were to be planned already. */
function notAsked(order: OrderProcess): Lines {
  const planned = order.fulfillments.filter((each) => each.standing === 'planned').map((each) => each.reference);
  const lines = planned.flatMap((reference) => remaining(order.ledger, reference));
  order.fulfillments = order.fulfillments.filter((each) => !planned.includes(each.reference));
  order.ledger = order.ledger.filter((entry) => !planned.includes(entry.fulfillment));
  return [...(Array.isArray(order.toPlan) ? order.toPlan : []), ...lines];
}

export interface AllocatedShipment {
  ledger: LedgerEntry[];
  packages: { packageId: string; lines: { lineId: string; quantity: number }[] }[];
  unexpected: ShippedItem[];
}

/** Lays a shipment on the ledger package by package. A line a package carries only a part of counts with quantity 0. */
export function allocatePackages(ledger: LedgerEntry[], shipment: ShipmentReported): AllocatedShipment {
  let after = ledger;
  const unexpected: ShippedItem[] = [];
  const packages = shipment.packages.map(({ packageId, items }) => {
    const allocation = allocateShipment(after, shipment.fulfillment, items);
    after = allocation.ledger;
    unexpected.push(...allocation.unexpected);
    const lines = allocation.touchedLines.map((lineId) => ({
      lineId,
      quantity: allocation.lines.find((line) => line.lineId === lineId)?.quantity ?? 0,
    }));
    return { packageId, lines };
  });
  return { ledger: after, packages, unexpected };
}

/** Fulfillments that shipped and have nothing left to ship. */
export function completedFulfillments(ledger: LedgerEntry[]): string[] {
  const references = [...new Set(ledger.map((entry) => entry.fulfillment))];
  return references.filter(
    (reference) => standing(ledger.filter((entry) => entry.fulfillment === reference)) === 'shipped',
  );
}

/** Whole pieces of a fulfillment's lines that neither shipped nor were given up. */
function remaining(ledger: LedgerEntry[], fulfillment: string): Lines {
  const own = ledger.filter((entry) => entry.fulfillment === fulfillment);
  return [...new Set(own.map((entry) => entry.lineId))]
    .map((lineId) => {
      const entries = own.filter((entry) => entry.lineId === lineId);
      const wanted = Math.min(...entries.map((each) => Math.floor((each.ordered - each.cancelled) / each.perUnit)));
      return { lineId, quantity: wanted - shippedPieces(own, lineId) };
    })
    .filter((line) => line.quantity > 0);
}

export function snapshot(order: OrderProcess): OrderSnapshot {
  return {
    orderId: order.orderId,
    state: order.state,
    hold: order.hold,
    attention: order.attention,
    step: order.step,
    cancel: order.cancel && { outcome: order.cancel.outcome, actor: order.cancel.actor },
    generation: order.generation,
    ledger: order.ledger,
    waitingWritebacks: order.shipments.map((each) => each.shipmentId),
  };
}
