import { Context, sleep } from '@temporalio/activity';
import type { Marketplace, OrderPage } from '../connectors/marketplaces/port.js';
import { recordPass, recordPassFailed } from '../database/connection-polls.js';
import { saveProbe } from '../database/connections.js';
import { knownOrders } from '../database/orders-import.js';
import { attention } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import { nextPollMs, type StoreSettings } from '../domain/store.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { importPage, startOrders } from './import-orders.js';

/**
 * An hour of polling is one activity: a poll step of its own costs 11 events, so a loop of those would cost an idle
 * store 3,000 a day (design.md, "What an order may cost").
 */
const turnMs = 60 * 60 * 1000;
const probeEveryMs = 24 * 60 * 60 * 1000;
/** Without a cursor the first pass looks back as far as the marketplace's own default: 30 days (clickbank.md §3). */
const firstLookMs = 30 * 24 * 60 * 60 * 1000;
/** A pass over older data than this is catching up and lets live orders of the account go first. */
const backfillMs = 48 * 60 * 60 * 1000;

/** `turn`: the hour is over. `yield`: a message waits in the workflow. `gone`: the store was deleted. */
export type PollEnd = { ended: 'turn' | 'yield' | 'gone' };

/** Polls one store for an hour. A pass that fails is recorded, and tried again later: a store never switches itself off. */
export async function pollStore(deps: ActivityDependencies, request: { storeId: string }): Promise<PollEnd> {
  const { cancellationSignal } = Context.current();
  const end = deps.wakeups.now().getTime() + turnMs;
  for (let failures = 0; ;) {
    const outcome = await onePass(deps, request.storeId);
    if (outcome.gone) return { ended: 'gone' };
    failures = outcome.failed ? failures + 1 : 0;
    const wait = nextPollMs(outcome.settings, {
      sinceLastOrderMs: outcome.lastOrderAt ? deps.wakeups.now().getTime() - outcome.lastOrderAt.getTime() : null,
      failures,
      askedMs: outcome.retryAfterMs,
    });
    const waking = await deps.wakeups.wait(request.storeId, wait, cancellationSignal);
    if (waking === 'yield' || waking === 'cancelled') return { ended: 'yield' };
    if (deps.wakeups.now().getTime() >= end) return { ended: 'turn' };
  }
}

interface PassOutcome {
  gone: boolean;
  failed: boolean;
  retryAfterMs: number;
  lastOrderAt: Date | null;
  settings: StoreSettings['pollSeconds'];
}

async function onePass(deps: ActivityDependencies, storeId: string): Promise<PassOutcome> {
  let settings = { busy: 60, idle: 295 };
  try {
    const connected = await deps.connectStore(storeId);
    settings = connected.store.settings.pollSeconds;
    await probeDaily(deps, connected);
    const created = await importSince(deps, connected);
    const lastOrderAt = created > 0 ? deps.wakeups.now() : connected.store.lastOrderAt;
    return { gone: false, failed: false, retryAfterMs: 0, lastOrderAt, settings };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'not_found' && error.about['store'] === storeId)
      return { gone: true, failed: true, retryAfterMs: 0, lastOrderAt: null, settings };
    const waitsFor = error.outcome === 'rejected' ? waitKeys.connection(storeId) : null;
    await recordPassFailed(
      deps.db,
      'stores',
      storeId,
      attention(error.code, error.message, error.about, waitsFor),
      deps.wakeups.now(),
    );
    return { gone: false, failed: true, retryAfterMs: error.retryAfterMs ?? 0, lastOrderAt: null, settings };
  }
}

/** The cursor moves only after every page of the pass is safe with its workflows (rule 3). */
async function importSince(deps: ActivityDependencies, connected: ConnectedStore): Promise<number> {
  const { store, marketplace } = connected;
  const startedAt = deps.wakeups.now();
  const since = store.cursorAt ?? firstLook(store.settings, startedAt);
  const lane = startedAt.getTime() - since.getTime() > backfillMs ? 'backfill' : 'live';
  let created = 0;
  let page: string | null = null;
  const seen = new Set<string>();
  do {
    // A pass over months of orders ends early for a pause; it begins again where this one began.
    Context.current().cancellationSignal.throwIfAborted();
    const answer = await pageWhenAllowed(marketplace, {
      since: since.toISOString(),
      page,
      lane,
      known: (ids) => knownOrders(deps.db, store.id, ids),
    });
    created += await importPage(deps, connected, answer);
    await startOrders(deps, store);
    page = answer.nextPage;
    // A marketplace that repeats its page token would keep us here for ever.
    if (page !== null && seen.has(page))
      throw new Failure('answer_malformed', `The marketplace repeats page ${page}.`, { page });
    if (page !== null) seen.add(page);
  } while (page !== null);
  await recordPass(deps.db, 'stores', store.id, startedAt, deps.wakeups.now());
  return created;
}

/** Longer than any window that vendors count by, short enough that the store's health does not go stale unseen. */
const longestPauseMs = 60_000;

/**
 * Waits for the account's allowance within the pass: one that failed for it would begin again at its first page, and a
 * pass of many pages might never end.
 */
async function pageWhenAllowed(
  marketplace: Marketplace,
  request: Parameters<Marketplace['listOrders']>[0],
): Promise<OrderPage> {
  for (;;) {
    try {
      return await marketplace.listOrders(request);
    } catch (error) {
      const pause = error instanceof Failure && error.code === 'rate_limited' ? error.retryAfterMs : undefined;
      if (pause === undefined || pause > longestPauseMs) throw error;
      await sleep(pause);
    }
  }
}

function firstLook(settings: StoreSettings, now: Date): Date {
  return settings.acceptOrdersAfter ? new Date(settings.acceptOrdersAfter) : new Date(now.getTime() - firstLookMs);
}

/** Permissions can be taken away at any time: looked at once a day, so that it shows before an order needs them (D6). */
async function probeDaily(deps: ActivityDependencies, { store, marketplace }: ConnectedStore): Promise<void> {
  const now = deps.wakeups.now();
  if (store.probedAt && now.getTime() - store.probedAt.getTime() < probeEveryMs) return;
  await saveProbe(deps.db, 'stores', store.id, await marketplace.probe(), now);
}
