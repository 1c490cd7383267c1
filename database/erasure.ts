import { sql, type RawBuilder, type Transaction } from 'kysely';
import { finalStates } from '../domain/order-states.js';
import { mayEraseOpenOrders, type PrivacyDone } from '../domain/privacy.js';
import { deleteCredentials } from './credentials.js';
import type { Database } from './pool.js';
import { openErasures, recordPrivacyDone, type PrivacyRequest } from './privacy-requests.js';
import type { Schema } from './schema.js';

/** Goes on with every erasure that waits for an order to become final, or for its day. Cheap when there is none. */
export async function carryOutErasures(db: Database, now: Date): Promise<void> {
  for (const request of await openErasures(db)) await carryOutErasure(db, request, now);
}

/**
 * Erases what may be erased by now, and finishes the request when nothing is left. Erased is erased: doing it again, or
 * twice at once, changes nothing more. What a country says of a finished order stays, and its tracking numbers.
 */
export async function carryOutErasure(db: Database, request: PrivacyRequest, now: Date): Promise<void> {
  const counted = await db.transaction().execute(async (trx) => {
    const erased = await eraseOrders(trx, request, mayEraseOpenOrders(request.dueAt, now), now);
    const skippedBodies = await eraseSkipped(trx, request, now);
    return { ...erased, skippedBodies };
  });
  const whole = request.kind === 'store_erasure';
  if (whole) await deleteCredentials(db, request.storeId);
  const done: PrivacyDone = {
    recipients: (request.done.recipients ?? 0) + counted.recipients,
    addressEdits: (request.done.addressEdits ?? 0) + counted.addressEdits,
    skippedBodies: (request.done.skippedBodies ?? 0) + counted.skippedBodies,
    ...(whole && { credentials: true }),
  };
  await recordPrivacyDone(db, request.id, done, counted.left === 0 ? now : null);
}

type Either = Transaction<Schema>;

/** The orders a request is about: of the store, all or those it names. */
function about(request: PrivacyRequest, column: RawBuilder<unknown>): RawBuilder<unknown> {
  return request.kind === 'store_erasure' ? sql`true` : sql`${column} = any(${request.externalIds})`;
}

async function eraseOrders(trx: Either, request: PrivacyRequest, openToo: boolean, now: Date) {
  const { rows } = await sql<{ recipients: number; addressEdits: number; left: number }>`
    with asked as (
      select o.id, (${openToo} or o.state = any(${[...finalStates]})) as ready from orders o
      where o.store_id = ${request.storeId} and ${about(request, sql`o.external_id`)}
    ), blanked as (
      update recipients r set name = '', company = null, line1 = '', line2 = null, city = '', region = null,
        postal_code = null, email = null, phone = null, seen = null, erased_at = ${now}
      from asked a where r.order_id = a.id and a.ready and r.erased_at is null returning 1
    ), changes as (
      update order_changes c set taken = jsonb_set(taken, '{destinations}', '[]') from asked a
      where c.order_id = a.id and a.ready
    ), edits as (
      delete from address_edits e using asked a where e.order_id = a.id and a.ready returning 1
    )
    select (select count(*) from blanked)::int as recipients, (select count(*) from edits)::int as "addressEdits",
      (select count(*) from asked a where not a.ready and exists (
        select 1 from recipients r where r.order_id = a.id and r.erased_at is null))::int as left`.execute(trx);
  return rows[0]!;
}

/** The body goes and the row stays: why an order was not imported holds nothing of a person. */
async function eraseSkipped(trx: Either, request: PrivacyRequest, now: Date): Promise<number> {
  const result = await sql`
    update skipped_orders set raw = null, erased_at = ${now}
    where store_id = ${request.storeId} and raw is not null and ${about(request, sql`skip_key`)}`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
}
