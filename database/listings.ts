import { isDeepStrictEqual } from 'node:util';
import { sql, type Transaction } from 'kysely';
import type { Listing, ListingComponent } from '../domain/listing.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

export interface ListingVersion extends Listing {
  deleted: boolean;
  savedAt: Date;
  /** The key that saved it. */
  savedBy: string;
}

const columns = [
  'sku',
  'components',
  'warehouse_id as warehouseId',
  'version',
  'deleted',
  'saved_at as savedAt',
  'saved_by as savedBy',
] as const;

/** All versions of one SKU's listing, newest first; empty when the SKU was never listed. */
export async function listingVersions(db: Database, storeId: string, sku: string): Promise<ListingVersion[]> {
  return versionsOf(db, storeId, sku);
}

function versionsOf(db: Database | Transaction<Schema>, storeId: string, sku: string): Promise<ListingVersion[]> {
  return db
    .selectFrom('listings')
    .select(columns)
    .where('store_id', '=', storeId)
    .where('sku', '=', sku)
    .orderBy('version', 'desc')
    .execute();
}

/** The present listings of a store by SKU; `after` is the last SKU of the page before. */
export async function currentListings(
  db: Database,
  storeId: string,
  page: { after: string | null; limit: number },
): Promise<ListingVersion[]> {
  return db
    .selectFrom((inner) => {
      const newest = inner
        .selectFrom('listings')
        .distinctOn('sku')
        .select(columns)
        .where('store_id', '=', storeId)
        .orderBy('sku')
        .orderBy('version', 'desc');
      return (page.after === null ? newest : newest.where('sku', '>', page.after)).as('newest');
    })
    .selectAll()
    .where('deleted', '=', false)
    .orderBy('sku')
    .limit(page.limit)
    .execute();
}

/** The present listings of these SKUs. */
export async function listingsOf(db: Database, storeId: string, skus: string[]): Promise<Listing[]> {
  if (skus.length === 0) return [];
  const rows = await db
    .selectFrom('listings')
    .distinctOn('sku')
    .select(columns)
    .where('store_id', '=', storeId)
    .where('sku', 'in', skus)
    .orderBy('sku')
    .orderBy('version', 'desc')
    .execute();
  return rows.filter((row) => !row.deleted);
}

/** Saves the next version; saving what is there already adds none, so that a repeated request is harmless. */
export async function saveListing(
  db: Database,
  storeId: string,
  listing: { sku: string; components: ListingComponent[]; warehouseId: string | null },
  savedBy: string,
): Promise<void> {
  await addVersion(db, storeId, listing.sku, savedBy, (newest) =>
    newest &&
    !newest.deleted &&
    newest.warehouseId === listing.warehouseId &&
    isDeepStrictEqual(newest.components, listing.components)
      ? null
      : { components: listing.components, warehouseId: listing.warehouseId, deleted: false },
  );
}

/** Adds a version that says deleted; orders planned before keep the version they were planned with. */
export async function deleteListing(db: Database, storeId: string, sku: string, savedBy: string): Promise<void> {
  await addVersion(db, storeId, sku, savedBy, (newest) =>
    !newest || newest.deleted ? null : { components: [], warehouseId: null, deleted: true },
  );
}

async function addVersion(
  db: Database,
  storeId: string,
  sku: string,
  savedBy: string,
  decide: (newest: ListingVersion | undefined) => Pick<ListingVersion, 'components' | 'warehouseId' | 'deleted'> | null,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two savers take turns, or both would choose the same version number.
    await sql`select 1 from stores where id = ${storeId} for no key update`.execute(trx);
    const newest = (await versionsOf(trx, storeId, sku))[0];
    const next = decide(newest);
    if (!next) return;
    await trx
      .insertInto('listings')
      .values({
        store_id: storeId,
        sku,
        version: (newest?.version ?? 0) + 1,
        components: JSON.stringify(next.components),
        warehouse_id: next.warehouseId,
        deleted: next.deleted,
        saved_by: savedBy,
      })
      .execute();
  });
}
