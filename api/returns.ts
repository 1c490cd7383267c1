import { z } from 'zod';
import { listReturns } from '../database/returns.js';
import { cutPage, isRowId, readCursor } from './cursor.js';
import { everyone, route } from './route.js';
import { id, maybeTime, pageOf, paging, time } from './schemas.js';

export const returnLine = z
  .object({
    returnId: z.string().meta({ description: "The marketplace's id of the return." }),
    name: z.string().meta({ description: 'As people call it, e.g. "#1001-R1".' }),
    status: z.string().meta({ description: 'As the marketplace names it.' }),
    lineId: z.string(),
    sku: z.string().nullable().meta({ description: 'Null for a line that is not in the order here.' }),
    quantity: z.number().int(),
    reason: z.string().nullable(),
    restock: z.array(z.object({ decision: z.string(), quantity: z.number().int(), decidedBy: z.string() })).meta({
      description: 'What is to be done with how many pieces, and who decided it. Stock follows the warehouse.',
    }),
    createdAt: time,
    closedAt: maybeTime,
    readAt: time,
  })
  .meta({ id: 'ReturnLine', description: 'Pieces of one line of an order that come back.' });

const foundReturn = z
  .object({ ...returnLine.shape, id: z.string(), storeId: z.string(), orderId: z.string(), externalId: z.string() })
  .meta({ id: 'FoundReturnLine' });

export const returnRoutes = [
  route({
    method: 'get',
    path: '/v1/returns',
    summary: 'List returns',
    description: 'A row for each returned line, with what is to be done with the goods.',
    access: everyone,
    query: z.strictObject({ ...paging, store: id.optional() }),
    answer: { status: 200, description: 'Newest first.', schema: pageOf(foundReturn) },
    async handle({ query, caller, dependencies }) {
      const found = await listReturns(dependencies.db, {
        tenantId: caller.tenantId,
        storeId: query.store ?? null,
        before: readCursor(query.cursor, isRowId),
        limit: query.limit + 1,
      });
      return cutPage(found, query.limit, (last) => last.id);
    },
  }),
];
