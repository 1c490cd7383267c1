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

/** The longest that one call of work that can wait is put off here; then Temporal waits. */
const longestPutOffMs = 60_000;

/**
 * For work that can wait, whatever lane its calls name: they only take what nobody else waits for, and wait themselves
 * until there is such a moment. Being refused would make a caller begin its page of many calls again.
 */
export function backfillOnly(limiter: RateLimiter): RateLimiter {
  return {
    async take(limits) {
      const end = Date.now() + longestPutOffMs;
      for (;;) {
        try {
          return await limiter.take(limits, 'backfill');
        } catch (error) {
          const wait = error instanceof Failure && error.code === 'rate_limited' ? error.retryAfterMs : undefined;
          if (wait === undefined || Date.now() + wait > end) throw error;
          await sleep(wait);
        }
      }
    },
    block: (key, milliseconds) => limiter.block(key, milliseconds),
    giveBack: (limits) => limiter.giveBack(limits),
  };
}
