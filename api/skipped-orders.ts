import { z } from 'zod';
import { findSkippedOrder, listSkippedOrders } from '../database/skipped-orders.js';
import { cutPage, isRowId, readCursor } from './cursor.js';
import { notFound } from './problems.js';
import { everyone, route } from './route.js';
import { id, pageOf, paging, text, maybeTime, time } from './schemas.js';

const skippedOrder = z
  .object({
    id: z.string(),
    storeId: z.string(),
    externalId: z.string().nullable(),
    lineId: z.string().nullable().meta({ description: 'Set where only this line of an imported order was left out.' }),
    cause: z.string(),
    reason: z.string(),
    firstSeenAt: time,
    lastSeenAt: time,
    resolvedAt: maybeTime.meta({ description: 'Set when the order was imported after all.' }),
  })
  .meta({ id: 'SkippedOrder', description: 'What the importer left out, and why.' });

/** bigint: more digits would not be one of our rows, and PostgreSQL would refuse the number. */
const rowId = z.string().regex(/^\d{1,18}$/, { error: 'must be a whole number' });

export const skippedOrderRoutes = [
  route({
    method: 'get',
    path: '/v1/skipped-orders',
    summary: 'List skipped orders',
    access: everyone,
    query: z.strictObject({ ...paging, store: id.optional(), cause: text(60).optional() }),
    answer: { status: 200, description: 'Newest first.', schema: pageOf(skippedOrder) },
    async handle({ query, caller, dependencies }) {
      const found = await listSkippedOrders(dependencies.db, {
        tenantId: caller.tenantId,
        storeId: query.store ?? null,
        cause: query.cause ?? null,
        before: readCursor(query.cursor, isRowId),
        limit: query.limit + 1,
      });
      return cutPage(found, query.limit, (last) => last.id);
    },
  }),
  route({
    method: 'get',
    path: '/v1/skipped-orders/{id}',
    summary: 'Show a skipped order',
    access: everyone,
    params: z.strictObject({ id: rowId }),
    answer: {
      status: 200,
      description: 'With the raw body as the marketplace sent it, where it was kept.',
      schema: z.object({ ...skippedOrder.shape, raw: z.unknown() }),
    },
    async handle({ params, caller, dependencies }) {
      const found = await findSkippedOrder(dependencies.db, params.id, caller.tenantId);
      if (!found) throw notFound('skipped order', params.id);
      return found;
    },
  }),
];
