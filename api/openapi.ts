import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { problemKinds } from './problems.js';
import { formType, type Answer, type Route } from './route.js';
import { problem } from './schemas.js';

const problemJson = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** The OpenAPI 3.1 document of a route table; api/openapi.json keeps it for readers and for comparison. */
export function openApiDocument(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: Authorization: Bearer wb_…',
  });
  for (const status of new Set(Object.values(problemKinds).map((each) => each.status)))
    registry.registerComponent('responses', `Problem${status}`, { description: titles(status), content: problemJson });
  for (const route of routes) registry.registerPath(operation(route));
  return new OpenApiGeneratorV31([{ type: 'schema', schema: problem }, ...registry.definitions]).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Waybill',
      version: '1',
      description:
        'Orders from marketplaces to warehouses, and tracking numbers back. Errors are problem+json (RFC 9457). ' +
        'Lists are pages with a cursor. Every POST takes an Idempotency-Key: the same request again within a day ' +
        'gets the first answer with Idempotency-Replayed: true.',
    },
  });
}

function operation(route: Route): RouteConfig {
  const open = route.access === 'anyone';
  const roles = route.access === 'anyone' ? null : `Roles: ${route.access.join(', ')}.`;
  return {
    method: route.method,
    path: route.path,
    operationId: operationId(route),
    tags: [tag(route)],
    summary: route.summary,
    description: [route.description, roles].filter(Boolean).join(' '),
    security: open ? [] : [{ apiKey: [] }],
    request: {
      ...(route.params && { params: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.method === 'post' && !open && { headers: idempotencyHeader }),
      ...(route.body && {
        body: {
          required: isRequired(route.body),
          content: { [route.form ? formType : 'application/json']: { schema: route.body } },
        },
      }),
      ...(route.rawBody && { body: { required: true, content: { '*/*': { schema: z.unknown() } } } }),
    },
    responses: responses(route),
  };
}

const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .max(255)
    .optional()
    .meta({ description: 'Names this request, so that it is carried out once.' }),
});

/** A body with a default may be left out. */
function isRequired(body: z.ZodType): boolean {
  return !body.safeParse(undefined).success;
}

function responses(route: Route): RouteConfig['responses'] {
  const good = [route.answer, ...(route.otherAnswers ?? [])].map((answer) => [answer.status, described(answer)]);
  const problems = problemStatuses(route)
    .filter((status) => !good.some(([known]) => known === status))
    .map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]);
  return Object.fromEntries([...good, ...problems]) as RouteConfig['responses'];
}

function described(answer: Answer) {
  const type = answer.contentType ?? 'application/json';
  return { description: answer.description, ...(answer.schema && { content: { [type]: { schema: answer.schema } } }) };
}

/** Which problems a route may answer with, by what it takes and does. */
function problemStatuses(route: Route): number[] {
  const statuses = new Set([429, 500]);
  if (route.params || route.query || route.body) statuses.add(400);
  if (route.access !== 'anyone') [401, 403].forEach((status) => statuses.add(status));
  if (route.path.startsWith('/webhooks')) statuses.add(401);
  // Of the vendor they ask, the store they find, and whoever claims to be the vendor.
  if (/^\/(oauth|webhooks\/apps)\//.test(route.path))
    [401, 403, 409, 422, 502, 503].forEach((status) => statuses.add(status));
  if (route.params) statuses.add(404);
  if (route.body || route.rawBody) [413, 415].forEach((status) => statuses.add(status));
  if (changesState(route)) [409, 422, 502, 503].forEach((status) => statuses.add(status));
  if (route.path.endsWith('/live')) [409, 503].forEach((status) => statuses.add(status));
  return [...statuses].sort((a, b) => a - b);
}

function changesState(route: Route): boolean {
  return route.access !== 'anyone' && route.method !== 'get';
}

function titles(status: number): string {
  return Object.values(problemKinds)
    .filter((each) => each.status === status)
    .map((each) => each.title)
    .join('; ');
}

/** "post /v1/stores/{id}/open-first-import" becomes "postStoresIdOpenFirstImport". */
function operationId(route: Route): string {
  const words = route.path
    .replace(/^\/v1/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return [route.method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function tag(route: Route): string {
  const [, version, name] = /^\/(v1\/)?([\w-]+)/.exec(route.path) ?? [];
  return version ? (name ?? 'service') : 'service';
}
