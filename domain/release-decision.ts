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

const givenUp = (line: OrderLine) => ['refunded', 'charged_back', 'cancelled'].includes(line.standing);

/** `ours` are the lines the order was imported with; `now` is the same order as the marketplace shows it at present. */
export function decideRelease(ours: Pick<OrderLine, 'lineId'>[], now: MarketplaceOrder | null): ReleaseDecision {
  if (now === null) return { release: 'cancel', reason: 'The marketplace no longer has this order.' };
  if (now.shippedAtMarketplace)
    return { release: 'shipped_elsewhere', reason: 'The marketplace already counts this order as shipped.' };
  const lines = now.lines.filter((line) => ours.some((each) => each.lineId === line.lineId));
  const gone = lines.filter(givenUp);
  const pending = lines.filter((line) => line.standing === 'refund_pending');
  if (pending.length > 0) return { release: 'wait', reason: `A refund is pending for ${names(pending)}.` };
  if (gone.length === lines.length)
    return { release: 'cancel', reason: `Refunded, charged back or cancelled at the marketplace: ${names(lines)}.` };
  if (gone.length > 0)
    return {
      release: 'go_without',
      lineIds: gone.map((line) => line.lineId),
      reason: `Refunded, charged back or cancelled at the marketplace: ${names(gone)}.`,
    };
  return { release: 'go' };
}

function names(lines: OrderLine[]): string {
  return lines.length === 0 ? 'every line' : lines.map((line) => `line ${line.lineId}`).join(', ');
}
