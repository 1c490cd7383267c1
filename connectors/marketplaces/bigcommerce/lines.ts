import { standInSku } from '../../../domain/listing.js';
import { mainDestination, type LineStanding, type OrderLine } from '../../../domain/order.js';
import { isGoods } from './goods.js';
import { openPieces, wantedPieces } from './pieces.js';
import type { LineRow } from './rows.js';
import { standingBy } from './statuses.js';

interface LineContext {
  status: string;
  cancelled: boolean;
  destinationOf: (addressId: string) => string;
}

interface Lines {
  lines: OrderLine[];
  /** Something was to ship, and BigCommerce counts all of it as shipped. */
  allShipped: boolean;
  anyShipped: boolean;
}

export function translateLines(rows: LineRow[], context: LineContext): Lines {
  const goods = rows.filter((row) => isGoods(row, rows));
  const wanted = goods.filter((row) => wantedPieces(row) > 0);
  const allShipped = wanted.length > 0 && wanted.every((row) => openPieces(row) === 0);
  return {
    lines: rows.map((row) => toLine(row, rows, { ...context, allShipped })),
    allShipped,
    anyShipped: goods.some((row) => row.quantity_shipped > 0),
  };
}

function toLine(row: LineRow, all: LineRow[], context: LineContext & { allShipped: boolean }): OrderLine {
  const shippable = isGoods(row, all);
  const standing = standingOf(row, all, context);
  const givenUp = standing === 'refunded' || standing === 'cancelled';
  const address = row.order_address_id;
  return {
    lineId: row.id,
    sku: skuOf(row),
    title: row.name ?? `Product ${row.product_id ?? 'without a name'}`,
    quantity: givenUp || context.allShipped || !shippable ? row.quantity : openPieces(row),
    wanted: givenUp ? 0 : wantedPieces(row),
    amount: row.discounted_total_inc_tax ?? row.total_inc_tax,
    shippable,
    standing,
    destinationId: shippable && address !== null ? context.destinationOf(address) : mainDestination,
    location: null,
    service: null,
  };
}

/** A product without a SKU is mapped by its number; a custom item, which somebody typed into the order, has none. */
function skuOf({ sku, variant_id: variant, product_id: product }: LineRow): string {
  if (sku?.trim()) return sku;
  if (variant !== null) return standInSku('variant', variant);
  return product === null ? '' : standInSku('product', product);
}

/** The picks of a refunded set are refunded with it: they have no price of their own to pay back. */
function standingOf(row: LineRow, all: LineRow[], { status, cancelled }: LineContext): LineStanding {
  if (cancelled) return 'cancelled';
  const set = all.find((each) => each.id === row.parent_order_product_id);
  if ([row, set].some((each) => each && wantedPieces(each) === 0)) return 'refunded';
  return standingBy(status) ?? 'clear';
}
