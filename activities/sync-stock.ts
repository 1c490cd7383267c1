import { Context } from '@temporalio/activity';
import { findStockSync, recordStockRoundFailed } from '../database/stock-syncs.js';
import { attention } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import type { ActivityDependencies } from './dependencies.js';
import type { PollEnd } from './poll-store.js';
import { stockRound } from './stock-round.js';
import { StockBusy } from './stock-writer.js';

const turnMs = 60 * 60 * 1000;
/** News come in bursts, and each round asks the warehouse for its whole stock. */
const restMs = 10_000;
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
    let waking = await deps.wakeups.wait(request.syncId, wait, cancellationSignal);
    const rest = startedAt + restMs - deps.wakeups.now().getTime();
    if (waking === 'inbox' && rest > 0) waking = await deps.wakeups.wait(request.syncId, rest, cancellationSignal);
    if (waking === 'yield' || waking === 'cancelled') return { ended: 'yield' };
    if (deps.wakeups.now().getTime() >= end) return { ended: 'turn' };
  }
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
