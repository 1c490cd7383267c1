import type { FailureCode } from './failures.js';
import type { SkipCause } from './import-decision.js';
import type { CancelOutcome } from './messages.js';
import { isFinal, type OrderState } from './order-states.js';

/** `note` is shown to the merchant: no people's data. A cancellation is refused without a reason, by its note alone. */
export type RequestAnswer = { accepted: true; note: string } | { accepted: false; reason: RefusalReason; note: string };

export type RefusalReason = 'out_of_stock' | 'sku_unknown' | 'address_wrong' | 'not_deliverable' | 'other';

/** What is here of the order that a merchant's request is about. */
export interface RequestedOrder {
  /** Null where it is no order of ours. */
  order: {
    state: OrderState;
    attention: FailureCode | null;
    cancelOutcome: CancelOutcome | null;
    /** Pieces of each line that are not known to have shipped. */
    open: RequestedLine[];
  } | null;
  /** Why the importer left it out; null where it did not. */
  leftOut: { cause: SkipCause; reason: string } | null;
}

export interface RequestedLine {
  lineId: string;
  quantity: number;
}

/** What a later look at the order may still mend: the request waits. Everything else is left out by what the store is set to. */
const mayStillCome: SkipCause[] = ['order_malformed', 'payment_status_not_selected', 'status_not_monitored'];

/** What only the merchant can mend, in the order at the marketplace, before asking again. */
const merchantMends: Partial<Record<FailureCode, RefusalReason>> = {
  address_incomplete: 'address_wrong',
  sku_unknown_at_warehouse: 'sku_unknown',
};

/**
 * The answer to a merchant who asks us to send an order: what is imported is accepted, what the import leaves out for
 * good is rejected. Null: it may still be imported, so the request waits for the next round.
 */
export function answerFulfillment({ order, leftOut }: RequestedOrder): RequestAnswer | null {
  if (order === null) {
    if (leftOut === null || mayStillCome.includes(leftOut.cause)) return null;
    return { accepted: false, reason: 'other', note: leftOut.reason };
  }
  if (isFinal(order.state))
    return {
      accepted: false,
      reason: 'other',
      note: `Waybill has this order as ${order.state}: nothing is left to send.`,
    };
  const reason = order.attention && merchantMends[order.attention];
  if (reason === 'address_wrong')
    return { accepted: false, reason, note: 'Its delivery address is not complete. Correct it, then ask again.' };
  if (reason)
    return { accepted: false, reason, note: 'The warehouse does not know a SKU of it. Correct it, then ask again.' };
  return { accepted: true, note: 'Waybill sends it.' };
}

/**
 * The answer to a merchant who asks for an order back. `ask`: the order is to be cancelled first. `wait`: its warehouse
 * has not answered yet. `asked` are the lines of all such requests of the order: a part of an order cannot be cancelled.
 */
export function answerCancellation({ order }: RequestedOrder, asked: RequestedLine[]): RequestAnswer | 'ask' | 'wait' {
  if (order === null) return { accepted: true, note: 'Waybill never took this order in.' };
  if (order.cancelOutcome === 'asking') return 'wait';
  if (order.cancelOutcome === 'stopped' || order.state === 'cancelled')
    return { accepted: true, note: 'Stopped: nothing of it is sent.' };
  if (order.cancelOutcome === 'too_late' || isFinal(order.state))
    return { accepted: false, reason: 'other', note: 'Too late: the warehouse has sent it, or can no longer stop it.' };
  const part = order.open.find(({ lineId, quantity }) => piecesOf(asked, lineId) < quantity);
  if (!part) return 'ask';
  const note = `Only a whole order can be stopped, and line ${part.lineId} is not asked back as a whole.`;
  return { accepted: false, reason: 'other', note };
}

function piecesOf(lines: RequestedLine[], lineId: string): number {
  return lines.reduce((sum, line) => sum + (line.lineId === lineId ? line.quantity : 0), 0);
}
