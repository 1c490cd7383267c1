import type { ShippedItem } from '../../../domain/ledger.js';
import type { ShippedPackage, WarehouseShipment } from '../../../domain/shipment.js';
import type { WireNewsOrder, WirePackedProduct, WireShipment } from './wire.js';

/** A piece of news that cannot be understood; the message names the shipment and the field. */
export class Unreadable extends Error {}

/** Pieces of stock in one piece of a SKU; asked only where the numbers say that ShipBob keeps a bundle. */
export type StockPerPiece = (sku: string) => Promise<number>;

/**
 * Translates a shipment that has left. One package, since ShipBob gives a parcel its own shipment; several where a
 * business order was packed in cartons. A shipment without a tracking number is one all the same: the number comes
 * with the label, before `Completed`, so here it will not come any more (letters, freight).
 */
export async function toShipment(
  reference: string,
  order: WireNewsOrder,
  siblings: WireShipment[],
  shipment: WireShipment,
  stockPerPiece: StockPerPiece,
): Promise<WarehouseShipment> {
  const items = await shippedItems(shipment.products ?? [], (sku, product) =>
    isBundle(sku, product, order, siblings) ? stockPerPiece(sku) : Promise.resolve(1),
  );
  if (items.length === 0) throw new Unreadable(`shipment ${shipment.id}: products: nothing in it`);
  const { tracking } = shipment;
  const label = {
    trackingNumber: tracking?.tracking_number || tracking?.pro_number || null,
    trackingUrl: tracking?.tracking_url || null,
  };
  return {
    externalId: shipment.id,
    reference,
    shippedAt: shippedAt(shipment),
    carrier: tracking?.carrier || null,
    service: tracking?.carrier_service || null,
    packages: cartons(shipment, items, label) ?? [{ packageId: shipment.id, ...label, items }],
  };
}

/** Sums by the SKU we sent (`reference_id`), in ShipBob's order. */
async function shippedItems(
  products: WirePackedProduct[],
  stockPerPiece: (sku: string, product: WirePackedProduct) => Promise<number>,
): Promise<ShippedItem[]> {
  const sums = new Map<string, number>();
  for (const product of products) {
    const sku = product.reference_id ?? product.sku;
    if (!sku) throw new Unreadable(`product ${product.id ?? 'without id'}: neither reference_id nor sku`);
    if (!product.inventory_items) throw new Unreadable(`SKU ${sku}: inventory_items: missing`);
    const stock = sum(product.inventory_items);
    const pieces = stock / (await stockPerPiece(sku, product));
    if (!Number.isInteger(pieces)) throw new Unreadable(`SKU ${sku}: ${stock} pieces of stock are no whole bundles`);
    sums.set(sku, (sums.get(sku) ?? 0) + pieces);
  }
  return [...sums]
    .filter(([, quantity]) => quantity > 0)
    .map(([warehouseSku, quantity]) => ({ warehouseSku, quantity }));
}

/**
 * A shipment counts pieces of stock, an order counts what we asked for; they differ for a bundle kept at ShipBob. It
 * shows by several kinds of stock in one product, or by more stock than was ordered over all live shipments.
 */
function isBundle(sku: string, product: WirePackedProduct, order: WireNewsOrder, siblings: WireShipment[]): boolean {
  if (new Set((product.inventory_items ?? []).map((each) => each.id)).size > 1) return true;
  const named = (each: { reference_id?: string | null | undefined; sku?: string | null | undefined }) =>
    (each.reference_id ?? each.sku) === sku;
  const ordered = (order.products ?? []).filter(named);
  if (ordered.length === 0) return false;
  const stock = siblings
    .filter((each) => each.status !== 'Cancelled')
    .flatMap((each) => each.products ?? [])
    .filter(named)
    .flatMap((each) => each.inventory_items ?? []);
  return sum(stock) > sum(ordered);
}

/** Null where cartons do not account for just what the shipment holds: then the shipment itself is believed. */
function cartons(
  shipment: WireShipment,
  items: ShippedItem[],
  label: Pick<ShippedPackage, 'trackingNumber' | 'trackingUrl'>,
): ShippedPackage[] | null {
  const packed = (shipment.parent_cartons ?? [])
    .flatMap((each) => each.cartons ?? [])
    .map((carton) => ({
      packageId: `${shipment.id}-${carton.id}`,
      ...label,
      items: cartonItems(carton.carton_details?.flatMap((each) => each.products ?? []) ?? []),
    }))
    .filter((each) => each.items.length > 0);
  const contents = totals(packed.flatMap((each) => each.items));
  return packed.length > 0 && contents === totals(items) ? packed : null;
}

function cartonItems(products: WirePackedProduct[]): ShippedItem[] {
  return products
    .map((each) => ({ warehouseSku: each.reference_id ?? each.sku ?? '', quantity: sum(each.inventory_items ?? []) }))
    .filter((each) => each.quantity > 0);
}

/** One text for one content, whatever the order and the split. */
function totals(items: ShippedItem[]): string {
  const sums = new Map<string, number>();
  for (const each of items) sums.set(each.warehouseSku, (sums.get(each.warehouseSku) ?? 0) + each.quantity);
  return JSON.stringify([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function sum(rows: { quantity: number }[]): number {
  return rows.reduce((total, each) => total + each.quantity, 0);
}

/** `shipping_date` is when it was shipped, `actual_fulfillment_date` when its label was printed. */
function shippedAt(shipment: WireShipment): string {
  const text = shipment.tracking?.shipping_date ?? shipment.actual_fulfillment_date ?? shipment.last_update_at;
  // Times without a zone are UTC, as everything of this API is.
  const zoned = text && /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const time = new Date(zoned);
  if (!text || Number.isNaN(time.getTime()))
    throw new Unreadable(`shipment ${shipment.id}: no readable date of shipping`);
  return time.toISOString();
}
