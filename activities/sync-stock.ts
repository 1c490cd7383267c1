import { Context } from '@temporalio/activity';
import { findStockSync, recordStockRoundFailed } from '../database/stock-syncs.js';
import type { Waking } from '../database/wakeups.js';
import { attention } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import type { ActivityDependencies } from './dependencies.js';
import type { PollEnd } from './poll-store.js';
import { stockRound } from './stock-round.js';
import { StockBusy } from './stock-writer.js';

const turnMs = 60 * 60 * 1000;
/**
 * News come in bursts, and each round asks the warehouse for its whole stock, out of the allowance that orders need. So
 * rounds are at least this far apart, and take a tenth of the time at most: one that had to queue rests the longer.
 */
const restMs = 10_000;
const longestShare = 1 / 10;
/** How long another sync of the same location writes a batch. */
const busyMs = 5_000;

/** Keeps one store's stock in step with one warehouse for an hour, as pollStore polls. */
export async function syncStock(deps: ActivityDependencies, request: { syncId: string }): Promise<PollEnd> {
  const { cancellationSignal } = Context.current();
  const end = deps.wakeups.now().getTime() + turnMs;
  for (let failures = 0; ;) {
    const startedAt = deps.wakeups.now().getTime();
    const round = await oneRound(deps, request.syncId);
    if (round.gone) return { ended: 'gone' };
    failures = round.failed ? failures + 1 : 0;
    const backoff = Math.min(15_000 * 2 ** (failures - 1), round.everyMs);
    const wait = round.failed ? Math.max(round.retryAfterMs, backoff) : (round.busyMs ?? round.everyMs);
    const took = deps.wakeups.now().getTime() - startedAt;
    const restUntil = startedAt + Math.max(restMs, took / longestShare, round.retryAfterMs);
    const waking = await wakeRested(deps, request.syncId, { wait, restUntil }, cancellationSignal);
    if (waking === 'yield' || waking === 'cancelled') return { ended: 'yield' };
    if (deps.wakeups.now().getTime() >= end) return { ended: 'turn' };
  }
}

/** Waits for the next round's time or its news; what comes in while it rests is for the one round after. */
async function wakeRested(
  { wakeups }: ActivityDependencies,
  syncId: string,
  { wait, restUntil }: { wait: number; restUntil: number },
  signal: AbortSignal,
): Promise<Waking> {
  let waking = await wakeups.wait(syncId, wait, signal);
  for (let rest = restUntil - wakeups.now().getTime(); waking === 'inbox' && rest > 0;) {
    waking = await wakeups.wait(syncId, rest, signal);
    rest = restUntil - wakeups.now().getTime();
  }
  return waking;
}

interface RoundOutcome {
  gone: boolean;
  failed: boolean;
  retryAfterMs: number;
  /** Set where another sync writes to the location. */
  busyMs?: number;
  everyMs: number;
}

async function oneRound(deps: ActivityDependencies, syncId: string): Promise<RoundOutcome> {
  const sync = await findStockSync(deps.db, syncId);
  if (!sync) return { gone: true, failed: false, retryAfterMs: 0, everyMs: 0 };
  const outcome = { gone: false, failed: false, retryAfterMs: 0, everyMs: sync.settings.everyMinutes * 60_000 };
  // What a store at rest sells nobody reads, so no figure is right.
  if (sync.storeRests) return outcome;
  try {
    await stockRound(deps, sync);
    return outcome;
  } catch (error) {
    if (error instanceof StockBusy) return { ...outcome, busyMs };
    if (!(error instanceof Failure)) throw error;
    const connectionId = error.about['connection'];
    const waitsFor = error.outcome === 'rejected' && connectionId ? waitKeys.connection(connectionId) : null;
    const problem = attention(error.code, error.message, error.about, waitsFor);
    await recordStockRoundFailed(deps.db, syncId, problem, deps.wakeups.now());
    return { ...outcome, failed: true, retryAfterMs: error.retryAfterMs ?? 0 };
  }
}
