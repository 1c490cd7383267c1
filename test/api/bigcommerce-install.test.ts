import { readCredentials } from '../../database/credentials.js';
import { claimsAt, signedPayload } from '../support/install-calls.js';
import { startInstallHarness, type InstallHarness } from './install-harness.js';

let harness: InstallHarness;
beforeAll(async () => (harness = await startInstallHarness()));
afterAll(() => harness.close());

let hashes = 0;
/** A store hash that no other test of this file has. */
const aHash = () => `hash${++hashes}`;

const authorize = (storeId: string, account: string, who: 'merchant' | 'otherMerchant' = 'merchant') =>
  harness.call(who, 'POST', `/v1/stores/${storeId}/authorize`, { body: { account } });

/** The control panel's call of /auth after the owner installed the app; BigCommerce answers for that store. */
function auth(hash: string, over: { tokenOf?: string; token?: string } = {}) {
  harness.tokens.answer = {
    status: 200,
    body: {
      ...{ access_token: over.token ?? 'bc-canary', scope: 'store_v2_orders store_v2_default' },
      ...{ context: `stores/${over.tokenOf ?? hash}`, user: { id: 1, email: 'owner@example.com' } },
    },
  };
  const query = { code: 'once-only-code', scope: 'store_v2_orders', context: `stores/${hash}`, account_uuid: 'u-1' };
  return harness.call('nobody', 'GET', `/oauth/bigcommerce/callback?${new URLSearchParams(query).toString()}`);
}

/** What the page of the callback holds for the form to send along. */
const sealedIn = (page: string) => /name="install" value="([^"]+)"/.exec(page)?.[1] ?? '';
const codeIn = (answer: { body: unknown }) => (answer.body as { code: string }).code;

/** The merchant fills in the page's form. */
const confirm = (install: string, code: string) =>
  harness.call('nobody', 'POST', '/oauth/bigcommerce/confirm', {
    raw: new URLSearchParams({ install, code }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

/** Installs the app for a store that waits, up to the page that asks for the code. */
async function installed(storeId: string, hash: string, over: Parameters<typeof auth>[1] = {}) {
  const code = codeIn(await authorize(storeId, hash));
  const page = await auth(hash, over);
  return { code, page, sealed: sealedIn(page.text) };
}

async function connected() {
  const hash = aHash();
  const storeId = await harness.aStore('bigcommerce');
  const { code, sealed } = await installed(storeId, hash);
  expect((await confirm(sealed, code)).status).toBe(303);
  return { hash, storeId };
}

const saved = (storeId: string) => readCredentials(harness.database.db, harness.dependencies.keyRing, storeId);
const signed = (event: string, claims: Record<string, unknown>, forge = {}) =>
  harness.call('nobody', 'GET', `/oauth/bigcommerce/${event}?signed_payload_jwt=${signedPayload(claims, forge)}`);

it('R103, D3: the owner installs the app in the control panel, and the store that waits is connected', async () => {
  const hash = aHash();
  const storeId = await harness.aStore('bigcommerce');
  const opened = await authorize(storeId, `https://store-${hash}.mybigcommerce.com/manage`);
  expect(opened.body).toMatchObject({ account: hash, url: `${harness.tokens.url}/manage` });
  expect((opened.body as unknown as { instructions: string }).instructions).toContain('store owner');

  const asked = await auth(hash);
  expect(asked.status).toBe(200);
  expect(harness.tokens.requests.at(-1)).toEqual({
    path: '/oauth2/token',
    body: {
      ...{ client_id: 'client-id-of-ours', client_secret: 'client-secret-of-ours', code: 'once-only-code' },
      ...{ context: `stores/${hash}`, scope: 'store_v2_orders', grant_type: 'authorization_code' },
      redirect_uri: 'https://waybill.example.com/oauth/bigcommerce/callback',
    },
  });
  expect(asked.text).toContain('bigcommerce &lt;store&gt;&quot; of Acme Goods');
  expect(await saved(storeId)).toBeNull();

  const answered = await confirm(sealedIn(asked.text), codeIn(opened));
  expect(answered.status).toBe(303);
  expect(await saved(storeId)).toEqual({
    ...{ storeHash: hash, accessToken: 'bc-canary', scope: 'store_v2_orders store_v2_default' },
  });
  const done = await harness.call('nobody', 'GET', answered.headers.get('location')!);
  expect(done.text).toContain(`${hash} is connected`);
  expect(done.text).toContain('bigcommerce &lt;store&gt;&quot; of Acme Goods');
});

it('shows its pages in the frame of the control panel, and in no other', async () => {
  const { hash } = await connected();
  const page = await signed('load', claimsAt(harness.clock.now, { sub: `stores/${hash}` }));
  expect(page.headers.get('content-security-policy')).toContain('frame-ancestors https://*.mybigcommerce.com');
  expect(page.headers.get('x-frame-options')).toBeNull();
  expect(page.text).toContain('bigcommerce &lt;store&gt;');
});

describe('the code', () => {
  it('is not known to a stranger who waits for the account: the merchant is shown whose store it is, and has none', async () => {
    const hash = aHash();
    const theirs = await harness.aStore('bigcommerce', harness.otherTenant);
    const code = codeIn(await authorize(theirs, hash, 'otherMerchant'));
    const page = await auth(hash);
    expect(page.text).toContain('bigcommerce &lt;store&gt;&quot; of Other Goods');
    for (const secret of [code, 'bc-canary']) expect(page.text).not.toContain(secret);
    // All that the stranger can send: the code, without what only the merchant's browser was given.
    for (const install of ['x', 'test:eHh4', '', `test:${Buffer.alloc(60).toString('base64url')}`])
      expect((await confirm(install, code)).status).toBeGreaterThanOrEqual(400);
    expect(await saved(theirs)).toBeNull();
  });

  it('is read however it is typed, and cannot be sent twice', async () => {
    const storeId = await harness.aStore('bigcommerce');
    const { code, sealed } = await installed(storeId, aHash());
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect((await confirm(sealed, typed)).status).toBe(303);
    expect((await confirm(sealed, code)).status).toBe(403);
  });

  it('is asked for again when mistyped, five times in all, also when the tries come side by side', async () => {
    const storeId = await harness.aStore('bigcommerce');
    const { code, page, sealed } = await installed(storeId, aHash());
    const again = await confirm(sealed, 'AAAA-AAAA');
    expect([again.status, sealedIn(again.text)]).toEqual([200, sealed]);
    expect(again.text).toContain('Tries left: 4');
    for (const each of [page, again])
      expect(each.headers.get('content-security-policy')).toContain(
        "form-action 'self'; frame-ancestors https://*.mybigcommerce.com",
      );
    const guesses = await Promise.all(Array.from({ length: 8 }, (_, guess) => confirm(sealed, `AAAA-AAA${guess}`)));
    expect(guesses.filter((each) => each.status === 200)).toHaveLength(4);
    const late = await confirm(sealed, code);
    expect([late.status, late.body.detail]).toEqual([403, expect.stringContaining('mistyped too often')]);
    expect(await saved(storeId)).toBeNull();
  });

  it('runs out with its link, and with a newer link of the store', async () => {
    const storeId = await harness.aStore('bigcommerce');
    const hash = aHash();
    const first = await installed(storeId, hash);
    const second = await installed(storeId, hash);
    expect(second.code).not.toBe(first.code);
    expect((await confirm(first.sealed, first.code)).status).toBe(403);
    // One install's code does not open another's.
    expect((await confirm(second.sealed, first.code)).status).toBe(200);
    const { now } = harness.clock;
    harness.clock.now = new Date(now.getTime() + 3_600_001);
    const late = await confirm(second.sealed, second.code);
    harness.clock.now = now;
    expect(late.status).toBe(403);
    expect(await saved(storeId)).toBeNull();
  });

  it('connects nothing where the store was deleted meanwhile', async () => {
    const storeId = await harness.aStore('bigcommerce');
    const { code, sealed } = await installed(storeId, aHash());
    await harness.call('merchant', 'DELETE', `/v1/stores/${storeId}`);
    expect((await confirm(sealed, code)).body.detail).toContain('deleted meanwhile');
  });

  it('is taken from a form alone', async () => {
    const answer = await harness.call('nobody', 'POST', '/oauth/bigcommerce/confirm', { body: { install: 'x' } });
    expect(answer.status).toBe(415);
  });
});

it('is refused where no store waits for the account', async () => {
  const before = harness.tokens.requests.length;
  const answer = await auth(aHash());
  expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('No store waits')]);
  expect(harness.tokens.requests.length).toBe(before);
});

it('two stores never wait for one account, of one tenant or of two, however close they ask', async () => {
  const hash = aHash();
  const mine = await harness.aStore('bigcommerce');
  const theirs = await harness.aStore('bigcommerce', harness.otherTenant);
  const answers = await Promise.all([authorize(mine, hash), authorize(theirs, hash, 'otherMerchant')]);
  expect(answers.map((each) => each.status).sort()).toEqual([200, 409]);
  const refused = answers.find((each) => each.status === 409)!;
  for (const other of [mine, theirs, 'Acme', 'Other Goods']) expect(refused.text).not.toContain(other);
});

it('an account that a store has is wished for by no other, until that store is deleted', async () => {
  const { hash, storeId } = await connected();
  const theirs = await harness.aStore('bigcommerce', harness.otherTenant);
  expect((await authorize(theirs, hash, 'otherMerchant')).status).toBe(409);
  await harness.call('merchant', 'DELETE', `/v1/stores/${storeId}`);
  expect((await authorize(theirs, hash, 'otherMerchant')).status).toBe(200);
});

it('is refused where two stores claim the account all the same', async () => {
  const { hash } = await connected();
  const other = await harness.aStore('bigcommerce');
  await harness.database.db.updateTable('stores').set({ account: hash }).where('id', '=', other).execute();
  expect((await auth(hash)).body.detail).toContain('Several stores');
});

it('a token for another store than was asked is not saved', async () => {
  const hash = aHash();
  const storeId = await harness.aStore('bigcommerce');
  await authorize(storeId, hash);
  expect((await auth(hash, { tokenOf: 'another' })).status).toBe(422);
  expect(await saved(storeId)).toBeNull();
});

it('a merchant who accepts changed scopes is connected again in the same store, without a new link', async () => {
  const { hash, storeId } = await connected();
  const again = await auth(hash, { token: 'bc-second' });
  expect(again.status).toBe(303);
  expect(await saved(storeId)).toMatchObject({ accessToken: 'bc-second' });
  expect((await harness.call('nobody', 'GET', again.headers.get('location')!)).status).toBe(200);
});

describe('uninstall', () => {
  const attention = async (storeId: string) =>
    (await harness.call('merchant', 'GET', `/v1/stores/${storeId}`)).body as unknown as {
      health: { attention: { cause: string; fix: string; waitsFor: string } | null; probe: null };
      credentials: null;
    };

  it('forgets token and webhook at once, and tells a person what to do; no call is made', async () => {
    const { hash, storeId } = await connected();
    const calls = harness.probe.calls;
    expect((await signed('uninstall', claimsAt(harness.clock.now, { sub: `stores/${hash}` }))).status).toBe(200);
    expect(await saved(storeId)).toBeNull();
    const view = await attention(storeId);
    expect(view).toMatchObject({ credentials: null, health: { probe: null } });
    expect(view.health.attention).toMatchObject({
      ...{ cause: 'app_uninstalled', fix: expect.stringContaining('/authorize') as string },
      waitsFor: `connection:${storeId}`,
    });
    expect(harness.probe.calls).toBe(calls);
  });

  it('is over when the app is installed again by a new code, in the same store; late news does not undo it', async () => {
    const { hash, storeId } = await connected();
    const claims = claimsAt(harness.clock.now, { sub: `stores/${hash}` });
    await signed('uninstall', claims);
    harness.clock.now = new Date(harness.clock.now.getTime() + 60_000);
    expect((await auth(hash)).body.detail).toContain('The app was uninstalled');
    const { code, sealed } = await installed(storeId, hash, { token: 'bc-back' });
    expect((await confirm(sealed, code)).status).toBe(303);
    expect((await attention(storeId)).health.attention).toBeNull();
    expect((await signed('uninstall', claims)).status).toBe(200);
    expect(await saved(storeId)).toMatchObject({ accessToken: 'bc-back' });
  });

  it.each([
    ['signed with another secret', { secret: 'other' }, {}],
    ['of algorithm none', { header: { alg: 'none' }, signature: '' }, {}],
    ['for another application', {}, { aud: 'other' }],
    ['that has run out', {}, { exp: 1_700_000_000 }],
  ])('is refused %s', async (_what, forge, over) => {
    const { hash, storeId } = await connected();
    const claims = claimsAt(harness.clock.now, { sub: `stores/${hash}`, ...over });
    expect((await signed('uninstall', claims, forge)).status).toBe(401);
    expect(await saved(storeId)).toMatchObject({ accessToken: 'bc-canary' });
  });

  it('is refused without a token, and touches no other account', async () => {
    const { storeId } = await connected();
    expect((await harness.call('nobody', 'GET', '/oauth/bigcommerce/uninstall')).status).toBe(401);
    await signed('uninstall', claimsAt(harness.clock.now, { sub: 'stores/somebodyelse' }));
    expect(await saved(storeId)).not.toBeNull();
  });
});

it('takes the news of a removed user, of whom nothing is kept', async () => {
  const { hash } = await connected();
  const claims = claimsAt(harness.clock.now, { sub: `stores/${hash}`, user: { id: 5, email: 'gone@example.com' } });
  expect((await signed('remove-user', claims)).status).toBe(200);
  expect((await signed('remove-user', claims, { secret: 'x' })).status).toBe(401);
});

it('the page of the app says when no store is connected', async () => {
  const page = await signed('load', claimsAt(harness.clock.now, { sub: 'stores/nobody' }));
  expect(page.text).toContain('No store of Waybill');
});
