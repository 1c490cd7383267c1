import { z } from 'zod';
import { personalData } from '../database/personal-data.js';
import {
  findPrivacyRequest,
  listPrivacyRequests,
  recordPrivacyDone,
  type PrivacyRequest,
} from '../database/privacy-requests.js';
import { newId } from '../database/ids.js';
import { ownerOfStore } from '../database/stores.js';
import { privacyKinds } from '../domain/privacy.js';
import { idParam } from './connection-door.js';
import { cutPage, readTextCursor } from './cursor.js';
import { nowOf } from './dependencies.js';
import { address, state } from './order-schemas.js';
import { takePrivacyRequest } from './privacy-notices.js';
import { notFound, Problem } from './problems.js';
import { everyone, managers, route, type Call } from './route.js';
import { id, maybeTime, pageOf, paging, text, time } from './schemas.js';

const optionalText = z.string().nullable();

const privacyRequest = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    storeId: z.string(),
    kind: z.enum(privacyKinds),
    externalIds: z.array(z.string()).meta({ description: 'The orders it is about; none for a whole store.' }),
    receivedAt: time,
    dueAt: time.meta({ description: 'Open orders keep their address until they are final, at the latest until then.' }),
    doneAt: maybeTime,
    done: z.looseObject({}).meta({ description: 'What was done, in numbers.' }),
  })
  .meta({ id: 'PrivacyRequest' });

const personalDataView = z
  .object({
    orders: z.array(
      z.object({
        id: z.string(),
        externalId: z.string(),
        state,
        currency: optionalText,
        total: optionalText,
        placedAt: time,
        addresses: z.array(z.object({ destinationId: z.string(), shippingDescription: optionalText, shipTo: address })),
        corrections: z.array(z.object({ stagedAt: time, address })),
        lines: z.array(
          z.object({ sku: z.string(), title: z.string(), quantity: z.number().int(), amount: optionalText }),
        ),
        packages: z.array(
          z.object({ carrier: optionalText, shippedAt: time, trackingNumber: optionalText, trackingUrl: optionalText }),
        ),
      }),
    ),
    skipped: z.array(z.object({ externalId: optionalText, cause: z.string(), firstSeenAt: time, raw: z.unknown() })),
  })
  .meta({ id: 'PersonalData', description: 'Everything held of the people of a request.' });

export const privacyRequestRoutes = [
  route({
    method: 'post',
    path: '/v1/privacy-requests',
    summary: "Ask for a customer's data, or for its erasure",
    description:
      'For requests that reach you by other ways than the marketplace. An erasure is carried out at once; orders that ' +
      'are still open keep their address until they are final, at the latest until dueAt. "store_erasure" erases the ' +
      'people of all orders of a store, and its credentials.',
    access: managers,
    body: z
      .strictObject({
        storeId: id,
        kind: z.enum(privacyKinds),
        email: z.email().max(320).optional().meta({ description: 'Finds orders; it is not kept.' }),
        externalIds: z
          .array(text(200))
          .max(1_000)
          .default([])
          .meta({ description: "The marketplace's ids of orders." }),
      })
      .refine(({ kind, email, externalIds }) => kind === 'store_erasure' || email || externalIds.length > 0, {
        path: ['email'],
        error: 'or externalIds must say whose data it is',
      }),
    answer: { status: 201, description: 'Kept, and carried out as far as it can be.', schema: privacyRequest },
    async handle(call) {
      const { dependencies, body } = call;
      const store = await ownerOfStore(dependencies.db, body.storeId, call.caller.tenantId);
      if (!store) throw notFound('store', body.storeId);
      const kept = await takePrivacyRequest(dependencies, store, {
        ...{ kind: body.kind, externalIds: body.externalIds, email: body.email ?? null },
        requestKey: `key ${call.caller.keyId} ${newId('prv')}`,
      });
      call.response.location(`/v1/privacy-requests/${kept!.id}`);
      return view((await findPrivacyRequest(dependencies.db, kept!.id, null))!);
    },
  }),
  route({
    method: 'get',
    path: '/v1/privacy-requests',
    summary: 'List privacy requests',
    access: everyone,
    query: z.strictObject({
      ...paging,
      store: id.optional(),
      open: z.enum(['true', 'false']).default('false').meta({ description: 'Only those that are not done.' }),
    }),
    answer: { status: 200, description: 'Newest first.', schema: pageOf(privacyRequest) },
    async handle({ query, caller, dependencies }) {
      const found = await listPrivacyRequests(dependencies.db, {
        tenantId: caller.tenantId,
        storeId: query.store ?? null,
        open: query.open === 'true',
        before: readTextCursor(query.cursor),
        limit: query.limit + 1,
      });
      const shown = cutPage(found, query.limit, (last) => last.id);
      return { ...shown, items: shown.items.map(view) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/privacy-requests/{id}',
    summary: 'Show a privacy request',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'With what was done.', schema: privacyRequest },
    handle: async (call) => view(await visible(call, call.params.id)),
  }),
  route({
    method: 'get',
    path: '/v1/privacy-requests/{id}/export',
    summary: 'Everything that is held of the people of a request',
    description: 'Give it to the customer. A data request counts as done once it was taken here.',
    access: managers,
    params: idParam,
    answer: { status: 200, description: 'What was erased is not in it any more.', schema: personalDataView },
    async handle(call) {
      const { db, ...dependencies } = call.dependencies;
      const request = await visible(call, call.params.id);
      if (request.kind === 'store_erasure')
        throw new Problem('conflict', 'A request to erase a store names no customer: ask for the data of one.');
      const data = await personalData(db, request);
      if (request.kind === 'customer_data_request')
        await recordPrivacyDone(db, request.id, { exportedBy: call.caller.keyId }, nowOf(dependencies));
      return data;
    },
  }),
];

async function visible({ caller, dependencies }: Pick<Call, 'caller' | 'dependencies'>, requestId: string) {
  const request = await findPrivacyRequest(dependencies.db, requestId, caller.tenantId);
  if (!request) throw notFound('privacy request', requestId);
  return request;
}

function view({ done, ...request }: PrivacyRequest) {
  return { ...request, done: { ...done } };
}
