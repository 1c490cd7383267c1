import { Failure } from './failures.js';
import type { StockLocation } from './stock.js';

/** A stock sync that writes to a location, or would if it ran. Ids rise with age. */
export interface LocationClaim {
  syncId: string;
  storeId: string;
  /** Null where it is another tenant's, whose names are nobody's business. */
  storeName: string | null;
  /** Its sync is paused or its store is: it writes nothing. */
  resting: boolean;
}

/**
 * Two stores that are one account would overwrite each other's absolute figures, so the one whose sync is oldest writes
 * and the others say why they do not. Syncs of one store share its SKUs out among them (lesson 28). `sync` is null for
 * one that is about to be made.
 */
export function locationTaken(
  location: StockLocation,
  storeId: string,
  sync: { id: string } | null,
  claims: LocationClaim[],
): Failure | null {
  const running = claims.filter((claim) => !claim.resting && claim.syncId !== sync?.id);
  const first = running.sort((one, other) => (one.syncId < other.syncId ? -1 : 1))[0];
  if (!first || first.storeId === storeId || (sync && sync.id < first.syncId)) return null;
  const who = first.storeName === null ? 'another store' : `store "${first.storeName}" (${first.storeId})`;
  return new Failure(
    'stock_location_taken',
    `The stock of ${location.title} is written by ${who} already; two would overwrite each other's figures.`,
    { location: location.key, ...(first.storeName !== null && { store: first.storeId, sync: first.syncId }) },
  );
}
