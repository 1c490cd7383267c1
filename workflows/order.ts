import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { SubmitAnswer } from '../activities/submit-fulfillment.js';
import { attention, type Attention } from '../domain/attention.js';
import { failureCatalogue, isFailureCode, type FailureAbout, type FailureCode } from '../domain/failures.js';
import { refundRecheckMs } from '../domain/hold.js';
import { waitKeys } from '../domain/identifiers.js';
import { cancelOpen } from '../domain/ledger.js';
import type { OrderInput } from '../domain/messages.js';
import {
  allocatePackages,
  arrive,
  cancelLines,
  completedFulfillments,
  move,
  nextStep,
  nextToSubmit,
  openProcess,
  raise,
  tryAgain,
  workingState,
  type FulfillmentProgress,
  type OrderProcess,
  type Step,
} from '../domain/order-process.js';
import type { OrderState } from '../domain/order-states.js';
import { answerMessages } from './order-messages.js';
import { attentionKey, stateKey, warehouseKey } from './search-attributes.js';

/**
 * A marker in the history instead of an activity's three events. What it retries is PostgreSQL; the warehouse it asks
 * once, and leaves what goes wrong there to `submit`.
 */
const { planOrder } = proxyLocalActivities<Activities>({ startToCloseTimeout: '3 minutes' });

/**
 * The same calls as a first, single try inside the workflow task: almost every order needs no other, and it costs one
 * event instead of six (docs/decisions/local-first.md). Whatever it leaves open is found by the write intent.
 */
const first = proxyLocalActivities<Activities>({ startToCloseTimeout: '3 minutes', retry: { maximumAttempts: 1 } });

/** Our own records: tried until PostgreSQL is back. */
const { recordTransition } = proxyActivities<Activities>({ startToCloseTimeout: '30 seconds' });

/**
 * Calls to vendors. One attempt is at most three calls of 20 s and their queues; the heartbeat shows a dead worker
 * within 10 s. For an hour Temporal tries again what was not sent or is unknown; then a person is told.
 */
const { submitFulfillment, writeBackShipment, cancelFulfillment } = proxyActivities<Activities>({
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  // Not the SDK's default, whatever its documentation says (1.24): a call that still runs must not be left behind.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/** One order, from import to the last writeback. What comes next is decided by domain/order-process.ts. */
export async function order(input: OrderInput): Promise<OrderState> {
  const order = openProcess(input);
  answerMessages(order);
  for (;;) {
    order.step = nextStep(order);
    if (order.step !== 'end') await steps[order.step](order, input);
    else if (allHandlersFinished()) return order.state;
    else await condition(() => allHandlersFinished() || nextStep(order) !== 'end');
  }
}

const steps: Record<Exclude<Step, 'end'>, (order: OrderProcess, input: OrderInput) => Promise<void>> = {
  record,
  plan,
  submit,
  wait_for_shipments: (order) => condition(() => nextStep(order) !== 'wait_for_shipments'),
  write_back: writeBack,
  wait_for_edit: (order) => condition(() => nextStep(order) !== 'wait_for_edit'),
  wait_for_release: waitForRelease,
  wait_for_person: waitForPerson,
  cancel,
  close_as_shipped_elsewhere: closeAsShippedElsewhere,
};

/** The oldest change of state goes on the timeline, with the order's row and its search attributes. */
async function record(order: OrderProcess): Promise<void> {
  const { orderId, hold, attention, generation, ledger, cancel } = order;
  const change = { orderId, hold, attention, generation, ledger, cancelOutcome: cancel?.outcome ?? null };
  const givenUp = order.fulfillments.filter((each) => each.standing === 'cancelled').map((each) => each.reference);
  await recordTransition({ ...change, givenUp, at: new Date().toISOString(), ...order.moves[0]! });
  order.moves.shift();
  upsertSearchAttributes([
    { key: stateKey, value: order.state },
    { key: attentionKey, value: attention?.cause ?? null },
  ]);
}

async function plan(order: OrderProcess): Promise<void> {
  const remaining = order.toPlan === 'all' ? null : order.toPlan;
  const plan = await planOrder({ orderId: order.orderId, generation: order.generation, remaining });
  if ('problem' in plan) return raise(order, plan.problem);
  order.toPlan = null;
  order.fulfillments.push(...plan.fulfillments.map((each) => ({ ...each, standing: 'planned' as const })));
  order.ledger.push(...plan.ledger);
  if (plan.asked === null) return;
  const asked = order.fulfillments[0]!;
  asked.standing = 'asking';
  if (plan.asked !== 'open') take(order, asked, plan.asked, 'submitted');
}

async function submit(order: OrderProcess, input: OrderInput): Promise<void> {
  const fulfillment = nextToSubmit(order)!;
  const { reference } = fulfillment;
  const others = order.fulfillments.filter((each) => each !== fulfillment);
  const to = workingState({ ...order, fulfillments: [...others, { ...fulfillment, standing: 'submitted' }] });
  const askedBefore = fulfillment.standing === 'asking';
  fulfillment.standing = 'asking';
  const patiently = () => unlessStopped(order, () => submitFulfillment({ reference, to }));
  const answer = await attempt(order, input, () =>
    askedBefore ? patiently() : firstLocally(() => first.submitFulfillment({ reference, to }), patiently),
  );
  if (!answer) {
    if (order.attention) fulfillment.standing = standingAfter(order.attention);
    return;
  }
  take(order, fulfillment, answer, to);
}

/** What asking for a fulfillment came to. */
function take(order: OrderProcess, fulfillment: FulfillmentProgress, answer: SubmitAnswer, to: OrderState): void {
  const { reference, warehouseId } = fulfillment;
  if (answer.outcome === 'submitted') {
    fulfillment.standing = 'submitted';
    order.ledger = cancelLines(order.ledger, reference, answer.dropped);
    arrive(order, to);
    upsertSearchAttributes([
      { key: stateKey, value: order.state },
      { key: warehouseKey, value: warehouseId },
    ]);
    return;
  }
  fulfillment.standing = 'planned';
  if (answer.outcome === 'wait') return holdForRefund(order, answer.reason);
  if (answer.outcome === 'shipped_elsewhere') {
    order.elsewhere = { actor: 'marketplace', reason: answer.reason };
    return;
  }
  fulfillment.standing = 'cancelled';
  order.ledger = cancelLines(order.ledger, reference, answer.dropped);
  move(order, workingState(order), { event: 'given_up', actor: 'marketplace', message: answer.reason });
}

/** A refusal left nothing behind, unless an earlier attempt did; anything else may have reached the warehouse. */
function standingAfter({ cause, about }: Attention): FulfillmentProgress['standing'] {
  if (cause === 'cancelled_at_warehouse') return 'cancelled_by_warehouse';
  const refused = failureCatalogue[cause].outcome === 'rejected' && cause !== 'internal';
  return refused && cause !== 'outcome_ambiguous' && about['sent'] !== 'perhaps' ? 'planned' : 'asking';
}

function holdForRefund(order: OrderProcess, reason: string): void {
  const releaseAt = new Date(Date.now() + refundRecheckMs).toISOString();
  order.hold = { reason: 'refund_pending', owner: 'marketplace', note: reason, releaseAt, waitsFor: null };
  move(order, 'held', { event: 'held', actor: 'marketplace', message: reason });
}

async function writeBack(order: OrderProcess, input: OrderInput): Promise<void> {
  const shipment = order.shipments[0]!;
  const ended = order.state === 'cancelled' || order.state === 'closed';
  if (ended && !order.accepted.includes(shipment.shipmentId)) return raise(order, shippedAfterCancel(order, shipment));
  const { ledger, packages, unexpected } = allocatePackages(order.ledger, shipment);
  const to = workingState({ ...order, ledger });
  const { orderId, storeId, externalId } = input;
  const request = {
    ...{ orderId, storeId, externalId, packages, to, ledger },
    shipmentId: shipment.shipmentId,
    shippedFulfillments: completedFulfillments(ledger),
  };
  const told = await attempt(order, input, () =>
    firstLocally(
      () => first.writeBackShipment(request),
      () => writeBackShipment(request),
    ),
  );
  if (!told) {
    order.writebackFailed = true;
    return;
  }
  order.shipments.shift();
  order.ledger = ledger;
  arrive(order, to);
  upsertSearchAttributes([{ key: stateKey, value: order.state }]);
  if (unexpected.length > 0) {
    const goods = unexpected.map((item) => `${item.quantity} × ${item.warehouseSku}`).join(', ');
    raise(
      order,
      attention('shipment_unexpected', `${shipment.fulfillment} was sent with ${goods} too many.`, {
        reference: shipment.fulfillment,
        goods,
      }),
    );
  }
}

function shippedAfterCancel(order: OrderProcess, shipment: { fulfillment: string }): Attention {
  const message = `${shipment.fulfillment} was shipped although the order was ${order.state}.`;
  return attention('shipped_after_cancel', message, { reference: shipment.fulfillment });
}

async function waitForRelease(order: OrderProcess): Promise<void> {
  const wait = order.hold?.releaseAt ? Math.max(Date.parse(order.hold.releaseAt) - Date.now(), 1) : undefined;
  const something = () => nextStep(order) !== 'wait_for_release';
  if (wait === undefined) return condition(something);
  if (await condition(something, wait)) return;
  order.hold = null;
  move(order, workingState(order), { event: 'released', actor: 'timer', message: 'The hold was over.' });
}

/** A vendor's outage is also tried again by itself; the problem stays shown until that succeeds. */
async function waitForPerson(order: OrderProcess): Promise<void> {
  const something = () => nextStep(order) !== 'wait_for_person';
  const problem = order.attention!;
  if (failureCatalogue[problem.cause].outcome === 'rejected' && problem.cause !== 'internal')
    return condition(something);
  if (!(await condition(something, order.patienceMs))) tryAgain(order);
}

async function cancel(order: OrderProcess, input: OrderInput): Promise<void> {
  const tooLate = await stopEverywhere(order, input);
  if (!tooLate) return;
  const { actor, note } = order.cancel!;
  const outcome = tooLate.length > 0 ? 'too_late' : 'stopped';
  order.cancel = { outcome, actor, note };
  if (outcome === 'stopped') order.ledger = cancelOpen(order.ledger);
  const message =
    outcome === 'stopped' ? (note ?? 'Cancelled on request.') : `Too late to cancel: ${tooLate.join(' ')}`;
  move(order, stateAfterCancel(order), { event: `cancel_${outcome}`, actor, message });
}

function stateAfterCancel(order: OrderProcess): OrderState {
  // The other wish was carried out first.
  if (order.state === 'closed') return 'closed';
  const nothingPlanned = order.cancel?.outcome === 'stopped' && order.ledger.length === 0;
  return nothingPlanned ? 'cancelled' : workingState(order);
}

async function closeAsShippedElsewhere(order: OrderProcess, input: OrderInput): Promise<void> {
  const tooLate = await stopEverywhere(order, input);
  if (!tooLate) return;
  const { actor, reason } = order.elsewhere!;
  order.elsewhere = null;
  order.shipments = [];
  order.ledger = cancelOpen(order.ledger);
  const message = tooLate.length > 0 ? `${reason} Our warehouse sends it too: ${tooLate.join(' ')}` : reason;
  move(order, order.state === 'cancelled' ? 'cancelled' : 'closed', { event: 'shipped_elsewhere', actor, message });
}

/**
 * Stops every fulfillment that can still be stopped. Returns the reasons of those that cannot, or null when a
 * warehouse could not be asked and the order went to attention.
 */
async function stopEverywhere(order: OrderProcess, input: OrderInput): Promise<string[] | null> {
  const tooLate: string[] = [];
  order.toPlan = null;
  for (const fulfillment of order.fulfillments) {
    if (fulfillment.standing === 'asking' || fulfillment.standing === 'submitted') {
      const { reference } = fulfillment;
      const answer = await attempt(order, input, () => cancelFulfillment({ reference }));
      if (!answer) return null;
      if (answer.outcome === 'too_late') {
        fulfillment.standing = 'submitted';
        tooLate.push(answer.reason);
        continue;
      }
    }
    fulfillment.standing = 'cancelled';
    order.ledger = cancelOpen(order.ledger, fulfillment.reference);
  }
  return tooLate;
}

/** A refusal is final; anything else that goes wrong in the first try is for Temporal's patience. */
async function firstLocally<T>(locally: () => Promise<T>, patiently: () => Promise<T>): Promise<T> {
  try {
    return await locally();
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    const refused = cause instanceof ApplicationFailure && cause.nonRetryable;
    if (refused || isCancellation(error)) throw error;
    return patiently();
  }
}

/** Runs one vendor activity; when it fails for good the order goes to attention, and null comes back. */
async function attempt<T>(order: OrderProcess, input: OrderInput, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (!isCancellation(error)) raise(order, problemOf(error, input));
    return null;
  }
}

/**
 * A warehouse that is down for an hour must not keep a person waiting: a wish to stop ends the attempts, not the
 * attempt. What that one failed with is no news any more: stopping looks for what it may have left behind.
 */
async function unlessStopped<T>(order: OrderProcess, call: () => Promise<T>): Promise<T> {
  const stopped = () => order.cancel?.outcome === 'asking' || order.elsewhere !== null;
  const scope = new CancellationScope();
  const result = scope.run(call);
  await Promise.race([result, condition(stopped)]).catch(() => undefined);
  if (!stopped()) return result;
  scope.cancel();
  return result.catch(() => Promise.reject(new CancelledFailure('stopped on request')));
}

function problemOf(error: unknown, input: OrderInput): Attention {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure)
    return attention('unavailable', `Order ${input.externalId}: no answer within the time allowed.`);
  if (!(cause instanceof ApplicationFailure) || !isFailureCode(cause.type)) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return attention('internal', `Order ${input.externalId}: ${message}`);
  }
  const about = (cause.details?.[0] ?? {}) as FailureAbout;
  return attention(cause.type, cause.message, about, waitKeyOf(cause.type, about, input));
}

/** What a person saves to mend it; the order then goes on by itself. */
function waitKeyOf(cause: FailureCode, about: FailureAbout, input: OrderInput): string | null {
  if (about['connection']) return waitKeys.connection(about['connection']);
  return cause === 'shipping_method_unknown' ? waitKeys.shippingRule(input.storeId) : null;
}
