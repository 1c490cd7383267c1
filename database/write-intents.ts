import { sql } from 'kysely';
import type { Database } from './pool.js';

export interface Claim {
  key: string;
  kind: 'submission' | 'writeback';
  orderId: string;
  shipmentId: string | null;
  requestHash: string;
  leaseMs: number;
}

export type Claimed =
  /** Ours to send, as this attempt. `sentAt` is when an earlier one may have sent it; null when none did. */
  | { standing: 'claimed'; attempt: number; sentAt: Date | null }
  | { standing: 'done'; proof: Record<string, unknown> }
  /** Another attempt may still be sending. */
  | { standing: 'busy'; until: Date };

interface IntentRow {
  state: string;
  proof: Record<string, unknown> | null;
  sent_before: Date | null;
  lease_until: Date | null;
  /** Null when it was not claimed. */
  attempt: number | null;
}

/**
 * Claims one outside write for one sender. The row outlives every attempt, worker and server: that is what makes a
 * lost completion harmless. The lease keeps an attempt that was given up, but still runs, from sending beside ours.
 */
export async function claimIntent(db: Database, claim: Claim): Promise<Claimed> {
  const { rows } = await sql<IntentRow>`
    /* prepared */ with before as (select * from write_intents where business_key = ${claim.key}),
    claimed as (
      insert into write_intents as w (business_key, kind, order_id, shipment_id, request_hash, state, lease_until, sent_at)
      values (${claim.key}, ${claim.kind}, ${claim.orderId}, ${claim.shipmentId}, ${claim.requestHash}, 'sending',
              now() + make_interval(secs => ${claim.leaseMs / 1000}), now())
      on conflict (business_key) do update
        set state = 'sending', attempts = w.attempts + 1, lease_until = excluded.lease_until,
            sent_at = coalesce(w.sent_at, excluded.sent_at), request_hash = excluded.request_hash
        where w.state <> 'done' and (w.lease_until is null or w.lease_until < now())
      returning attempts
    )
    select coalesce(b.state, 'sending') as state, b.proof, b.sent_at as sent_before, b.lease_until,
           (select attempts from claimed) as attempt
    from (select 1) as one left join before b on true`.execute(db);
  const row = rows[0]!;
  if (row.attempt !== null) return { standing: 'claimed', attempt: row.attempt, sentAt: row.sent_before };
  if (row.state === 'done') return { standing: 'done', proof: row.proof ?? {} };
  return { standing: 'busy', until: row.lease_until ?? new Date(Date.now() + claim.leaseMs) };
}

/** What one claim was given: an attempt that comes to itself after its lease must not touch a later one's row. */
export interface Held {
  key: string;
  attempt: number;
}

/**
 * Sending again: what may be at the vendor is as old as this attempt from now on. Without it the next one would count
 * from the first sending, and not wait for this one's effect to show. False when a later attempt holds the row.
 */
export async function noteSending(db: Database, held: Held): Promise<boolean> {
  const { numUpdatedRows } = await ofAttempt(db, held)
    .set({ sent_at: sql<Date>`now()` })
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The write certainly had no effect: the next attempt need not look for it. An earlier unknown stays unknown. */
export async function freeIntent(db: Database, held: Held, sentBefore: Date | null): Promise<void> {
  await ofAttempt(db, held)
    .set({ lease_until: null, sent_at: sentBefore, state: sentBefore ? 'unknown' : 'sending' })
    .execute();
}

/** The write may have had its effect; `sentAt` moves to now because this attempt really sent. */
export async function markIntentUnknown(db: Database, held: Held): Promise<void> {
  await ofAttempt(db, held).set({ lease_until: null, state: 'unknown', sent_at: new Date() }).execute();
}

function ofAttempt(db: Database, { key, attempt }: Held) {
  return db
    .updateTable('write_intents')
    .where('business_key', '=', key)
    .where('attempts', '=', attempt)
    .where('state', '<>', 'done');
}
