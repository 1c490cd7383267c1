import { randomBytes } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { seal, unseal } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

/** `api`: what we call the vendor with. `webhook`: what proves that a notification comes from the vendor. */
export type CredentialField = 'api' | 'webhook';

/** The connector's own fields, e.g. { apiKey }. */
export type Credentials = Record<string, unknown>;

interface Secret {
  tenantId: string;
  connectionId: string;
  field: CredentialField;
  value: Credentials;
}

interface Place {
  tenantId: string;
  connectionId: string;
  field: CredentialField;
  version: number;
}

/** Authenticated with the ciphertext, so that a row copied to another tenant, connection or field does not open. */
function context(place: Place): string {
  return ['credentials', place.tenantId, place.connectionId, place.field, place.version].join('|');
}

/** Encrypts under a new data key and replaces what was there. Returns the version, which rises by one each time. */
export async function saveCredentials(
  db: Database,
  ring: KeyRing,
  secret: Secret,
): Promise<{ version: number; updatedAt: Date }> {
  return db.transaction().execute(async (trx) => {
    await lock(trx, secret.connectionId);
    return replace(trx, ring, secret);
  });
}

/**
 * Holds the connection's credentials against every other process while `renew` runs on the present ones, and keeps what
 * it gives back; null keeps them as they are. Two holders of a token that expires then renew it once: the second finds
 * it new. Returns the credentials that count now, null where none are saved.
 */
export async function renewCredentials(
  db: Database,
  ring: KeyRing,
  connection: { id: string; tenantId: string },
  renew: (current: unknown) => Promise<Credentials | null>,
): Promise<Credentials | null> {
  return db.transaction().execute(async (trx) => {
    await lock(trx, connection.id);
    const current = await readCredentials(trx, ring, connection.id, 'api');
    const value = current && (await renew(current));
    if (!value) return current;
    await replace(trx, ring, { tenantId: connection.tenantId, connectionId: connection.id, field: 'api', value });
    return value;
  });
}

/** There may be no row to lock yet, so two first saves are put in order by a lock on the connection's id. */
async function lock(trx: Transaction<Schema>, connectionId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`credentials|${connectionId}`}, 0))`.execute(trx);
}

async function replace(
  trx: Transaction<Schema>,
  ring: KeyRing,
  secret: Secret,
): Promise<{ version: number; updatedAt: Date }> {
  const { tenantId, connectionId, field } = secret;
  const before = await trx
    .selectFrom('credentials')
    .select('version')
    .where('connection_id', '=', connectionId)
    .where('field', '=', field)
    .executeTakeFirst();
  const version = (before?.version ?? 0) + 1;
  const place = context({ tenantId, connectionId, field, version });
  const dataKey = randomBytes(32);
  const row = {
    tenant_id: tenantId,
    version,
    key_id: ring.current.id,
    wrapped_key: seal(ring.current.key, dataKey, place),
    ciphertext: seal(dataKey, Buffer.from(JSON.stringify(secret.value)), place),
    updated_at: new Date(),
  };
  await trx
    .insertInto('credentials')
    .values({ connection_id: connectionId, field, ...row })
    .onConflict((conflict) => conflict.columns(['connection_id', 'field']).doUpdateSet(row))
    .execute();
  return { version, updatedAt: row.updated_at };
}

/** Null when nothing is saved. Throws naming the connection, never the secret, when the row was tampered with. */
export async function readCredentials(
  db: Database | Transaction<Schema>,
  ring: KeyRing,
  connectionId: string,
  field: CredentialField = 'api',
): Promise<Credentials | null> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('field', '=', field)
    .executeTakeFirst();
  if (!row) return null;
  const key = ring.get(row.key_id).key;
  const place = context({ tenantId: row.tenant_id, connectionId, field, version: row.version });
  try {
    const plain = unseal(unseal(key, row.wrapped_key, place), row.ciphertext, place);
    return JSON.parse(plain.toString('utf8')) as Credentials;
  } catch {
    // The cause is left out on purpose: an error of JSON.parse quotes what it read.
    throw new Error(
      `The ${field} credentials of ${connectionId} do not decrypt: the row was changed outside Waybill, or the key ` +
        `"${row.key_id}" is another one than it was saved under. Save the credentials again.`,
    );
  }
}

/** When the credentials of these connections were last saved, by connection, without opening them. */
export async function credentialsSavedAt(
  db: Database,
  connectionIds: string[],
): Promise<Map<string, { version: number; updatedAt: Date }>> {
  if (connectionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('credentials')
    .select(['connection_id', 'version', 'updated_at'])
    .where('connection_id', 'in', connectionIds)
    .where('field', '=', 'api')
    .execute();
  return new Map(rows.map((row) => [row.connection_id, { version: row.version, updatedAt: row.updated_at }]));
}

export async function deleteCredentials(db: Database, connectionId: string): Promise<void> {
  await db.deleteFrom('credentials').where('connection_id', '=', connectionId).execute();
}

/**
 * Wraps every data key anew under the ring's current key; secrets themselves are not opened. May be stopped and run
 * again at any time: rows already done are no longer found. Returns how many rows were rewrapped.
 */
export async function rotateCredentials(db: Database, ring: KeyRing, batch = 100): Promise<number> {
  let count = 0;
  for (;;) {
    const rows = await db
      .selectFrom('credentials')
      .selectAll()
      .where('key_id', '<>', ring.current.id)
      .orderBy('connection_id')
      .limit(batch)
      .execute();
    if (rows.length === 0) return count;
    for (const row of rows) {
      const place = context({ ...row, tenantId: row.tenant_id, connectionId: row.connection_id });
      const wrapped = seal(ring.current.key, unwrap(ring, row, place), place);
      const result = await db
        .updateTable('credentials')
        .set({ key_id: ring.current.id, wrapped_key: wrapped })
        .where('connection_id', '=', row.connection_id)
        .where('field', '=', row.field)
        // Saved anew meanwhile: then it is under the current key already.
        .where('version', '=', row.version)
        .where('key_id', '=', row.key_id)
        .executeTakeFirst();
      count += Number(result.numUpdatedRows);
    }
  }
}

function unwrap(
  ring: KeyRing,
  row: { key_id: string; wrapped_key: Buffer; connection_id: string },
  place: string,
): Buffer {
  try {
    return unseal(ring.get(row.key_id).key, row.wrapped_key, place);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new Error(`The credentials of ${row.connection_id} cannot be rewrapped: ${reason}`);
  }
}
