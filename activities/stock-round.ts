import { Context } from '@temporalio/activity';
import { dropLevels, keptLevels, saveLevels } from '../database/stock-levels.js';
import { unprovenPushes } from '../database/stock-pushes.js';
import { locationClaims, recordStockRound, saveStockLocation, type StockSync } from '../database/stock-syncs.js';
import { Failure } from '../domain/failures.js';
import { decideStock, needsLook, type StockDecision } from '../domain/stock-decision.js';
import { locationTaken } from '../domain/stock-location.js';
import { hidesSales, type StockPlace } from '../domain/stock.js';
import type { ActivityDependencies } from './dependencies.js';
import { ofConnection } from './of-connection.js';
import { importSince } from './poll-store.js';
import { bySku, loadListings, readFacts, type StockRound } from './stock-facts.js';
import { asOnlyWriter } from './stock-writer.js';
import { readBack, writeStock } from './write-stock.js';

/** Every SKU is compared with the store once a day: people change figures there too. */
const compareEveryMs = 24 * 60 * 60 * 1000;
/** SKUs read, written and read back together: a batch takes seconds, and what is read does not grow old meanwhile. */
const batchSize = 100;
/** A figure that somebody else changes again and again is left to the next round. */
const triesAgainstOthers = 3;

/**
 * One round of a stock sync. It computes what each SKU may offer from the warehouse and our own orders, asks the store
 * only for those where that changed or where a write is not proven, and writes the figures that differ. Once a day, and
 * when somebody asks for it, every SKU is compared with the store.
 */
export async function stockRound(deps: ActivityDependencies, sync: StockSync): Promise<void> {
  const startedAt = deps.wakeups.now();
  const compares = !sync.comparedAt || startedAt.getTime() - sync.comparedAt.getTime() >= compareEveryMs;
  const round = await open(deps, sync, compares);
  const places = compares ? await readPlaces(deps, round, round.skus) : new Map<string, StockPlace[]>();
  const before = await keptLevels(deps.db, sync.id);
  const decisions = decideStock(await readFacts(deps, round, places));
  const unproven = new Set((await unprovenPushes(deps.db, sync.id)).map((push) => push.sku));
  const look = decisions.filter((each) => unproven.has(each.sku) || needsLook(before.get(each.sku), each, compares));
  const due = look.map((each) => each.sku);
  await keep(deps, round, decisions, places, due);
  await dropLevels(deps.db, sync.id, round.skus);
  if (due.length > 0) await writeDue(deps, round, due);
  await recordStockRound(deps.db, sync.id, { startedAt, compared: compares });
}

async function open(deps: ActivityDependencies, sync: StockSync, compares: boolean): Promise<StockRound> {
  const connected = await deps.connectStore(sync.storeId);
  const { warehouse } = await deps.connectWarehouse(sync.warehouseId);
  const { stock } = connected.marketplace;
  if (!stock) throw new Failure('internal', `The marketplace of store ${sync.storeId} keeps no stock.`);
  const location = await locationOf(deps, sync, stock, compares);
  const basis = await ofConnection(sync.storeId, () => stock.basis());
  const listings = await loadListings(deps, sync.storeId);
  const sold = compares ? await soldSkus(stock) : (await keptLevels(deps.db, sync.id)).keys();
  const ours = (sku: string) => [null, undefined, sync.warehouseId].includes(listings.get(sku)?.warehouseId);
  const skus = [...new Set([...listings.keys(), ...sold])].filter(ours);
  return { sync, connected, stock, location, basis, warehouse, listings, skus };
}

/** Asked with each comparison: the default location of an account is one more call. Throws where another store's it is. */
async function locationOf(
  deps: ActivityDependencies,
  sync: StockSync,
  stock: StockRound['stock'],
  compares: boolean,
): Promise<string> {
  const kept = compares ? null : sync.location;
  const location =
    kept === null ? await ofConnection(sync.storeId, () => stock.location()) : { key: kept, title: kept };
  if (location.key !== sync.location) await saveStockLocation(deps.db, sync.id, location.key);
  const claims = await locationClaims(deps.db, location.key, sync.tenantId);
  const taken = locationTaken(location, sync.storeId, sync, claims);
  if (taken) throw taken;
  return location.key;
}

async function soldSkus(stock: StockRound['stock']): Promise<string[]> {
  const skus: string[] = [];
  const seen = new Set<string>();
  for (let page: string | null = null; ;) {
    const answer = await stock.skus(page);
    skus.push(...answer.skus);
    page = answer.nextPage;
    if (page === null) return skus;
    // A marketplace that repeats its page token would keep us here for ever.
    if (seen.has(page)) throw new Failure('answer_malformed', `The marketplace repeats page ${page} of its SKUs.`);
    seen.add(page);
  }
}

/** Each SKU that was asked for has an entry, an empty one where the store does not have it. */
async function readPlaces(
  deps: ActivityDependencies,
  { stock, sync }: StockRound,
  skus: string[],
): Promise<Map<string, StockPlace[]>> {
  const found: StockPlace[] = [];
  for (const batch of batches(skus)) {
    Context.current().cancellationSignal.throwIfAborted();
    found.push(...(await ofConnection(sync.storeId, () => readBack(deps, stock, sync.id, batch))));
  }
  return placesOf(skus, found);
}

function placesOf(skus: string[], places: StockPlace[]): Map<string, StockPlace[]> {
  const grouped = bySku(places);
  return new Map(skus.map((sku) => [sku, grouped.get(sku) ?? []]));
}

function* batches(skus: string[]): Generator<string[]> {
  for (let first = 0; first < skus.length; first += batchSize) yield skus.slice(first, first + batchSize);
}

async function writeDue(deps: ActivityDependencies, round: StockRound, skus: string[]): Promise<void> {
  await asOnlyWriter(deps, round.location, async (hold) => {
    for (const batch of batches(skus)) {
      let left = batch;
      for (let tries = 0; left.length > 0 && tries < triesAgainstOthers; tries += 1) {
        Context.current().cancellationSignal.throwIfAborted();
        await hold();
        left = await writeBatch(deps, round, left);
      }
    }
  });
}

/**
 * Reads, decides anew and writes. Where a sale shows in nothing but the figure itself, the store's orders are read
 * first: a figure that is written over a sale nobody knows of gives the piece back. Returns the SKUs whose figure
 * somebody else changed meanwhile.
 */
async function writeBatch(deps: ActivityDependencies, round: StockRound, skus: string[]): Promise<string[]> {
  const { sync, stock, basis } = round;
  if (hidesSales(basis)) await importSince(deps, round.connected);
  const places = await readPlaces(deps, round, skus);
  const decisions = decideStock(await readFacts(deps, round, places)).filter((each) => places.has(each.sku));
  const changes = decisions.flatMap((each) => each.changes);
  if (changes.length === 0) {
    await keep(deps, round, decisions, places, []);
    return [];
  }
  const written = await ofConnection(sync.storeId, () => writeStock(deps, stock, sync.id, changes));
  const refused = new Map(written.refused.map((each) => [each.sku, each.reason]));
  const outcome = decisions.map((each) => {
    const reason = refused.get(each.sku);
    return reason === undefined ? each : { ...each, problem: { cause: 'refused' as const, message: reason } };
  });
  const changed = [...new Set(changes.map((each) => each.sku))];
  await keep(deps, round, outcome, new Map([...places, ...placesOf(changed, written.places)]), [
    ...written.stale,
    ...refused.keys(),
  ]);
  return written.stale;
}

/** Rows of the SKUs that the store was asked for, then of the others: they keep what was read of them before. */
async function keep(
  deps: ActivityDependencies,
  { sync }: StockRound,
  decisions: StockDecision[],
  places: ReadonlyMap<string, StockPlace[]>,
  due: string[],
): Promise<void> {
  const still = new Set(due);
  const rows = decisions.map(({ changes: _, ...each }) => ({
    ...each,
    places: places.get(each.sku) ?? null,
    due: still.has(each.sku),
  }));
  const now = deps.wakeups.now();
  for (const some of [rows.filter((row) => row.places !== null), rows.filter((row) => row.places === null)])
    await saveLevels(deps.db, sync.id, some, now);
}
