import {
  noteUnreadReturns,
  ordersNamed,
  ordersThatMayReturn,
  ordersWithOpenReturns,
  saveReturns,
  type ReturningOrder,
} from '../database/returns.js';
import { Failure } from '../domain/failures.js';
import { decideRestock, type OrderReturn, type RestockSetting } from '../domain/returns.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';

/**
 * A marketplace shows a changed order in every pass of the next ten minutes at least (the overlap of its connector). One
 * whose returns were read within that time is left alone, and the last of these passes still reads what came since.
 */
const readAgainMs = 10 * 60_000;

/** What came back of the orders that a pass shows; a call only for orders that have shipped something. */
export async function readReturnsOfPage(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  externalIds: string[],
): Promise<void> {
  if (!connected.marketplace.returns) return;
  const notSince = new Date(deps.wakeups.now().getTime() - readAgainMs);
  await readReturns(deps, connected, await ordersThatMayReturn(deps.db, connected.store.id, externalIds, notSince));
}

/** What came back of the orders that news of returns names. */
export async function readReturnsNamed(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  externalIds: string[],
): Promise<void> {
  await readReturns(deps, connected, await ordersNamed(deps.db, connected.store.id, externalIds));
}

/** What is still coming back, or waits for a decision. */
export async function readOpenReturns(deps: ActivityDependencies, connected: ConnectedStore): Promise<void> {
  await readReturns(deps, connected, await ordersWithOpenReturns(deps.db, connected.store.id));
}

async function readReturns(
  deps: ActivityDependencies,
  { store, marketplace }: ConnectedStore,
  orders: ReturningOrder[],
): Promise<void> {
  for (const { orderId, externalId } of orders) {
    const readAt = deps.wakeups.now();
    try {
      const returns = (await marketplace.returns?.ofOrder(externalId)) ?? [];
      const decided = returns.map((each) => withDecisions(each, store.settings.restockReturns));
      await saveReturns(deps.db, orderId, decided, readAt);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // Trying again soon does not help, and must not keep other orders from being found.
      if (error.outcome !== 'rejected' && error.code !== 'answer_malformed') throw error;
      await noteUnreadReturns(deps.db, orderId, error.message, readAt);
    }
  }
}

function withDecisions(read: OrderReturn, setting: RestockSetting) {
  return {
    ...read,
    lines: read.lines.map((line) => {
      const { lineId, quantity, reason } = line;
      return { lineId, quantity, reason, restock: decideRestock(read.status, line, setting) };
    }),
  };
}
