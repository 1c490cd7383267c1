import { addressFingerprint, orderFingerprint } from '../database/fingerprint.js';
import { loadKeptOrder, markSeen, stageChange, type KeptRow } from '../database/order-changes.js';
import { linesTaken, samePlaces, type TakenPlaces } from '../domain/import-decision.js';
import type { AskedLines } from '../domain/line-changes.js';
import type { MarketplaceAnswer } from '../domain/messages.js';
import { destinationsOf, type MarketplaceOrder } from '../domain/order.js';
import { judgeOrder, type PresentOrder } from '../domain/order-changes.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { ofConnection } from './of-connection.js';

export interface LookRequest {
  orderId: string;
  asked: AskedLines;
}

/** Looks at an order that is said to have changed at its marketplace. */
export async function lookAtMarketplace(deps: ActivityDependencies, request: LookRequest): Promise<MarketplaceAnswer> {
  return look(deps, await loadKeptOrder(deps.db, request.orderId), request.asked);
}

/**
 * What the marketplace says of an order now. What its rows are to take over is staged and not yet written: the workflow
 * does that once with the change it makes of it, however often the look is repeated. `sending`: see judgeOrder.
 */
export async function look(
  deps: ActivityDependencies,
  kept: KeptRow,
  asked: AskedLines,
  sending: string[] = [],
): Promise<MarketplaceAnswer> {
  const order = await presentOrder(deps, kept);
  const verdict = judgeOrder(kept, order && presented(order), asked, sending);
  const seen = orderFingerprint(order, kept);
  if (seen !== kept.seen) await markSeen(deps.db, kept.orderId, seen);
  if (!('taken' in verdict)) return verdict;
  const { taken, ...answer } = verdict;
  return { ...answer, changeId: await stageChange(deps.db, kept.orderId, taken, order) };
}

async function presentOrder(deps: ActivityDependencies, kept: KeptRow): Promise<MarketplaceOrder | null> {
  return ofConnection(kept.storeId, async () => {
    const { marketplace } = await deps.storeOf(kept.storeId);
    const order = await marketplace.fetchOrder(kept.externalId, kept);
    return order && linesTaken(order, kept.takes);
  });
}

/** An order as it is compared. */
export function presented(order: MarketplaceOrder): PresentOrder {
  const addresses = destinationsOf(order).map((each) => ({
    destinationId: each.destinationId,
    seen: addressFingerprint(each),
  }));
  return { order, addresses };
}

/**
 * An order that the marketplace showed, with the lines it was imported with. It was read by the store's present settings:
 * where those take other places than the order does, it is read once more.
 */
export async function asImported(
  { marketplace, rules }: ConnectedStore,
  shown: MarketplaceOrder,
  takes: TakenPlaces,
): Promise<MarketplaceOrder> {
  const { externalId, placedAt } = shown;
  const order = samePlaces(takes, rules) ? null : await marketplace.fetchOrder(externalId, { placedAt, takes });
  return linesTaken(order ?? shown, takes);
}
