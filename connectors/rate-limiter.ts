import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failures.js';

/** One vendor limit: at most `capacity` at once, refilled at `perSecond`. */
export interface RateLimit {
  /** The account or address the vendor counts by, e.g. "clickbank:account:acme"; never a secret. */
  key: string;
  capacity: number;
  perSecond: number;
  /** What this call takes, in the vendor's unit; 1 where it counts calls. Never above `capacity`. */
  cost?: number;
}

/**
 * Shared by all workers, because a limit belongs to the vendor account. `live` callers queue for up to a few
 * seconds; `backfill` callers only take what nobody waits for.
 */
export interface RateLimiter {
  /** Resolves when one call may be made under every limit. Throws Failure `rate_limited` when the wait is too long. */
  take(limits: RateLimit[], lane: 'live' | 'backfill'): Promise<void>;
  /** The vendor told us to stop: nobody calls under this key for so long. */
  block(key: string, milliseconds: number): Promise<void>;
  /** The call took less than was reserved: `cost` of each limit is free again. */
  giveBack(limits: RateLimit[]): Promise<void>;
}

/** Longer than any window that vendors count by, short enough that a connection's health does not go stale unseen. */
const patienceMs = 60_000;

/**
 * Makes a call again when its account has allowance again, for up to a minute in all; then its Failure `rate_limited`
 * is the caller's. For work of many calls: one that gave up at a refusal would begin again, and might never end.
 */
export async function whenAllowed<Answer>(call: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const pause = error instanceof Failure && error.code === 'rate_limited' ? error.retryAfterMs : undefined;
      if (pause === undefined || Date.now() + pause > end) throw error;
      await sleep(pause, undefined, { signal });
    }
  }
}

/** For work that can wait, whatever lane its calls name: each only takes what nobody else waits for. */
export function backfillOnly(limiter: RateLimiter): RateLimiter {
  return {
    take: (limits) => whenAllowed(() => limiter.take(limits, 'backfill')),
    block: (key, milliseconds) => limiter.block(key, milliseconds),
    giveBack: (limits) => limiter.giveBack(limits),
  };
}
