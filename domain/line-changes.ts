import type { OrderLine } from './order.js';

/** A line as it was last taken over from the marketplace. */
export type KeptLine = Pick<
  OrderLine,
  'lineId' | 'sku' | 'quantity' | 'wanted' | 'shippable' | 'standing' | 'destinationId'
>;

/**
 * How far the lines got that a warehouse was asked for: `open`, it works on some of their pieces; `given_back`, it gave
 * them back and a person is to say whether they are sent again; `anew`, they are; `over`, nothing of them is left to
 * send. A line that is not named was never asked for.
 */
export type AskedLines = Record<string, 'open' | 'given_back' | 'anew' | 'over'>;

/** Pieces of a line to send beyond what was meant, or fewer. */
export interface LineDelta {
  lineId: string;
  by: number;
}

export interface LineChange extends LineDelta {
  /** Names the line, and from what to what. */
  text: string;
  /** Too late for the plan: it counts should the goods go out anew. */
  late: boolean;
  /** A warehouse is working on it as it was. */
  conflict: boolean;
}

/** Whole pieces of a line that we told the marketplace of; null where what it counts as sent may be our doing or is not said. */
export type Told = (lineId: string) => number | null;

/** Pieces that the marketplace counts as sent beyond those we told it of: somebody else sent them. */
export function sentByOthers(line: Pick<OrderLine, 'quantity' | 'wanted'>, told: number): number {
  return Math.max(0, line.wanted - line.quantity - told);
}

/** `now` are all lines of the order at present. */
export function lineChanges(kept: KeptLine[], now: OrderLine[], asked: AskedLines, told: Told): LineChange[] {
  const before = kept.flatMap((line) => {
    const present = now.find((each) => each.lineId === line.lineId) ?? null;
    return lineChange(line, present, asked[line.lineId] ?? null, told(line.lineId)) ?? [];
  });
  const added = now.filter((line) => toSend(line) > 0 && !kept.some((each) => each.lineId === line.lineId));
  return [...before, ...added.map((line) => change(line, line.quantity, 'added', 0, line.quantity))];
}

/**
 * A line that no warehouse was asked for follows what the marketplace says is still to be sent. Beside shipments of our
 * own so does what is left of one that a warehouse was asked for, unless ours may be among what it counts; then only
 * `wanted` tells a change there. Some marketplaces do not list what has been sent at all.
 */
function lineChange(
  line: KeptLine,
  present: OrderLine | null,
  asked: AskedLines[string] | null,
  told: number | null,
): LineChange | null {
  if (!present && asked === 'over') return null;
  const [from, to] = pieces(line, present, asked, told);
  const conflict = asked === 'open';
  const standing = { late: conflict || asked === 'given_back', conflict };
  if (from !== to) return { ...change(line, to - from, standingText(line, present, to - from), from, to), ...standing };
  if (!present || to === 0 || asked === 'over') return null;
  if (present.sku !== line.sku)
    return { lineId: line.lineId, by: 0, text: `line ${line.lineId}: SKU ${line.sku} → ${present.sku}`, ...standing };
  if (present.destinationId !== line.destinationId)
    return { lineId: line.lineId, by: 0, text: `line ${line.lineId}: another address of the order`, ...standing };
  return null;
}

/** What was left of a line when it was last taken over, and what is left now. */
function pieces(
  line: KeptLine,
  present: OrderLine | null,
  asked: AskedLines[string] | null,
  told: number | null,
): [number, number] {
  if (asked === null) return [toSend(line), present ? toSend(present) : 0];
  if (asked === 'over' || told === null) return [owed(line), present ? owed(present) : 0];
  return [Math.max(0, toSend(line) - told), present ? leftToSend(present, told) : 0];
}

/** What is left of a line beside what we told of it, whether or not the marketplace counts that already. */
export function leftToSend(present: OrderLine, told: number): number {
  return Math.min(Math.max(0, owed(present) - told), toSend(present));
}

/** Pieces still to be sent, as far as they are wanted. */
export const toSend = (line: KeptLine) => (owed(line) > 0 ? line.quantity : 0);

function standingText(line: KeptLine, present: OrderLine | null, by: number): string {
  if (!present) return 'removed';
  if (givenUp(present)) return present.standing.replace('_', ' ');
  return by < 0 && owed(present) >= owed(line) ? 'sent by others' : '';
}

function change(
  { lineId, sku }: Pick<OrderLine, 'lineId' | 'sku'>,
  by: number,
  what: string,
  from: number,
  to: number,
): LineChange {
  return {
    lineId,
    by,
    text: `line ${lineId} (SKU ${sku})${what && ` ${what}`}: ${from} → ${to}`,
    late: false,
    conflict: false,
  };
}

export const givenUp = (line: Pick<OrderLine, 'standing'>) =>
  line.standing === 'refunded' || line.standing === 'charged_back' || line.standing === 'cancelled';

/** Pieces the customer is to have in all. */
export function owed(line: Pick<OrderLine, 'shippable' | 'standing' | 'wanted'>): number {
  return line.shippable && !givenUp(line) ? line.wanted : 0;
}
