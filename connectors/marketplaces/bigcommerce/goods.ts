import { openPieces } from './pieces.js';
import type { LineRow } from './rows.js';

/**
 * A set is a product with lists from which the customer picks other products; each pick is a line of its own beside
 * it, that names it as parent_order_product_id. The picks are what lies on the shelf, so they ship and the set does
 * not; a set whose picks are all downloads ships itself. The order's spec only says that they belong together.
 */
export function isGoods(row: LineRow, all: LineRow[]): boolean {
  return fitsParcel(row) && picksOf(row, all).length === 0;
}

/**
 * What a carrier takes: no download, no gift certificate, nothing the customer fetches, and nothing without an address.
 * A type not known yet counts as goods: without a listing it asks a person.
 */
function fitsParcel(row: LineRow): boolean {
  const { type, order_pickup_method_id: pickup, order_address_id: address } = row;
  return type !== 'digital' && type !== 'giftcertificate' && pickup === null && address !== null;
}

function picksOf(set: LineRow, all: LineRow[]): LineRow[] {
  return all.filter((each) => each.parent_order_product_id === set.id && fitsParcel(each));
}

/**
 * Sets whose last pick goes with these pieces. Each is told as shipped with it, or BigCommerce would count the order as
 * partially shipped for ever.
 */
export function completedSets(all: LineRow[], sent: ReadonlyMap<string, number>): LineRow[] {
  return all.filter((set) => {
    const picks = picksOf(set, all);
    const lastOne = picks.every((pick) => openPieces(pick) <= (sent.get(pick.id) ?? 0));
    return fitsParcel(set) && openPieces(set) > 0 && lastOne && picks.some((pick) => sent.has(pick.id));
  });
}
