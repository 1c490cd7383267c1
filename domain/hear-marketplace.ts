import { attention } from './attention.js';
import type { FailureCode } from './failures.js';
import { heldRecheckMs, refundRecheckMs, type HoldReason } from './hold.js';
import type { LineDelta } from './line-changes.js';
import type { MarketplaceAnswer } from './messages.js';
import {
  handedOver,
  move,
  nextToSubmit,
  planAgain,
  raise,
  settle,
  workingState,
  type OrderProcess,
} from './order-process.js';
import { isFinal } from './order-states.js';

/** What another line, quantity or address may have mended. */
const mendedByChange: FailureCode[] = [
  'address_incomplete',
  'listing_missing',
  'request_rejected',
  'shipping_method_unknown',
  'shipping_rule_unmatched',
  'sku_unknown_at_warehouse',
];

/** The order takes in what a look at its marketplace came to. `nowMs` is the workflow's clock. */
export function hear(order: OrderProcess, answer: MarketplaceAnswer, nowMs: number): void {
  if (ended(order)) {
    // It stays what it is; what its rows are to keep goes on its timeline.
    if ('changeId' in answer) note(order, 'changed', answer.reason, answer.changeId);
  } else if (answer.outcome === 'unchanged') release(order);
  else if (answer.outcome === 'cancelled') callOff(order, answer);
  else if (answer.outcome === 'changed') follow(order, answer);
  else if (answer.outcome === 'shipped_elsewhere') {
    order.hold = null;
    settle(order);
    order.elsewhere = { actor: 'marketplace', reason: answer.reason };
  } else wait(order, answer.outcome, answer.reason, nowMs);
}

/** Nothing is sent for it any more, also while a person looks at goods that left all the same. */
function ended(order: OrderProcess): boolean {
  return (
    isFinal(order.state) || order.cancel?.outcome === 'stopped' || order.attention?.cause === 'shipped_after_cancel'
  );
}

/** Nothing there keeps it any more; a failed look may have left its problem on the row. */
function release(order: OrderProcess): void {
  const held = order.hold?.owner === 'marketplace';
  if (held) order.hold = null;
  if (!held && order.state === workingState(order)) return;
  const message = held ? 'Nothing holds it at the marketplace any more.' : 'The marketplace could be asked again.';
  move(order, workingState(order), { event: held ? 'released' : 'looked', actor: 'marketplace', message });
}

/** As when a person cancels; what can no longer be stopped is shown to one afterwards. */
function callOff(order: OrderProcess, answer: Extract<MarketplaceAnswer, { outcome: 'cancelled' }>): void {
  order.hold = null;
  order.late = sum(order.late, answer.late ?? []);
  settle(order);
  order.cancel = { outcome: 'asking', actor: 'marketplace', note: answer.reason };
  if (answer.changeId !== null) note(order, 'given_up', answer.reason, answer.changeId);
}

function note(order: OrderProcess, event: string, message: string, changeId: string | null): void {
  move(order, ended(order) ? order.state : workingState(order), {
    event,
    actor: 'marketplace',
    message,
    takesOver: changeId,
  });
}

/** The plan follows as far as no warehouse works on it; the rest is shown to a person. */
function follow(order: OrderProcess, answer: Extract<MarketplaceAnswer, { outcome: 'changed' }>): void {
  if (order.hold?.owner === 'marketplace') order.hold = null;
  planAgain(order, answer.free);
  if (order.attention && mendedByChange.includes(order.attention.cause)) settle(order);
  order.late = sum(order.late, answer.late);
  note(order, 'changed', answer.reason, answer.changeId);
  if (answer.conflict === null) return;
  const message = `The warehouse already has it, and the marketplace changed ${answer.conflict}.`;
  raise(order, attention('changed_at_marketplace', message, { change: answer.conflict }));
}

function sum(deltas: LineDelta[], more: LineDelta[]): LineDelta[] {
  return more.reduce((all, { lineId, by }) => {
    const before = all.find((each) => each.lineId === lineId)?.by ?? 0;
    return [...all.filter((each) => each.lineId !== lineId), { lineId, by: before + by }];
  }, deltas);
}

/** What is still to be sent waits; for what a warehouse has, a hold is a person's to judge, and a refund is decided first. */
function wait(order: OrderProcess, outcome: 'held' | 'refund_pending', reason: string, nowMs: number): void {
  const waits = order.toPlan !== null || nextToSubmit(order) !== null;
  if (waits && (!order.hold || order.hold.owner === 'marketplace')) {
    const [kind, ms]: [HoldReason, number] =
      outcome === 'held' ? ['held_at_marketplace', heldRecheckMs] : ['refund_pending', refundRecheckMs];
    const releaseAt = new Date(nowMs + ms).toISOString();
    order.hold = { reason: kind, owner: 'marketplace', note: reason, releaseAt, waitsFor: null };
    move(order, 'held', { event: 'held', actor: 'marketplace', message: reason });
  }
  if (waits || outcome !== 'held' || !handedOver(order)) return;
  raise(order, attention('changed_at_marketplace', `The warehouse already has it: ${reason}`, { change: 'hold' }));
}
