import { Failure } from '../../../domain/failures.js';
import type { RateLimit, RateLimiter } from '../../rate-limiter.js';
import type { Envelope } from './answers.js';
import { dearestQuery } from './operation.js';

type Cost = NonNullable<NonNullable<Envelope['extensions']>['cost']>;

/**
 * Before Shopify has told its numbers: one query of the dearest kind, and half of what its smallest plan restores
 * (reference/shopify.md §7: 100 points a second, old pages say 50).
 */
const assumed = { capacity: dearestQuery, perSecond: 50 };

/**
 * The shop's points, shared by all workers. Each call reserves what its query can cost; the answer says what it did
 * cost, and how large the bucket is and how fast it fills, which differs by plan.
 */
export function createPoints(limiter: RateLimiter, shop: string, lifted?: { perSecond: number }) {
  const key = `shopify:${shop}`;
  let bucket = lifted ? { capacity: lifted.perSecond, perSecond: lifted.perSecond } : assumed;
  const limit = (cost: number): RateLimit[] => [{ key, ...bucket, cost: Math.min(cost, bucket.capacity) }];
  return {
    take: (cost: number, lane: 'live' | 'backfill') => limiter.take(limit(cost), lane),

    /** Learns the bucket, and gives back what was reserved and not used. */
    async settle(reserved: number, cost: Cost | undefined): Promise<void> {
      if (!cost) return;
      const unused = reserved - (cost.actualQueryCost ?? reserved);
      if (unused > 0) await limiter.giveBack(limit(unused));
      const { maximumAvailable, restoreRate } = cost.throttleStatus;
      if (!lifted && maximumAvailable > 0 && restoreRate > 0)
        bucket = { capacity: maximumAvailable, perSecond: restoreRate };
    },

    /**
     * THROTTLED comes in a 200 without Retry-After: the wait is what lacks, at the rate it fills, and a second at least
     * (reference/shopify.md §7). Nobody calls for this shop before.
     */
    async throttled(cost: Cost | undefined): Promise<Failure> {
      const lacking = cost ? cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable : dearestQuery;
      const perSecond = cost?.throttleStatus.restoreRate || bucket.perSecond;
      const retryAfterMs = Math.ceil(Math.max(1, lacking / perSecond) * 1000);
      await limiter.block(key, retryAfterMs);
      return new Failure('rate_limited', `The points of ${shop} at Shopify are used up.`, { shop }, { retryAfterMs });
    },
  };
}
