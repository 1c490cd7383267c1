import type { MarketplaceStock, StockLevelToSet, StockPushed } from '../../connectors/marketplaces/stock-port.js';
import { Failure } from '../../domain/failures.js';
import type { DuplicateSkuPolicy } from '../../domain/stock-decision.js';
import type { StockBasis, StockPlace } from '../../domain/stock.js';

export interface ScriptedStock {
  port: MarketplaceStock;
  basis: StockBasis;
  duplicateSkus: DuplicateSkuPolicy;
  /** By place; what a test changes here, somebody changed in the store. */
  places: Map<string, StockPlace>;
  add(over: Partial<StockPlace> & { sku: string }): StockPlace;
  level(sku: string): number | null;
  /** Every figure that was asked for, those refused and repeated too. */
  pushed: StockLevelToSet[];
  reads: number;
  /** What becomes of the next pushes, one each. */
  next: Outcome[];
  /** How long a push takes, and how many ran at once at most. */
  pushMs: number;
  mostAtOnce: number;
}

/**
 * `lost`: written, and the answer is lost; `vanished`: the answer is lost, and nothing was written; `down`: not sent;
 * `late`: written, and the next read does not show it; `changed`: somebody sells or counts between the look and the write.
 */
export type Outcome = 'lost' | 'vanished' | 'down' | 'refused' | 'late' | 'changed';

/** The stock of a store in memory, with the bookkeeping of each basis. Only what a marketplace would know is in it. */
export function createScriptedStock(basis: StockBasis = 'on_hand'): ScriptedStock {
  const done = new Set<string>();
  /** What the next read shows, where a write shows late. */
  let old: Map<string, StockPlace> | null = null;
  let running = 0;
  const copy = () => new Map([...scripted.places].map(([id, place]) => [id, { ...place }]));
  const scripted: ScriptedStock = {
    ...{ basis, duplicateSkus: 'refuse', places: new Map(), pushed: [], reads: 0, next: [] },
    ...{ pushMs: 0, mostAtOnce: 0 },
    add(over) {
      const placeId = over.placeId ?? `item-${over.sku}`;
      const place = { placeId, title: over.sku, level: 0, committed: 0, refusal: null, ...over };
      scripted.places.set(placeId, place);
      return place;
    },
    level: (sku) => [...scripted.places.values()].find((place) => place.sku === sku)!.level,
    port: {
      get duplicateSkus() {
        return scripted.duplicateSkus;
      },
      location: async () => ({ key: 'scripted:1', title: 'the only location' }),
      basis: async () => scripted.basis,
      async places(skus) {
        scripted.reads += 1;
        const shown = old ?? scripted.places;
        old = null;
        return [...shown.values()].filter((place) => skus.includes(place.sku)).map((place) => ({ ...place }));
      },
      // A page for each SKU, so that pages are turned.
      async skus(page) {
        const skus = [...new Set([...scripted.places.values()].map((place) => place.sku))];
        const at = Number(page ?? 0);
        return { skus: skus.slice(at, at + 1), nextPage: at + 1 < skus.length ? String(at + 1) : null };
      },
      async push(levels) {
        running += 1;
        scripted.mostAtOnce = Math.max(scripted.mostAtOnce, running);
        try {
          if (scripted.pushMs > 0) await new Promise((resolve) => setTimeout(resolve, scripted.pushMs));
          return write(levels, scripted.next.shift() ?? null);
        } finally {
          running -= 1;
        }
      },
    },
  };
  return scripted;

  function write(levels: StockLevelToSet[], outcome: Outcome | null): StockPushed[] {
    scripted.pushed.push(...levels);
    if (outcome === 'down') throw new Failure('unavailable', 'The marketplace does not answer.');
    if (outcome === 'vanished') throw new Failure('outcome_unknown', 'No answer within the deadline.');
    if (outcome === 'late') old = copy();
    const answers = levels.map((level) => set(level, outcome));
    if (outcome === 'lost') throw new Failure('outcome_unknown', 'No answer within the deadline.');
    return answers;
  }

  function set(level: StockLevelToSet, outcome: Outcome | null): StockPushed {
    const place = scripted.places.get(level.placeId)!;
    const { placeId } = level;
    if (outcome === 'refused') return { placeId, outcome: 'refused', note: 'The figure is too high.' };
    if (done.has(level.key)) return { placeId, outcome: 'set', note: `again ${level.key}` };
    if (outcome === 'changed') place.level = (place.level ?? 0) + 1;
    // Only where the marketplace keeps sold pieces apart can it compare and set (reference/shopify.md §5).
    if (scripted.basis === 'on_hand' && place.level !== level.was)
      return { placeId, outcome: 'stale', note: 'changed' };
    done.add(level.key);
    place.level = level.quantity;
    return { placeId, outcome: 'set', note: `transaction ${done.size}` };
  }
}
