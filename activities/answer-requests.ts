import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { FulfillmentRequest, FulfillmentRequests } from '../connectors/marketplaces/requests-port.js';
import { noteRequest, requestFacts, type RequestFacts } from '../database/fulfillment-requests.js';
import { Failure } from '../domain/failures.js';
import { answerCancellation, answerFulfillment, type RequestAnswer } from '../domain/fulfillment-requests.js';
import { messages, orderWorkflowId } from '../domain/identifiers.js';
import type { ActionRequest, CancelAnswer } from '../domain/messages.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { importPage, startOrders } from './import-orders.js';

/**
 * Answers what the merchant asks of us as the fulfillment service. Pings are throttled and pause (reference/shopify.md
 * §4), so what waits is read in each round of a store that is set to answer. What was answered waits no more: reading is
 * the look-up that keeps an answer from being given twice. A request that cannot be answered stops no other.
 */
export async function answerRequests(deps: ActivityDependencies, connected: ConnectedStore): Promise<void> {
  const { requests } = connected.marketplace;
  if (!requests || !connected.store.settings.answerRequests) return;
  const open = await requests.open();
  for (const request of open) {
    try {
      const decided = await decide(deps, connected, request, open);
      if (decided) await answer(deps, connected, requests, request, decided);
    } catch (error) {
      if (!(error instanceof Failure) || error.outcome !== 'rejected') throw error;
      await noteRefusal(deps, connected, request, error);
    }
  }
}

interface Decided {
  orderId: string | null;
  answer: RequestAnswer;
}

async function decide(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  request: FulfillmentRequest,
  open: FulfillmentRequest[],
): Promise<Decided | null> {
  const facts = await factsOf(deps, connected, request);
  await noteAsked(deps, facts.orderId, request);
  const answer =
    request.kind === 'fulfillment' ? answerFulfillment(facts) : await stop(deps, connected, request, facts, open);
  return answer && { orderId: facts.orderId, answer };
}

/** An order that is asked for before the poll has found it is imported first: what is accepted is safe in a row. */
async function factsOf(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  { kind, externalId }: FulfillmentRequest,
): Promise<RequestFacts> {
  const order = { storeId: connected.store.id, externalId };
  const facts = await requestFacts(deps.db, order);
  if (facts.orderId !== null || kind === 'cancellation') return facts;
  await takeIn(deps, connected, externalId);
  return requestFacts(deps.db, order);
}

async function takeIn(deps: ActivityDependencies, connected: ConnectedStore, externalId: string): Promise<void> {
  const order = await connected.marketplace.fetchOrder(externalId);
  await importPage(deps, connected, { orders: order ? [order] : [], malformed: [], nextPage: null });
  await startOrders(deps, connected.store);
}

/** The order is cancelled first, and its outcome is the answer; null while that is not known. */
async function stop(
  deps: ActivityDependencies,
  { store }: ConnectedStore,
  { externalId }: FulfillmentRequest,
  facts: RequestFacts,
  open: FulfillmentRequest[],
): Promise<RequestAnswer | null> {
  const alike = open.filter((each) => each.kind === 'cancellation' && each.externalId === externalId);
  const asked = alike.flatMap((each) => each.lines);
  const first = answerCancellation(facts, asked);
  if (first === 'wait') return null;
  if (first !== 'ask') return first;
  const cancelOutcome = await cancelOrder(deps, { storeId: store.id, externalId });
  if (cancelOutcome === null || !facts.order) return null;
  const then = answerCancellation({ ...facts, order: { ...facts.order, cancelOutcome } }, asked);
  return then === 'ask' || then === 'wait' ? null : then;
}

/** Null where the order does not answer now, or has ended meanwhile: the next round finds how it stands. */
async function cancelOrder(deps: ActivityDependencies, order: { storeId: string; externalId: string }) {
  const request: ActionRequest = {
    actor: 'marketplace',
    note: 'The merchant asked the fulfillment service to cancel it.',
  };
  try {
    const handle = deps.temporal.workflow.getHandle(orderWorkflowId(order));
    const { outcome } = await handle.executeUpdate<CancelAnswer, [ActionRequest]>(messages.order.cancel, {
      args: [request],
    });
    return outcome;
  } catch (error) {
    const unanswered =
      error instanceof WorkflowNotFoundError ||
      error instanceof WorkflowUpdateFailedError ||
      error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
    if (!unanswered) throw error;
    return null;
  }
}

async function answer(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  requests: FulfillmentRequests,
  request: FulfillmentRequest,
  { orderId, answer }: Decided,
): Promise<void> {
  await requests.answer(request, answer);
  if (orderId === null) return;
  const event = `${request.kind}_${answer.accepted ? 'accepted' : 'rejected'}`;
  await noteRequest(deps.db, orderId, {
    ...{ requestId: request.requestId, event, actor: 'waybill' },
    message: `Answered the merchant: ${answer.note}`,
  });
  // What held the order at the marketplace is over: it hears of it now and not with the next poll.
  await takeIn(deps, connected, request.externalId);
}

async function noteAsked(
  deps: ActivityDependencies,
  orderId: string | null,
  { requestId, kind }: FulfillmentRequest,
): Promise<void> {
  if (orderId === null) return;
  const wish = kind === 'fulfillment' ? 'send' : 'cancel';
  const message = `The merchant asks the fulfillment service to ${wish} it.`;
  await noteRequest(deps.db, orderId, { requestId, event: `${kind}_requested`, actor: 'marketplace', message });
}

/** Somebody else answered meanwhile, or the marketplace takes no answer: shown with the order, and read anew next time. */
async function noteRefusal(
  deps: ActivityDependencies,
  { store }: ConnectedStore,
  { requestId, kind, externalId }: FulfillmentRequest,
  failure: Failure,
): Promise<void> {
  const { orderId } = await requestFacts(deps.db, { storeId: store.id, externalId });
  if (orderId === null) return;
  const message = `The ${kind} request could not be answered: ${failure.message}`;
  await noteRequest(deps.db, orderId, { requestId, event: `${kind}_unanswered`, actor: 'marketplace', message });
}
