import type { LineRow } from './rows.js';

/** Some refunds only mark the line. */
export function refundedPieces(row: LineRow): number {
  return row.is_refunded && row.quantity_refunded === 0 ? row.quantity : row.quantity_refunded;
}

/** Pieces the customer is to have in all. */
export function wantedPieces(row: LineRow): number {
  return Math.max(0, row.quantity - refundedPieces(row));
}

/**
 * To ship = quantity - shipped - refunded (reference/bigcommerce.md §2). Whether a refunded piece was one of those
 * shipped is not said; goods kept back can still be sent, goods sent cannot be called back.
 */
export function openPieces(row: LineRow): number {
  return Math.max(0, wantedPieces(row) - row.quantity_shipped);
}
