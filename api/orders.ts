import { z } from 'zod';
import {
  findOrder,
  orderAddresses,
  orderFulfillments,
  orderLines,
  orderShipments,
  orderTimeline,
  orderWrites,
  type OrderRow,
} from '../database/order-detail.js';
import { returnsOfOrder } from '../database/returns.js';
import { searchOrders, type OrderPlace } from '../database/order-search.js';
import { failureCatalogue, type FailureCode } from '../domain/failures.js';
import { messages, orderWorkflowId } from '../domain/identifiers.js';
import { mainDestination } from '../domain/order.js';
import type { OrderSnapshot } from '../domain/messages.js';
import { WorkflowNotFoundError } from '@temporalio/common';
import { readCursor, writeCursor } from './cursor.js';
import type { Call } from './route.js';
import { foundOrder, liveState, orderDetail, state } from './order-schemas.js';
import { notFound, Problem } from './problems.js';
import { everyone, route } from './route.js';
import { id, pageOf, paging, text } from './schemas.js';
import { asking, workflowUrl } from './temporal.js';

const causes = Object.keys(failureCatalogue) as [FailureCode, ...FailureCode[]];

const filters = z.strictObject({
  ...paging,
  q: text(320)
    .optional()
    .meta({ description: "Our id, the receipt, the shop's number, an e-mail, a tracking number or a SKU." }),
  state: state.optional(),
  store: id.optional(),
  receipt: text(200).optional().meta({ description: "The marketplace's id." }),
  number: text(200).optional().meta({ description: 'What the shop calls it, "#1001" or "1001".' }),
  email: text(320).optional().meta({ description: 'Compared without case.' }),
  tracking: text(200).optional(),
  attention: z.enum(['true', 'false']).optional().meta({ description: 'true: only orders that need a person.' }),
  attentionCause: z.enum(causes).optional(),
});

function isPlace(value: unknown): value is OrderPlace {
  const { importedAt, id: orderId } = (value ?? {}) as Partial<OrderPlace>;
  return (
    typeof orderId === 'string' &&
    !orderId.includes('\0') &&
    typeof importedAt === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(importedAt) &&
    !Number.isNaN(Date.parse(importedAt))
  );
}

/** A worker that is there answers a query within milliseconds. */
const queryPatienceMs = 3_000;

const idParam = z.strictObject({ id });

export const orderRoutes = [
  route({
    method: 'get',
    path: '/v1/orders',
    summary: 'Search orders',
    description: 'Latest import first, in an order that never changes: no page repeats or misses an order.',
    access: everyone,
    query: filters,
    answer: { status: 200, description: 'The orders that fit every filter.', schema: pageOf(foundOrder) },
    async handle({ query, caller, dependencies }) {
      const { orders, end } = await searchOrders(
        dependencies.db,
        {
          tenantId: caller.tenantId,
          text: query.q,
          state: query.state,
          storeId: query.store,
          externalId: query.receipt,
          number: query.number,
          email: query.email,
          trackingNumber: query.tracking,
          needsAttention: query.attention && query.attention === 'true',
          attentionCause: query.attentionCause,
        },
        { after: readCursor(query.cursor, isPlace), limit: query.limit },
      );
      return { items: orders, nextCursor: end && writeCursor(end) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/orders/{id}',
    summary: 'Show an order',
    description: 'Everything that is known: lines, address, what was decided and why, shipments, proof, timeline.',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'The order.', schema: orderDetail },
    async handle(call) {
      const order = await findVisibleOrder(call, call.params.id);
      const { db } = call.dependencies;
      const [addresses, lines, fulfillments, shipments, returns, writes, timeline] = await Promise.all([
        orderAddresses(db, order.id),
        orderLines(db, order.id),
        orderFulfillments(db, order.id),
        orderShipments(db, order.id),
        returnsOfOrder(db, order.id),
        orderWrites(db, order.id),
        orderTimeline(db, order.id),
      ]);
      const temporalUrl = workflowUrl(call.dependencies, orderWorkflowId(order));
      const shipTo = addresses.find((each) => each.destinationId === mainDestination)?.shipTo ?? null;
      const otherDestinations = addresses.filter((each) => each.destinationId !== mainDestination);
      const sent = { fulfillments, shipments, returns, writes };
      return { ...order, shipTo, otherDestinations, lines, ...sent, timeline, temporalUrl };
    },
  }),
  route({
    method: 'get',
    path: '/v1/orders/{id}/live',
    summary: 'Ask the running order itself',
    description: 'What its workflow is doing this moment. Finished orders that Temporal has forgotten answer 409.',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'The state of the workflow.', schema: liveState },
    async handle(call) {
      const order = await findVisibleOrder(call, call.params.id);
      const handle = call.dependencies.temporal.workflow.getHandle(orderWorkflowId(order));
      try {
        const ask = () => handle.query<OrderSnapshot>(messages.order.state);
        return { ...(await asking(call.dependencies, ask, queryPatienceMs)) };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw workflowClosed(order);
        throw error;
      }
    },
  }),
];

/** The caller's order, or the 404 that a foreign id gets as well. */
export async function findVisibleOrder(
  call: Pick<Call, 'caller' | 'dependencies'>,
  orderId: string,
): Promise<OrderRow> {
  const order = await findOrder(call.dependencies.db, orderId, call.caller.tenantId);
  if (!order) throw notFound('order', orderId);
  return order;
}

export function workflowClosed(order: OrderRow): Problem {
  return new Problem('workflow-closed', `No work is under way for this order: it is ${order.state}.`, {
    more: { state: order.state },
  });
}
