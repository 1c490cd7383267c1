import type { OrderPage } from '../connectors/marketplaces/port.js';
import { orderFingerprint } from '../database/fingerprint.js';
import type { KeptRow } from '../database/order-changes.js';
import { markListed, ourOrders, skippedAmong, unlistedOrders } from '../database/reconciliation-ledger.js';
import { advanceRun, loadRun, type Run } from '../database/reconciliations.js';
import { Failure } from '../domain/failures.js';
import type { ReconciliationInput } from '../domain/messages.js';
import {
  compareMalformed,
  compareOrder,
  missingAtMarketplace,
  notShown,
  type Difference,
  type Mend,
  type OurOrder,
} from '../domain/reconciliation.js';
import type { MarketplaceOrder } from '../domain/order.js';
import { judgeOrder, type Verdict } from '../domain/order-changes.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { importPage, judge, startOrders } from './import-orders.js';
import { asImported, presented } from './look-at-marketplace.js';
import { settleDifferences } from './settle-differences.js';
import { tellChanges } from './tell-changes.js';

/** How far a new store's first import looks back (poll-store.ts): what is older was never its to import. */
const firstLookMs = 30 * 24 * 60 * 60 * 1000;
const batch = 50;

/** What the marketplace has, against ours: every order it lists, then every order of ours that it did not list. */
export async function reconcileMarketplace(deps: ActivityDependencies, { runId }: ReconciliationInput): Promise<void> {
  const run = await loadRun(deps.db, runId);
  const connected = await deps.connectStore(run.storeId, 'backfill');
  await compareListed(deps, run, connected);
  await compareUnlisted(deps, run, connected);
}

async function compareListed(deps: ActivityDependencies, run: Run, connected: ConnectedStore): Promise<void> {
  // An empty place means that the last page was compared.
  let page = run.places['listed'] ?? null;
  const seen = new Set<string>();
  while (page !== '') {
    const answer: OrderPage = await connected.marketplace.listOrders({
      ...{ since: run.from.toISOString(), page, lane: 'backfill' },
      // Everything is wanted whole, known or not.
      known: () => Promise.resolve(new Set()),
    });
    await comparePage(deps, run, connected, answer);
    page = answer.nextPage ?? '';
    if (seen.has(page)) throw new Failure('answer_malformed', `The marketplace repeats page ${page}.`, { page });
    seen.add(page);
    const compared = answer.orders.length + answer.malformed.length;
    await advanceRun(deps.db, run, { name: 'listed', place: page, ledger: 'marketplaceOrders', compared });
  }
}

/** Ours are read after the page, so that what a poll imported meanwhile is no difference. */
async function comparePage(
  deps: ActivityDependencies,
  run: Run,
  connected: ConnectedStore,
  page: OrderPage,
): Promise<void> {
  const ids = [...page.orders, ...page.malformed].flatMap((each) => each.externalId ?? []);
  const ours = new Map((await ourOrders(deps.db, run.storeId, ids)).map((each) => [each.externalId, each]));
  const skipped = await skippedAmong(deps.db, run.storeId, ids);
  await markListed(deps.db, run.storeId, [...ours.keys()], run.createdAt);
  const known = (id: string | null) => id !== null && (skipped.has(id) || ours.has(id));
  const found = page.malformed.flatMap((order) => compareMalformed(order, known(order.externalId)));
  for (const order of page.orders) {
    const { externalId } = order;
    const here = ours.get(externalId) ?? null;
    found.push(...(await compareOne(deps, run, connected, order, here, skipped.has(externalId))));
  }
  await settleDifferences(deps, run, found, (safe) => mendThem(deps, connected, page, safe));
}

async function mendThem(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  page: Pick<OrderPage, 'orders' | 'malformed'>,
  safe: Difference[],
): Promise<void> {
  const idsOf = (mend: Mend) => new Set(safe.filter((each) => each.mend === mend).map((each) => each.externalId));
  const [missing, changed] = [idsOf('import'), idsOf('tell')];
  await importPage(deps, connected, {
    orders: page.orders.filter((order) => missing.has(order.externalId)),
    malformed: page.malformed.filter((order) => missing.has(order.externalId)),
    nextPage: null,
  });
  await startOrders(deps, connected.store);
  const news = page.orders.filter((order) => changed.has(order.externalId));
  await tellChanges(
    deps,
    connected,
    news.map((order) => ({ externalId: order.externalId, order })),
  );
}

async function compareOne(
  deps: ActivityDependencies,
  run: Run,
  connected: ConnectedStore,
  there: MarketplaceOrder,
  here: (OurOrder & { kept: KeptRow }) | null,
  skipped: boolean,
): Promise<Difference[]> {
  const importFrom = new Date(run.storeCreatedAt.getTime() - firstLookMs).toISOString();
  return compareOrder(there, here, {
    ...{ decision: judge(deps, connected, there), skipped },
    scope: { to: run.to.toISOString(), importFrom },
    verdict: here && (await unheard(connected, there, here.kept)),
  });
}

/** What the order was shown already is no news: it follows it, or a person is asked. */
async function unheard(connected: ConnectedStore, there: MarketplaceOrder, kept: KeptRow): Promise<Verdict | null> {
  const order = await asImported(connected, there, kept.takes);
  return orderFingerprint(order, kept) === kept.seen ? null : judgeOrder(kept, presented(order), {});
}

async function compareUnlisted(deps: ActivityDependencies, run: Run, connected: ConnectedStore): Promise<void> {
  for (;;) {
    const orders = await unlistedOrders(deps.db, run, run.places['unlisted'] ?? '', batch);
    const found: Difference[] = [];
    const shown: MarketplaceOrder[] = [];
    for (const order of orders) {
      const there = await lookFor(connected, order.kept);
      if (there === 'not_shown') found.push(...notShown(order));
      else if (there === null) found.push(missingAtMarketplace(order));
      else {
        shown.push(there);
        found.push(...(await compareOne(deps, run, connected, there, order, false)));
      }
    }
    await settleDifferences(deps, run, found, (safe) =>
      mendThem(deps, connected, { orders: shown, malformed: [] }, safe),
    );
    const place = orders.at(-1)?.orderId;
    if (place === undefined) return;
    await advanceRun(deps.db, run, { name: 'unlisted', place, ledger: 'unlistedOrders', compared: orders.length });
  }
}

/** `not_shown`: it may be only too old for its marketplace, which is no reason to stop the others. */
async function lookFor({ marketplace }: ConnectedStore, kept: KeptRow): Promise<MarketplaceOrder | 'not_shown' | null> {
  try {
    // By the present settings, as a list shows it.
    return await marketplace.fetchOrder(kept.externalId, { placedAt: kept.placedAt });
  } catch (error) {
    if (error instanceof Failure && error.code === 'order_not_shown') return 'not_shown';
    throw error;
  }
}
