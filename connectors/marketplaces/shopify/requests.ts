import { Failure } from '../../../domain/failures.js';
import type { RefusalReason, RequestAnswer } from '../../../domain/fulfillment-requests.js';
import type { FulfillmentRequest, FulfillmentRequests } from '../requests-port.js';
import { refuseUserErrors } from './answers.js';
import { gid } from './ids.js';
import type { Ask, Shopify } from './operation.js';
import { moreFulfillmentOrderLines } from './order-documents.js';
import { toTheEnd } from './read-orders.js';
import {
  acceptCancellation,
  acceptRequest,
  assigned,
  rejectCancellation,
  rejectRequest,
  requestStatus,
} from './request-documents.js';

const reading: Ask = { lane: 'live', step: 'reading requests to the fulfillment service' };

export function requestsOf(call: Shopify): FulfillmentRequests {
  return {
    open: async () => [
      ...(await waiting(call, 'fulfillment', 'FULFILLMENT_REQUESTED')),
      ...(await waiting(call, 'cancellation', 'CANCELLATION_REQUESTED')),
    ],
    answer: (request, answer) => answerOne(call, request, answer),
  };
}

/** An app that was not granted the scope has no service of its own, so nothing is asked of it. */
async function waiting(call: Shopify, kind: FulfillmentRequest['kind'], status: string): Promise<FulfillmentRequest[]> {
  const page = async (after: string | null) =>
    (await call(assigned, { status, after }, reading)).assignedFulfillmentOrders;
  const first = await page(null).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'permission_missing') return null;
    throw error;
  });
  if (!first) return [];
  const requests: FulfillmentRequest[] = [];
  for (const each of (await toTheEnd(first, page)).nodes) {
    const id = gid('FulfillmentOrder', each.id);
    const { nodes } = await toTheEnd(
      each.lineItems,
      async (after) => (await call(moreFulfillmentOrderLines, { id, after }, reading)).fulfillmentOrder.lineItems,
    );
    const lines = nodes.map((line) => ({ lineId: line.lineItem.id, quantity: line.remainingQuantity }));
    requests.push({ requestId: each.id, kind, externalId: each.orderId, lines });
  }
  return requests;
}

const reasons: Record<RefusalReason, string> = {
  out_of_stock: 'INVENTORY_OUT_OF_STOCK',
  sku_unknown: 'INVALID_SKU',
  address_wrong: 'INCORRECT_ADDRESS',
  not_deliverable: 'UNDELIVERABLE_DESTINATION',
  other: 'OTHER',
};

/** The statuses that show an answer was given; after it was accepted the merchant may have asked for more (§4). */
const accepted = { fulfillment: 'ACCEPTED', cancellation: 'CANCELLATION_ACCEPTED' } as const;
const rejected = { fulfillment: 'REJECTED', cancellation: 'CANCELLATION_REJECTED' } as const;

/** A refusal has no code: the present status says whether it was answered so before (reference/shopify.md §4). */
async function answerOne(call: Shopify, request: FulfillmentRequest, answer: RequestAnswer): Promise<void> {
  const id = gid('FulfillmentOrder', request.requestId);
  const about = { order: request.externalId, request: request.requestId };
  const ask: Ask = {
    lane: 'live',
    step: `answering the ${request.kind} request of order ${request.externalId}`,
    about,
  };
  const variables = {
    id,
    note: answer.note,
    ...(!answer.accepted && request.kind === 'fulfillment' && { reason: reasons[answer.reason] }),
  };
  const { answered } = await call(documentFor(request, answer), variables, ask);
  if (answered.userErrors.length === 0) return;
  const { fulfillmentOrder } = await call(requestStatus, { id }, ask);
  const due = (answer.accepted ? accepted : rejected)[request.kind];
  if (fulfillmentOrder?.requestStatus !== due) refuseUserErrors(answered.userErrors, ask.step, about);
}

function documentFor({ kind }: FulfillmentRequest, answer: RequestAnswer) {
  if (kind === 'fulfillment') return answer.accepted ? acceptRequest : rejectRequest;
  return answer.accepted ? acceptCancellation : rejectCancellation;
}
