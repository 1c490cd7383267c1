import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { startApi, type RunningApi } from '../../api/main.js';
import { createApiKey } from '../../database/api-keys.js';
import { findStore } from '../../database/stores.js';
import { sandboxBigcommerceApp } from '../../sandbox/bigcommerce/app.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { readConfiguration } from '../../worker/configuration.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { temporalAddress } from '../support/temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from '../workflows/flow.js';

quietTemporal();
const pepper = randomBytes(16).toString('hex');
let bigcommerce: BigcommerceSandbox;
let waybill: Waybill;
let flow: Flow;
let api: RunningApi;
let authorization: string;
beforeAll(async () => {
  bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  // Nothing but what the install brings opens the store.
  bigcommerce.state.tokens = [];
  const baseUrl = await bigcommerce.standIn.listen();
  waybill = await startWaybill({ store: { marketplace: 'bigcommerce', baseUrl, credentials: {} } });
  await waybill.db.deleteFrom('credentials').where('connection_id', '=', waybill.storeId).execute();
  flow = flowOf(waybill);
  api = await startApi(
    readConfiguration({
      ...{ PORT: '0', DATABASE_URL: waybill.database.url, TEMPORAL_ADDRESS: temporalAddress() },
      ...{ WAYBILL_ENCRYPTION_KEYS: waybill.keys, WAYBILL_API_KEY_PEPPER: pepper },
      ...{ WAYBILL_ALLOWED_ADDRESSES: '127.0.0.1', WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix },
      WAYBILL_PUBLIC_URL: 'http://waybill.test',
      WAYBILL_BIGCOMMERCE_CLIENT_ID: sandboxBigcommerceApp.clientId,
      WAYBILL_BIGCOMMERCE_CLIENT_SECRET: sandboxBigcommerceApp.clientSecret,
    }),
    pino({ level: 'silent' }),
  );
  const key = { role: 'merchant' as const, tenantId: waybill.tenantId, name: 'm', expiresAt: null };
  authorization = `Bearer ${(await createApiKey(waybill.db, pepper, key)).token}`;
});
afterAll(async () => {
  await api.stop();
  await waybill.stop();
  await bigcommerce.close();
});

const publicly = (event: string) => `http://waybill.test/oauth/bigcommerce/${event}`;
/** The public address of the test is this API. */
const here = (url: string) => url.replace('http://waybill.test', api.url);

async function authorize(): Promise<{ url: string; code: string }> {
  const asked = await fetch(`${api.url}/v1/stores/${waybill.storeId}/authorize`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ account: bigcommerce.state.storeHash }),
  });
  return (await asked.json()) as { url: string; code: string };
}

/** What the owner does in the control panel: Install, and the code typed on the page that comes in its frame. */
async function install(code: string): Promise<string> {
  const page = await (await fetch(here(bigcommerce.openInstall(publicly('callback'))))).text();
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page) ?? [];
  const [, sealed = ''] = /name="install" value="([^"]+)"/.exec(page) ?? [];
  const body = new URLSearchParams({ install: sealed, code });
  return (await fetch(new URL(action, api.url), { method: 'POST', body })).text();
}

/** Opened by the control panel, signed. */
const signed = (event: string) => fetch(here(bigcommerce.openSigned(publicly(event))));

it('R93, R99, R103: the app is installed, and an order imported, sent and told with the token that brought', async () => {
  const { url, code } = await authorize();
  expect(url).toContain('/manage');
  const done = await install(code);
  expect(done).toContain(`${bigcommerce.state.storeHash} is connected`);
  const [token, ...others] = bigcommerce.state.tokens;
  expect(others).toEqual([]);
  const { probe } = (await findStore(waybill.db, waybill.storeId))!;
  expect(probe!.permissions.filter((each) => each.standing === 'missing')).toEqual([]);

  await waybill.enable();
  const [order] = bigcommerce.addOrders([{}]);
  await flow.pollStore();
  const id = String(order!.id);
  await flow.until(id, 'submitted');
  await flow.ship(id, [{ carrier: 'UPS', trackingNumber: '1ZAPP0001' }]);
  await flow.until(id, 'shipped');
  expect(bigcommerce.ledger().shipments).toMatchObject([{ orderId: order!.id, trackingNumber: '1ZAPP0001' }]);
  expect(done).not.toContain(token!.accessToken);
});

it('D3: opened it shows the store, a user who leaves changes nothing, and an uninstall ends the token', async () => {
  expect(await (await signed('load')).text()).toContain('takes its orders from this account');
  expect((await signed('remove-user')).status).toBe(200);
  expect((await findStore(waybill.db, waybill.storeId))!.attention).toBeNull();

  bigcommerce.life.uninstall(bigcommerce.state.tokens[0]!.accessToken);
  expect((await signed('uninstall')).status).toBe(200);
  const store = (await findStore(waybill.db, waybill.storeId))!;
  expect(store.attention).toMatchObject({ cause: 'app_uninstalled' });
  const kept = waybill.db.selectFrom('credentials').selectAll().where('connection_id', '=', waybill.storeId);
  expect(await kept.execute()).toEqual([]);
});

it('R103: installed again by a new code, the store goes on', async () => {
  const missed = bigcommerce.addOrders([{}])[0]!;
  expect(await install((await authorize()).code)).toContain('is connected');
  await flow.pollStore();
  await flow.until(String(missed.id), 'submitted');
});
