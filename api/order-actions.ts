import { z } from 'zod';
import { discardAddressEdit, stageAddressEdit } from '../database/address-edits.js';
import { messages, orderWorkflowId } from '../domain/identifiers.js';
import { mainDestination } from '../domain/order.js';
import type { ActionAnswer, ActionRequest, CancelAnswer, EditAddressRequest, HoldRequest } from '../domain/messages.js';
import { state } from './order-schemas.js';
import { Problem } from './problems.js';
import { findVisibleOrder, workflowClosed } from './orders.js';
import { idempotencyKey } from './replay.js';
import { everyone, route, type Call } from './route.js';
import { id, note, text, utcTime } from './schemas.js';
import { temporalProblem, updateIfRunning } from './temporal.js';

const idParam = z.strictObject({ id });
const onlyNote = z.strictObject({ note }).default({ note: null });
const orderState = z.object({ state });

const optional = (longest: number) => text(longest).nullable().default(null);

/** Lengths are far above any real address; each marketplace and warehouse cuts for itself. */
const newAddress = z.strictObject({
  name: text(200),
  company: optional(200),
  line1: text(300),
  line2: optional(300),
  city: text(200),
  region: optional(200),
  postalCode: optional(40),
  country: z.string().regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166-1 code in upper case, e.g. "US"' }),
  email: optional(320),
  phone: optional(60),
});

type Action = keyof Pick<
  typeof messages.order,
  'hold' | 'release' | 'cancel' | 'editAddress' | 'retry' | 'markShippedElsewhere'
>;

/** Hands a person's wish to the order's workflow, which alone decides; a finished order answers 409 with its state. */
async function act<Answer>(
  call: Pick<Call, 'caller' | 'dependencies' | 'request'>,
  orderId: string,
  action: Action,
  request: Omit<ActionRequest, 'actor'> & Record<string, unknown>,
): Promise<Answer> {
  const order = await findVisibleOrder(call, orderId);
  const key = idempotencyKey(call);
  const answer = await updateIfRunning<Answer>(call.dependencies, orderWorkflowId(order), {
    name: messages.order[action],
    request: { ...request, actor: `key:${call.caller.keyId}` },
    id: key && `api:${call.caller.keyId}:${action}:${key}`,
  });
  if (answer === null) throw workflowClosed(order);
  return answer;
}

function simpleAction(
  path: string,
  action: 'release' | 'retry' | 'markShippedElsewhere',
  summary: string,
  description: string,
) {
  return route({
    method: 'post',
    path: `/v1/orders/{id}/${path}`,
    summary,
    description,
    access: everyone,
    params: idParam,
    body: onlyNote,
    answer: { status: 200, description: 'The state the order is in now.', schema: orderState },
    handle: (call) => act<ActionAnswer>(call, call.params.id, action, call.body),
  });
}

export const orderActionRoutes = [
  route({
    method: 'post',
    path: '/v1/orders/{id}/hold',
    summary: 'Hold an order',
    description: 'Until releaseAt, or until someone releases it. Only before a warehouse has it.',
    access: everyone,
    params: idParam,
    body: z
      .strictObject({ note, releaseAt: utcTime.nullable().default(null) })
      .default({ note: null, releaseAt: null }),
    answer: { status: 200, description: 'The state the order is in now.', schema: orderState },
    handle: (call) => act<ActionAnswer>(call, call.params.id, 'hold', call.body satisfies Omit<HoldRequest, 'actor'>),
  }),
  simpleAction('release', 'release', 'Release a held order', 'It goes on at once.'),
  simpleAction('retry', 'retry', 'Try again', 'Goes on at the step where the order stopped.'),
  simpleAction(
    'mark-shipped-elsewhere',
    'markShippedElsewhere',
    'Mark an order as shipped elsewhere',
    'Nothing more is sent or written back for it.',
  ),
  route({
    method: 'post',
    path: '/v1/orders/{id}/cancel',
    summary: 'Cancel an order',
    description: '"too_late": the warehouse has sent it or will. "asking": it has not answered yet, ask again.',
    access: everyone,
    params: idParam,
    body: onlyNote,
    answer: {
      status: 200,
      description: 'What became of the wish.',
      schema: z.object({ outcome: z.enum(['stopped', 'too_late', 'asking']), state }),
    },
    handle: (call) => act<CancelAnswer>(call, call.params.id, 'cancel', call.body),
  }),
  route({
    method: 'post',
    path: '/v1/orders/{id}/edit-address',
    summary: 'Correct the delivery address',
    description:
      'Replaces it whole; destinationId says which, where parts of the order go to several addresses. Only before a warehouse has the order; a refused edit changes nothing.',
    access: everyone,
    params: idParam,
    body: z.strictObject({ note, address: newAddress, destinationId: text(200).default(mainDestination) }),
    answer: { status: 200, description: 'The state the order is in now.', schema: orderState },
    async handle(call) {
      const { db } = call.dependencies;
      const order = await findVisibleOrder(call, call.params.id);
      const editId = await stageAddressEdit(db, order.id, call.body.destinationId, call.body.address);
      const request: Omit<EditAddressRequest, 'actor'> = { note: call.body.note, editId };
      try {
        return await act<ActionAnswer>(call, order.id, 'editAddress', { ...request });
      } catch (error) {
        // An update whose answer is unknown may still take the edit over, so only a plain refusal discards it.
        if (wasRefused(error)) await discardAddressEdit(db, editId);
        throw error;
      }
    },
  }),
];

function wasRefused(error: unknown): boolean {
  const problem = error instanceof Problem ? error : temporalProblem(error);
  return problem?.kind === 'conflict' || problem?.kind === 'workflow-closed';
}
