import type { StoreNews } from '../connectors/marketplaces/port.js';
import { dueWebhooks, markWebhooksFailed, markWebhooksProcessed, type DueWebhook } from '../database/inbox-work.js';
import { placedTimes } from '../database/order-changes.js';
import { recordUninstalled } from '../database/store-accounts.js';
import { heardOfStock } from '../database/stock-syncs.js';
import { Failure } from '../domain/failures.js';
import { isAlive, uninstalledAttention } from '../domain/install.js';
import type { MalformedOrder, MarketplaceOrder } from '../domain/order.js';
import { probeStore, showOnStore } from './check-store.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { importPage, startOrders } from './import-orders.js';
import { readOpenReturns, readReturnsNamed } from './read-returns.js';
import { tellChanges, type Shown } from './tell-changes.js';

/**
 * Works through notifications of one kind. Throws Failure when none of them could be; returns those that could not, by
 * the id of their row, each with its problem. Both are tried again, ever later.
 */
type Handler = (
  deps: ActivityDependencies,
  connected: ConnectedStore,
  news: DueWebhook[],
) => Promise<Map<string, string>>;

const done = new Map<string, string>();

/** What is done for each kind of news. */
export const handlers: Record<StoreNews['kind'], Handler> = {
  orders: takeIn,
  returns: readReturns,
  uninstalled: lookWhetherUninstalled,
  scopes: lookAtAccess,
  stock: compareStock,
  ignored: () => Promise.resolve(done),
};

/** Notifications worked through together. */
const batch = 100;

/**
 * A notification is a hint: what it names is fetched, and what is fetched counts. Returns whether one said that orders
 * changed and named none: Shopify's fulfillment orders do so, and the store is polled then.
 */
export async function readNews(deps: ActivityDependencies, connected: ConnectedStore): Promise<{ unnamed: boolean }> {
  let unnamed = false;
  for (const [kind, handle] of Object.entries(handlers)) {
    let rows: DueWebhook[];
    do {
      rows = await dueWebhooks(deps.db, connected.store.id, batch, kind);
      if (rows.length > 0) await work(deps, connected, handle, rows);
      unnamed ||= kind === 'orders' && rows.some((row) => row.orderIds.length === 0);
    } while (rows.length === batch);
  }
  return { unnamed };
}

async function work(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  handle: Handler,
  rows: DueWebhook[],
): Promise<void> {
  const failed = await handle(deps, connected, rows).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    return new Map(rows.map((row) => [row.id, describe(error)]));
  });
  const well = rows.map((row) => row.id).filter((id) => !failed.has(id));
  await markWebhooksProcessed(deps.db, well);
  for (const [id, problem] of failed) await markWebhooksFailed(deps.db, [id], problem);
}

const describe = (failure: Failure) => `${failure.code}: ${failure.message}`;

/** Fetched at the same time: a single order waits for nobody, and the limiter keeps the vendor's pace. */
const fetchedAtOnce = 8;

/** New orders are imported and started, known ones hear of what changed; an order that cannot be fetched stops no other. */
async function takeIn(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  news: DueWebhook[],
): Promise<Map<string, string>> {
  const ids = [...new Set(news.flatMap((row) => row.orderIds))];
  const { orders, unseen, malformed, failures } = await fetchNamed(deps, connected, ids);
  await importPage(deps, connected, { orders, malformed, nextPage: null });
  await tellChanges(deps, connected, unseen);
  await startOrders(deps, connected.store);
  const problems = news.flatMap((row): [string, string][] => {
    const failure = row.orderIds.map((id) => failures.get(id)).find((each) => each !== undefined);
    return failure ? [[row.id, describe(failure)]] : [];
  });
  return new Map(problems);
}

async function fetchNamed(deps: ActivityDependencies, { store, marketplace }: ConnectedStore, ids: string[]) {
  const placedAt = await placedTimes(deps.db, store.id, ids);
  const found = {
    orders: [] as MarketplaceOrder[],
    unseen: [] as Shown[],
    malformed: [] as MalformedOrder[],
    failures: new Map<string, Failure>(),
  };
  const fetch = async (externalId: string) => {
    try {
      const order = await marketplace.fetchOrder(externalId, { placedAt: placedAt.get(externalId) });
      if (order) found.orders.push(order);
      else found.unseen.push({ externalId, order });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // Nothing to try again: one we have hears of it, another was never ours.
      if (error.code === 'order_not_shown') found.unseen.push({ externalId, order: 'not_shown' });
      else if (error.code === 'order_malformed')
        found.malformed.push({ externalId, problem: error.message, raw: null });
      else found.failures.set(externalId, error);
    }
  };
  for (let first = 0; first < ids.length; first += fetchedAtOnce)
    await Promise.all(ids.slice(first, first + fetchedAtOnce).map(fetch));
  return found;
}

/** Somebody changed a figure of stock there, or we did: a comparison tells. */
async function compareStock(deps: ActivityDependencies, { store }: ConnectedStore): Promise<Map<string, string>> {
  await heardOfStock(deps.db, store.id);
  return done;
}

async function readReturns(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  news: DueWebhook[],
): Promise<Map<string, string>> {
  await readReturnsNamed(deps, connected, [...new Set(news.flatMap((row) => row.orderIds))]);
  // Shopify's restock decision names the work at its warehouse, and no order.
  if (news.some((row) => row.orderIds.length === 0)) await readOpenReturns(deps, connected);
  return done;
}

/**
 * What we may do there changed. What is missing shows on the store at once: its orders queue, and once it may again, the
 * next pass begins where the last good one ended.
 */
async function lookAtAccess(deps: ActivityDependencies, connected: ConnectedStore): Promise<Map<string, string>> {
  try {
    await probeStore(deps, connected);
  } catch (error) {
    if (!(error instanceof Failure) || error.outcome !== 'rejected') throw error;
    await showOnStore(deps, connected.store.id, error);
  }
  return done;
}

/**
 * The application is said to be gone. News may come late, when it is back: one probe tells. Its keys are forgotten then,
 * so that nothing is tried any more, and its store shows what to do.
 */
async function lookWhetherUninstalled(
  deps: ActivityDependencies,
  { store, marketplace }: ConnectedStore,
): Promise<Map<string, string>> {
  const alive = await marketplace.probe().then(isAlive, (error: unknown) => {
    if (error instanceof Failure && error.outcome === 'rejected') return false;
    throw error;
  });
  if (!alive) await recordUninstalled(deps.db, store.id, uninstalledAttention(store.id), deps.wakeups.now());
  return done;
}
