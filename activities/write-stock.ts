import type { MarketplaceStock, StockPushed } from '../connectors/marketplaces/stock-port.js';
import { preparePushes, provePushes, settlePushes, type PreparedPush } from '../database/stock-pushes.js';
import { Failure } from '../domain/failures.js';
import type { PushState, StockChange } from '../domain/stock-decision.js';
import type { StockPlace } from '../domain/stock.js';
import type { ActivityDependencies } from './dependencies.js';

const states: Record<StockPushed['outcome'], PushState> = { set: 'accepted', stale: 'stale', refused: 'refused' };

export interface WrittenStock {
  /** SKUs whose figure somebody changed between our look and our write. */
  stale: string[];
  refused: { sku: string; reason: string }[];
  /** The places as they were read after the write. */
  places: StockPlace[];
}

/**
 * Writes figures and reads them back. Each is noted before it is sent, so that an answer that is lost leaves a row to
 * come back to: the figure is then looked for, and sent again under the same key where it is not there. The proof of a
 * figure is that the store shows it; a store that is slow to show it (reference/bigcommerce.md §5) has given its own
 * note of acceptance until then, and the next round looks again.
 */
export async function writeStock(
  deps: ActivityDependencies,
  stock: MarketplaceStock,
  syncId: string,
  changes: StockChange[],
): Promise<WrittenStock> {
  const pushes = await preparePushes(deps.db, syncId, changes, deps.wakeups.now());
  const answers = await send(deps, stock, syncId, pushes);
  await settlePushes(
    deps.db,
    syncId,
    answers.map(({ push, answer }) => ({ ...push, state: states[answer.outcome], note: answer.note })),
  );
  const with_ = (outcome: StockPushed['outcome']) => answers.filter((each) => each.answer.outcome === outcome);
  const places = await readBack(deps, stock, syncId, [...new Set(changes.map((each) => each.sku))]);
  return {
    stale: with_('stale').map(({ push }) => push.sku),
    refused: with_('refused').map(({ push, answer }) => ({ sku: push.sku, reason: answer.note })),
    places,
  };
}

async function send(deps: ActivityDependencies, stock: MarketplaceStock, syncId: string, pushes: PreparedPush[]) {
  try {
    const answers = await stock.push(pushes.map(({ generation: _, ...level }) => level));
    return pushes.map((push, index) => ({ push, answer: answers[index]! }));
  } catch (error) {
    // Certainly not written: the next attempt is another change. What is unknown stays `sending`.
    if (error instanceof Failure && error.outcome !== 'unknown')
      await settlePushes(
        deps.db,
        syncId,
        pushes.map((push) => ({ ...push, state: 'refused' as const, note: error.message })),
      );
    throw error;
  }
}

/** Reads places and notes which written figures they show. */
export async function readBack(
  deps: ActivityDependencies,
  stock: MarketplaceStock,
  syncId: string,
  skus: string[],
): Promise<StockPlace[]> {
  const places = await stock.places(skus);
  await provePushes(deps.db, syncId, places, deps.wakeups.now());
  return places;
}
