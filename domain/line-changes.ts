import type { OrderLine } from './order.js';

/** A line as it was last taken over from the marketplace. */
export type KeptLine = Pick<
  OrderLine,
  'lineId' | 'sku' | 'quantity' | 'wanted' | 'shippable' | 'standing' | 'destinationId'
>;

/**
 * How far the lines got that a warehouse was asked for: `open`, it works on some of their pieces; `anew`, it gave them
 * back and they are to be sent again; `over`, nothing of them is left to send. A line that is not named was never asked for.
 */
export type AskedLines = Record<string, 'open' | 'anew' | 'over'>;

/** Pieces of a line to send beyond what was meant, or fewer. */
export interface LineDelta {
  lineId: string;
  by: number;
}

export interface LineChange extends LineDelta {
  /** Names the line, and from what to what. */
  text: string;
  /** A warehouse is working on it as it was. */
  late: boolean;
}

/** `now` are all lines of the order at present. */
export function lineChanges(kept: KeptLine[], now: OrderLine[], asked: AskedLines): LineChange[] {
  const before = kept.flatMap((line) => {
    const present = now.find((each) => each.lineId === line.lineId) ?? null;
    return lineChange(line, present, asked[line.lineId] ?? null) ?? [];
  });
  const added = now.filter((line) => toSend(line) > 0 && !kept.some((each) => each.lineId === line.lineId));
  return [...before, ...added.map((line) => change(line, line.quantity, 'added', 0, line.quantity))];
}

/**
 * A line that no warehouse was asked for follows what the marketplace says is still to be sent. Beside shipments of our
 * own only `wanted` tells a change there, and some marketplaces do not list what has been sent at all.
 */
function lineChange(line: KeptLine, present: OrderLine | null, asked: AskedLines[string] | null): LineChange | null {
  if (!present && asked === 'over') return null;
  const [from, to] =
    asked === null ? [toSend(line), present ? toSend(present) : 0] : [owed(line), present ? owed(present) : 0];
  const late = asked === 'open';
  if (from !== to) return { ...change(line, to - from, standingText(present), from, to), late };
  if (!present || to === 0 || asked === 'over') return null;
  if (present.sku !== line.sku)
    return { lineId: line.lineId, by: 0, text: `line ${line.lineId}: SKU ${line.sku} → ${present.sku}`, late };
  if (present.destinationId !== line.destinationId)
    return { lineId: line.lineId, by: 0, text: `line ${line.lineId}: another address of the order`, late };
  return null;
}

/** Pieces still to be sent, as far as they are wanted. */
export const toSend = (line: KeptLine) => (owed(line) > 0 ? line.quantity : 0);

function standingText(present: OrderLine | null): string {
  if (!present) return 'removed';
  if (givenUp(present)) return present.standing.replace('_', ' ');
  return present.quantity === 0 ? 'sent by others' : '';
}

function change(
  { lineId, sku }: Pick<OrderLine, 'lineId' | 'sku'>,
  by: number,
  what: string,
  from: number,
  to: number,
): LineChange {
  return { lineId, by, text: `line ${lineId} (SKU ${sku})${what && ` ${what}`}: ${from} → ${to}`, late: false };
}

export const givenUp = (line: Pick<OrderLine, 'standing'>) =>
  line.standing === 'refunded' || line.standing === 'charged_back' || line.standing === 'cancelled';

/** Pieces the customer is to have in all. */
export function owed(line: Pick<OrderLine, 'shippable' | 'standing' | 'wanted'>): number {
  return line.shippable && !givenUp(line) ? line.wanted : 0;
}
