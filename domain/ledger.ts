/**
 * The quantity ledger of one order: for each component of each line, what was ordered, shipped and cancelled.
 * Invariant, checked by a property test: shipped + cancelled never exceeds ordered.
 */
export interface LedgerEntry {
  fulfillment: string;
  lineId: string;
  warehouseSku: string;
  /** Pieces of this component in one piece of the line. */
  perUnit: number;
  ordered: number;
  shipped: number;
  cancelled: number;
}

export interface ShippedItem {
  warehouseSku: string;
  quantity: number;
}

/** How one shipment's items fall on the lines of the order. */
export interface Allocation {
  ledger: LedgerEntry[];
  /** Whole pieces of each line that this shipment completes. */
  lines: { lineId: string; quantity: number }[];
  /** Lines this shipment carries anything of, even if it completes no whole piece (a part of a bundle). */
  touchedLines: string[];
  /** What the order does not ask for: a SKU it lacks, or more than was left. */
  unexpected: ShippedItem[];
}

const open = (entry: LedgerEntry) => entry.ordered - entry.shipped - entry.cancelled;

/**
 * Lays what a warehouse shipped for one fulfillment on the ledger. Lines that share a warehouse SKU are filled in
 * their order. Cancelled pieces that ship all the same are taken out of `cancelled`: goods that left are shipped.
 */
export function allocateShipment(ledger: LedgerEntry[], fulfillment: string, items: ShippedItem[]): Allocation {
  const after = ledger.map((entry) => ({ ...entry }));
  const unexpected: ShippedItem[] = [];
  const touched = new Set<string>();
  for (const item of items) {
    const entries = after.filter((each) => each.fulfillment === fulfillment && each.warehouseSku === item.warehouseSku);
    let left = take(entries, item.quantity, touched, 'open');
    left = take(entries, left, touched, 'cancelled');
    if (left > 0) unexpected.push({ warehouseSku: item.warehouseSku, quantity: left });
  }
  return { ledger: after, lines: completedLines(ledger, after), touchedLines: [...touched], unexpected };
}

function take(entries: LedgerEntry[], quantity: number, touched: Set<string>, from: 'open' | 'cancelled'): number {
  let left = quantity;
  for (const entry of entries) {
    const taken = Math.min(left, from === 'open' ? open(entry) : entry.cancelled);
    if (taken <= 0) continue;
    entry.shipped += taken;
    if (from === 'cancelled') entry.cancelled -= taken;
    left -= taken;
    touched.add(entry.lineId);
  }
  return left;
}

function completedLines(before: LedgerEntry[], after: LedgerEntry[]): { lineId: string; quantity: number }[] {
  return [...new Set(after.map((entry) => entry.lineId))]
    .map((lineId) => ({ lineId, quantity: shippedPieces(after, lineId) - shippedPieces(before, lineId) }))
    .filter((line) => line.quantity > 0);
}

/**
 * Whole pieces of a line that have shipped: of a bundle, as many as its scarcest component allows. A line that was sent
 * out anew is in several fulfillments: the newest says what it is made of, and what any of them shipped counts.
 */
export function shippedPieces(ledger: LedgerEntry[], lineId: string): number {
  const entries = ledger.filter((entry) => entry.lineId === lineId);
  const newest = entries.filter((entry) => entry.fulfillment === entries.at(-1)?.fulfillment);
  if (newest.length === 0) return 0;
  return Math.min(
    ...newest.map(({ warehouseSku, perUnit }) => {
      const same = entries.filter((entry) => entry.warehouseSku === warehouseSku);
      return Math.floor(same.reduce((shipped, entry) => shipped + entry.shipped, 0) / perUnit);
    }),
  );
}

/** Everything that has not shipped is given up, in one fulfillment or in all. */
export function cancelOpen(ledger: LedgerEntry[], fulfillment?: string): LedgerEntry[] {
  return ledger.map((entry) =>
    fulfillment === undefined || entry.fulfillment === fulfillment
      ? { ...entry, cancelled: entry.cancelled + open(entry) }
      : entry,
  );
}

export type LedgerStanding = 'nothing_shipped' | 'partially_shipped' | 'shipped' | 'cancelled';

/** `shipped`: nothing is left to ship and something did; `cancelled`: nothing is left and nothing did. */
export function standing(ledger: LedgerEntry[]): LedgerStanding {
  const shipped = ledger.some((entry) => entry.shipped > 0);
  const left = ledger.some((entry) => open(entry) > 0);
  if (left) return shipped ? 'partially_shipped' : 'nothing_shipped';
  return shipped ? 'shipped' : 'cancelled';
}
