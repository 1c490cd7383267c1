import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MarketplaceDefinition } from '../../connectors/marketplaces/registry.js';
import { warehouseSystems } from '../../connectors/warehouses/registry.js';
import { shopify } from '../../connectors/marketplaces/shopify/shopify.js';
import { saveCredentials } from '../../database/credentials.js';
import { createStore } from '../../database/stores.js';
import { defaultStoreSettings, type MarketplaceName } from '../../domain/store.js';
import { createWebhookVerifier } from '../../worker/webhooks.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { anAddress } from '../domain/given.js';
import { shopifyHeaders } from '../support/install-calls.js';
import { anImportedOrder } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';

const keyRing = parseKeyRing(`test:${Buffer.alloc(32, 5).toString('base64')}`);
const app = { clientId: 'app', clientSecret: 'the secret of the app' };
const sign = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('hex');

/** Signs with what was kept of the registration, and names a person whom nobody may keep. */
const readNews: NonNullable<MarketplaceDefinition['readNews']> = ({ headers, rawBody, webhook, credentials, app }) => {
  const secret = `${(webhook as { secret: string } | null)?.secret}${(credentials as { token: string }).token}${app?.clientSecret}`;
  const signature = Buffer.from(headers['x-shop-signature'] ?? '');
  const expected = Buffer.from(sign(secret, rawBody.toString('utf8')));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return null;
  const body = JSON.parse(rawBody.toString('utf8')) as { id: string; orders: string[] };
  return { deliveryKey: body.id, topic: 'orders/updated', kind: 'orders', orderIds: body.orders };
};

const silent = { readNews: null };
const others = { bigcommerce: silent, shopify };

let database: FreshDatabase;
let harness: Harness;
let store: { id: string; path: string };
beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  const parts = { db, keyRing, warehouseSystems, apps: { clickbank: app } };
  harness = await startHarness(
    { verifyWebhook: createWebhookVerifier({ ...parts, marketplaces: { ...others, clickbank: { readNews } } }) },
    database,
  );
  store = await addStore();
}, 30_000);
afterAll(async () => {
  await harness.close();
  await database.drop();
});

async function addStore(marketplace: MarketplaceName = 'clickbank'): Promise<{ id: string; path: string }> {
  const { db } = database;
  const wanted = { tenantId: harness.tenant, name: 'Shop', marketplace, baseUrl: null };
  const { id } = await createStore(db, { ...wanted, settings: defaultStoreSettings });
  const { webhook_path } = await db
    .selectFrom('stores')
    .select('webhook_path')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { id, path: webhook_path };
}

const keep = (field: 'api' | 'webhook', value: Record<string, string>) =>
  saveCredentials(database.db, keyRing, { tenantId: harness.tenant, connectionId: store.id, field, value });
const deliver = (body: string, secret: string, path = store.path) =>
  harness.call('nobody', 'POST', `/webhooks/${path}`, {
    raw: body,
    headers: { 'x-shop-signature': sign(`${secret}${app.clientSecret}`, body) },
  });
const inbox = () =>
  database.db.selectFrom('webhook_inbox').select(['connection_id', 'delivery_key', 'topic', 'body']).execute();

it('D5: a notification for a store is proven by what was kept of it, and only its kind and orders are stored', async () => {
  await keep('api', { token: '-token-' });
  await keep('webhook', { secret: 'first' });
  const body = '{"id":"d1","orders":["S1","S2"],"customer":"Ann Sample"}';
  for (let time = 0; time < 3; time++) expect((await deliver(body, 'first-token-')).status).toBe(200);
  expect(await inbox()).toEqual([
    {
      ...{ connection_id: store.id, delivery_key: 'd1', topic: 'orders/updated' },
      body: { kind: 'orders', orderIds: ['S1', 'S2'] },
    },
  ]);
});

it('what privacy law asks, of an app that the merchant made, is carried out and not kept as it came', async () => {
  const { id, path } = await addStore('shopify');
  const apiSecret = 'secret-of-the-merchant';
  const credentials = { shop: 'acme.myshopify.com', accessToken: 'shpat_invented', apiSecret };
  await saveCredentials(database.db, keyRing, {
    ...{ tenantId: harness.tenant, connectionId: id, field: 'api', value: credentials },
  });
  const shipTo = { ...anAddress, name: 'Canaria Birdsong', email: 'canary@example.com' };
  const externalId = '5000000000001';
  const orderId = await anImportedOrder(database.db, harness.tenant, id, { externalId, shipTo }, 'shipped');
  const raw = JSON.stringify({
    shop_domain: credentials.shop,
    customer: { email: shipTo.email },
    orders_to_redact: [],
  });
  const send = (secret: string) =>
    harness.call('nobody', 'POST', `/webhooks/${path}`, {
      raw,
      headers: { ...shopifyHeaders('customers/redact', raw, secret), 'x-shopify-shop-domain': credentials.shop },
    });
  expect((await send('another secret')).status).toBe(401);
  for (let time = 0; time < 2; time++) expect((await send(apiSecret)).status).toBe(200);
  const requests = (await harness.call('merchant', 'GET', `/v1/privacy-requests?store=${id}`)).body.items;
  expect(requests).toMatchObject([{ kind: 'customer_erasure', externalIds: [externalId], done: { recipients: 1 } }]);
  expect((await harness.call('merchant', 'GET', `/v1/orders/${orderId}`)).body.shipTo).toBeNull();
  expect((await inbox()).filter((each) => each.connection_id === id)).toEqual([]);
});

it('a new secret counts at once, and what is not signed by one is refused and not stored', async () => {
  expect((await deliver('{"id":"d2","orders":[]}', 'forged-token-')).status).toBe(401);
  await keep('webhook', { secret: 'second' });
  expect((await deliver('{"id":"d3","orders":[]}', 'second-token-')).status).toBe(200);
  expect((await inbox()).map((each) => each.delivery_key)).toEqual(['d1', 'd3']);
});

it('a secret that was replaced counts for ten seconds more where it was remembered, and not a moment longer', async () => {
  const clock = { now: new Date('2026-11-27T12:00:00Z') };
  const { db } = database;
  const verify = createWebhookVerifier({
    ...{ db, keyRing, warehouseSystems, apps: { clickbank: app }, now: () => clock.now },
    marketplaces: { ...others, clickbank: { readNews } },
  });
  const body = '{"id":"d9","orders":[]}';
  const knock = (secret: string) =>
    verify(store.path, { 'x-shop-signature': sign(`${secret}-token-${app.clientSecret}`, body) }, Buffer.from(body));
  const letIn = expect.objectContaining({ deliveryKey: 'd9' }) as object;
  await keep('webhook', { secret: 'old' });
  expect(await knock('old')).toEqual(letIn);
  await keep('webhook', { secret: 'new' });
  clock.now = new Date('2026-11-27T12:00:09.999Z');
  expect(await knock('old')).toEqual(letIn);
  clock.now = new Date('2026-11-27T12:00:10.000Z');
  expect(await knock('old')).toBeNull();
  expect(await knock('new')).toEqual(letIn);
  // The new one, once seen, is the one that is remembered.
  expect(await knock('old')).toBeNull();
  await keep('webhook', { secret: 'second' });
});

it('an unknown address, a deleted store and a marketplace that sends no such notifications are all unknown', async () => {
  expect((await deliver('{"id":"d4","orders":[]}', 'second-token-', 'guess')).status).toBe(404);
  const verify = createWebhookVerifier({
    ...{ db: database.db, keyRing, warehouseSystems },
    marketplaces: { ...others, clickbank: silent },
  });
  expect(await verify(store.path, {}, Buffer.from('{}'))).toBe('unknown_path');
  const gone = await addStore();
  await database.db.updateTable('stores').set({ deleted_at: new Date() }).where('id', '=', gone.id).execute();
  expect((await deliver('{"id":"d5","orders":[]}', 'second-token-', gone.path)).status).toBe(404);
});

it('what the daily check of its webhooks found is shown with the health of the store, and forgotten with the access', async () => {
  const health = {
    ...{ checkedAt: '2026-11-27T09:00:00.000Z', mended: ['orders/create was off'] },
    ...{ mendedAt: '2026-11-26T09:00:00.000Z', problem: null },
  };
  await database.db
    .updateTable('stores')
    .set({ webhooks: JSON.stringify(health) })
    .where('id', '=', store.id)
    .execute();
  const shown = async () => (await harness.call('merchant', 'GET', `/v1/stores/${store.id}`)).body.health;
  expect(await shown()).toMatchObject({ webhooks: health });
  await harness.call('merchant', 'PUT', `/v1/stores/${store.id}/credentials`, { body: { apiKey: 'another key' } });
  expect(await shown()).toMatchObject({ webhooks: null });
});
