import type { StockLevel } from '../port.js';
import type { ShipbobClient } from './client.js';
import { wireInventoryLevel } from './wire.js';

/** So many SKUs are searched one by one; for more, the list is walked at 250 rows a call: most accounts have no more. */
const searchedOneByOne = 2;

/**
 * Stock over all fulfilment centres. `available` is what new orders can take (on hand minus committed). A SKU that
 * ShipBob does not list is absent from the answer; rows that share a SKU are added up.
 */
export async function readInventory(client: ShipbobClient, skus: string[]): Promise<StockLevel[]> {
  const levels = new Map<string, StockLevel>();
  const wanted = new Set(skus);
  const searches = wanted.size <= searchedOneByOne ? [...wanted] : [null];
  for (const sku of searches) {
    const query = { PageSize: '250', ...(sku === null ? {} : { SearchBy: sku }) };
    const call = { method: 'GET', path: '/inventory-level', query, permission: 'inventory_read' } as const;
    await client.walk(call, wireInventoryLevel, (rows) => {
      for (const row of rows) {
        // The search is loose: it also finds names and longer SKUs.
        if (!row.sku || !(sku === null ? wanted.has(row.sku) : row.sku === sku)) continue;
        const level = levels.get(row.sku) ?? { warehouseSku: row.sku, onHand: 0, available: 0 };
        level.onHand += row.total_on_hand_quantity;
        level.available += row.total_fulfillable_quantity;
        levels.set(row.sku, level);
      }
      return false;
    });
  }
  return [...levels.values()];
}
