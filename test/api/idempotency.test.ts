import { sql } from 'kysely';
import { startHarness, type Harness } from './harness.js';

let harness: Harness;
let away = false;
const report = { permissions: [], accounts: [], problems: [] };
beforeAll(async () => {
  harness = await startHarness({ probe: async () => (away ? Promise.reject(new Error('away')) : report) });
});
afterAll(() => harness.close());

const store = (name: string) => ({ name, marketplace: 'clickbank' });
const make = (who: 'merchant' | 'otherMerchant', name: string, key?: string) =>
  harness.call(who, 'POST', '/v1/stores', {
    body: store(name),
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const countOf = async (name: string) =>
  (await harness.database.db.selectFrom('stores').select('id').where('name', '=', name).execute()).length;

it('carries a repeated request out once and gives the first answer again', async () => {
  const first = await make('merchant', 'Once', 'key-1');
  const again = await make('merchant', 'Once', 'key-1');
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('location')).toBe(`/v1/stores/${first.body.id}`);
  expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
    null,
    'true',
  ]);
  expect(await countOf('Once')).toBe(1);
});

it('carries out one of many that come at once; the others are told to wait or get its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => make('merchant', 'Together', 'key-2')));
  expect(await countOf('Together')).toBe(1);
  for (const answer of answers) expect([201, 409]).toContain(answer.status);
  for (const answer of answers.filter((each) => each.status === 409))
    expect([answer.body.type, answer.headers.get('retry-after')]).toEqual([
      'urn:waybill:problem:request-in-flight',
      '1',
    ]);
});

it('refuses another request under the same key, and keeps callers and routes apart', async () => {
  await make('merchant', 'First', 'key-3');
  expect((await make('merchant', 'Second', 'key-3')).body).toMatchObject({
    status: 422,
    type: 'urn:waybill:problem:idempotency-key-reused',
  });
  expect((await make('otherMerchant', 'Second', 'key-3')).status).toBe(201);
  const elsewhere = await harness.call('merchant', 'POST', '/v1/warehouses', {
    body: { name: 'First', system: 'shipbob' },
    headers: { 'idempotency-key': 'key-3' },
  });
  expect(elsewhere.status).toBe(201);
});

it('works without a key, then as often as it is asked', async () => {
  await make('merchant', 'Twice');
  await make('merchant', 'Twice');
  expect(await countOf('Twice')).toBe(2);
});

it('names a key that cannot be one', async () => {
  for (const key of [' ', 'a b', 'x'.repeat(256)]) {
    const answer = await make('merchant', 'Never', key);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining('Idempotency-Key')]);
  }
  expect(await countOf('Never')).toBe(0);
});

it('keeps a refusal too, so that it does not turn into success when asked again', async () => {
  const created = await make('merchant', 'Untested');
  const enable = () =>
    harness.call('merchant', 'POST', `/v1/stores/${created.body.id}/enable`, {
      headers: { 'idempotency-key': 'key-4' },
    });
  const first = await enable();
  const again = await enable();
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([409, 409, 'true']);
  expect(again.body.detail).toBe(first.body.detail);
});

it('frees the key of a request that failed for a while', async () => {
  const created = await make('merchant', 'Away');
  const path = `/v1/stores/${created.body.id}`;
  await harness.call('merchant', 'PUT', `${path}/credentials`, { body: { apiKey: 'long enough' } });
  away = true;
  const test = () => harness.call('merchant', 'POST', `${path}/test`, { headers: { 'idempotency-key': 'key-5' } });
  expect((await test()).status).toBe(500);
  away = false;
  expect((await test()).status).toBe(200);
});

it('keeps no new API key: a repeated request learns only that it was carried out', async () => {
  const send = () =>
    harness.call('operator', 'POST', '/v1/api-keys', {
      body: { name: 'Shown once', role: 'support' },
      headers: { 'idempotency-key': 'key-6' },
    });
  const token = (await send()).body.token;
  const again = await send();
  expect([again.status, again.body.type]).toEqual([409, 'urn:waybill:problem:answer-not-kept']);
  const { rows } = await sql<{ row: string }>`select idempotency_keys::text as row from idempotency_keys`.execute(
    harness.database.db,
  );
  expect(rows.map((each) => each.row).join()).not.toContain(token.slice(-43));
});
