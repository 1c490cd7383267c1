/** Waiting on purpose: why, by whom, until when. The opposite of `queued`, which leaves with the next step (D1). */
export interface Hold {
  reason: HoldReason;
  /** Who set it or must lift it: a person's key id, "store settings" or "marketplace". */
  owner: string;
  note: string | null;
  /** UTC, ISO 8601; null waits for a person (or for the key in waitsFor). */
  releaseAt: string | null;
  /** Saving this thing lifts the hold by itself (see waitKeys). */
  waitsFor: string | null;
}

export type HoldReason = 'review' | 'delay' | 'first_import' | 'refund_pending' | 'held_at_marketplace' | 'asked';

/** ClickBank decides a refund request within a day, a customer's own after 24 h (reference/clickbank.md §4, Timing). */
export const refundRecheckMs = 24 * 60 * 60 * 1000;

/** The change feed tells when a hold there is over; should it fail to, this is how late we see it. */
export const heldRecheckMs = 6 * 60 * 60 * 1000;
