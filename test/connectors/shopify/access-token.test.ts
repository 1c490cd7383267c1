import { randomBytes } from 'node:crypto';
import { readCredentials, renewCredentials, saveCredentials } from '../../../database/credentials.js';
import { parseKeyRing } from '../../../database/key-ring.js';
import { openDatabase } from '../../../database/pool.js';
import type { Marketplace } from '../../../connectors/marketplaces/port.js';
import { sandboxShopDomain, sandboxShopifyApp } from '../../../sandbox/shopify/state/tokens.js';
import { issue } from '../../../sandbox/shopify/oauth-routes.js';
import { freshDatabase, type FreshDatabase } from '../../support/database.js';
import { failureOf, lately, openBench, type Bench } from './support.js';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const store = { id: 'sto_1', tenantId: 'ten_1' };
let database: FreshDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await freshDatabase();
  await database.db.insertInto('tenants').values({ id: store.tenantId, name: 'Example' }).execute();
});
afterAll(() => database.drop());
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

/** What an install at this moment leaves, saved for the store. */
async function installed() {
  const token = issue(bench.sandbox.shop, bench.sandbox.shop.tokens[0]!.scopes, true);
  const value = {
    shop: sandboxShopDomain,
    accessToken: token.accessToken,
    refreshToken: token.refreshToken!,
    expiresAt: token.expiresAt!,
    scope: token.scopes.join(','),
  };
  await saveCredentials(database.db, keyRing, { ...store, connectionId: store.id, field: 'api', value });
  return value;
}

/** The connection as one process has it, with the credentials it read when it began. */
function processOf(credentials: unknown, db = database.db): Marketplace {
  return bench.connect({
    credentials,
    app: sandboxShopifyApp,
    renewCredentials: (renew) => renewCredentials(db, keyRing, store, renew),
  });
}

const exchanges = () => bench.sandbox.standIn.calls.filter((call) => call.path === '/admin/oauth/access_token').length;
const minutes = (count: number) => bench.clock.advance(count * 60_000);

describe('R133: a token of an install', () => {
  it('is used until five minutes before its end, then exchanged and kept', async () => {
    const before = await installed();
    const marketplace = processOf(before);
    minutes(54);
    await marketplace.fetchOrder('1', { placedAt: lately });
    expect(exchanges()).toBe(0);
    minutes(2);
    await marketplace.fetchOrder('1', { placedAt: lately });
    await marketplace.fetchOrder('1', { placedAt: lately });
    expect(exchanges()).toBe(1);
    const kept = (await readCredentials(database.db, keyRing, store.id)) as typeof before;
    expect(kept).toMatchObject({ shop: before.shop, expiresAt: '2026-11-20T13:56:00.000Z' });
    expect(kept.accessToken).not.toBe(before.accessToken);
    expect(kept.refreshToken).not.toBe(before.refreshToken);
  });

  it('is exchanged once by two processes and many calls at once', async () => {
    const before = await installed();
    const other = openDatabase(database.url, { size: 4 });
    const [one, two] = [processOf(before), processOf(before, other.db)];
    minutes(58);
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 2 ? one : two).fetchOrder('1', { placedAt: lately })),
    );
    expect(exchanges()).toBe(1);
    await other.close();
  });

  it('that another process exchanged early is found after the 401, without a further exchange', async () => {
    const before = await installed();
    const [early, late] = [processOf(before), processOf(before)];
    minutes(58);
    await early.fetchOrder('1', { placedAt: lately });
    bench.clock.advance(-10 * 60_000);
    expect(await late.fetchOrder('1', { placedAt: lately })).toBeNull();
    expect(exchanges()).toBe(1);
  });

  it('that is revoked ends in credentials_refused after two calls, not in a loop', async () => {
    const marketplace = processOf(await installed());
    bench.sandbox.uninstall();
    const failure = await failureOf(marketplace.fetchOrder('1', { placedAt: lately }));
    expect(failure.code).toBe('credentials_refused');
    expect(bench.sandbox.standIn.calls).toHaveLength(1);
  });

  it('whose refresh token is dead asks to connect the shop again, and quotes no secret', async () => {
    const before = await installed();
    const marketplace = processOf(before);
    minutes(91 * 24 * 60);
    const failure = await failureOf(marketplace.fetchOrder('1', { placedAt: lately }));
    expect(failure.code).toBe('credentials_refused');
    expect(failure.message).toContain('connect the shop again');
    expect(failure.message).toContain('invalid_grant');
    expect(JSON.stringify(failure) + failure.message).not.toMatch(/shp[a-z]{2}_/);
    expect(await readCredentials(database.db, keyRing, store.id)).toEqual(before);
  });

  it.each(['timeout_before', 'reset_after', 'malformed'] as const)(
    'whose exchange got no answer (%s) is tried again with what is kept',
    async (kind) => {
      const quick = await openBench({ deadlineMs: 300 });
      quick.sandbox.shop.settings.refreshGraceSeconds = 60;
      await bench.close();
      bench = quick;
      const before = await installed();
      const marketplace = processOf(before);
      minutes(58);
      bench.sandbox.standIn.faults = [{ kind, rate: 1, path: 'access_token', times: 1 }];
      expect((await failureOf(marketplace.fetchOrder('1', { placedAt: lately }))).outcome).toBe('not_sent');
      expect(await readCredentials(database.db, keyRing, store.id)).toEqual(before);
      expect(await marketplace.fetchOrder('1', { placedAt: lately })).toBeNull();
    },
  );

  it('cannot be renewed by an installation without an app', async () => {
    const marketplace = bench.connect({
      credentials: await installed(),
      renewCredentials: (renew) => renewCredentials(database.db, keyRing, store, renew),
    });
    minutes(58);
    expect((await failureOf(marketplace.fetchOrder('1', { placedAt: lately }))).message).toContain('no Shopify app');
  });
});
