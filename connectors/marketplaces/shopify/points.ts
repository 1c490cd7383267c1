import { Failure } from '../../../domain/failures.js';
import type { RateLimit, RateLimiter } from '../../rate-limiter.js';
import type { Envelope } from './answers.js';
import { dearestQuery, nameOf, type Operation } from './operation.js';
import type { ShopMemory } from './shop-memory.js';

type Cost = NonNullable<NonNullable<Envelope['extensions']>['cost']>;

/**
 * Before Shopify has told its numbers: room for one query of the dearest kind, and what its smallest plan restores
 * (reference/shopify.md §7).
 */
const assumed = { capacity: dearestQuery, perSecond: 100 };

/**
 * A call is charged here when it starts and at Shopify when it arrives, so what flows back in two seconds is left to
 * calls under way; half of a small bucket at most.
 */
function bucketIn({ throttleStatus }: Cost): ShopMemory['bucket'] {
  const { maximumAvailable, restoreRate } = throttleStatus;
  if (maximumAvailable <= 0 || restoreRate <= 0) return null;
  return { capacity: Math.max(maximumAvailable - 2 * restoreRate, maximumAvailable / 2), perSecond: restoreRate };
}

/**
 * The shop's points, shared by all workers. Each call reserves what Shopify asked for the same document before, or what
 * it can cost at most; the answer says what it did cost, and how large the bucket is and how fast it fills.
 */
export function createPoints(limiter: RateLimiter, shop: string, memory: ShopMemory, lifted?: { perSecond: number }) {
  const key = `shopify:${shop}`;
  const bucket = () =>
    lifted ? { capacity: lifted.perSecond, perSecond: lifted.perSecond } : (memory.bucket ?? assumed);
  const limit = (cost: number): RateLimit => ({ key, ...bucket(), cost: Math.min(cost, bucket().capacity) });
  return {
    /** Gives what was taken, for `settle`. */
    async take(operation: Operation<unknown>, lane: 'live' | 'backfill'): Promise<RateLimit> {
      const taken = limit(memory.requested.get(nameOf(operation)) ?? operation.cost);
      await limiter.take([taken], lane);
      return taken;
    },

    /** Gives back what was reserved and not used, and learns. What is refused as too dear costs nothing. */
    async settle(operation: Operation<unknown>, taken: RateLimit, { errors, extensions }: Envelope): Promise<void> {
      if (errors.some((each) => each.extensions?.code === 'MAX_COST_EXCEEDED')) return limiter.giveBack([taken]);
      const cost = extensions?.cost;
      if (!cost) return;
      const unused = (taken.cost ?? 0) - (cost.actualQueryCost ?? cost.requestedQueryCost);
      if (unused > 0) await limiter.giveBack([{ ...taken, cost: unused }]);
      memory.requested.set(nameOf(operation), cost.requestedQueryCost);
      memory.bucket = bucketIn(cost) ?? memory.bucket;
    },

    /**
     * THROTTLED comes in a 200 without Retry-After: the wait is what lacks, at the rate it fills, and a second at least
     * (reference/shopify.md §7). Nobody calls for this shop before.
     */
    async throttled(cost: Cost | undefined): Promise<Failure> {
      const lacking = cost ? cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable : dearestQuery;
      const perSecond = cost?.throttleStatus.restoreRate || bucket().perSecond;
      const retryAfterMs = Math.ceil(Math.max(1, lacking / perSecond) * 1000);
      await limiter.block(key, retryAfterMs);
      return new Failure('rate_limited', `The points of ${shop} at Shopify are used up.`, { shop }, { retryAfterMs });
    },
  };
}
