import { readCredentials, saveCredentials } from '../../database/credentials.js';
import { uninstall } from '../../api/uninstall.js';
import { recordInstalled } from '../../database/store-accounts.js';
import { findStore } from '../../database/stores.js';
import { Failure } from '../../domain/failures.js';
import { shopifyCallback } from '../support/install-calls.js';
import { everything, startInstallHarness, type InstallHarness } from './install-harness.js';

let harness: InstallHarness;
beforeAll(async () => (harness = await startInstallHarness()));
afterAll(() => harness.close());
beforeEach(() => {
  harness.probe.report = everything;
  harness.tokens.answer = {
    status: 200,
    body: { access_token: 'shpat_canary', scope: 'read_orders', expires_in: 3600, refresh_token: 'shprt_canary' },
  };
});

const shop = 'example.myshopify.com';

async function authorize(storeId: string, account: string | null = 'example') {
  const body = account === null ? {} : { account };
  const answer = await harness.call('merchant', 'POST', `/v1/stores/${storeId}/authorize`, { body });
  const url = new URL((answer.body as unknown as { url: string }).url ?? 'none:');
  return { answer, url, path: `${url.pathname}${url.search}`, state: url.searchParams.get('state') ?? '' };
}

/** Opens the link as a browser would; its cookie goes with what comes after. */
async function start(path: string) {
  const page = await harness.call('nobody', 'GET', path);
  const set = page.headers.getSetCookie()[0] ?? '';
  return { page, set, cookie: set.split(';')[0]! };
}

function callback(state: string, cookie: string, over: Record<string, string> = {}, secret?: string) {
  const timestamp = String(Math.floor(harness.clock.now.getTime() / 1000));
  const query = shopifyCallback({ code: 'once-only-code', host: 'aG9zdA', shop, state, timestamp, ...over }, secret);
  return harness.call('nobody', 'GET', `/oauth/shopify/callback?${new URLSearchParams(query).toString()}`, {
    headers: { cookie },
  });
}

async function begin(account?: string) {
  const storeId = await harness.aStore('shopify');
  const { path, state } = await authorize(storeId, account);
  return { storeId, state, path, cookie: (await start(path)).cookie };
}

const saved = (storeId: string) => readCredentials(harness.database.db, harness.dependencies.keyRing, storeId);

it('R133: authorize, install at Shopify, and the store is connected', async () => {
  const storeId = await harness.aStore('shopify');
  const { answer, url, path, state } = await authorize(storeId);
  expect([answer.status, url.origin, url.pathname]).toEqual([
    200,
    'https://waybill.example.com',
    '/oauth/shopify/start',
  ]);
  expect(answer.body).toMatchObject({ account: shop, expiresAt: '2026-11-27T13:00:00.000Z' });

  const { page, set, cookie } = await start(path);
  expect(page.text).toContain(`${harness.tokens.url}/admin/oauth/authorize?client_id=client-id-of-ours`);
  expect(page.text).toContain('shopify &lt;store&gt;&quot; of Acme Goods');
  expect(set).toMatch(/HttpOnly; Secure; SameSite=Lax$/);
  expect(set).not.toContain(state);

  const answered = await callback(state, cookie);
  expect([answered.status, answered.text]).toEqual([303, '']);
  expect(harness.tokens.requests.at(-1)).toEqual({
    path: '/admin/oauth/access_token',
    body: {
      client_id: 'client-id-of-ours',
      client_secret: 'client-secret-of-ours',
      code: 'once-only-code',
      expiring: '1',
    },
  });
  expect(await saved(storeId)).toEqual({
    ...{ shop, accessToken: 'shpat_canary', refreshToken: 'shprt_canary', scope: 'read_orders' },
    expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
  const done = await harness.call('nobody', 'GET', answered.headers.get('location')!);
  expect(done.text).toContain(`${shop} is connected`);
  expect((await harness.call('merchant', 'GET', `/v1/stores/${storeId}`)).body.health.probe).toMatchObject({
    passes: true,
  });
});

it('R113, D6: a scope that was not granted is named at once, with the step that fails without it', async () => {
  harness.probe.report = {
    ...everything,
    permissions: [{ permission: 'write_inventory', standing: 'missing', neededFor: 'pushing stock' }],
  };
  const { state, cookie, storeId } = await begin();
  const { headers } = await callback(state, cookie);
  const done = await harness.call('nobody', 'GET', headers.get('location')!);
  expect(done.text).toContain('Missing: write_inventory, for pushing stock.');
  expect((await findStore(harness.database.db, storeId))?.probe?.permissions[0]?.standing).toBe('missing');
});

it('keeps the token when the marketplace does not answer the first probe, and says so', async () => {
  harness.probe.report = new Failure('unavailable', 'GET /graphql answered 503.');
  const { state, cookie, storeId } = await begin();
  const answered = await callback(state, cookie);
  expect(answered.status).toBe(303);
  expect(await saved(storeId)).toMatchObject({ accessToken: 'shpat_canary' });
  const done = await harness.call('nobody', 'GET', answered.headers.get('location')!);
  expect(done.text).toContain('GET /graphql answered 503.');
});

it('connecting again replaces the token in the same store, needs no shop, and takes no other shop', async () => {
  const { state, cookie, storeId } = await begin();
  await callback(state, cookie);
  harness.tokens.answer.body = { access_token: 'shpat_second', scope: 'x', expires_in: 60, refresh_token: 'r2' };
  const again = await authorize(storeId, null);
  expect((again.answer.body as unknown as { account: string }).account).toBe(shop);
  expect((await callback(again.state, (await start(again.path)).cookie)).status).toBe(303);
  expect(await saved(storeId)).toMatchObject({ accessToken: 'shpat_second' });

  const { answer } = await authorize(storeId, 'another-shop');
  expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([422, '/account']);
  expect(answer.body.detail).toContain('another-shop.myshopify.com');
  expect(answer.body.detail).toContain(shop);
});

it('a store with a pasted token stays with its shop; what was entered beside the token stays too', async () => {
  const storeId = await harness.aStore('shopify');
  const value = {
    shop: 'pasted.myshopify.com',
    accessToken: 'shpat_pasted',
    apiSecret: 'shpss_pasted',
    returnMagicApiKey: 'kept-key',
  };
  const place = { tenantId: harness.tenant, connectionId: storeId, field: 'api' as const };
  await saveCredentials(harness.database.db, harness.dependencies.keyRing, { ...place, value });
  expect((await authorize(storeId, 'example')).answer.status).toBe(422);
  const { path, state } = await authorize(storeId, null);
  const { cookie } = await start(path);
  expect((await callback(state, cookie, { shop: 'pasted.myshopify.com' })).status).toBe(303);
  expect(await saved(storeId)).toMatchObject({ returnMagicApiKey: 'kept-key', accessToken: 'shpat_canary' });
  expect(await saved(storeId)).not.toHaveProperty('apiSecret');
});

it.each([undefined, 'no shop!', 'evil.example', 'https://evil.example/a.myshopify.com'])(
  'R132: a new store needs a shop, and "%s" is none',
  async (account) => {
    const storeId = await harness.aStore('shopify');
    const answer = await harness.call('merchant', 'POST', `/v1/stores/${storeId}/authorize`, {
      body: account === undefined ? {} : { account },
    });
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([422, '/account']);
  },
);

describe('a callback is refused, spends no code and saves nothing', () => {
  const refusals: [string, (flow: { state: string; cookie: string }) => Promise<{ status: number; text: string }>, string][] = [
    ['unsigned', ({ state, cookie }) => callback(state, cookie, {}, 'wrong'), 'signature'],
    ['when it is old', ({ state, cookie }) => callback(state, cookie, { timestamp: '1700000000' }), '90 seconds'],
    ['with an unknown state', ({ cookie }) => callback('made-up', cookie), 'state'],
    ['without the cookie', ({ state }) => callback(state, ''), 'browser'],
    ["with another link's cookie", async ({ state }) => callback(state, (await begin()).cookie), 'browser'],
    ['with a forged cookie', ({ state }) => callback(state, `waybill_install=${'A'.repeat(43)}`), 'browser'],
    ['with a cut cookie', ({ state, cookie }) => callback(state, cookie.slice(0, -1)), 'browser'],
    ['for another shop than was asked', ({ state, cookie }) => callback(state, cookie, { shop: 'b.myshopify.com' }), 'b.myshopify.com'],
    ['for a foreign host', ({ state, cookie }) => callback(state, cookie, { shop: 'evil.example' }), 'myshopify.com'],
  ]; // prettier-ignore
  it.each(refusals)('%s', async (_what, send, why) => {
    const { storeId, ...flow } = await begin();
    const before = harness.tokens.requests.length;
    const answer = await send(flow);
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining(why)]);
    expect(harness.tokens.requests.length).toBe(before);
    expect(await saved(storeId)).toBeNull();
    // A refusal uses nothing up: the right browser still gets through.
    expect((await callback(flow.state, flow.cookie)).status).toBe(303);
  });

  it('when its state was used, however often and fast it comes', async () => {
    const { state, cookie } = await begin();
    const before = harness.tokens.requests.length;
    const answers = await Promise.all(Array.from({ length: 5 }, () => callback(state, cookie)));
    expect(answers.map((each) => each.status).sort()).toEqual([303, 403, 403, 403, 403]);
    expect(harness.tokens.requests.length).toBe(before + 1);
    expect((await callback(state, cookie)).status).toBe(403);
  });

  it('when its state has run out, and its link too', async () => {
    const { state, cookie, path } = await begin();
    harness.clock.now = new Date(harness.clock.now.getTime() + 60 * 60 * 1000);
    expect((await callback(state, cookie)).status).toBe(403);
    expect((await start(path)).page.status).toBe(403);
  });

  it('when a newer link was made for the store', async () => {
    const { storeId, state, cookie } = await begin();
    await authorize(storeId);
    expect((await callback(state, cookie)).status).toBe(403);
  });

  it('when the store was deleted meanwhile', async () => {
    const { storeId, state, cookie } = await begin();
    await harness.call('merchant', 'DELETE', `/v1/stores/${storeId}`);
    expect((await callback(state, cookie)).status).toBe(403);
  });
});

it('a code that Shopify refuses names the variables to look at, and saves nothing', async () => {
  harness.tokens.answer = { status: 400, body: { error: 'invalid_request', error_description: 'once-only-code' } };
  const { state, cookie, storeId } = await begin();
  const answer = await callback(state, cookie);
  expect([answer.status, answer.body.cause.code]).toEqual([422, 'credentials_refused']);
  expect(answer.body.detail).toContain('WAYBILL_SHOPIFY_CLIENT_ID');
  expect(await saved(storeId)).toBeNull();
});

it('a token that never expires is not taken: Shopify stops serving those', async () => {
  harness.tokens.answer.body = { access_token: 'shpat_old', scope: 'read_orders' };
  const { state, cookie } = await begin();
  expect((await callback(state, cookie)).body.cause.code).toBe('answer_malformed');
});

it('another tenant finds no store to authorize, and support may not', async () => {
  const storeId = await harness.aStore('shopify');
  const call = (who: 'otherMerchant' | 'support') =>
    harness.call(who, 'POST', `/v1/stores/${storeId}/authorize`, { body: { account: 'example' } });
  expect((await call('otherMerchant')).status).toBe(404);
  expect((await call('support')).status).toBe(403);
});

it('a browser is sent nowhere that a caller names', async () => {
  const { state, cookie, path } = await begin();
  const targets = { redirect_uri: 'https://evil.example', return_to: '//evil.example', next: 'https://evil.example' };
  const { page } = await start(path);
  expect((await harness.call('nobody', 'GET', `${path}&next=https://evil.example`)).status).toBe(400);
  expect(page.text).not.toContain('evil.example');
  const answered = await callback(state, cookie, targets);
  expect(answered.headers.get('location')).toMatch(/^\/oauth\/done\/ins_\w+$/);
});

it("pages say that they are nobody else's: no frame, no script, no form, not kept, no address passed on", async () => {
  const { path } = await begin();
  const { page } = await start(path);
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
});

it('a browser is told of a refusal on a page, a program by a problem', async () => {
  const send = (accept: string) => fetch(`${harness.url}/oauth/shopify/callback?shop=x`, { headers: { accept } });
  const page = await send('text/html,application/xhtml+xml,*/*;q=0.8');
  expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
  expect(await page.text()).toContain('POST /v1/stores/{id}/authorize');
  const problem = await send('*/*');
  expect([problem.status, problem.headers.get('content-type')]).toEqual([
    403,
    'application/problem+json; charset=utf-8',
  ]);
});

it('keeps neither state nor token where somebody could read it', async () => {
  const { state, cookie } = await begin();
  await callback(state, cookie);
  const tables = await harness.database.pool.query('select i::text from installs i');
  expect(JSON.stringify(tables.rows)).not.toContain(state);
  for (const secret of [state, 'shpat_canary', 'shprt_canary', 'client-secret-of-ours', 'once-only-code'])
    expect(harness.log.join()).not.toContain(secret);
  for (const secret of ['shpat_canary', 'shprt_canary', 'client-secret-of-ours'])
    expect(harness.answers.join()).not.toContain(secret);
});

it('GET /v1/connectors says where installing is possible', async () => {
  const { body } = await harness.call('support', 'GET', '/v1/connectors');
  expect(body.marketplaces).toMatchObject([
    { name: 'shopify', install: { possible: true, missing: [] } },
    { name: 'bigcommerce', install: { possible: true, missing: [] } },
    { name: 'clickbank', install: null },
  ]);
});

it('without an application everything says which variables are missing', async () => {
  const bare = await startInstallHarness({ WAYBILL_SHOPIFY_CLIENT_ID: 'only the id' });
  const missing = ['WAYBILL_SHOPIFY_CLIENT_SECRET', 'WAYBILL_PUBLIC_URL'];
  const { body } = await bare.call('merchant', 'GET', '/v1/connectors');
  expect(body.marketplaces[0]).toMatchObject({
    install: { possible: false, missing: expect.arrayContaining(missing) as string[] },
  });
  const storeId = await bare.aStore('shopify');
  const body2 = { account: 'example' };
  for (const answer of [
    await bare.call('merchant', 'POST', `/v1/stores/${storeId}/authorize`, { body: body2 }),
    await bare.call('nobody', 'GET', '/oauth/shopify/callback'),
    await bare.call('nobody', 'POST', '/webhooks/apps/shopify', { raw: '{}' }),
  ]) {
    expect(answer.status).toBe(409);
    for (const name of missing) expect(answer.body.detail).toContain(name);
  }
  await bare.close();
});

it('there is no such thing at a marketplace without an application', async () => {
  for (const name of ['clickbank', 'toString', '__proto__', 'nowhere'])
    expect((await harness.call('nobody', 'GET', `/oauth/${name}/callback`)).status).toBe(404);
});

describe('an install that begins at Shopify', () => {
  const open = (over: Record<string, string> = {}, secret?: string) => {
    const timestamp = String(Math.floor(harness.clock.now.getTime() / 1000));
    const query = shopifyCallback({ host: 'aG9zdA', shop, timestamp, ...over }, secret);
    return harness.call('nobody', 'GET', `/oauth/shopify/load?${new URLSearchParams(query).toString()}`);
  };

  it('R133: grants nothing, and tells the merchant how to begin', async () => {
    const strange = 'never-seen.myshopify.com';
    // Somebody else waits for the account: the merchant is not led to them.
    await authorize(await harness.aStore('shopify'), strange);
    const tokens = harness.tokens.requests.length;
    const page = await open({ shop: strange });
    expect([page.status, page.headers.get('location'), page.headers.getSetCookie()]).toEqual([200, null, []]);
    expect(page.text).toContain('Begin at Waybill');
    expect(page.text).toContain(`POST /v1/stores/{id}/authorize with {&quot;account&quot;:&quot;${strange}&quot;}`);
    expect(page.text).not.toContain('oauth/authorize');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(harness.tokens.requests).toHaveLength(tokens);
  });

  it('names the stores of the account, and how to connect again what was uninstalled', async () => {
    const account = 'known.myshopify.com';
    const storeId = await harness.aStore('shopify');
    await recordInstalled(harness.database.db, storeId, account, harness.clock.now);
    expect((await open({ shop: account })).text).toContain('takes its orders from this account.');
    await uninstall(harness.dependencies, storeId, harness.clock.now);
    expect((await open({ shop: account })).text).toContain(`POST /v1/stores/${storeId}/authorize with {}`);
  });

  it.each([
    ['signed by another', {}, 'other'],
    ['that is old', { timestamp: '1764000000' }, undefined],
    ['of no shop', { shop: 'evil.example' }, undefined],
  ])('does not believe an opening %s', async (_what, over, secret) => {
    expect((await open(over, secret)).status).toBe(401);
  });

  it('ends no install: what proves an opening is no news of an uninstall', async () => {
    const timestamp = String(Math.floor(harness.clock.now.getTime() / 1000));
    const query = new URLSearchParams(shopifyCallback({ shop, timestamp })).toString();
    expect((await harness.call('nobody', 'GET', `/oauth/shopify/uninstall?${query}`)).status).toBe(401);
  });
});
