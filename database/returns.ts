import { sql, type Transaction } from 'kysely';
import { callsOff, describeReturn, type OrderReturn, type RestockDecision } from '../domain/returns.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

export interface DecidedReturn extends Omit<OrderReturn, 'lines'> {
  lines: { lineId: string; quantity: number; reason: string | null; restock: RestockDecision[] }[];
}

/** Of these marketplace ids, the orders the store has. */
export async function ordersNamed(db: Database, storeId: string, externalIds: string[]): Promise<ReturningOrder[]> {
  if (externalIds.length === 0) return [];
  return db
    .selectFrom('orders')
    .select(['id as orderId', 'external_id as externalId'])
    .where('store_id', '=', storeId)
    .where('external_id', 'in', externalIds)
    .execute();
}

export interface ReturningOrder {
  orderId: string;
  externalId: string;
}

/** Of these, those that shipped something and whose returns were not read since a moment. */
export async function ordersThatMayReturn(
  db: Database,
  storeId: string,
  externalIds: string[],
  notSince: Date,
): Promise<ReturningOrder[]> {
  if (externalIds.length === 0) return [];
  const { rows } = await sql<ReturningOrder>`
    select o.id as "orderId", o.external_id as "externalId" from orders o
    where o.store_id = ${storeId} and o.external_id = any(${externalIds})
      and (o.returns_read_at is null or o.returns_read_at < ${notSince})
      and exists (select 1 from shipments s join fulfillments f using (reference) where f.order_id = o.id)`.execute(db);
  return rows;
}

/** Orders of which something may still come back or be decided on, as their returns were read last. */
export async function ordersWithOpenReturns(db: Database, storeId: string): Promise<ReturningOrder[]> {
  return db
    .selectFrom('orders as o')
    .select(['o.id as orderId', 'o.external_id as externalId'])
    .where('o.id', 'in', (eb) =>
      eb
        .selectFrom('return_lines')
        .select('order_id')
        .where('store_id', '=', storeId)
        .where('closed_at', 'is', null)
        .where('status', 'not in', callsOff),
    )
    .orderBy('o.id')
    .execute();
}

/**
 * Keeps an order's returns as they were read, and tells its timeline, open or ended, of each that is new or different.
 * The same again changes nothing but the time.
 */
export async function saveReturns(
  db: Database,
  orderId: string,
  returns: DecidedReturn[],
  readAt: Date,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // One reader after the other: two at once would both find the same news.
    await sql`update orders set returns_read_at = ${readAt} where id = ${orderId}`.execute(trx);
    for (const each of returns) await saveReturn(trx, orderId, each, readAt);
  });
}

async function saveReturn(trx: Transaction<Schema>, orderId: string, read: DecidedReturn, readAt: Date): Promise<void> {
  const message = describeReturn(read, read.lines);
  const { rows } = await sql<{ told: string | null }>`
    select (select message from timeline where order_id = ${orderId} and event = 'returned'
      and details ->> 'returnId' = ${read.returnId} order by id desc limit 1) as told`.execute(trx);
  await sql`
    insert into return_lines as r (tenant_id, store_id, order_id, return_id, name, status, position, line_id, quantity,
                                   reason, restock, created_at, closed_at, read_at)
    select o.tenant_id, o.store_id, o.id, ${read.returnId}, ${read.name}, ${read.status}, l.place, l."lineId",
           l.quantity, l.reason, l.restock, ${read.createdAt}::timestamptz, ${read.closedAt}::timestamptz, ${readAt}
    from orders o, jsonb_to_recordset(${JSON.stringify(read.lines.map((line, place) => ({ ...line, place })))}::jsonb)
      as l(place integer, "lineId" text, quantity integer, reason text, restock jsonb)
    where o.id = ${orderId}
    on conflict (order_id, return_id, position) do update set name = excluded.name, status = excluded.status,
      line_id = excluded.line_id, quantity = excluded.quantity, reason = excluded.reason, restock = excluded.restock,
      closed_at = excluded.closed_at, read_at = excluded.read_at`.execute(trx);
  await sql`delete from return_lines where order_id = ${orderId} and return_id = ${read.returnId}
    and position >= ${read.lines.length}`.execute(trx);
  if (rows[0]?.told === message) return;
  await trx
    .insertInto('timeline')
    .values({
      ...{ order_id: orderId, event: 'returned', from_state: null, to_state: null, actor: 'marketplace', message },
      details: JSON.stringify({ returnId: read.returnId }),
    })
    .execute();
}

/** An order's returns cannot be read: its timeline says why, once. */
export async function noteUnreadReturns(db: Database, orderId: string, problem: string, readAt: Date): Promise<void> {
  const message = `Its returns could not be read: ${problem}`;
  await sql`
    with read as (update orders set returns_read_at = ${readAt} where id = ${orderId})
    insert into timeline (order_id, event, actor, message)
    select ${orderId}, 'returns_unread', 'marketplace', ${message}
    where not exists (select 1 from timeline where (order_id, event, message) = (${orderId}, 'returns_unread', ${message}))
  `.execute(db);
}

const columns = [
  'r.return_id as returnId',
  'r.name',
  'r.status',
  'r.line_id as lineId',
  'l.sku',
  'r.quantity',
  'r.reason',
  'r.restock',
  'r.created_at as createdAt',
  'r.closed_at as closedAt',
  'r.read_at as readAt',
] as const;

function returnLines(db: Database) {
  return db
    .selectFrom('return_lines as r')
    .leftJoin('order_lines as l', (join) =>
      join.onRef('l.order_id', '=', 'r.order_id').onRef('l.line_id', '=', 'r.line_id'),
    );
}

export async function returnsOfOrder(db: Database, orderId: string) {
  return returnLines(db).select(columns).where('r.order_id', '=', orderId).orderBy('r.id').execute();
}

/** Newest first; `before` is the last id of the page before, `tenantId` null sees all. */
export async function listReturns(
  db: Database,
  wanted: { tenantId: string | null; storeId: string | null; before: string | null; limit: number },
) {
  let query = returnLines(db)
    .innerJoin('orders as o', 'o.id', 'r.order_id')
    .select([...columns, 'r.id', 'r.store_id as storeId', 'r.order_id as orderId', 'o.external_id as externalId']);
  if (wanted.tenantId !== null) query = query.where('r.tenant_id', '=', wanted.tenantId);
  if (wanted.storeId !== null) query = query.where('r.store_id', '=', wanted.storeId);
  if (wanted.before !== null) query = query.where('r.id', '<', wanted.before);
  return query.orderBy('r.id', 'desc').limit(wanted.limit).execute();
}
