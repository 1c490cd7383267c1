import type { HttpAnswer } from '../../http.js';
import type { RateLimit, RateLimiter } from '../../rate-limiter.js';

/**
 * The smallest plan gives a store 150 calls in 30 s, shared by all of its apps, 20,000 an hour
 * (reference/bigcommerce.md §6): 20 at once and 4 a second after that are 140 in any 30 s and 14,420 in any hour.
 */
const burst = 20;
const perSecondByDefault = 4;
/** Of the calls left in a window, this share stays for other apps, and for live orders before any backfill. */
const reserve = { live: 1 / 20, backfill: 1 / 2 };
/** A 429 without the quota headers is load of the platform: longer than any window. */
const platformLoadMs = 60_000;

export interface Quota {
  take(lane: 'live' | 'backfill'): Promise<void>;
  /** What the answer's headers say of the window counts for every worker. */
  heed(answer: Pick<HttpAnswer, 'headers'>): Promise<void>;
  /** The vendor asked everybody to stop. */
  pause(retryAfterMs: number | undefined): Promise<number>;
}

/** A store's quota, shared by all workers through the limiter. Backfill has a key of its own that closes earlier. */
export function quotaOf(limiter: RateLimiter, storeHash: string, perSecond = perSecondByDefault): Quota {
  const store: RateLimit = { key: `bigcommerce:store:${storeHash}`, capacity: burst, perSecond };
  const backfill: RateLimit = { ...store, key: `${store.key}:backfill` };
  return {
    take: (lane) => limiter.take(lane === 'backfill' ? [store, backfill] : [store], lane),
    async heed({ headers }) {
      const [left, quota, resetMs] = ['requests-left', 'requests-quota', 'time-reset-ms'].map((name) =>
        Number(headers[`x-rate-limit-${name}`] ?? NaN),
      ) as [number, number, number];
      if (![left, quota, resetMs].every(Number.isFinite)) return;
      if (left <= quota * reserve.live) await limiter.block(store.key, resetMs);
      else if (left <= quota * reserve.backfill) await limiter.block(backfill.key, resetMs);
    },
    async pause(retryAfterMs = platformLoadMs) {
      await limiter.block(store.key, retryAfterMs);
      return retryAfterMs;
    },
  };
}
