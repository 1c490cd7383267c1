import { sql } from 'kysely';
import { Failure } from '../../domain/failures.js';
import { readCredentials } from '../../database/credentials.js';
import { routes } from '../../api/routes.js';
import { startHarness, type Harness } from './harness.js';

const canary = 'CANARY-51c9-vendor-secret';
let harness: Harness;
let token: string;
beforeAll(async () => {
  harness = await startHarness({
    probe: () => Promise.reject(new Failure('credentials_refused', 'The key was refused.')),
  });
});
afterAll(() => harness.close());

it('no answer, log line or table ever shows a vendor secret or an API key again', async () => {
  const { call } = harness;
  const created = await call('operator', 'POST', '/v1/api-keys', { body: { name: 'Shown once', role: 'operator' } });
  token = created.body.token;
  harness.answers.length = 0;
  const storeId = (await call('merchant', 'POST', '/v1/stores', { body: { name: 'Shop', marketplace: 'clickbank' } }))
    .body.id;
  const houseId = (await call('merchant', 'POST', '/v1/warehouses', { body: { name: 'House', system: 'shipbob' } }))
    .body.id;
  const headers = { 'idempotency-key': 'one' };
  await call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { body: { apiKey: canary } });
  await call('merchant', 'PUT', `/v1/warehouses/${houseId}/credentials`, { body: { token: canary } });
  // Every way to get it wrong, too.
  await call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { body: { apiKey: { value: canary } } });
  await call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { body: { apiKey: canary, extra: canary } });
  await call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { raw: `{"apiKey":"${canary}"` });
  await call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { raw: `"${canary}"` });
  await call('merchant', 'PUT', '/v1/stores/sto_foreign/credentials', { body: { apiKey: canary } });
  await call('nobody', 'GET', '/v1/orders', { token: `${token}x` });
  await call('nobody', 'GET', `/v1/orders?token=${token}`, { token });
  await call('merchant', 'POST', `/v1/stores/${storeId}/test`, { headers });
  for (const route of routes.filter((each) => each.method === 'get'))
    await call(
      'operator',
      'GET',
      route.path.replace('{id}', route.path.includes('warehouses') ? houseId : storeId).replace('{sku}', 'x'),
    );

  // The secret is really there, or none of this would show anything.
  expect(await readCredentials(harness.database.db, harness.dependencies.keyRing, storeId)).toEqual({ apiKey: canary });
  const left = harness.answers.join('\n') + harness.log.join('\n') + (await dump());
  expect(left.length).toBeGreaterThan(10_000);
  for (const secret of [canary, Buffer.from(canary).toString('base64'), token, token.slice(-43)])
    expect(left.includes(secret)).toBe(false);
});

/** Every row of every table as text, bytes in their escape form. */
async function dump(): Promise<string> {
  const { db } = harness.database;
  await sql`set bytea_output = 'escape'`.execute(db);
  const tables = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where schemaname = 'public'`.execute(db);
  const rows = await Promise.all(
    tables.rows.map(({ name }) => sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(db)),
  );
  return rows.flatMap((each) => each.rows.map(({ row }) => row)).join('\n');
}
