import { z } from 'zod';
import { v3List } from './answers.js';
import type { Bigcommerce, BigcommerceCall } from './calls.js';

/** One SKU of the store, at the stock location. */
export interface StockItem {
  sku: string;
  variantId: number;
  productId: number;
  /** The variant that stands for the product itself: what is kept at product level has its SKU. */
  base: boolean;
  /** Pieces on hand at the location, before the store's own safety stock; null where none were ever set. */
  onHand: number | null;
}

export interface StockProduct {
  id: number;
  name: string;
  /** `none`, `product`, `variant`, or a mode that is not known yet. */
  tracking: string;
}

/** The spec's longest page is 250 for products; 50 SKUs keep an address well below any limit of its length. */
const skusAtOnce = 50;
const v3PageSize = 250;

const identity = z.object({
  sku: z.string().nullish(),
  variant_id: z.int(),
  product_id: z.int(),
  sku_id: z.int().nullish(),
});
const inventoryItem = z.object({
  identity,
  locations: z.array(z.object({ location_id: z.int(), total_inventory_onhand: z.int().nullish() })).nullish(),
});
const variantRow = z.object({
  id: z.int(),
  product_id: z.int(),
  sku: z.string().nullish(),
  sku_id: z.int().nullish(),
});
const productRow = z.object({ id: z.int(), name: z.string(), inventory_tracking: z.string() });

/**
 * Items of these SKUs, exactly: by the inventory in batches, and one by one in the catalogue for those it does not show,
 * which may be because they are not tracked.
 */
export async function findItems(call: Bigcommerce, skus: string[], locationId: number): Promise<StockItem[]> {
  const found: StockItem[] = [];
  // A comma separates the values of a list, so a SKU with one cannot be asked for in a list.
  for (const batch of chunks(
    skus.filter((sku) => !sku.includes(',')),
    skusAtOnce,
  ))
    found.push(...(await inventoryOf(call, batch, locationId)));
  for (const sku of skus.filter((each) => !found.some((item) => item.sku === each)))
    found.push(...(await catalogueOf(call, sku)));
  return found.filter((item) => skus.includes(item.sku));
}

async function inventoryOf(call: Bigcommerce, skus: string[], locationId: number): Promise<StockItem[]> {
  const rows = await allPages(
    call,
    {
      method: 'GET',
      path: 'v3/inventory/items',
      query: { 'sku:in': skus.join(','), 'location_id:in': String(locationId) },
      scope: 'store_inventory_read_only',
      step: 'reading stock levels',
    },
    inventoryItem,
  );
  return rows.map(({ identity: of, locations }) => ({
    sku: of.sku ?? '',
    variantId: of.variant_id,
    productId: of.product_id,
    base: (of.sku_id ?? null) === null,
    onHand: locations?.find((each) => each.location_id === locationId)?.total_inventory_onhand ?? null,
  }));
}

async function catalogueOf(call: Bigcommerce, sku: string): Promise<StockItem[]> {
  const rows = await allPages(call, { ...variantList, query: { sku } }, variantRow);
  return rows.map((row) => ({
    sku: row.sku ?? '',
    variantId: row.id,
    productId: row.product_id,
    base: (row.sku_id ?? null) === null,
    onHand: null,
  }));
}

export async function findProducts(call: Bigcommerce, ids: number[]): Promise<Map<number, StockProduct>> {
  const products = new Map<number, StockProduct>();
  for (const batch of chunks([...new Set(ids)], v3PageSize)) {
    const rows = await allPages(
      call,
      {
        method: 'GET',
        path: 'v3/catalog/products',
        query: { 'id:in': batch.join(','), include_fields: 'name,inventory_tracking' },
        scope: 'store_v2_products_read_only',
        step: 'reading which products have inventory tracking on',
      },
      productRow,
    );
    for (const row of rows) products.set(row.id, { id: row.id, name: row.name, tracking: row.inventory_tracking });
  }
  return products;
}

const variantList: BigcommerceCall = {
  method: 'GET',
  path: 'v3/catalog/variants',
  scope: 'store_v2_products_read_only',
  step: 'reading the SKUs of the store',
};

/** One page of the SKUs of every variant, tracked or not; a product without options has one too. */
export async function skuPage(call: Bigcommerce, page: number): Promise<{ skus: string[]; more: boolean }> {
  const { rows, more } = await call(
    { ...variantList, query: { limit: String(v3PageSize), page: String(page) }, lane: 'backfill' },
    v3List(variantRow),
  );
  return { skus: rows.flatMap((row) => (row.sku?.trim() ? [row.sku] : [])), more };
}

async function allPages<Row extends z.ZodType>(
  call: Bigcommerce,
  list: BigcommerceCall,
  row: Row,
): Promise<z.infer<Row>[]> {
  const all: z.infer<Row>[] = [];
  for (let page = 1; ; page++) {
    const query = { ...list.query, limit: String(v3PageSize), page: String(page) };
    const { rows, more } = await call({ ...list, query }, v3List(row));
    all.push(...rows);
    if (!more) return all;
  }
}

export function chunks<Value>(values: Value[], size: number): Value[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
