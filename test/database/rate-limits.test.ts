import { MockActivityEnvironment } from '@temporalio/testing';
import { openDatabase, type OpenDatabase } from '../../database/pool.js';
import { createRateLimiter } from '../../database/rate-limits.js';
import type { Failure } from '../../domain/failures.js';
import { liveQueueMs } from '../../worker/queue-time.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: FreshDatabase;
/** As many processes as there would be workers: each has a pool of its own. */
let pools: OpenDatabase[];
beforeAll(async () => {
  database = await freshDatabase();
  pools = [1, 2, 3].map(() => openDatabase(database.url, { size: 5 }));
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
  await database.drop();
});

type Take = { at: number } | { refused: Failure };
type Limit = { key: string; capacity: number; perSecond: number };
const limiters = () => pools.map((pool) => createRateLimiter(pool.db, liveQueueMs));
const limiter = () => limiters()[0]!;

/** Takes of one pool after another; each gives the moment it was let through, or its refusal. */
function takeMany(count: number, limits: Limit[]): Promise<Take[]> {
  const all = limiters();
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      try {
        await all[index % all.length]!.take(limits, 'live');
        return { at: performance.now() };
      } catch (error) {
        return { refused: error as Failure };
      }
    }),
  );
}

const moments = (takes: Take[]): number[] =>
  takes.flatMap((take) => ('at' in take ? [take.at] : [])).sort((one, other) => one - other);

/** The most calls in any window of this length. */
function busiest(times: number[], windowMs: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + windowMs).length));
}

describe('the shared limit', () => {
  it.each([
    ['ClickBank: 10 in any second', { key: 'clickbank:address', capacity: 2, perSecond: 7 }, 20, 10],
    // 120, and what a process that was held up for an eighth of a second lets go late.
    ['a faster one', { key: 'fast', capacity: 20, perSecond: 100 }, 300, 133],
  ])(
    '%s, however many workers ask at once',
    async (_title, limit, count, most) => {
      const times = moments(await takeMany(count, [limit]));
      expect(busiest(times, 1_000)).toBeLessThanOrEqual(most);
      // And it is used: what is promised in the seconds it took, but for the last call's own.
      const seconds = (times.at(-1)! - times[0]!) / 1_000;
      expect(times.length).toBeGreaterThanOrEqual(Math.floor(limit.perSecond * seconds));
    },
    20_000,
  );

  it('refuses with the delay what would wait longer than four seconds', async () => {
    const takes = await takeMany(30, [{ key: 'slow', capacity: 1, perSecond: 2 }]);
    const refused = takes.flatMap((take) => ('refused' in take ? [take.refused] : []));
    expect(refused.length).toBeGreaterThan(10);
    for (const failure of refused) {
      expect(failure).toMatchObject({ code: 'rate_limited', outcome: 'not_sent' });
      expect(failure.retryAfterMs).toBeGreaterThan(1_000);
      expect(failure.retryAfterMs).toBeLessThan(6_000);
    }
    // A refusal takes nothing: the next slot is where the last call left it.
    const [row] = await database.db.selectFrom('rate_limits').select('next_at').where('key', '=', 'slow').execute();
    expect(row!.next_at.getTime() - Date.now()).toBeLessThan(1_500);
  }, 20_000);

  it('keeps a first try, which stands inside a workflow task, for a second at most', async () => {
    const limit = { key: 'local', capacity: 1, perSecond: 0.4 };
    const inTask = new MockActivityEnvironment({ isLocal: true });
    await inTask.run(() => limiter().take([limit], 'live'));
    await expect(inTask.run(() => limiter().take([limit], 'live'))).rejects.toMatchObject({ code: 'rate_limited' });
    const ordinary = new MockActivityEnvironment({ isLocal: false });
    await ordinary.run(() => limiter().take([limit], 'live'));
  });

  it('lets live calls go before a backfill', async () => {
    const limit = { key: 'lanes', capacity: 2, perSecond: 4 };
    await limiter().take([limit], 'backfill');
    await limiter().take([limit], 'backfill');
    // Nor does it wait for the slot that is free next.
    await expect(limiter().take([limit], 'backfill')).rejects.toMatchObject({ code: 'rate_limited' });
    const live = takeMany(8, [limit]);
    const nextAt = () =>
      database.db.selectFrom('rate_limits').select('next_at').where('key', '=', 'lanes').executeTakeFirst();
    await eventually(async () => expect((await nextAt())!.next_at.getTime() - Date.now()).toBeGreaterThan(1_000));
    // Live calls queue for seconds to come: there is nothing over for the backfill.
    await expect(limiter().take([limit], 'backfill')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(moments(await live)).toHaveLength(8);
  }, 20_000);

  it('holds a call under all of its limits', async () => {
    const wide = { key: 'second', capacity: 50, perSecond: 50 };
    const narrow = { key: 'day', capacity: 3, perSecond: 0.001 };
    const takes = await takeMany(10, [wide, narrow]);
    expect(moments(takes)).toHaveLength(3);
  });
});

describe('a limit that counts more than calls', () => {
  it('takes what each call costs, and gives back what it did not use', async () => {
    const points = { key: 'points', capacity: 1_000, perSecond: 0.001 };
    await limiter().take([{ ...points, cost: 900 }], 'live');
    await expect(limiter().take([{ ...points, cost: 101 }], 'live')).rejects.toMatchObject({ code: 'rate_limited' });
    await limiter().take([{ ...points, cost: 100 }], 'live');
    await limiter().giveBack([{ ...points, cost: 850 }]);
    await limiter().take([{ ...points, cost: 800 }], 'live');
    await expect(limiter().take([{ ...points, cost: 100 }], 'live')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('never lends more than its capacity, whatever is given back', async () => {
    const points = { key: 'lent', capacity: 100, perSecond: 0.001 };
    await limiter().take([{ ...points, cost: 10 }], 'live');
    await limiter().giveBack([{ ...points, cost: 5_000 }]);
    await limiter().take([{ ...points, cost: 100 }], 'live');
    await expect(limiter().take([points], 'live')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('a vendor that says stop', () => {
  it('is heard by every worker, and by no other key', async () => {
    const limit = { key: 'blocked', capacity: 10, perSecond: 100 };
    const before = performance.now();
    await limiter().block(limit.key, 400);
    const times = moments(await takeMany(3, [limit]));
    // Timers of Node may fire a millisecond early.
    expect(times[0]! - before).toBeGreaterThan(398);
    await limiter().take([{ ...limit, key: 'other' }], 'live');

    await limiter().block(limit.key, 60_000);
    await limiter().block(limit.key, 10);
    const refusal = await limiters()[2]!
      .take([limit], 'live')
      .catch((error: unknown) => error as Failure);
    expect(refusal).toMatchObject({ code: 'rate_limited' });
    expect((refusal as Failure).retryAfterMs).toBeGreaterThan(59_000);
  });
});
