import { sql } from 'kysely';
import { privacyDueAt, type PrivacyDone, type PrivacyKind } from '../domain/privacy.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

export interface PrivacyRequest {
  id: string;
  tenantId: string;
  storeId: string;
  kind: PrivacyKind;
  /** What it is about: external ids of orders, and the keys of orders that were not imported. */
  externalIds: string[];
  receivedAt: Date;
  dueAt: Date;
  doneAt: Date | null;
  done: PrivacyDone;
}

const columns = [
  'id',
  'tenant_id as tenantId',
  'store_id as storeId',
  'kind',
  'external_ids as externalIds',
  'received_at as receivedAt',
  'due_at as dueAt',
  'done_at as doneAt',
  'done',
] as const;

/**
 * Keeps a request with the orders it is about: those it names and those that hold the e-mail now. The e-mail itself is
 * not kept. Null when the same request was kept before.
 */
export async function keepPrivacyRequest(
  db: Database,
  wanted: {
    store: { id: string; tenantId: string };
    kind: PrivacyKind;
    requestKey: string;
    externalIds: string[];
    subject: { email: string; hash: Buffer } | null;
    now: Date;
  },
): Promise<PrivacyRequest | null> {
  const { store, kind, subject, now } = wanted;
  const found = subject ? await externalIdsOf(db, store.id, subject.email) : [];
  const row = await db
    .insertInto('privacy_requests')
    .values({
      ...{ id: newId('prv'), tenant_id: store.tenantId, store_id: store.id, kind, request_key: wanted.requestKey },
      subject_hash: subject?.hash ?? null,
      external_ids: [...new Set([...wanted.externalIds, ...found])],
      ...{ received_at: now, due_at: privacyDueAt(now) },
    })
    .onConflict((conflict) => conflict.columns(['store_id', 'request_key']).doNothing())
    .returning(columns)
    .executeTakeFirst();
  return row ?? null;
}

/** Orders of a store that go to this e-mail, and what was not imported and mentions it anywhere in its raw body. */
async function externalIdsOf(db: Database, storeId: string, email: string): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select o.external_id as key from recipients r join orders o on o.id = r.order_id
      where lower(r.email) = lower(${email}) and o.store_id = ${storeId}
    union
    select skip_key from skipped_orders
      where store_id = ${storeId} and raw is not null and position(lower(${email}) in lower(raw::text)) > 0`.execute(
    db,
  );
  return rows.map((row) => row.key);
}

/** Newest first; `before` is the last id of the page before, `tenantId` null sees all. */
export async function listPrivacyRequests(
  db: Database,
  wanted: { tenantId: string | null; storeId: string | null; open: boolean; before: string | null; limit: number },
): Promise<PrivacyRequest[]> {
  let query = db.selectFrom('privacy_requests').select(columns);
  if (wanted.tenantId !== null) query = query.where('tenant_id', '=', wanted.tenantId);
  if (wanted.storeId !== null) query = query.where('store_id', '=', wanted.storeId);
  if (wanted.open) query = query.where('done_at', 'is', null);
  if (wanted.before !== null) query = query.where('id', '<', wanted.before);
  return query.orderBy('id', 'desc').limit(wanted.limit).execute();
}

export async function findPrivacyRequest(
  db: Database,
  id: string,
  tenantId: string | null,
): Promise<PrivacyRequest | null> {
  let query = db.selectFrom('privacy_requests').select(columns).where('id', '=', id);
  if (tenantId !== null) query = query.where('tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Erasures that are not finished, oldest first: of every store, for whoever comes by. */
export async function openErasures(db: Database): Promise<PrivacyRequest[]> {
  return db
    .selectFrom('privacy_requests')
    .select(columns)
    .where('done_at', 'is', null)
    .where('kind', '<>', 'customer_data_request')
    .orderBy('id')
    .execute();
}

/** What was done joins what was done before; with `at` the request is finished, once. */
export async function recordPrivacyDone(db: Database, id: string, done: PrivacyDone, at: Date | null): Promise<void> {
  await sql`update privacy_requests set done = done || ${JSON.stringify(done)}::jsonb, done_at = coalesce(done_at, ${at})
    where id = ${id}`.execute(db);
}
