import { z } from 'zod';
import { createApiKey, listApiKeys, revokeApiKey } from '../database/api-keys.js';
import { tenantExists } from '../database/tenants.js';
import { cutPage, readTextCursor } from './cursor.js';
import { nowOf } from './dependencies.js';
import { notFound, Problem } from './problems.js';
import { operators, route } from './route.js';
import { id, pageOf, paging, text, maybeTime, time, utcTime } from './schemas.js';

const role = z.enum(['operator', 'support', 'merchant']);

const apiKey = z
  .object({
    id: z.string(),
    tenantId: z.string().nullable(),
    role,
    name: z.string(),
    createdAt: time,
    lastUsedAt: maybeTime.meta({ description: 'To the minute.' }),
    expiresAt: maybeTime,
    revokedAt: maybeTime,
  })
  .meta({ id: 'ApiKey' });

const newKey = z
  .strictObject({
    name: text(200),
    role,
    tenantId: id.nullable().default(null),
    expiresAt: utcTime.nullable().default(null),
  })
  .superRefine((key, context) => {
    if (key.role === 'merchant' && key.tenantId === null)
      context.addIssue({ code: 'custom', path: ['tenantId'], message: 'is needed for a merchant key' });
    if (key.role !== 'merchant' && key.tenantId !== null)
      context.addIssue({
        code: 'custom',
        path: ['tenantId'],
        message: `must be left out: a ${key.role} sees every tenant`,
      });
  });

export const apiKeyRoutes = [
  route({
    method: 'post',
    path: '/v1/api-keys',
    summary: 'Make an API key',
    description: 'The token is shown in this answer and never again. Make two to change one without a gap.',
    access: operators,
    body: newKey,
    keepAnswer: 'status_only',
    answer: {
      status: 201,
      description: 'The new key with its token.',
      schema: z.object({ ...apiKey.shape, token: z.string() }).meta({ id: 'NewApiKey' }),
    },
    async handle({ body, dependencies }) {
      if (body.tenantId !== null && !(await tenantExists(dependencies.db, body.tenantId)))
        throw new Problem('unprocessable', `There is no tenant "${body.tenantId}".`, {
          errors: [{ pointer: '/tenantId', detail: 'names no tenant' }],
        });
      const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
      const { key, token } = await createApiKey(dependencies.db, dependencies.pepper, { ...body, expiresAt });
      return { ...key, token };
    },
  }),
  route({
    method: 'get',
    path: '/v1/api-keys',
    summary: 'List API keys',
    access: operators,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'Oldest first, without their tokens.', schema: pageOf(apiKey) },
    async handle({ query, dependencies }) {
      const after = readTextCursor(query.cursor);
      const found = await listApiKeys(dependencies.db, { after, limit: query.limit + 1 });
      return cutPage(found, query.limit, (last) => last.id);
    },
  }),
  route({
    method: 'post',
    path: '/v1/api-keys/{keyId}/revoke',
    summary: 'Revoke an API key',
    description: 'At once and for good.',
    access: operators,
    params: z.strictObject({ keyId: id }),
    answer: { status: 200, description: 'The revoked key.', schema: apiKey },
    async handle({ params, dependencies }) {
      const key = await revokeApiKey(dependencies.db, params.keyId, nowOf(dependencies));
      if (!key) throw notFound('API key', params.keyId);
      return key;
    },
  }),
];
