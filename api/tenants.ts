import { z } from 'zod';
import { createTenant, listTenants } from '../database/tenants.js';
import { cutPage, readTextCursor } from './cursor.js';
import { operators, route } from './route.js';
import { pageOf, paging, text, time } from './schemas.js';

const tenant = z.object({ id: z.string(), name: z.string(), createdAt: time }).meta({ id: 'Tenant' });

export const tenantRoutes = [
  route({
    method: 'post',
    path: '/v1/tenants',
    summary: 'Make a tenant',
    description: 'A merchant, or a 3PL that serves several.',
    access: operators,
    body: z.strictObject({ name: text(200) }),
    answer: { status: 201, description: 'The new tenant.', schema: tenant },
    handle: ({ body, dependencies }) => createTenant(dependencies.db, body.name),
  }),
  route({
    method: 'get',
    path: '/v1/tenants',
    summary: 'List tenants',
    access: operators,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'Oldest first.', schema: pageOf(tenant) },
    async handle({ query, dependencies }) {
      const after = readTextCursor(query.cursor);
      const found = await listTenants(dependencies.db, { after, limit: query.limit + 1 });
      return cutPage(found, query.limit, (last) => last.id);
    },
  }),
];
