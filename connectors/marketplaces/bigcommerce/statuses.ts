import type { LineStanding } from '../../../domain/order.js';

/**
 * BigCommerce's order statuses by id; the ids are fixed, the names are the merchant's to change
 * (reference/bigcommerce.md §2, Status table).
 */
const shipped = ['2', '10'];
const cancelled = ['5', '6'];
export const partiallyShipped = '3';
const refunded = '4';
const disputed = '13';

export const countsAsShipped = (status: string) => shipped.includes(status);
export const countsAsCancelled = (status: string) => cancelled.includes(status);

/** What the status says of every line, whatever the line itself says. A dispute is a refund that is being decided. */
export function standingBy(status: string): LineStanding | null {
  if (countsAsCancelled(status)) return 'cancelled';
  if (status === refunded) return 'refunded';
  return status === disputed ? 'refund_pending' : null;
}

/** Why somebody holds the order in BigCommerce, in words. */
export function heldBy(status: string): string | null {
  if (status === '12') return 'BigCommerce holds it for a manual check (Manual Verification Required).';
  return status === disputed ? 'The customer has opened a dispute about the payment (Disputed).' : null;
}
