/** What comes back of an order, as its marketplace keeps it: without people's data. */
export interface OrderReturn {
  /** The marketplace's id. */
  returnId: string;
  /** As people call it, e.g. "#1001-R1". */
  name: string;
  /** As the marketplace names it: REQUESTED, OPEN, CLOSED, DECLINED, CANCELED, or what it adds. */
  status: string;
  /** UTC, ISO 8601. */
  createdAt: string;
  closedAt: string | null;
  lines: ReturnedLine[];
}

export interface ReturnedLine {
  lineId: string;
  quantity: number;
  /** The customer's reason in the marketplace's words, without the free text beside it; null where there is none. */
  reason: string | null;
  /** The restock decision on the pieces that arrived, as the marketplace names it: RESTOCKED, NOT_RESTOCKED, MISSING … */
  decisions: { decision: string; quantity: number }[];
}

/** What a store wants done with pieces that come back and that nobody has decided on. */
export type RestockSetting = 'restock' | 'inspect' | 'discard';

/** What becomes of some pieces of a returned line, and who said so. `missing`: they did not arrive. */
export interface RestockDecision {
  decision: RestockSetting | 'missing';
  quantity: number;
  decidedBy: 'marketplace' | 'store settings';
}

/** Returns in these states bring nothing back. */
export const callsOff = ['DECLINED', 'CANCELED'];

const saidByMarketplace: Record<string, RestockDecision['decision']> = {
  RESTOCKED: 'restock',
  NOT_RESTOCKED: 'discard',
  PROCESSING_REQUIRED: 'inspect',
  MISSING: 'missing',
};

/**
 * What becomes of each piece of a returned line: what people decided at the marketplace counts, the store's setting
 * decides the rest. Their sum is the line's pieces; nothing of a return that was called off. A word we do not know asks
 * for a look at the goods. Stock is not touched by this: what the warehouse counts is what may be sold.
 */
export function decideRestock(status: string, line: ReturnedLine, setting: RestockSetting): RestockDecision[] {
  if (callsOff.includes(status)) return [];
  const decided: RestockDecision[] = [];
  let left = line.quantity;
  for (const said of line.decisions) {
    const quantity = Math.min(said.quantity, left);
    left -= quantity;
    if (quantity > 0)
      decided.push({ decision: saidByMarketplace[said.decision] ?? 'inspect', quantity, decidedBy: 'marketplace' });
  }
  return left > 0 ? [...decided, { decision: setting, quantity: left, decidedBy: 'store settings' }] : decided;
}

/** The return in one sentence, for the order's timeline. */
export function describeReturn(
  { name, status }: Pick<OrderReturn, 'name' | 'status'>,
  lines: { lineId: string; quantity: number; reason: string | null; restock: RestockDecision[] }[],
): string {
  const each = lines.map(({ lineId, quantity, reason, restock }) => {
    const decisions = restock.map(({ decision, quantity: pieces }) => `${decision} ${pieces}`).join(', ');
    return `${quantity} of line ${lineId}${reason ? ` (${reason})` : ''}${decisions ? `: ${decisions}` : ''}`;
  });
  return `Return ${name} is ${status}: ${each.join('; ') || 'no line of it was sent by parcel'}.`;
}
