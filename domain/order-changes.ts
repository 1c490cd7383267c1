import {
  givenUp,
  leftToSend,
  lineChanges,
  owed,
  toSend,
  type AskedLines,
  type KeptLine,
  type LineChange,
  type LineDelta,
  type Told,
} from './line-changes.js';
import { mainDestination, type MarketplaceOrder, type OrderLine } from './order.js';

/** What is kept of an order, as it was last taken over from its marketplace. */
export interface KeptOrder {
  lines: KeptLine[];
  addresses: SeenAddress[];
  /** Whole pieces of each line that we told the marketplace of. */
  told: { lineId: string; quantity: number }[];
  /** A shipment of ours is being told: what the marketplace counts as shipped may be its doing. */
  telling: boolean;
}

/**
 * A fingerprint of an address as the marketplace showed it: what a person corrects here is no change there. Null where
 * none is kept, because the order is older than fingerprints or its people's data was erased: it then counts as unchanged.
 */
export interface SeenAddress {
  destinationId: string;
  seen: string | null;
}

/** The order as its marketplace shows it now, without the lines that the store's settings leave out. */
export interface PresentOrder {
  order: MarketplaceOrder;
  addresses: SeenAddress[];
}

/** What is to be kept from now on. */
export interface TakenOver {
  lines: OrderLine[];
  /** Lines that the marketplace no longer has. */
  gone: string[];
  /** Destinations whose address is another one now. */
  addresses: string[];
}

export type Verdict =
  | { outcome: 'unchanged' }
  /** Nothing of what is left to send is wanted any more. `late` as below; histories of 0.1.0 lack it. */
  | { outcome: 'cancelled'; reason: string; taken: TakenOver; late?: LineDelta[] }
  /** The marketplace counts it as shipped and we did not ship it (lessons 6: two parties shipping one order). */
  | { outcome: 'shipped_elsewhere'; reason: string }
  | { outcome: 'held'; reason: string }
  /** A refund is being decided: wait and look again. */
  | { outcome: 'refund_pending'; reason: string }
  | {
      outcome: 'changed';
      reason: string;
      taken: TakenOver;
      /** What the plan can still follow. */
      free: LineDelta[];
      /** What a warehouse is working on as it was or has given back; in words what it works on, null for nothing. */
      late: LineDelta[];
      conflict: string | null;
    };

/**
 * What an order's marketplace says now, compared with what is kept of it. Pure: the poll, the last look before goods are
 * asked for and a reconciliation come to the same verdict. `present` is null when the marketplace no longer has it.
 * `sending` are the lines that are about to be asked for: only for them a refund that is being decided counts.
 */
export function judgeOrder(
  kept: KeptOrder,
  present: PresentOrder | null,
  asked: AskedLines,
  sending: string[] = [],
): Verdict {
  const now = present ? linesOf(present.order, kept) : [];
  const told = toldOf(kept, present?.order ?? null);
  const changes = lineChanges(kept.lines, now, asked, told);
  const addresses = present ? changedAddresses(kept, present) : [];
  const taken = takenOver(kept, now, changes, addresses);
  if (kept.lines.some((line) => owed(line) > 0 && asked[line.lineId] !== 'over')) {
    const off = calledOff(present?.order ?? null, now, { asked, told }, changes);
    if (off) return { outcome: 'cancelled', reason: off, taken, late: lateOf(changes) };
    const wait = present && waiting(kept, present.order, now, sending);
    if (wait) return wait;
  }
  const words = [...changes.map((each) => each.text), ...addresses.map(addressText)];
  if (words.length === 0) return { outcome: 'unchanged' };
  return changed(kept, asked, changes, taken, words);
}

/** The same for an order that has ended: nothing of it is left to send, so nothing is left to cancel. */
export function judgeEnded(kept: KeptOrder, present: PresentOrder | null): Verdict {
  return judgeOrder(kept, present, Object.fromEntries(kept.lines.map((line) => [line.lineId, 'over'])));
}

/**
 * A cancelled order is one whose every line is. Whether a line is goods was settled at import: ClickBank's look at a
 * single receipt does not say it.
 */
function linesOf(order: MarketplaceOrder, kept: KeptOrder): OrderLine[] {
  return order.lines.map((line) => {
    const shippable = kept.lines.find((each) => each.lineId === line.lineId)?.shippable ?? line.shippable;
    const standing = order.cancelled && !givenUp(line) ? 'cancelled' : line.standing;
    return { ...line, shippable, standing };
  });
}

/** Why nothing of what is left to send is wanted any more; null while something is. */
function calledOff(
  order: MarketplaceOrder | null,
  now: OrderLine[],
  { asked, told }: { asked: AskedLines; told: Told },
  changes: LineChange[],
): string | null {
  if (order === null) return 'The marketplace no longer has this order.';
  if (order.cancelled) return 'It was cancelled at the marketplace.';
  const left = (line: OrderLine) => {
    if (asked[line.lineId] === undefined) return toSend(line);
    const ours = told(line.lineId);
    return ours === null ? owed(line) : leftToSend(line, ours);
  };
  if (changes.length === 0 || now.some((line) => asked[line.lineId] !== 'over' && left(line) > 0)) return null;
  return `Nothing is left to send at the marketplace: ${changes.map((each) => each.text).join('; ')}.`;
}

/**
 * While a shipment of ours is being told, what the marketplace counts as sent may be that. Of an order that has shipped
 * as a whole no line says what is left.
 */
export function toldOf(kept: Pick<KeptOrder, 'told' | 'telling'>, present: MarketplaceOrder | null): Told {
  if (kept.telling || present?.shippedAtMarketplace) return () => null;
  return (lineId) => toldPieces(kept, lineId);
}

/** Several shipments may have parts of one line. */
function toldPieces({ told }: Pick<KeptOrder, 'told'>, lineId: string): number {
  return told.filter((each) => each.lineId === lineId).reduce((sum, each) => sum + each.quantity, 0);
}

function waiting(kept: KeptOrder, order: MarketplaceOrder, now: OrderLine[], sending: string[]): Verdict | null {
  if (shippedByOthers(kept, order))
    return { outcome: 'shipped_elsewhere', reason: 'The marketplace already counts this order as shipped.' };
  if (order.heldBecause !== null)
    return { outcome: 'held', reason: `It is held at the marketplace: ${order.heldBecause}.` };
  const pending = now.filter(
    (line) => line.shippable && line.standing === 'refund_pending' && sending.includes(line.lineId),
  );
  if (pending.length === 0) return null;
  const names = pending.map((line) => `line ${line.lineId}`).join(', ');
  return { outcome: 'refund_pending', reason: `A refund is pending for ${names}.` };
}

/** What we told it of ourselves makes it count an order as shipped, too. */
function shippedByOthers(kept: KeptOrder, order: MarketplaceOrder): boolean {
  if (!order.shippedAtMarketplace || kept.telling) return false;
  return kept.lines.some((line) => owed(line) > toldPieces(kept, line.lineId));
}

function changedAddresses(kept: KeptOrder, present: PresentOrder): string[] {
  return present.addresses.flatMap(({ destinationId, seen }) => {
    const before = kept.addresses.find((each) => each.destinationId === destinationId);
    return before && (before.seen === null || before.seen === seen) ? [] : destinationId;
  });
}

function takenOver(kept: KeptOrder, now: OrderLine[], changes: LineChange[], addresses: string[]): TakenOver {
  const lines = now.flatMap((line) => {
    const delta = changes.find((each) => each.lineId === line.lineId);
    if (!delta) return [];
    const before = kept.lines.find((each) => each.lineId === line.lineId);
    // What was given up keeps the pieces that it was given up with; of what others sent none are left.
    const left = before ? Math.max(0, toSend(before) + delta.by) : line.quantity;
    return [{ ...line, quantity: owed(line) > 0 ? left : (before?.quantity ?? Math.max(1, line.quantity)) }];
  });
  const gone = changes.map((each) => each.lineId).filter((lineId) => !now.some((line) => line.lineId === lineId));
  return { lines, gone, addresses };
}

function changed(
  kept: KeptOrder,
  asked: AskedLines,
  changes: LineChange[],
  taken: TakenOver,
  words: string[],
): Verdict {
  const addressesLate = taken.addresses.filter((destinationId) =>
    kept.lines.some((line) => line.destinationId === destinationId && asked[line.lineId] === 'open'),
  );
  const conflict = [
    ...changes.filter((each) => each.conflict).map((each) => each.text),
    ...addressesLate.map(addressText),
  ];
  return {
    outcome: 'changed',
    reason: `Changed at the marketplace: ${words.join('; ')}.`,
    taken,
    free: changes.filter((each) => !each.late).map(delta),
    late: lateOf(changes),
    conflict: conflict.length > 0 ? conflict.join('; ') : null,
  };
}

const lateOf = (changes: LineChange[]) => changes.filter((each) => each.late).map(delta);
const delta = ({ lineId, by }: LineChange): LineDelta => ({ lineId, by });
const addressText = (destinationId: string) =>
  destinationId === mainDestination ? 'the delivery address' : `the delivery address ${destinationId}`;
