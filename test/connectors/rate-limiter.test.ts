import { backfillOnly, type RateLimiter } from '../../connectors/rate-limiter.js';
import { Failure } from '../../domain/failures.js';

const limits = [{ key: 'shop', capacity: 2, perSecond: 1 }];

/** Refuses as often as it is told, each time with the same wait. */
function busy(refusals: number, retryAfterMs: number): RateLimiter & { lanes: string[] } {
  const lanes: string[] = [];
  return {
    lanes,
    async take(_limits, lane) {
      lanes.push(lane);
      if (lanes.length <= refusals)
        throw new Failure('rate_limited', 'The allowance is used up.', {}, { retryAfterMs });
    },
    block: () => Promise.resolve(),
    giveBack: () => Promise.resolve(),
  };
}

it('work that can wait takes only what nobody waits for, and tries again until there is such a moment', async () => {
  const limiter = busy(3, 1);
  await backfillOnly(limiter).take(limits, 'live');
  expect(limiter.lanes).toEqual(['backfill', 'backfill', 'backfill', 'backfill']);
});

it('it does not hold a worker for longer than a minute', async () => {
  const limiter = busy(1, 61_000);
  await expect(backfillOnly(limiter).take(limits, 'live')).rejects.toMatchObject({ code: 'rate_limited' });
  expect(limiter.lanes).toHaveLength(1);
});
