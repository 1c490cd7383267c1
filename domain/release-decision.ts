import type { MarketplaceOrder, OrderLine } from './order.js';

/** What the last look at the marketplace says, right before goods are asked for. */
export type ReleaseDecision =
  | { release: 'go' }
  /** These lines are refunded, charged back or cancelled: they are given up, the others go. */
  | { release: 'go_without'; lineIds: string[]; reason: string }
  | { release: 'cancel'; reason: string }
  /** A refund is being decided: wait and look again. */
  | { release: 'wait'; reason: string }
  /** The marketplace counts it as shipped although we did not ship it (lessons 6: two parties shipping one order). */
  | { release: 'shipped_elsewhere'; reason: string };

/** A line without pieces left was fulfilled by somebody else: what we asked for is not sent a second time. */
const givenUp = (line: OrderLine) =>
  line.quantity === 0 || ['refunded', 'charged_back', 'cancelled'].includes(line.standing);

/**
 * `ours` are the lines to send, one named for each of its components; `now` is the same order as the marketplace shows it at present.
 * Only physical lines count: no goods hang on a digital one. A line that `now` lacks is given up.
 */
export function decideRelease(ours: Pick<OrderLine, 'lineId'>[], now: MarketplaceOrder | null): ReleaseDecision {
  if (now === null) return { release: 'cancel', reason: 'The marketplace no longer has this order.' };
  if (now.shippedAtMarketplace)
    return { release: 'shipped_elsewhere', reason: 'The marketplace already counts this order as shipped.' };
  const present = now.lines.filter((line) => ours.some((each) => each.lineId === line.lineId));
  const physical = present.filter((line) => line.shippable);
  const pending = physical.filter((line) => line.standing === 'refund_pending');
  if (pending.length > 0) return { release: 'wait', reason: `A refund is pending for ${names(pending)}.` };
  const missing = [...new Set(ours.map((line) => line.lineId))]
    .filter((lineId) => !present.some((each) => each.lineId === lineId))
    .map((lineId) => ({ lineId }));
  const gone = [...physical.filter(givenUp), ...missing];
  if (physical.every(givenUp)) return { release: 'cancel', reason: goneReason(gone) };
  if (gone.length > 0)
    return { release: 'go_without', lineIds: gone.map((line) => line.lineId), reason: goneReason(gone) };
  return { release: 'go' };
}

function goneReason(gone: Pick<OrderLine, 'lineId'>[]): string {
  return `Refunded, charged back, cancelled, removed or fulfilled at the marketplace: ${names(gone)}.`;
}

function names(lines: Pick<OrderLine, 'lineId'>[]): string {
  return lines.length === 0 ? 'every line' : lines.map((line) => `line ${line.lineId}`).join(', ');
}
