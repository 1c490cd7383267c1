import { Context } from '@temporalio/activity';
import type { OrderPage } from '../connectors/marketplaces/port.js';
import { whenAllowed } from '../connectors/rate-limiter.js';
import { recordPass } from '../database/connection-polls.js';
import { carryOutErasures } from '../database/erasure.js';
import { knownOrders } from '../database/orders-import.js';
import { probeProblem } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { nextPollMs, type StoreSettings } from '../domain/store.js';
import { answerRequests } from './answer-requests.js';
import { ensureWebhooks, probeDaily, showOnStore } from './check-store.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { importPage, startOrders } from './import-orders.js';
import { readReturnsOfPage } from './read-returns.js';
import { reconcileDaily } from './reconcile-daily.js';
import { readNews } from './store-news.js';

/**
 * An hour of polling is one activity: a poll step of its own costs 11 events, so a loop of those would cost an idle
 * store 3,000 a day (design.md, "What an order may cost").
 */
const turnMs = 60 * 60 * 1000;
/** Without a cursor the first pass looks back as far as the marketplace's own default: 30 days (clickbank.md §3). */
const firstLookMs = 30 * 24 * 60 * 60 * 1000;
/** A pass over older data than this is catching up and lets live orders of the account go first. */
const backfillMs = 48 * 60 * 60 * 1000;

/** `turn`: the hour is over. `yield`: a message waits in the workflow. `gone`: the store was deleted. */
export type PollEnd = { ended: 'turn' | 'yield' | 'gone' };

/**
 * Polls one store for an hour, and works through its notifications as they arrive. A pass that fails is recorded, and
 * tried again later: a store never switches itself off.
 */
export async function pollStore(deps: ActivityDependencies, request: { storeId: string }): Promise<PollEnd> {
  const { cancellationSignal } = Context.current();
  const now = () => deps.wakeups.now().getTime();
  const end = now() + turnMs;
  let pollAt = now();
  let due = true;
  for (let failures = 0; ;) {
    const outcome = await oneRound(deps, request.storeId, due);
    if (outcome.gone) return { ended: 'gone' };
    if (due || outcome.failed) {
      failures = outcome.failed ? failures + 1 : 0;
      const sinceLastOrderMs = outcome.lastOrderAt ? now() - outcome.lastOrderAt.getTime() : null;
      pollAt = now() + nextPollMs(outcome.settings, { sinceLastOrderMs, failures, askedMs: outcome.retryAfterMs });
    }
    const waking = await deps.wakeups.wait(request.storeId, Math.max(pollAt - now(), 0), cancellationSignal);
    if (waking === 'yield' || waking === 'cancelled') return { ended: 'yield' };
    if (now() >= end) return { ended: 'turn' };
    due = waking === 'time';
  }
}

interface RoundOutcome {
  gone: boolean;
  failed: boolean;
  retryAfterMs: number;
  lastOrderAt: Date | null;
  settings: StoreSettings['pollSeconds'];
}

/** Notifications first: they name what is known to be new. A poll only where one is due. */
async function oneRound(deps: ActivityDependencies, storeId: string, poll: boolean): Promise<RoundOutcome> {
  let settings = { busy: 60, idle: 295 };
  // Those of every store: one that is paused or gone comes by no more, and its customers' erasures are due all the same.
  await carryOutErasures(deps.db, deps.wakeups.now());
  try {
    const connected = await deps.connectStore(storeId);
    settings = connected.store.settings.pollSeconds;
    const { unnamed } = await readNews(deps, connected);
    const created = poll || unnamed ? await onePass(deps, connected) : 0;
    await answerRequests(deps, connected);
    const lastOrderAt = created > 0 ? deps.wakeups.now() : connected.store.lastOrderAt;
    return { gone: false, failed: false, retryAfterMs: 0, lastOrderAt, settings };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const gone = error.code === 'not_found' && error.about['store'] === storeId;
    if (!gone) await showOnStore(deps, storeId, error);
    return { gone, failed: true, retryAfterMs: error.retryAfterMs ?? 0, lastOrderAt: null, settings };
  }
}

async function onePass(deps: ActivityDependencies, connected: ConnectedStore): Promise<number> {
  await probeDaily(deps, connected);
  await ensureWebhooks(deps, connected);
  const created = await importSince(deps, connected);
  await reconcileDaily(deps, connected.store);
  return created;
}

/** The cursor moves only after every page of the pass is safe with its workflows (rule 3). */
export async function importSince(deps: ActivityDependencies, connected: ConnectedStore): Promise<number> {
  const { store, marketplace } = connected;
  const { cancellationSignal } = Context.current();
  const known = (ids: string[]) => knownOrders(deps.db, store.id, ids);
  const startedAt = deps.wakeups.now();
  const since = store.cursorAt ?? firstLook(store.settings, startedAt);
  const lane = startedAt.getTime() - since.getTime() > backfillMs ? 'backfill' : 'live';
  let created = 0;
  let page: string | null = null;
  const seen = new Set<string>();
  do {
    // A pass over months of orders ends early for a pause; it begins again where this one began.
    cancellationSignal.throwIfAborted();
    const request = { since: since.toISOString(), page, lane, known } as const;
    const answer: OrderPage = await whenAllowed(() => marketplace.listOrders(request), cancellationSignal);
    created += await importPage(deps, connected, answer);
    await startOrders(deps, store);
    await readReturnsOfPage(
      deps,
      connected,
      answer.orders.map((order) => order.externalId),
    );
    page = answer.nextPage;
    // A marketplace that repeats its page token would keep us here for ever.
    if (page !== null && seen.has(page))
      throw new Failure('answer_malformed', `The marketplace repeats page ${page}.`, { page });
    if (page !== null) seen.add(page);
  } while (page !== null);
  const missing = store.probe && probeProblem(store.probe, store.id);
  await recordPass(deps.db, 'stores', store.id, startedAt, deps.wakeups.now(), missing);
  return created;
}

function firstLook(settings: StoreSettings, now: Date): Date {
  return settings.acceptOrdersAfter ? new Date(settings.acceptOrdersAfter) : new Date(now.getTime() - firstLookMs);
}
