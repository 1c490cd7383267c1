import { sql } from 'kysely';
import type { Attention } from '../domain/attention.js';
import { wakeChannel, wakes } from '../domain/identifiers.js';
import type { StockSettings } from '../domain/stock-decision.js';
import type { LocationClaim } from '../domain/stock-location.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

export interface StockSync {
  id: string;
  tenantId: string;
  storeId: string;
  storeName: string;
  /** The store is paused or not enabled: its sales are not known, so nothing is written to it. */
  storeRests: boolean;
  warehouseId: string;
  warehouseName: string;
  paused: boolean;
  settings: StockSettings;
  /** When every SKU was last compared with the store; null asks the next round for it. */
  comparedAt: Date | null;
  lastRoundAt: Date | null;
  lastSuccessAt: Date | null;
  attention: Attention | null;
  /** Key of the location it writes to; null where it is still to be asked. */
  location: string | null;
  createdAt: Date;
}

/** Syncs whose store and warehouse are there. */
const found = (db: Database) =>
  db
    .selectFrom('stock_syncs as y')
    .innerJoin('stores as s', 's.id', 'y.store_id')
    .innerJoin('warehouses as w', 'w.id', 'y.warehouse_id')
    .select(['y.id', 'y.tenant_id as tenantId', 'y.store_id as storeId', 's.name as storeName', 'y.paused'])
    .select(['y.warehouse_id as warehouseId', 'w.name as warehouseName', 'y.settings', 'y.attention', 'y.location'])
    .select(['y.compared_at as comparedAt', 'y.last_round_at as lastRoundAt', 'y.last_success_at as lastSuccessAt'])
    .select(['y.created_at as createdAt', sql<boolean>`s.paused or not s.enabled`.as('storeRests')])
    .where('s.deleted_at', 'is', null)
    .where('w.deleted_at', 'is', null);

/** Null when the pair has one already. */
export async function createStockSync(
  db: Database,
  wanted: { tenantId: string; storeId: string; warehouseId: string; settings: StockSettings; location: string | null },
): Promise<string | null> {
  const row = await db
    .insertInto('stock_syncs')
    .values({
      ...{ id: newId('ssy'), tenant_id: wanted.tenantId, store_id: wanted.storeId, warehouse_id: wanted.warehouseId },
      ...{ settings: JSON.stringify(wanted.settings), location: wanted.location },
    })
    .onConflict((conflict) => conflict.constraint('stock_syncs_exist_once').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** `tenantId` null finds any tenant's. */
export async function findStockSync(
  db: Database,
  id: string,
  tenantId: string | null = null,
): Promise<StockSync | null> {
  let query = found(db).where('y.id', '=', id);
  if (tenantId !== null) query = query.where('y.tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Ordered by id, so by age; `after` is the last id of the page before. */
export async function listStockSyncs(
  db: Database,
  wanted: { tenantId: string | null; storeId: string | null; after: string | null; limit: number },
): Promise<StockSync[]> {
  let query = found(db);
  if (wanted.tenantId !== null) query = query.where('y.tenant_id', '=', wanted.tenantId);
  if (wanted.storeId !== null) query = query.where('y.store_id', '=', wanted.storeId);
  if (wanted.after !== null) query = query.where('y.id', '>', wanted.after);
  return query.orderBy('y.id').limit(wanted.limit).execute();
}

/** Other settings mean other figures: every SKU is compared anew. */
export async function saveStockSettings(db: Database, id: string, settings: StockSettings): Promise<void> {
  await db
    .updateTable('stock_syncs')
    .set({ settings: JSON.stringify(settings), compared_at: null })
    .where('id', '=', id)
    .execute();
}

export async function setStockSyncPaused(db: Database, id: string, paused: boolean): Promise<void> {
  await db.updateTable('stock_syncs').set({ paused }).where('id', '=', id).execute();
}

/** Its levels and pushes go with it; what the store shows stays as it is. */
export async function deleteStockSync(db: Database, id: string): Promise<void> {
  await db.deleteFrom('stock_syncs').where('id', '=', id).execute();
}

/** Every sync that writes to a location, with names for the tenant that they are shown to. */
export async function locationClaims(db: Database, location: string, tenantId: string): Promise<LocationClaim[]> {
  return found(db)
    .clearSelect()
    .select([
      'y.id as syncId',
      'y.store_id as storeId',
      sql<boolean>`y.paused or s.paused or not s.enabled`.as('resting'),
    ])
    .select(sql<string | null>`case when y.tenant_id = ${tenantId} then s.name end`.as('storeName'))
    .where('y.location', '=', location)
    .execute();
}

export async function saveStockLocation(db: Database, syncId: string, location: string): Promise<void> {
  await db.updateTable('stock_syncs').set({ location }).where('id', '=', syncId).execute();
}

/** Other settings of a store may mean another location: its syncs ask anew, and compare every SKU there. */
export async function forgetStockLocation(db: Database, storeId: string): Promise<void> {
  await sql`
    with forgotten as (
      update stock_syncs set location = null, compared_at = null where store_id = ${storeId} returning id
    )
    select pg_notify(${wakeChannel}, ${wakes.inbox('')} || id) from forgotten`.execute(db);
}

/** The next round compares every SKU with the store. */
export async function wantComparison(db: Database, syncId: string): Promise<void> {
  await db.updateTable('stock_syncs').set({ compared_at: null }).where('id', '=', syncId).execute();
}

/**
 * The store says that its stock changed. Our own writes and every sale come back as such news too, so it is compared at
 * most every 15 minutes.
 */
export async function heardOfStock(db: Database, storeId: string): Promise<void> {
  await sql`
    with due as (
      update stock_syncs set compared_at = null
      where store_id = ${storeId} and compared_at < now() - interval '15 minutes' and not paused returning id
    )
    select pg_notify(${wakeChannel}, ${wakes.inbox('')} || id) from due`.execute(db);
}

/** Brings the next round of these syncs forward: orders came or went, or the warehouse has news. */
export async function wakeStockSyncs(db: Database, of: { tenantId: string } | { warehouseId: string }): Promise<void> {
  const [column, value] = 'tenantId' in of ? ['tenant_id', of.tenantId] : ['warehouse_id', of.warehouseId];
  await sql`select pg_notify(${wakeChannel}, ${wakes.inbox('')} || id) from stock_syncs
    where ${sql.ref(column)} = ${value} and not paused`.execute(db);
}

/** A round ended well; `compared` where it looked at every SKU of the store. */
export async function recordStockRound(
  db: Database,
  id: string,
  round: { startedAt: Date; compared: boolean },
): Promise<void> {
  const { startedAt, compared } = round;
  await db
    .updateTable('stock_syncs')
    .set({ last_round_at: startedAt, last_success_at: startedAt, attention: null })
    .$if(compared, (query) => query.set({ compared_at: startedAt }))
    .where('id', '=', id)
    .execute();
}

export async function recordStockRoundFailed(db: Database, id: string, attention: Attention, now: Date): Promise<void> {
  await db
    .updateTable('stock_syncs')
    .set({ last_round_at: now, attention: JSON.stringify(attention) })
    .where('id', '=', id)
    .execute();
}
