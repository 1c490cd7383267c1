import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Failure } from '../domain/failures.js';
import type { Database } from './pool.js';

/** One vendor limit: at most `capacity` at once, refilled at `perSecond`. */
interface Limit {
  key: string;
  capacity: number;
  perSecond: number;
  /** What the call takes; 1 where it is not said. */
  cost?: number;
}

/**
 * The vendor limits shared by every worker (rule 13): a generic cell rate algorithm with one row a limit, advanced by
 * one statement a call. A call reserves its slot and waits for it here; a call that would have to wait longer than
 * its lane may is refused with the delay after which to try again. Backfill never queues, so live orders go first; how
 * long a live call may queue is its caller's to say.
 */
export function createRateLimiter(db: Database, longestQueueMs: () => number) {
  return {
    async take(limits: Limit[], lane: 'live' | 'backfill'): Promise<void> {
      const queueMs = lane === 'live' ? longestQueueMs() : 0;
      const { rows } = await sql<{ wait: string }>`
        with limits as (${asRows(limits)}), taken as (
          insert into rate_limits as r (key, next_at)
          select key, clock_timestamp() + make_interval(secs => cost / "perSecond") from limits order by key
          on conflict (key) do update
            set next_at = greatest(r.next_at, clock_timestamp())
              + (select make_interval(secs => l.cost / l."perSecond") from limits l where l.key = r.key)
            where greatest(r.blocked_until, r.next_at
                - (select make_interval(secs => (l.capacity - l.cost) / l."perSecond") from limits l where l.key = r.key))
              <= clock_timestamp() + make_interval(secs => ${queueMs / 1000})
          returning key, next_at, blocked_until
        )
        select extract(epoch from greatest(t.blocked_until,
          t.next_at - make_interval(secs => l.capacity / l."perSecond")) - clock_timestamp()) * 1000 as wait
        from limits l join taken t using (key)`.execute(db);
      if (rows.length < limits.length) throw await refusal(db, limits);
      const wait = longest(rows);
      if (wait > 1) await sleep(wait);
    },

    async giveBack(limits: Limit[]): Promise<void> {
      await sql`update rate_limits r set next_at = r.next_at - make_interval(secs => l.cost / l."perSecond")
        from (${asRows(limits)}) l where r.key = l.key`.execute(db);
    },

    async block(key: string, milliseconds: number): Promise<void> {
      const until = sql`clock_timestamp() + make_interval(secs => ${milliseconds / 1000})`;
      await sql`insert into rate_limits as r (key, next_at, blocked_until) values (${key}, now(), ${until})
        on conflict (key) do update set blocked_until = greatest(r.blocked_until, excluded.blocked_until)`.execute(db);
    },
  };
}

const asRows = (limits: Limit[]) => sql`
  select * from jsonb_to_recordset(${JSON.stringify(limits.map((limit) => ({ cost: 1, ...limit })))}::jsonb)
    as l(key text, capacity double precision, "perSecond" double precision, cost double precision)`;

const longest = (rows: { wait: string }[]) => Math.max(0, ...rows.map((row) => Number(row.wait)));

/** A look of its own: what the statement that was refused saw was read before it waited for the others. */
async function refusal(db: Database, limits: Limit[]): Promise<Failure> {
  const { rows } = await sql<{ wait: string }>`
    select extract(epoch from greatest(r.blocked_until,
      r.next_at - make_interval(secs => (l.capacity - l.cost) / l."perSecond")) - clock_timestamp()) * 1000 as wait
    from (${asRows(limits)}) l join rate_limits r using (key)`.execute(db);
  const retryAfterMs = Math.ceil(longest(rows)) + 250;
  return new Failure('rate_limited', 'The shared allowance of the vendor account is used up.', {}, { retryAfterMs });
}
