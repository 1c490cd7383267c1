import { createHmac, randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { startApi, type RunningApi } from '../../api/main.js';
import { createApiKey } from '../../database/api-keys.js';
import { createStore, findStore } from '../../database/stores.js';
import { createTenant } from '../../database/tenants.js';
import { defaultStoreSettings } from '../../domain/store.js';
import { createShopifySandbox, type ShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { sandboxShopDomain, sandboxShopifyApp } from '../../sandbox/shopify/state/tokens.js';
import { readConfiguration } from '../../worker/configuration.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { temporalAddress, testTaskQueue } from '../support/temporal.js';

const pepper = randomBytes(16).toString('hex');
let database: FreshDatabase;
let sandbox: ShopifySandbox;
let api: RunningApi;
let storeId: string;
let authorization: string;
beforeAll(async () => {
  database = await freshDatabase();
  sandbox = createShopifySandbox();
  const baseUrl = await sandbox.standIn.listen();
  api = await startApi(
    readConfiguration({
      ...{ PORT: '0', DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporalAddress() },
      ...{ WAYBILL_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`, WAYBILL_API_KEY_PEPPER: pepper },
      ...{ WAYBILL_ALLOWED_ADDRESSES: '127.0.0.1', WAYBILL_TASK_QUEUE_PREFIX: testTaskQueue('install') },
      WAYBILL_PUBLIC_URL: 'http://waybill.test',
      WAYBILL_SHOPIFY_CLIENT_ID: sandboxShopifyApp.clientId,
      WAYBILL_SHOPIFY_CLIENT_SECRET: sandboxShopifyApp.clientSecret,
    }),
    pino({ level: 'silent' }),
  );
  const { id: tenantId } = await createTenant(database.db, 'Acme Goods');
  const key = { role: 'merchant' as const, tenantId, name: 'm', expiresAt: null };
  authorization = `Bearer ${(await createApiKey(database.db, pepper, key)).token}`;
  const wanted = { tenantId, name: 'A shop', marketplace: 'shopify' as const, baseUrl };
  storeId = (await createStore(database.db, { ...wanted, settings: defaultStoreSettings })).id;
});
afterAll(async () => {
  await api.stop();
  await sandbox.standIn.close();
  await database.drop();
});

/** What the browser of the merchant does: the link, the page, Shopify's consent, and back. */
async function install(): Promise<{ status: number; page: string }> {
  const asked = await fetch(`${api.url}/v1/stores/${storeId}/authorize`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ account: sandboxShopDomain }),
  });
  const { url } = (await asked.json()) as { url: string };
  const start = await fetch(here(url));
  const cookie = start.headers.getSetCookie()[0]!.split(';')[0]!;
  const [, onward = ''] = /<a href="([^"]+)"/.exec(await start.text()) ?? [];
  const consent = await fetch(onward.replaceAll('&amp;', '&'), { redirect: 'manual' });
  const back = await fetch(here(consent.headers.get('location')!), { headers: { cookie }, redirect: 'manual' });
  const done = await fetch(new URL(back.headers.get('location') ?? '/', api.url));
  return { status: back.status, page: await done.text() };
}

/** The public address of the test is this API. */
const here = (url: string) => url.replace('http://waybill.test', api.url);
const probe = async () => (await findStore(database.db, storeId))!.probe!;

it('R99, R133: a shop is connected as a merchant does it, with a token that its probe was made with', async () => {
  const { status, page } = await install();
  expect([status, page]).toEqual([303, expect.stringContaining(`${sandboxShopDomain} is connected`)]);
  const { permissions } = await probe();
  expect(permissions.length).toBeGreaterThan(3);
  expect(permissions.filter((each) => each.standing !== 'granted')).toEqual([]);
});

it('R113: a merchant who withholds a scope sees on the last page what will fail', async () => {
  sandbox.shop.settings.grantsOnly = ['read_orders', 'read_locations', 'write_merchant_managed_fulfillment_orders'];
  const { page } = await install();
  expect(page).toContain('Missing: write_inventory, for pushing stock.');
  expect((await probe()).permissions).toContainEqual(
    expect.objectContaining({ permission: 'write_inventory', standing: 'missing' }),
  );
});

it('an uninstall that Shopify signs is believed once the token is dead', async () => {
  const body = JSON.stringify({ id: 1, myshopify_domain: sandboxShopDomain });
  const hmac = createHmac('sha256', sandboxShopifyApp.clientSecret).update(body).digest('base64');
  const tell = () =>
    fetch(`${api.url}/webhooks/apps/shopify`, {
      method: 'POST',
      headers: { 'x-shopify-topic': 'app/uninstalled', 'x-shopify-hmac-sha256': hmac },
      body,
    });
  expect((await tell()).status).toBe(200);
  expect((await findStore(database.db, storeId))!.attention).toBeNull();
  for (const token of sandbox.shop.tokens) token.revoked = true;
  expect((await tell()).status).toBe(200);
  expect((await findStore(database.db, storeId))!.attention).toMatchObject({ cause: 'app_uninstalled' });
});
