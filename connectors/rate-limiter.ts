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
