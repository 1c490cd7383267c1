import { createHash } from 'node:crypto';
import type { Database } from '../database/pool.js';
import { claimIntent, freeIntent, markIntentUnknown, noteSending, type Held } from '../database/write-intents.js';
import { Failure } from '../domain/failures.js';
import type { ActivityDependencies } from './dependencies.js';

export interface Write<Proof> {
  key: string;
  kind: 'submission' | 'writeback';
  orderId: string;
  shipmentId: string | null;
  /** What is asked for, to notice when the same key is used for another request. */
  request: unknown;
  /** Looks the write up at the vendor by our reference. */
  find: () => Promise<Proof | null>;
  /** Carries it out; gives back the proof where the answer is one, null where it has to be read back. */
  write: () => Promise<Proof | null>;
  /** How long a write may stay invisible to `find`, in milliseconds. */
  settleMs: number;
  /** Whether writing again is safe once a look-up after that time finds nothing. */
  mayRepeat: boolean;
}

export type Written<Proof> = { proof: Proof; adopted: boolean } | 'done_before';

/**
 * The write protocol (reference/reliability.md §4): claim → find → write → when the outcome is unknown find again
 * before anything else. Every outside write goes through here. The caller records the proof.
 * @throws Failure `outcome_unknown` (try again later: it starts with a look-up), `outcome_ambiguous` (a person has to
 * look), or whatever the vendor's refusal was mapped to.
 */
export async function writeOnce<Proof>(
  { db, callDeadlineMs }: Pick<ActivityDependencies, 'db' | 'callDeadlineMs'>,
  write: Write<Proof>,
): Promise<Written<Proof>> {
  const startedAt = Date.now();
  // The look-up and the write, with their queues: a later sender finds the lease over only when this one is done.
  const leaseMs = 3 * callDeadlineMs;
  const claimed = await claimIntent(db, { ...write, requestHash: hash(write.request), leaseMs });
  if (claimed.standing === 'done') return 'done_before';
  if (claimed.standing === 'busy') throw stillSending(write.key, claimed.until.getTime() - startedAt);
  const sentBefore = claimed.sentAt;
  const held = { key: write.key, attempt: claimed.attempt };
  try {
    const found = await write.find();
    if (found) return { proof: found, adopted: true };
    if (sentBefore) mayBeSentAgain(write, Date.now() - sentBefore.getTime());
    if (Date.now() - startedAt > leaseMs - callDeadlineMs) throw stillSending(write.key, 0);
    if (sentBefore && !(await noteSending(db, held))) throw stillSending(write.key, 0);
  } catch (error) {
    // Only looked so far: what an earlier attempt left open stays open.
    await freeIntent(db, held, sentBefore);
    throw error;
  }
  return { proof: await carryOut(db, write, held, sentBefore), adopted: false };
}

async function carryOut<Proof>(db: Database, write: Write<Proof>, held: Held, sentBefore: Date | null): Promise<Proof> {
  let proof: Proof | null;
  try {
    proof = await write.write();
  } catch (error) {
    const noEffect = error instanceof Failure && error.outcome !== 'unknown';
    await (noEffect ? freeIntent(db, held, sentBefore) : markIntentUnknown(db, held));
    throw error;
  }
  try {
    proof ??= await write.find();
  } catch (error) {
    await markIntentUnknown(db, held);
    throw error;
  }
  if (proof) return proof;
  await markIntentUnknown(db, held);
  throw new Failure('outcome_unknown', `${write.key} was sent and cannot be read back yet.`, { write: write.key });
}

/** Waits that grow with the age of the write: 5 s, 30 s, 2 min, 10 min cover slow indexing (reliability.md §4.4). */
function mayBeSentAgain(write: { key: string; settleMs: number; mayRepeat: boolean }, ageMs: number): void {
  if (ageMs < write.settleMs) {
    const waits = [5_000, 30_000, 120_000, 600_000];
    const next = waits.find((wait) => wait > ageMs) ?? 600_000;
    throw new Failure(
      'outcome_unknown',
      `${write.key} may have been sent and is not to be found yet.`,
      { write: write.key },
      {
        retryAfterMs: Math.min(next, write.settleMs) - ageMs,
      },
    );
  }
  if (!write.mayRepeat)
    throw new Failure('outcome_ambiguous', `${write.key} may have been sent and is not to be found.`, {
      write: write.key,
    });
}

function stillSending(key: string, remainingMs: number): Failure {
  return new Failure(
    'outcome_unknown',
    `${key} is being sent by another attempt.`,
    { write: key },
    {
      retryAfterMs: Math.max(remainingMs, 250),
    },
  );
}

function hash(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
