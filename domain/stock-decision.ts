import type { Listing } from './listing.js';
import {
  figureFor,
  freePieces,
  goodsFrom,
  sellablePieces,
  type PromisedPieces,
  type SoldPieces,
  type StockBasis,
  type StockPlace,
  type WarehouseStock,
} from './stock.js';
import type { StockCause, StockProblem } from './stock-problems.js';

/** How one stock sync is to be run; a person's choice. */
export interface StockSettings {
  /** Pieces of each SKU that are never offered: for what is sold between two rounds. */
  buffer: number;
  /** Minutes between two rounds; news of orders and of the warehouse bring one sooner. */
  everyMinutes: number;
}

/** 15 minutes: the cadence that merchants know from the tools of this trade (reference/warehouses.md §0.5). */
export const defaultStockSettings: StockSettings = { buffer: 0, everyMinutes: 15 };

/** R143: the stock of a SKU that several products share is not written unless the store asks for it (R142). */
export type DuplicateSkuPolicy = 'refuse' | 'all';

/**
 * How far the writing of one figure has come. `sending`: its outcome is not known. `accepted`: the marketplace took it
 * and does not show it yet. `proven`: it was read back. `stale`: somebody changed the figure meanwhile.
 */
export type PushState = 'sending' | 'accepted' | 'proven' | 'stale' | 'refused';

/** One SKU of the store in one round. */
export interface StoreSku {
  sku: string;
  listing: Listing | null;
  /** Other warehouses whose stock sync claims this SKU at the same location, by name. */
  rivals: string[];
  /** Pieces in orders of ours that the marketplace has not been told of as shipped. */
  known: number;
  /** As just read at the store; null where this round did not ask. */
  places: StockPlace[] | null;
  /** Pieces that were sold there beyond our orders when the places were last read. */
  waitingBefore: number;
  /** Figures that were written and not read back yet: what a place shows may be older than they are. */
  unproven: { placeId: string; quantity: number }[];
}

export interface StockFacts {
  storeId: string;
  warehouseId: string;
  basis: StockBasis;
  duplicateSkus: DuplicateSkuPolicy;
  passThrough: boolean;
  buffer: number;
  skus: StoreSku[];
  levels: ReadonlyMap<string, WarehouseStock>;
  promised: PromisedPieces[];
  /** In orders of ours that no fulfillment covers, of every store of the tenant. */
  unasked: SoldPieces[];
  /** Seen by the importers and not taken yet, of every store of the tenant. */
  waiting: SoldPieces[];
}

export interface StockDecision {
  sku: string;
  /** Null where nobody can tell. */
  sellable: number | null;
  /** Pieces sold beyond our orders, where the marketplace tells (`on_hand`); else 0. */
  waiting: number;
  problem: StockProblem | null;
  /** The figures that differ from what the store shows; empty where it was not asked. */
  changes: StockChange[];
}

export interface StockChange {
  placeId: string;
  sku: string;
  quantity: number;
  /** The level the quantity was computed beside; null where the item is not stocked there yet. */
  was: number | null;
}

/** What each SKU may offer, and which figures to write for that. Pure: the same facts decide alike. */
export function decideStock(facts: StockFacts): StockDecision[] {
  const waiting = new Map(facts.skus.map((each) => [each.sku, waitingPieces(facts.basis, each)]));
  const free = freePieces({ ...facts, sold: [...facts.unasked, ...soldBeside(facts, waiting)] });
  return facts.skus.map((each) => {
    const found = { sku: each.sku, waiting: waiting.get(each.sku) ?? 0 };
    const components = goodsFrom(facts.warehouseId, { ...each, passThrough: facts.passThrough });
    const absent = components?.find((part) => !facts.levels.has(part.warehouseSku));
    if (!components || absent)
      return { ...found, sellable: null, problem: unmapped(each, absent?.warehouseSku), changes: [] };
    const sellable = sellablePieces(components, free, facts.buffer);
    return { ...found, sellable, ...write(facts, each, sellable) };
  });
}

/** Causes that are seen without asking the store. */
const seenFromHere: StockCause[] = ['conflict', 'listing_missing', 'not_at_warehouse'];

/**
 * Whether the store has to be asked about a SKU: because its figures differ, where every SKU was just compared; else
 * because what it may offer has changed since the last round, or what stood in the way is gone.
 */
export function needsLook(
  before: (Pick<StockDecision, 'sellable' | 'problem'> & { due: boolean }) | undefined,
  now: StockDecision,
  compared: boolean,
): boolean {
  if (compared) return now.changes.length > 0;
  if (now.problem) return false;
  if (!before || before.due || before.sellable !== now.sellable) return true;
  return before.problem !== null && seenFromHere.includes(before.problem.cause);
}

/** Committed pieces that are in no order of ours: unpaid ones, those not read yet, those a setting leaves out. */
function waitingPieces(basis: StockBasis, { places, known, waitingBefore }: StoreSku): number {
  if (basis !== 'on_hand') return 0;
  if (!places) return waitingBefore;
  return Math.max(0, places.reduce((sum, place) => sum + place.committed, 0) - known);
}

/** What is sold and no order of ours: of this store as its marketplace keeps it apart, of the others as it was seen. */
function soldBeside(facts: StockFacts, waiting: ReadonlyMap<string, number>): SoldPieces[] {
  if (facts.basis !== 'on_hand') return facts.waiting;
  const own = facts.skus.map(({ sku, listing }) => ({
    ...{ storeId: facts.storeId, sku, listing, passThrough: facts.passThrough },
    pieces: waiting.get(sku) ?? 0,
  }));
  return [...facts.waiting.filter((each) => each.storeId !== facts.storeId), ...own];
}

function unmapped({ sku, listing }: StoreSku, absent: string | undefined): StockProblem {
  if (absent === undefined) return { cause: 'listing_missing', message: `No listing maps SKU "${sku}".` };
  const by = listing ? `the listing of SKU "${sku}" names` : 'the store sells';
  return { cause: 'not_at_warehouse', message: `The warehouse keeps no stock of "${absent}", which ${by}.` };
}

function write(facts: StockFacts, each: StoreSku, sellable: number): Pick<StockDecision, 'problem' | 'changes'> {
  const { sku, places, rivals } = each;
  const refuse = (cause: StockProblem['cause'], message: string) => ({ problem: { cause, message }, changes: [] });
  if (rivals.length > 0)
    return refuse('conflict', `SKU "${sku}" is mapped to this warehouse and to ${rivals.join(', ')}.`);
  if (!places) return { problem: null, changes: [] };
  if (places.length === 0) return refuse('not_in_store', `The store has no SKU "${sku}" at its stock location.`);
  if (places.length > 1 && facts.duplicateSkus === 'refuse')
    return refuse('duplicate_sku', `SKU "${sku}" belongs to ${places.map((place) => place.title).join('; ')}.`);
  const refused = places.find((place) => place.refusal !== null)?.refusal ?? null;
  const open = places.filter((place) => place.refusal === null);
  return { problem: refused, changes: open.flatMap((place) => change(facts.basis, each, place, sellable) ?? []) };
}

function change(basis: StockBasis, each: StoreSku, place: StockPlace, sellable: number): StockChange | null {
  const { placeId, sku, level: was } = place;
  const quantity = figureFor(basis, sellable, place.committed);
  const unproven = each.unproven.find((written) => written.placeId === placeId);
  // What a place shows may be older than what was written to it (reference/bigcommerce.md §5, asynchronous).
  if (was === quantity && (!unproven || unproven.quantity === quantity)) return null;
  // An item without pieces need not be stocked there at all.
  if (was === null && quantity === 0) return null;
  return { placeId, sku, quantity, was };
}
