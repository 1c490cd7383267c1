import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { z } from 'zod';
import { createApi } from '../../api/app.js';
import type { Dependencies } from '../../api/dependencies.js';
import { openApiDocument } from '../../api/openapi.js';
import { problem } from '../../api/schemas.js';
import { routes } from '../../api/routes.js';
import { createApiKey, type Role } from '../../database/api-keys.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { createTenant } from '../../database/tenants.js';
import { taskQueues } from '../../domain/identifiers.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { temporalAddress, testTaskQueue } from '../support/temporal.js';

export type Who = 'operator' | 'support' | 'merchant' | 'otherMerchant' | 'nobody';

/**
 * The fields that tests look at, of whatever was answered: what it really holds is checked against the document, and a
 * field that is not there is undefined and fails the test that asks for it.
 */
export interface Body {
  id: string;
  tenantId: string;
  externalId: string;
  state: string;
  token: string;
  version: number;
  fingerprint: string;
  baseUrl: string | null;
  firstImportOpenedAt: string | null;
  temporalUrl: string;
  enabled: boolean;
  paused: boolean;
  passes: boolean;
  settings: object;
  credentials: object;
  health: { probe: { permissions: object[] } };
  items: Body[];
  nextCursor: string | null;
  // stock
  comparedAt: string | null;
  // problems
  status: number;
  type: string;
  detail: string;
  instance: string;
  errors: { pointer: string; detail: string }[];
  cause: { code: string };
  // orders
  attention: { cause: string } | null;
  hold: object | null;
  shipTo: object | null;
  shippingDescription: string;
  raw: object;
  fulfillments: object[];
  writes: { kind: string; state: string }[];
  returns: { returnId: string }[];
  timeline: { toState: string }[];
  results: { orderId: string; description: string; then: { rule: string } | null }[];
  // connectors and the codec
  marketplaces: object[];
  warehouseSystems: object[];
  payloads: { data: string; metadata: { encoding: string } }[];
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export interface Harness {
  database: FreshDatabase;
  dependencies: Dependencies;
  url: string;
  tenant: string;
  otherTenant: string;
  keyIds: Record<Exclude<Who, 'nobody'>, string>;
  /** One request; its answer is checked against what the route documents. */
  call: (who: Who, method: string, path: string, send?: Sent) => Promise<Answer>;
  /** Everything that left: bodies and headers of all answers. */
  answers: string[];
  /** Everything that was logged. */
  log: string[];
  close(): Promise<void>;
}

interface Sent {
  body?: unknown;
  raw?: string | Buffer;
  headers?: Record<string, string>;
  token?: string;
}

/** An invented marketplace and warehouse system: the API may not know any real connector. */
export const forms: Pick<Dependencies, 'marketplaces' | 'warehouseSystems'> = {
  marketplaces: {
    clickbank: {
      title: 'ClickBank',
      noStock: null,
      credentials: z.strictObject({ apiKey: z.string().min(8) }),
      settings: z.strictObject({ vendor: z.string().optional() }),
    },
  },
  warehouseSystems: {
    shipbob: {
      title: 'ShipBob',
      credentials: z.strictObject({ token: z.string().min(8), channelId: z.string().optional() }),
      settings: z.strictObject({}),
    },
  },
};

export const codecOrigin = 'http://temporal-ui.test:8233';

/** The API on a port of its own, a database of its own unless one is given, two tenants, a key for each kind of caller. */
export async function startHarness(change: Partial<Dependencies> = {}, given?: FreshDatabase): Promise<Harness> {
  const database = given ?? (await freshDatabase());
  const log: string[] = [];
  const connection = Connection.lazy({ address: temporalAddress() });
  const dependencies: Dependencies = {
    db: database.db,
    temporal: new Client({ connection, namespace: 'default' }),
    namespace: 'default',
    taskQueues: taskQueues(testTaskQueue('api')),
    temporalUiUrl: 'http://temporal-ui.test:8233/',
    keyRing: parseKeyRing(`test:${randomBytes(32).toString('base64')}`),
    pepper: randomBytes(16).toString('hex'),
    codec: { encode: async (payloads) => payloads, decode: async (payloads) => payloads },
    logger: pino(
      { level: 'debug' },
      new Writable({ write: (line, _encoding, done) => (log.push(String(line)), done()) }),
    ),
    ...forms,
    probe: async () => ({ permissions: [], accounts: ['acme'], problems: [] }),
    stockLocation: async (storeId) => ({ key: storeId, title: 'the only location' }),
    verifyWebhook: async () => 'unknown_path',
    installers: {},
    publicUrl: null,
    codecOrigin,
    requestsPerMinute: 100_000,
    ...change,
  };
  const server = createServer(createApi(dependencies));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { tenant, otherTenant, tokens, keyIds } = await makeCallers(dependencies);
  const answers: string[] = [];
  return {
    database,
    dependencies,
    url,
    tenant,
    otherTenant,
    keyIds,
    answers,
    log,
    async call(who, method, path, send = {}) {
      const token = send.token ?? (who === 'nobody' ? undefined : tokens[who]);
      const answer = await request(url, token, method, path, send);
      answers.push(`${JSON.stringify([...answer.headers])} ${answer.text}`);
      checkDocumented(method, path, answer);
      return answer;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await connection.close();
      if (!given) await database.drop();
    },
  };
}

async function makeCallers({ db, pepper }: Dependencies) {
  const tenant = (await createTenant(db, 'Acme Goods')).id;
  const otherTenant = (await createTenant(db, 'Other Goods')).id;
  const make = (role: Role, tenantId: string | null) =>
    createApiKey(db, pepper, { role, tenantId, name: role, expiresAt: null });
  const keys = {
    operator: await make('operator', null),
    support: await make('support', null),
    merchant: await make('merchant', tenant),
    otherMerchant: await make('merchant', otherTenant),
  };
  const each = <T>(pick: (key: { key: { id: string }; token: string }) => T) =>
    Object.fromEntries(Object.entries(keys).map(([who, key]) => [who, pick(key)])) as Record<keyof typeof keys, T>;
  return { tenant, otherTenant, tokens: each((key) => key.token), keyIds: each((key) => key.key.id) };
}

async function request(
  url: string,
  token: string | undefined,
  method: string,
  path: string,
  send: Sent,
): Promise<Answer> {
  const body = send.raw ?? (send.body === undefined ? undefined : JSON.stringify(send.body));
  const response = await fetch(`${url}${path}`, {
    method,
    // Where an answer sends a browser is part of the answer.
    redirect: 'manual',
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...send.headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : null) as Body };
}

/** An answer holds exactly what its route documents, and every error is problem+json that names the request. */
function checkDocumented(method: string, path: string, answer: Answer): void {
  const where = `${method} ${path} ${answer.status}`;
  if (answer.status >= 400 && !(answer.status === 503 && path === '/readyz')) {
    expect([where, answer.headers.get('content-type')]).toEqual([
      where,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    expect(answer.body).toEqual(problem.parse(answer.body));
    expect(answer.body).toMatchObject({ status: answer.status, instance: answer.headers.get('x-request-id') ?? '' });
    return;
  }
  const route = findRoute(method, path);
  const documented = [route.answer, ...(route.otherAnswers ?? [])].find((each) => each.status === answer.status);
  expect([where, documented !== undefined]).toEqual([where, true]);
  if (documented?.schema && answer.body !== null) {
    expect(documented.schema.parse(answer.body)).toEqual(answer.body);
    const published = publishedSchema(route.method, route.path, answer.status).safeParse(answer.body);
    expect([where, published.error?.issues ?? []]).toEqual([where, []]);
  }
  if (!documented?.schema) expect(answer.text).toBe('');
}

const document = JSON.parse(
  JSON.stringify(openApiDocument(routes)).replaceAll('#/components/schemas/', '#/$defs/'),
) as {
  components: { schemas: object };
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>;
};

/** What the OpenAPI document says of an answer, read back from the document as a client's generator would. */
function publishedSchema(method: string, path: string, status: number): z.ZodType {
  const { schema } = document.paths[path]![method]!.responses[status]!.content['application/json']!;
  return z.fromJSONSchema({ ...schema, $defs: document.components.schemas } as Parameters<typeof z.fromJSONSchema>[0]);
}

function findRoute(method: string, path: string) {
  const bare = path.split('?')[0]!;
  const found = routes.find(
    (route) =>
      route.method === method.toLowerCase() && new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
  if (!found) throw new Error(`no route for ${method} ${path}`);
  return found;
}
