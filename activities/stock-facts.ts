import type { MarketplaceStock } from '../connectors/marketplaces/stock-port.js';
import type { Warehouse } from '../connectors/warehouses/port.js';
import { currentListings } from '../database/listings.js';
import {
  promisedPieces,
  rivalWarehouses,
  unaskedPieces,
  untoldPieces,
  waitingPieces,
} from '../database/stock-demand.js';
import { keptLevels } from '../database/stock-levels.js';
import { unprovenPushes } from '../database/stock-pushes.js';
import type { StockSync } from '../database/stock-syncs.js';
import type { Listing } from '../domain/listing.js';
import type { StockFacts, StoreSku } from '../domain/stock-decision.js';
import { goodsFrom, type StockBasis, type StockPlace } from '../domain/stock.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { ofConnection } from './of-connection.js';

/** What a round works with. */
export interface StockRound {
  sync: StockSync;
  connected: ConnectedStore;
  stock: MarketplaceStock;
  /** Key of where it writes. */
  location: string;
  basis: StockBasis;
  warehouse: Warehouse;
  listings: Map<string, Listing>;
  /** Every SKU of the store that this warehouse may serve. */
  skus: string[];
}

export async function loadListings(deps: ActivityDependencies, storeId: string): Promise<Map<string, Listing>> {
  const listings = new Map<string, Listing>();
  let after: string | null = null;
  for (;;) {
    const page: Listing[] = await currentListings(deps.db, storeId, { after, limit: 1_000 });
    for (const listing of page) listings.set(listing.sku, listing);
    after = page.at(-1)?.sku ?? null;
    if (page.length < 1_000) return listings;
  }
}

/**
 * Everything a decision looks at, beside the places that were read just before, by SKU. First the store, then our own
 * rows, then the warehouse, so that what moves meanwhile counts twice rather than not at all: an order that is booked
 * in between is still unbooked in our rows, one that ships is still open in them.
 */
export async function readFacts(
  deps: ActivityDependencies,
  round: StockRound,
  places: ReadonlyMap<string, StockPlace[]>,
): Promise<StockFacts> {
  const { sync, connected, stock, basis, warehouse } = round;
  const { storeId, warehouseId, tenantId } = sync;
  const passThrough = connected.store.settings.unlistedSku === 'pass_through';
  const promised = await promisedPieces(deps.db, warehouseId);
  const unasked = await unaskedPieces(deps.db, tenantId);
  const waiting = await waitingPieces(deps.db, tenantId);
  const skus = await storeSkus(deps, round, places);
  const goods = skus.flatMap((each) => goodsFrom(warehouseId, { ...each, passThrough }) ?? []);
  const wanted = [...new Set(goods.map((part) => part.warehouseSku))];
  const levels = await ofConnection(warehouseId, () => warehouse.inventory(wanted));
  return {
    ...{ storeId, warehouseId, basis, passThrough, skus, promised, unasked, waiting },
    duplicateSkus: stock.duplicateSkus,
    buffer: sync.settings.buffer,
    levels: new Map(levels.map((level) => [level.warehouseSku, level])),
  };
}

async function storeSkus(
  deps: ActivityDependencies,
  { sync, listings, skus }: StockRound,
  places: ReadonlyMap<string, StockPlace[]>,
): Promise<StoreSku[]> {
  const untold = await untoldPieces(deps.db, sync.storeId);
  const rivals = await rivalWarehouses(deps.db, sync);
  const unproven = bySku(await unprovenPushes(deps.db, sync.id));
  const kept = await keptLevels(deps.db, sync.id);
  return skus.map((sku) => {
    const listing = listings.get(sku) ?? null;
    const claiming = listing?.warehouseId ? [] : rivals.filter((rival) => !rival.without.includes(sku));
    return {
      ...{ sku, listing, rivals: claiming.map((rival) => rival.name), known: untold.get(sku) ?? 0 },
      places: places.get(sku) ?? null,
      waitingBefore: kept.get(sku)?.waiting ?? 0,
      // A write that was refused because somebody was faster left nothing that might still show.
      unproven: (unproven.get(sku) ?? []).filter((push) => push.state !== 'stale'),
    };
  });
}

export function bySku<T extends { sku: string }>(rows: T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const same = grouped.get(row.sku);
    if (same) same.push(row);
    else grouped.set(row.sku, [row]);
  }
  return grouped;
}
