/**
 * How many pieces of a SKU a store may offer, from what its warehouse has. Every piece is counted once, wherever it is:
 *
 * | a piece that is …                              | on hand | available | we take off as | kept apart by the store |
 * | ---------------------------------------------- | ------- | --------- | -------------- | ----------------------- |
 * | sold, and no order of ours (unpaid, not read)  | yes     | yes       | `waiting`      | yes                     |
 * | in an order of ours, not asked for yet         | yes     | yes       | `unbooked`     | yes                     |
 * | asked for and set aside by the warehouse       | yes     | no        |                | yes                     |
 * | asked for, not set aside (no stock, labelled)  | yes     | yes       | `booked`       | yes                     |
 * | shipped, and the marketplace not told          | no      | no        |                | yes                     |
 * | shipped, and the marketplace told              | no      | no        |                | no                      |
 *
 *     free = min(available, on hand − booked) − unbooked − waiting       for each warehouse SKU, over all stores
 *     sellable = the scarcest component's free pieces − buffer           for each SKU of the store, never below 0
 *
 * `available` alone would offer what the warehouse took an order for and did not set aside; `on hand − booked` alone
 * what it set aside for orders that are not ours. What is shipped and not reported yet is taken off twice for as long:
 * too low is safe, too high is an oversold piece.
 *
 * The last column is the marketplace's own bookkeeping, and what the figure means to it (StockBasis):
 *
 * | basis                   | the store's figure     | a sale shows there as           | so the figure is       |
 * | ----------------------- | ---------------------- | ------------------------------- | ---------------------- |
 * | `on_hand`               | pieces in the building | committed, at once              | sellable + committed   |
 * | `available`             | pieces for sale        | the figure less it, at once     | sellable               |
 * | `on_hand_until_shipped` | pieces for sale to it  | the figure less it, when it is  | sellable               |
 * |                         | all the same           | told of the shipment            |                        |
 *
 * Where sold pieces are kept apart (`on_hand`), what is committed beyond our own orders is `waiting`, exactly. A single
 * figure does not tell sales from other changes: there the orders are read just before it is written, and `waiting` is
 * what the importer saw and does not take yet. The last basis takes a shipped piece off once more when it is told:
 * the figure is too low until the next round writes it again.
 */

import type { SkipCause } from './import-decision.js';
import { isStandInSku, type ListingComponent } from './listing.js';
import type { MarketplaceOrder } from './order.js';

/**
 * `on_hand`: physical pieces; the marketplace itself keeps what it sold apart (Shopify).
 * `available`: pieces for sale; sold ones were taken off when the order was placed (BigCommerce, order_placed).
 * `on_hand_until_shipped`: one figure, and a sold piece is taken off when the order ships (BigCommerce,
 * order_completed_or_shipped).
 */
export type StockBasis = 'on_hand' | 'available' | 'on_hand_until_shipped';

/** Where a store's stock is kept: two stores may be one account, and two connections one location. */
export interface StockLocation {
  /** Alike for every connection to it, and for no other. */
  key: string;
  /** For people: location and account. */
  title: string;
}

/** One item of the store that bears the SKU, at the store's stock location. */
export interface StockPlace {
  sku: string;
  /** The connector's own name of item and location, stable: given back when its figure is written. */
  placeId: string;
  /** For people: product, variant, location. */
  title: string;
  /** The figure of the basis at this moment; null where the item is not stocked there yet. */
  level: number | null;
  /** Pieces of open orders that the marketplace keeps apart within the level; 0 where it keeps none apart. */
  committed: number;
  /** Why stock must not be written there, e.g. tracking is off (R115); null where it may. */
  refusal: { cause: StockRefusal; message: string } | null;
}

export type StockRefusal = 'not_tracked' | 'not_changeable' | 'location_disabled';

/** A warehouse's own count of one of its SKUs. */
export interface WarehouseStock {
  onHand: number;
  available: number;
}

/** Pieces of one warehouse SKU in fulfillments: `booked` the warehouse has and has not shipped, `unbooked` it is to get. */
export interface PromisedPieces {
  warehouseSku: string;
  booked: number;
  unbooked: number;
}

/** Pieces of a store's SKU that are sold and in no fulfillment, with what its listing makes of them today. */
export interface SoldPieces {
  storeId: string;
  sku: string;
  pieces: number;
  listing: { components: ListingComponent[]; warehouseId: string | null } | null;
  /** Whether the store sends unlisted SKUs on under their own name. */
  passThrough: boolean;
}

/** What one piece of a SKU takes from this warehouse; null where it comes from another, or nobody knows from where. */
export function goodsFrom(
  warehouseId: string,
  { sku, listing, passThrough }: Pick<SoldPieces, 'sku' | 'listing' | 'passThrough'>,
): ListingComponent[] | null {
  if (!listing) return passThrough && !isStandInSku(sku) ? [{ warehouseSku: sku, quantity: 1 }] : null;
  // A rule may choose any warehouse for a listing that pins none: the pieces then count at each.
  return listing.warehouseId === null || listing.warehouseId === warehouseId ? listing.components : null;
}

/** Pieces of each warehouse SKU that no order has a claim to; below zero where more is sold than there is. */
export function freePieces(facts: {
  warehouseId: string;
  levels: ReadonlyMap<string, WarehouseStock>;
  promised: PromisedPieces[];
  /** In orders of ours without a fulfillment, and sold without being orders of ours. */
  sold: SoldPieces[];
}): Map<string, number> {
  const free = new Map([...facts.levels].map(([sku, level]) => [sku, level.available]));
  const take = (sku: string, pieces: number) => free.set(sku, (free.get(sku) ?? 0) - pieces);
  for (const { warehouseSku, booked, unbooked } of facts.promised) {
    const level = facts.levels.get(warehouseSku);
    if (!level) continue;
    free.set(warehouseSku, Math.min(level.available, level.onHand - booked));
    take(warehouseSku, unbooked);
  }
  for (const each of facts.sold)
    for (const part of goodsFrom(facts.warehouseId, each) ?? [])
      if (facts.levels.has(part.warehouseSku)) take(part.warehouseSku, part.quantity * each.pieces);
  return free;
}

/** Whole pieces of a SKU that its scarcest component allows, less the buffer; never below zero (R98). */
export function sellablePieces(
  components: ListingComponent[],
  free: ReadonlyMap<string, number>,
  buffer: number,
): number {
  const allowed = components.map((part) => Math.floor((free.get(part.warehouseSku) ?? 0) / part.quantity));
  return Math.max(0, Math.min(...allowed) - buffer);
}

/** What to write to one place so that it offers `sellable` pieces. */
export function figureFor(basis: StockBasis, sellable: number, committed: number): number {
  return basis === 'on_hand' ? sellable + committed : sellable;
}

/** Whether the orders must be read right before a figure is written: a sale then shows in nothing but itself. */
export function hidesSales(basis: StockBasis): boolean {
  return basis !== 'on_hand';
}

/** What the importer leaves out for now and may take as soon as it is paid or set to another status. */
const maybeLater: SkipCause[] = ['status_not_monitored', 'payment_status_not_selected'];

/** Pieces that an order which was left out has sold already; none where it will not be sent by us, or is sent. */
export function soldBeforeImport(order: MarketplaceOrder, cause: SkipCause): { sku: string; pieces: number }[] {
  if (!maybeLater.includes(cause) || order.test || order.cancelled || order.shippedAtMarketplace) return [];
  return order.lines
    .filter((line) => line.shippable && ['clear', 'refund_pending'].includes(line.standing))
    .map((line) => ({ sku: line.sku, pieces: line.quantity }));
}
