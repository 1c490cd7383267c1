import { sql } from 'kysely';
import { beginIdempotent, dropIdempotent, forgetOldAnswers, keepAnswer } from '../../database/idempotency.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

let database: FreshDatabase;
beforeEach(async () => (database = await freshDatabase()));
afterEach(() => database.drop());

const request = { scope: 'key_1 post /v1/stores', key: 'abc' };
const begin = (requestHash = 'h1', of = request) => beginIdempotent(database.db, { ...of, requestHash });
const answer = { status: 201, headers: { Location: '/v1/stores/sto_1' }, body: { id: 'sto_1' } };
const age = (interval: string) =>
  sql`update idempotency_keys set created_at = now() - ${interval}::interval`.execute(database.db);

it('lets exactly one of many requests at once begin', async () => {
  const starts = await Promise.all(Array.from({ length: 10 }, () => begin()));
  expect(starts.filter((each) => each.standing === 'begun')).toHaveLength(1);
  expect(starts.filter((each) => each.standing === 'in_flight')).toHaveLength(9);
});

it('gives back the kept answer, and refuses another request under the same key', async () => {
  await begin();
  expect(await begin('h2')).toEqual({ standing: 'other_request' });
  await keepAnswer(database.db, request, answer);
  expect(await begin()).toEqual({ standing: 'answered', answer });
  expect(await begin('h2')).toEqual({ standing: 'other_request' });
  expect(await begin('h2', { ...request, scope: 'key_2 post /v1/stores' })).toEqual({ standing: 'begun' });
});

it('frees a key whose request had no lasting answer, but never one that was answered', async () => {
  await begin();
  await dropIdempotent(database.db, request);
  expect(await begin()).toEqual({ standing: 'begun' });
  await keepAnswer(database.db, request, answer);
  await dropIdempotent(database.db, request);
  expect(await begin()).toMatchObject({ standing: 'answered' });
});

it('takes over a request whose process died, after five minutes', async () => {
  await begin();
  await age('4 minutes');
  expect(await begin()).toEqual({ standing: 'in_flight' });
  await age('6 minutes');
  expect(await begin()).toEqual({ standing: 'begun' });
});

it('keeps answers for a day', async () => {
  await begin();
  await keepAnswer(database.db, request, answer);
  await age('23 hours 59 minutes');
  expect(await forgetOldAnswers(database.db)).toBe(0);
  expect(await begin()).toMatchObject({ standing: 'answered' });
  await age('24 hours 1 minute');
  expect(await begin('h2')).toEqual({ standing: 'begun' });
  await age('24 hours 1 minute');
  expect(await forgetOldAnswers(database.db)).toBe(1);
});
