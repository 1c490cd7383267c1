import { saveNewOrders } from '../../database/orders-import.js';
import { openDatabase } from '../../database/pool.js';
import { claimIntent, freeIntent, markIntentUnknown } from '../../database/write-intents.js';
import { anOrder } from '../domain/given.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { aStoreRow } from './orders.js';

let database: FreshDatabase;
let orderId: string;
beforeAll(async () => {
  database = await freshDatabase();
  const store = await aStoreRow(database.db);
  await saveNewOrders(database.db, store, [{ order: anOrder(), state: 'queued', hold: null, reason: 'Imported.' }]);
  orderId = (await database.db.selectFrom('orders').select('id').executeTakeFirstOrThrow()).id;
});
afterAll(() => database.drop());

let number = 0;
const newKey = () => `submission:${(number += 1)}`;
const claim = (key: string, db = database.db, leaseMs = 60_000) =>
  claimIntent(db, { key, kind: 'submission', orderId, shipmentId: null, requestHash: 'h', leaseMs });
const row = (key: string) =>
  database.db.selectFrom('write_intents').selectAll().where('business_key', '=', key).executeTakeFirstOrThrow();
const endLease = (key: string) =>
  database.db
    .updateTable('write_intents')
    .set({ lease_until: new Date(Date.now() - 1) })
    .where('business_key', '=', key)
    .execute();

it('one sender at a time, whoever asks', async () => {
  const pools = [1, 2, 3].map(() => openDatabase(database.url, { size: 4 }));
  for (let round = 0; round < 10; round += 1) {
    const key = newKey();
    const claims = await Promise.all(Array.from({ length: 12 }, (_, index) => claim(key, pools[index % 3]!.db)));
    expect(claims.filter((each) => each.standing === 'claimed')).toEqual([
      { standing: 'claimed', attempt: 1, sentAt: null },
    ]);
    expect(claims.filter((each) => each.standing === 'busy')).toHaveLength(11);
  }
  for (const pool of pools) await pool.close();
});

it('after the lease another one may send, and is told that something may have been sent', async () => {
  const key = newKey();
  await claim(key);
  expect(await claim(key)).toEqual({ standing: 'busy', until: (await row(key)).lease_until });
  await endLease(key);
  const { sent_at: sentAt } = await row(key);
  expect(await claim(key)).toEqual({ standing: 'claimed', attempt: 2, sentAt });
});

it('what certainly had no effect leaves nothing to look for; what may have had one does', async () => {
  const key = newKey();
  await claim(key);
  await freeIntent(database.db, { key, attempt: 1 }, null);
  expect(await claim(key)).toEqual({ standing: 'claimed', attempt: 2, sentAt: null });
  await markIntentUnknown(database.db, { key, attempt: 2 });
  const { sent_at: sentAt } = await row(key);
  expect(await claim(key)).toEqual({ standing: 'claimed', attempt: 3, sentAt });
  // A look-up that failed keeps what an earlier attempt left open.
  await freeIntent(database.db, { key, attempt: 3 }, sentAt);
  expect(await claim(key)).toEqual({ standing: 'claimed', attempt: 4, sentAt });
});

it('an attempt that comes to itself after its lease does not free the next one', async () => {
  const key = newKey();
  await claim(key);
  await endLease(key);
  await claim(key);
  const held = await row(key);
  await freeIntent(database.db, { key, attempt: 1 }, null);
  await markIntentUnknown(database.db, { key, attempt: 1 });
  expect(await row(key)).toEqual(held);
  expect(await claim(key)).toMatchObject({ standing: 'busy' });
});

it('what is done stays done', async () => {
  const key = newKey();
  await claim(key);
  const proof = { externalId: '1001', adopted: false };
  await database.db
    .updateTable('write_intents')
    .set({ state: 'done', proof: JSON.stringify(proof), lease_until: null })
    .where('business_key', '=', key)
    .execute();
  await freeIntent(database.db, { key, attempt: 1 }, null);
  await markIntentUnknown(database.db, { key, attempt: 1 });
  expect(await claim(key)).toEqual({ standing: 'done', proof });
});
