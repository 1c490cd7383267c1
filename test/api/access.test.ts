import express from 'express';
import { mount } from '../../api/app.js';
import type { Route } from '../../api/route.js';
import { routes } from '../../api/routes.js';
import { createApiKey } from '../../database/api-keys.js';
import { oneOfEach } from './fixtures.js';
import { startHarness, type Harness, type Who } from './harness.js';

let harness: Harness;
beforeAll(async () => (harness = await startHarness()));
afterAll(() => harness.close());

const address = { name: 'Ann Sample', line1: '1 Example Street', city: 'Boise', country: 'US' };

/** A request that each route with a body takes. */
function bodyOf(route: Route, own: { warehouseId: string; storeId: string }, tenantId: string): unknown {
  const choice = { warehouseId: own.warehouseId, methodCode: 'GROUND' };
  const bodies: Record<string, unknown> = {
    'post /v1/tenants': { name: 'New' },
    'post /v1/api-keys': { name: 'New', role: 'support' },
    'post /v1/stores': { name: 'New', marketplace: 'clickbank', tenantId },
    'patch /v1/stores/{id}': { name: 'Renamed' },
    'post /v1/stores/{id}/reconciliations': { from: '2026-11-20T00:00:00Z' },
    'put /v1/stores/{id}/credentials': { apiKey: 'long enough' },
    'post /v1/warehouses': { name: 'New', system: 'shipbob', tenantId },
    'patch /v1/warehouses/{id}': { name: 'Renamed' },
    'put /v1/warehouses/{id}/credentials': { token: 'long enough' },
    'put /v1/stores/{id}/listings/{sku}': { components: [{ warehouseSku: 'W', quantity: 1 }] },
    'put /v1/stores/{id}/shipping-rules': { rules: [], otherwise: choice },
    'post /v1/stores/{id}/shipping-rules/dry-run': { rules: [], otherwise: choice },
    'post /v1/orders/{id}/edit-address': { address },
    'post /v1/privacy-requests': { storeId: own.storeId, kind: 'customer_erasure', email: 'ann@example.com' },
    'post /v1/stock-syncs': { storeId: own.storeId, warehouseId: own.warehouseId },
    'patch /v1/stock-syncs/{id}': { settings: { buffer: 2 } },
    'post /codec/decode': { payloads: [] },
  };
  const body = bodies[`${route.method} ${route.path}`];
  return body ?? (route.body ? {} : undefined);
}

/** The address of something of this tenant's; every call gets a new one, since some routes delete it. */
async function target(route: Route, tenantId: string) {
  const own = await oneOfEach(harness.database.db, tenantId);
  const { key } = await createApiKey(harness.database.db, 'p', {
    role: 'support',
    tenantId: null,
    name: 'x',
    expiresAt: null,
  });
  const id = route.path.startsWith('/v1/orders')
    ? own.orderId
    : route.path.startsWith('/v1/skipped')
      ? own.skippedId
      : route.path.startsWith('/v1/warehouses')
        ? own.warehouseId
        : route.path.startsWith('/v1/privacy-requests')
          ? own.privacyRequestId
          : route.path.startsWith('/v1/stock-syncs')
            ? own.syncId
            : route.path.startsWith('/v1/reconciliations')
              ? own.reconciliationId
              : own.storeId;
  const path = route.path.replace('{id}', id).replace('{sku}', 'kit-1').replace('{keyId}', key.id);
  return { path, body: bodyOf(route, own, tenantId), own };
}

const guarded = routes.filter((route) => route.access !== 'anyone');
const callers = ['operator', 'support', 'merchant'] as const;
const table = guarded.flatMap((route) => callers.map((who) => ({ name: `${route.method} ${route.path}`, who, route })));

it('has routes to test, and every guarded one is under /v1 or the codec', () => {
  expect(guarded.length).toBeGreaterThan(40);
  for (const route of guarded) expect(route.path).toMatch(/^\/(v1|codec)\//);
});

it.each(table)('$name: $who may call it only if the table says so', async ({ route, who }) => {
  const { path, body } = await target(route, harness.tenant);
  const answer = await harness.call(who, route.method.toUpperCase(), path, { body });
  if (route.access.includes(who)) expect([200, 201, 202, 204, 409]).toContain(answer.status);
  else expect(answer.status).toBe(403);
});

it.each(guarded.map((route) => ({ name: `${route.method} ${route.path}`, route })))(
  '$name: needs a key, and another tenant finds nothing',
  async ({ route }) => {
    const { path, body, own } = await target(route, harness.tenant);
    const method = route.method.toUpperCase();
    expect((await harness.call('nobody', method, path, { body })).status).toBe(401);
    expect((await harness.call('nobody', method, path, { body, token: 'wb_o_made_up' })).status).toBe(401);
    if (!route.access.includes('merchant')) return;
    const foreign = await harness.call('otherMerchant', method, path, { body });
    if (route.path.includes('{id}')) expect(foreign.status).toBe(404);
    if (route.path.includes('{id}')) await sameAsUnknown(route, path, own, foreign.body);
    if (route.method === 'get')
      for (const id of Object.values(own).filter((each) => /^[a-z]{3}_/.test(each)))
        expectHidden(foreign.text, path, id);
  },
);

/** The id the caller sent may come back in the message; nothing else of the tenant may. */
function expectHidden(text: string, path: string, id: string): void {
  if (!path.includes(id)) expect(text).not.toContain(id);
}

/** What a foreign id answers does not tell it from one that never was. */
async function sameAsUnknown(route: Route, path: string, own: Record<string, string>, foreign: { detail: string }) {
  const id = Object.values(own).find((each) => path.split('/').includes(each))!;
  const unknown = id.startsWith('1') || /^\d+$/.test(id) ? '999999999' : `${id.slice(0, -4)}0000`;
  const body = bodyOf(route, own as { warehouseId: string; storeId: string }, harness.otherTenant);
  const answer = await harness.call('otherMerchant', route.method.toUpperCase(), path.replace(id, unknown), { body });
  expect(answer.status).toBe(404);
  expect(answer.body.detail.replace(unknown, '')).toBe(foreign.detail.replace(id, ''));
}

it('lets support look at everything and act on orders only, and keeps tenants, keys and histories to operators', () => {
  const changing = (role: 'support' | 'merchant') =>
    guarded.filter((route) => route.method !== 'get' && route.access.includes(role)).map((route) => route.path);
  for (const path of changing('support')) expect(path).toMatch(/^\/v1\/orders\//);
  expect(changing('merchant')).not.toContainEqual(expect.stringMatching(/tenants|api-keys|codec/));
  const reads = guarded.filter((route) => route.method === 'get' && !route.access.includes('support'));
  expect(reads.map((route) => route.path)).toEqual([
    ...['/v1/tenants', '/v1/api-keys', '/v1/privacy-requests/{id}/export'],
  ]);
});

it('starts no app with a route that names nobody who may call it', () => {
  const route = { ...routes.find((each) => each.path === '/v1/tenants')!, access: [] };
  expect(() => mount(express(), [route], harness.dependencies)).toThrow('does not say who may call it');
  const none = { ...route, access: undefined } as unknown as Route;
  expect(() => mount(express(), [none], harness.dependencies)).toThrow('does not say who may call it');
});

it('R15: a merchant makes its stores in its own tenant, whatever tenant it names', async () => {
  const make = (who: Who, body: object) =>
    harness.call(who, 'POST', '/v1/stores', { body: { name: 'Mine', marketplace: 'clickbank', ...body } });
  expect((await make('merchant', {})).body.tenantId).toBe(harness.tenant);
  const foreign = await make('merchant', { tenantId: harness.otherTenant });
  expect([foreign.status, foreign.body.errors[0]?.pointer]).toEqual([422, '/tenantId']);
});

it('lets only an operator choose where credentials are sent', async () => {
  const { path, own } = await target(
    routes.find((each) => each.path === '/v1/stores/{id}')!,
    harness.tenant,
  );
  const proxy = { baseUrl: 'https://proxy.example.com/clickbank' };
  const refused = await harness.call('merchant', 'PATCH', path, { body: proxy });
  expect([refused.status, refused.body.errors[0]?.pointer]).toEqual([403, '/baseUrl']);
  expect((await harness.call('operator', 'PATCH', path, { body: proxy })).body.baseUrl).toBe(proxy.baseUrl);
  expect((await harness.call('merchant', 'PATCH', path, { body: { baseUrl: null } })).status).toBe(403);
  const warehouse = await harness.call('merchant', 'PATCH', `/v1/warehouses/${own.warehouseId}`, { body: proxy });
  expect(warehouse.status).toBe(403);
});

it.each(['ftp://example.com', 'https://user:secret@example.com', 'https://example.com/?a=1', 'example.com', ''])(
  'refuses the base URL %s by its field',
  async (baseUrl) => {
    const body = { name: 'New', marketplace: 'clickbank', tenantId: harness.tenant, baseUrl };
    const answer = await harness.call('operator', 'POST', '/v1/stores', { body });
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/baseUrl']);
  },
);

it('pins a listing and a rule only to warehouses of the same tenant', async () => {
  const mine = await oneOfEach(harness.database.db, harness.tenant);
  const theirs = await oneOfEach(harness.database.db, harness.otherTenant);
  const listing = await harness.call('operator', 'PUT', `/v1/stores/${mine.storeId}/listings/a%2Fb`, {
    body: { components: [{ warehouseSku: 'W', quantity: 1 }], warehouseId: theirs.warehouseId },
  });
  expect([listing.status, listing.body.errors[0]?.pointer]).toEqual([422, '/warehouseId']);
  const then = { warehouseId: theirs.warehouseId, methodCode: 'GROUND' };
  const rules = await harness.call('operator', 'PUT', `/v1/stores/${mine.storeId}/shipping-rules`, {
    body: { rules: [{ name: 'all', conditions: [], then }], otherwise: 'attention' },
  });
  expect([rules.status, rules.body.errors[0]?.pointer]).toEqual([422, '/rules/0/then/warehouseId']);
});
