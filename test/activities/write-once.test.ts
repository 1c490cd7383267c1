import { jest } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { writeOnce } from '../../activities/write-once.js';
import { saveNewOrders } from '../../database/orders-import.js';
import { openDatabase, type OpenDatabase } from '../../database/pool.js';
import { recordNotice } from '../../database/shipments.js';
import { Failure } from '../../domain/failures.js';
import { aStoreRow } from '../database/orders.js';
import { anOrder } from '../domain/given.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const callDeadlineMs = 20_000;
const settleMs = 120_000;

/** What becomes of one try: of its look-up, then of its write. */
interface Attempt {
  kind: 'attempt';
  /** A look-up that stalls answers what it saw at its beginning, long after its sender was given up. */
  find: 'answers' | 'fails' | 'stalls';
  write:
    | 'ok'
    | 'ok_not_recorded'
    | 'executed_then_timeout'
    | 'timeout_before'
    | 'crash_after'
    | 'crash_before'
    | 'refused'
    | 'not_sent';
  /** How long the write stays invisible, as a share of what the vendor may take. */
  lag: number;
}
type Step = Attempt | { kind: 'pass'; ms: number };

let database: FreshDatabase;
let clocked: OpenDatabase;
let orderId: string;
beforeAll(async () => {
  database = await freshDatabase();
  const store = await aStoreRow(database.db);
  await saveNewOrders(database.db, store, [{ order: anOrder(), state: 'queued', hold: null, reason: 'Imported.' }]);
  orderId = (await database.db.selectFrom('orders').select('id').executeTakeFirstOrThrow()).id;
  // PostgreSQL goes by the test's clock too: its now() is found before the true one.
  await sql
    .raw(
      `create schema clocked; create table clocked.clock (at timestamptz not null);
       insert into clocked.clock values (pg_catalog.now());
       create function clocked.now() returns timestamptz language sql as 'select at from clocked.clock'`,
    )
    .execute(database.db);
  const url = new URL(database.url);
  url.searchParams.set('options', '-c search_path=clocked,pg_catalog,public');
  clocked = openDatabase(url.href, { size: 5 });
});
afterAll(async () => {
  await clocked.close();
  await database.drop();
});
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: [
      'nextTick',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'queueMicrotask',
      'performance',
      'hrtime',
    ],
  });
});
afterEach(() => {
  jest.useRealTimers();
});

let number = 0;
/** One write at a vendor that keeps its own books. */
function createWorld(mayRepeat: boolean) {
  const key = `writeback:${(number += 1)}`;
  const effects: { visibleAt: number }[] = [];
  const stalled: (() => void)[] = [];
  const forgotten: Promise<unknown>[] = [];
  let now = Date.parse('2026-11-01T00:00:00Z');

  async function pass(ms: number): Promise<void> {
    now += ms;
    jest.setSystemTime(now);
    await sql`update clocked.clock set at = ${new Date(now)}`.execute(database.db);
  }

  async function look(of: Attempt, stuck: () => void): Promise<{ seen: true } | null> {
    const seen = effects.some((each) => each.visibleAt <= now) ? ({ seen: true } as const) : null;
    if (of.find === 'fails') throw new Failure('unavailable', 'The vendor answered 503.');
    if (of.find === 'stalls') {
      await new Promise<void>((resolve) => {
        stalled.push(resolve);
        stuck();
      });
    }
    return seen;
  }

  async function send(of: Attempt, stuck: () => void): Promise<{ seen: true }> {
    if (['ok', 'ok_not_recorded', 'executed_then_timeout', 'crash_after'].includes(of.write))
      effects.push({ visibleAt: now + of.lag * settleMs });
    switch (of.write) {
      case 'executed_then_timeout':
      case 'timeout_before':
        throw new Failure('outcome_unknown', 'No answer.');
      case 'refused':
        throw new Failure('request_rejected', 'No.');
      case 'not_sent':
        throw new Failure('rate_limited', 'Later.');
      case 'crash_after':
      case 'crash_before':
        stuck();
        return new Promise(() => undefined);
      default:
        return { seen: true };
    }
  }

  async function work(of: Attempt, stuck: () => void): Promise<string> {
    const write = {
      ...{ key, kind: 'writeback' as const, orderId, shipmentId: null, request: {}, settleMs, mayRepeat },
      find: () => look(of, stuck),
      write: () => send(of, stuck),
    };
    try {
      const written = await writeOnce({ db: clocked.db, callDeadlineMs }, write);
      if (written !== 'done_before' && of.write !== 'ok_not_recorded') await recordNotice(clocked.db, key, {}, {});
      return 'done';
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return error.code;
    }
  }

  return {
    effects,
    pass,
    /** Gives how it ended; null where its process is no more, or stalls. */
    attempt(of: Attempt): Promise<string | null> {
      return new Promise((resolve, reject) => {
        const working = work(of, () => resolve(null));
        if (of.find === 'stalls') forgotten.push(working);
        working.then(resolve, reject);
      });
    },
    /** Senders that were given up come to themselves. */
    async wake(): Promise<void> {
      for (const resume of stalled.splice(0)) resume();
      await Promise.race([Promise.all(forgotten), new Promise((resolve) => setTimeout(resolve, 50))]);
    },
  };
}

const attempts = fc.record<Attempt>({
  kind: fc.constant('attempt'),
  find: fc.oneof({ weight: 6, arbitrary: fc.constant('answers' as const) }, fc.constantFrom('fails', 'stalls')),
  write: fc.constantFrom(
    ...(['ok', 'ok_not_recorded', 'executed_then_timeout', 'timeout_before'] as const),
    ...(['crash_after', 'crash_before', 'refused', 'not_sent'] as const),
  ),
  lag: fc.constantFrom(0, 0.5, 1),
});
/** A retry at once, one after the lease, one before and one after the vendor has settled. */
const passes = fc.record({
  kind: fc.constant('pass' as const),
  ms: fc.constantFrom(1_000, 3 * callDeadlineMs + 1, settleMs - 1_000, settleMs),
});
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(attempts, passes), { minLength: 1, maxLength: 12 });
const good: Attempt = { kind: 'attempt', find: 'answers', write: 'ok', lag: 0 };

/** What random stories seldom tell: a second sending whose sender dies, and whose effect is slow to show. */
const diesWhileRepeating: Step[] = [
  { ...good, write: 'timeout_before' },
  { kind: 'pass', ms: settleMs },
  { ...good, write: 'crash_after', lag: 1 },
  { kind: 'pass', ms: 3 * callDeadlineMs + 1 },
  good,
];

it.each([
  ['I2, I3: has its effect once, and has it when the faults are over', true],
  ['I2, I3: has its effect at most once where it may not be repeated, and ends done or with a person', false],
])(
  'a write %s',
  async (_title, mayRepeat) => {
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        const world = createWorld(mayRepeat);
        await world.pass(0);
        for (const step of story) {
          if (step.kind === 'pass') await world.pass(step.ms);
          else await world.attempt(step);
          expect(world.effects.length).toBeLessThanOrEqual(1);
        }
        await world.wake();
        let end: string | null = null;
        for (let tries = 0; tries < 8 && end !== 'done' && end !== 'outcome_ambiguous'; tries += 1) {
          await world.pass(settleMs);
          end = await world.attempt(good);
        }
        expect(world.effects.length).toBeLessThanOrEqual(1);
        if (mayRepeat || end === 'done')
          expect({ end, effects: world.effects.length }).toEqual({ end: 'done', effects: 1 });
        else expect(end).toBe('outcome_ambiguous');
      }),
      { numRuns: 200, examples: [[diesWhileRepeating]] },
    );
  },
  120_000,
);
