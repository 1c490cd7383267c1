import { z } from 'zod';
import { connection, userErrors } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, mutationCost, type Operation } from './operation.js';
import { wireFulfillmentOrderLines } from './order-wire.js';

/** 2 + 10 × (1 + 2 + 40 × 2) = 832 points. Only what is assigned to services of our own app (reference/shopify.md §4). */
export const assigned = {
  text: `query Assigned($status: FulfillmentOrderAssignmentStatus!, $after: String) {
    assignedFulfillmentOrders(assignmentStatus: $status, first: 10, after: $after) {
      nodes {
        id orderId
        lineItems(first: 40) {
          nodes { remainingQuantity totalQuantity lineItem { id } } pageInfo { hasNextPage endCursor }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  cost: connectionCost(10, 1 + connectionCost(40, 2)),
  data: z.object({
    assignedFulfillmentOrders: connection(
      z.object({ id: numericId, orderId: numericId, lineItems: wireFulfillmentOrderLines }),
    ),
  }),
} satisfies Operation<unknown>;

export const requestStatus = {
  text: `query RequestStatus($id: ID!) { fulfillmentOrder(id: $id) { requestStatus } }`,
  cost: 1,
  data: z.object({ fulfillmentOrder: z.object({ requestStatus: z.string() }).nullable() }),
} satisfies Operation<unknown>;

const answered = z.object({ answered: z.object({ userErrors }) });
const given = 'userErrors { field message }';

export const acceptRequest = {
  text: `mutation AcceptRequest($id: ID!, $note: String) {
    answered: fulfillmentOrderAcceptFulfillmentRequest(id: $id, message: $note) { ${given} }
  }`,
  cost: mutationCost,
  data: answered,
} satisfies Operation<unknown>;

export const rejectRequest = {
  text: `mutation RejectRequest($id: ID!, $note: String, $reason: FulfillmentOrderRejectionReason) {
    answered: fulfillmentOrderRejectFulfillmentRequest(id: $id, message: $note, reason: $reason) { ${given} }
  }`,
  cost: mutationCost,
  data: answered,
} satisfies Operation<unknown>;

export const acceptCancellation = {
  text: `mutation AcceptCancellation($id: ID!, $note: String) {
    answered: fulfillmentOrderAcceptCancellationRequest(id: $id, message: $note) { ${given} }
  }`,
  cost: mutationCost,
  data: answered,
} satisfies Operation<unknown>;

export const rejectCancellation = {
  text: `mutation RejectCancellation($id: ID!, $note: String) {
    answered: fulfillmentOrderRejectCancellationRequest(id: $id, message: $note) { ${given} }
  }`,
  cost: mutationCost,
  data: answered,
} satisfies Operation<unknown>;
