import { sql } from 'kysely';
import { authenticateApiKey, createApiKey, revokeApiKey } from '../../database/api-keys.js';
import { createTenant } from '../../database/tenants.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const pepper = 'a pepper for tests';
const now = new Date('2026-11-20T10:00:00Z');
let database: FreshDatabase;

beforeAll(async () => (database = await freshDatabase()));
afterAll(() => database.drop());

const operator = (expiresAt: Date | null = null) =>
  createApiKey(database.db, pepper, { role: 'operator', tenantId: null, name: 'test', expiresAt });
const authenticate = (token: string, at = now, withPepper = pepper) =>
  authenticateApiKey(database.db, withPepper, token, at);

it('knows a key by its token', async () => {
  const { key, token } = await operator();
  expect(token).toMatch(/^wb_o_[0-9a-z]{26}_[A-Za-z0-9_-]{43}$/);
  expect(await authenticate(token)).toEqual({ keyId: key.id, role: 'operator', tenantId: null });
});

it('keeps neither the token nor a hash that works without the pepper', async () => {
  const { token } = await operator();
  const { rows } = await sql<{ row: string }>`select api_keys::text as row from api_keys`.execute(database.db);
  expect(rows.map((each) => each.row).join()).not.toContain(token.slice(-43));
  expect(await authenticate(token, now, 'another pepper')).toBeNull();
});

it('refuses tokens that are cut short, lengthened, changed, of another key or no token at all', async () => {
  const [one, other] = [await operator(), await operator()];
  const secret = one.token.slice(-43);
  const bad = [
    one.token.slice(0, -1),
    `${one.token}A`,
    one.token.replace(secret, other.token.slice(-43)),
    one.token.replace(/_[^_]{26}_/, `_${'0'.repeat(26)}_`),
    '',
    'wb_o__',
    `wb_x_${'0'.repeat(26)}_${secret}`,
  ];
  expect(await Promise.all(bad.map((token) => authenticate(token)))).toEqual(bad.map(() => null));
});

it('refuses a digest of another length instead of failing', async () => {
  const { key, token } = await operator();
  await sql`update api_keys set secret_hash = 'short' where id = ${key.id}`.execute(database.db);
  expect(await authenticate(token)).toBeNull();
});

it('refuses a key from the moment it expires', async () => {
  const { token } = await operator(new Date(now.getTime() + 1));
  expect(await authenticate(token)).not.toBeNull();
  expect(await authenticate(token, new Date(now.getTime() + 1))).toBeNull();
});

it('refuses a revoked key; revoking again keeps the first time', async () => {
  const { key, token } = await operator();
  await revokeApiKey(database.db, key.id, now);
  const again = await revokeApiKey(database.db, key.id, new Date(now.getTime() + 60_000));
  expect(again?.revokedAt).toEqual(now);
  expect(await authenticate(token)).toBeNull();
  expect(await revokeApiKey(database.db, 'key_unknown', now)).toBeNull();
});

it('notes when a key was last used, at most once a minute', async () => {
  const { key, token } = await operator();
  const lastUsed = async () =>
    (await database.db.selectFrom('api_keys').select('last_used_at').where('id', '=', key.id).executeTakeFirstOrThrow())
      .last_used_at;
  await authenticate(token, now);
  await authenticate(token, new Date(now.getTime() + 59_999));
  expect(await lastUsed()).toEqual(now);
  await authenticate(token, new Date(now.getTime() + 60_000));
  expect(await lastUsed()).toEqual(new Date(now.getTime() + 60_000));
});

it('gives a merchant key its tenant, and the database takes none without', async () => {
  const tenant = await createTenant(database.db, 'Acme Goods');
  const wanted = { role: 'merchant' as const, name: 'shop', expiresAt: null };
  const { token } = await createApiKey(database.db, pepper, { ...wanted, tenantId: tenant.id });
  expect(await authenticate(token)).toMatchObject({ role: 'merchant', tenantId: tenant.id });
  await expect(createApiKey(database.db, pepper, { ...wanted, tenantId: null })).rejects.toThrow('check');
});
