import { askToYield, keepDelivery } from '../../database/webhook-inbox.js';
import type { LostConnection } from '../../database/pool.js';
import { listenForWakes } from '../../database/wakeups.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: FreshDatabase;
let wakeups: ReturnType<typeof listenForWakes>;
let lost: LostConnection[];
let told: string[];
const never = new AbortController().signal;
const longTime = 60_000;

beforeAll(async () => (database = await freshDatabase()));
afterAll(() => database.drop());
beforeEach(async () => {
  [lost, told] = [[], []];
  wakeups = listenForWakes(
    database.url,
    (error) => lost.push(error),
    (id) => told.push(id),
  );
  await heard('con_begin');
});
afterEach(() => wakeups.close());

/** Until the listening connection hears a message. */
const heard = (id: string) =>
  eventually(async () => {
    await askToYield(database.db, id);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toContain(id);
  });
let number = 0;
const deliver = (connectionId: string) =>
  keepDelivery(database.db, { connectionId, deliveryKey: `d${(number += 1)}`, topic: 't', body: {} });

it('a wait ends with its time, a webhook, a message or its cancellation, and says which', async () => {
  expect(await wakeups.wait('con_1', 5, never)).toBe('time');
  const inbox = wakeups.wait('con_1', longTime, never);
  const other = wakeups.wait('con_2', 300, never);
  await deliver('con_1');
  expect(await inbox).toBe('inbox');
  expect(await other).toBe('time');
  const message = wakeups.wait('con_1', longTime, never);
  await askToYield(database.db, 'con_1');
  expect(await message).toBe('yield');
  const cancel = new AbortController();
  const cancelled = wakeups.wait('con_1', longTime, cancel.signal);
  cancel.abort();
  expect(await cancelled).toBe('cancelled');
  expect(await wakeups.wait('con_1', longTime, cancel.signal)).toBe('cancelled');
});

it('what is said while nobody waits is not slept through', async () => {
  await askToYield(database.db, 'con_early');
  await deliver('con_early');
  await heard('con_after');
  expect(await wakeups.wait('con_early', longTime, never)).toBe('yield');
  expect(await wakeups.wait('con_early', 5, never)).toBe('time');
});

it('a delivery that comes again wakes nobody', async () => {
  const delivery = { connectionId: 'con_twice', deliveryKey: 'same', topic: 't', body: {} };
  const waiting = wakeups.wait('con_twice', longTime, never);
  expect(await keepDelivery(database.db, delivery)).toBe(true);
  expect(await waiting).toBe('inbox');
  const again = wakeups.wait('con_twice', 300, never);
  expect(await keepDelivery(database.db, delivery)).toBe(false);
  expect(await again).toBe('time');
});

it('hears again after PostgreSQL has cut the connection; waits last until their time is up meanwhile', async () => {
  const waiting = wakeups.wait('con_1', 200, never);
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'waybill wakeups'`,
  );
  expect(await waiting).toBe('time');
  await heard('con_back');
  expect(lost.length).toBeGreaterThan(0);
});

it('a process that goes down ends all waits, also those that begin later', async () => {
  const waiting = wakeups.wait('con_1', longTime, never);
  wakeups.release();
  expect(await waiting).toBe('cancelled');
  expect(await wakeups.wait('con_2', longTime, never)).toBe('cancelled');
});
