import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import {
  credentialsSavedAt,
  deleteCredentials,
  readCredentials,
  rotateCredentials,
  saveCredentials,
} from '../../database/credentials.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { createTenant } from '../../database/tenants.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const key = () => randomBytes(32).toString('base64');
const [oldKey, newKey] = [key(), key()];
const oldRing = parseKeyRing(`old:${oldKey}`);
const bothKeys = parseKeyRing(`new:${newKey},old:${oldKey}`);
const newRing = parseKeyRing(`new:${newKey}`);
const canary = 'CANARY-7f3a-secret';

let database: FreshDatabase;
let tenantId: string;
const save = (connectionId: string, value: Record<string, unknown>, ring = oldRing) =>
  saveCredentials(database.db, ring, { tenantId, connectionId, field: 'api', value });
const read = (connectionId: string, ring = oldRing) => readCredentials(database.db, ring, connectionId);

beforeEach(async () => {
  database = await freshDatabase();
  tenantId = (await createTenant(database.db, 'Acme Goods')).id;
});
afterEach(() => database.drop());

it('gives back what was saved, under a version that rises with each save', async () => {
  await save('sto_1', { apiKey: 'first' });
  expect(await save('sto_1', { apiKey: canary })).toMatchObject({ version: 2 });
  expect(await read('sto_1')).toEqual({ apiKey: canary });
  expect((await credentialsSavedAt(database.db, ['sto_1', 'sto_2'])).get('sto_1')).toMatchObject({ version: 2 });
  expect(await read('sto_2')).toBeNull();
});

it('keeps both of two saves in order when they come at once', async () => {
  const versions = await Promise.all(Array.from({ length: 8 }, (_, n) => save('sto_1', { apiKey: `key ${n}` })));
  expect(versions.map((each) => each.version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it('leaves nothing readable in the table', async () => {
  await save('sto_1', { apiKey: canary });
  const { rows } = await sql<{ bytes: Buffer }>`select wrapped_key || ciphertext as bytes from credentials`.execute(
    database.db,
  );
  expect(rows[0]!.bytes.includes(canary)).toBe(false);
});

it('refuses a row that was copied to another connection, tenant, field or version', async () => {
  const other = (await createTenant(database.db, 'Other Goods')).id;
  const moves = [`connection_id = 'sto_2'`, `tenant_id = '${other}'`, `field = 'webhook'`, `version = 9`];
  for (const move of moves) {
    await sql`delete from credentials`.execute(database.db);
    await save('sto_1', { apiKey: canary });
    await sql.raw(`update credentials set ${move}`).execute(database.db);
    const [connection, field] = [
      /sto_2/.test(move) ? 'sto_2' : 'sto_1',
      /webhook/.test(move) ? 'webhook' : 'api',
    ] as const;
    const reading = readCredentials(database.db, oldRing, connection, field);
    await expect(reading).rejects.toThrow(`credentials of ${connection} do not decrypt`);
    await expect(reading).rejects.not.toThrow(canary);
  }
});

it('refuses a row with any one byte changed', async () => {
  for (const column of ['wrapped_key', 'ciphertext'] as const) {
    await save('sto_1', { apiKey: canary });
    const row = await database.db.selectFrom('credentials').select(column).executeTakeFirstOrThrow();
    const bytes = row[column];
    for (let at = 0; at < bytes.length; at += 5) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      await database.db
        .updateTable('credentials')
        .set({ [column]: changed })
        .execute();
      await expect(read('sto_1')).rejects.toThrow('credentials of sto_1 do not decrypt');
    }
    await database.db
      .updateTable('credentials')
      .set({ [column]: bytes.subarray(0, 10) })
      .execute();
    await expect(read('sto_1')).rejects.toThrow('credentials of sto_1 do not decrypt');
  }
});

it('rewraps every secret under the current key, so that the old key can be thrown away', async () => {
  for (let n = 0; n < 7; n++) await save(`sto_${n}`, { apiKey: `secret ${n}` });
  expect(await rotateCredentials(database.db, bothKeys, 3)).toBe(7);
  expect(await read('sto_6', newRing)).toEqual({ apiKey: 'secret 6' });
  expect(await rotateCredentials(database.db, bothKeys)).toBe(0);
});

it('goes on where a broken rotation stopped, and names the connection that broke it', async () => {
  for (let n = 0; n < 4; n++) await save(`sto_${n}`, { apiKey: `secret ${n}` });
  await sql`update credentials set wrapped_key = 'broken' where connection_id = 'sto_2'`.execute(database.db);
  await expect(rotateCredentials(database.db, bothKeys, 2)).rejects.toThrow('credentials of sto_2 cannot be rewrapped');
  await save('sto_2', { apiKey: 'saved again' }, bothKeys);
  expect(await rotateCredentials(database.db, bothKeys, 2)).toBe(1);
  expect(await read('sto_0', newRing)).toEqual({ apiKey: 'secret 0' });
});

it('loses no save that comes during a rotation', async () => {
  for (let n = 0; n < 20; n++) await save(`sto_${n}`, { apiKey: 'before' });
  const ids = Array.from({ length: 20 }, (_, n) => `sto_${n}`);
  await Promise.all([
    rotateCredentials(database.db, bothKeys, 5),
    ...ids.map((id) => save(id, { apiKey: 'after' }, bothKeys)),
  ]);
  for (const id of ids) expect(await read(id, bothKeys)).toEqual({ apiKey: 'after' });
});

it('says which key the ring lacks', async () => {
  await save('sto_1', { apiKey: canary });
  await expect(read('sto_1', newRing)).rejects.toThrow('holds no key "old"');
});

it('erases all secrets of a connection', async () => {
  await save('sto_1', { apiKey: canary });
  await deleteCredentials(database.db, 'sto_1');
  expect(await read('sto_1')).toBeNull();
});
