import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { StockBasis } from '../../../domain/stock.js';
import type { MarketplaceStock, StockLevelToSet, StockPushed } from '../stock-port.js';
import type { Bigcommerce } from './calls.js';
import type { Settings } from './configuration.js';
import { chunks, findItems, findProducts, skuPage } from './stock-items.js';
import { findLocation, type StockLocation } from './stock-location.js';
import { adjustmentOf, placeOf, type Adjustment } from './stock-places.js';

/** A longer list is refused whole (reference/bigcommerce.md §5). */
const itemsAtOnce = 2_000;
/** Orders of a store without further channels come from this one. */
const firstChannel = 1;

export function createStock(call: Bigcommerce, settings: Settings, storeHash: string): MarketplaceStock {
  let location: Promise<StockLocation> | null = null;
  const stockLocation = () => {
    location ??= findLocation(call, settings.stockLocation);
    location.catch(() => (location = null));
    return location;
  };
  return {
    // BigCommerce keeps SKUs apart itself: two products with one are a fault there.
    duplicateSkus: 'refuse',
    async location() {
      const { id, label } = await stockLocation();
      return { key: `bigcommerce:${storeHash}:${id}`, title: `${label} of store ${storeHash}` };
    },
    basis: () => basis(call, settings.channel ?? firstChannel),
    async places(skus) {
      const at = await stockLocation();
      const items = await findItems(call, skus, at.id);
      const products = await findProducts(
        call,
        items.map((item) => item.productId),
      );
      return items.map((item) => placeOf(item, products.get(item.productId) ?? null, at));
    },
    async skus(page) {
      const number = Number(page ?? 1);
      const { skus, more } = await skuPage(call, number);
      return { skus, nextPage: more ? String(number + 1) : null };
    },
    push: (levels) => push(call, levels),
  };
}

const inventorySettings = z.object({ data: z.object({ update_stock_behavior: z.string().nullish() }) });

/** When orders take stock off: as the channel says, and where it says nothing, as the store does. */
async function basis(call: Bigcommerce, channel: number): Promise<StockBasis> {
  const ask = async (query: Record<string, string>) => {
    const step = 'reading when orders take stock off';
    const answer = await call(
      { method: 'GET', path: 'v3/settings/inventory', query, scope: 'store_v2_information_read_only', step },
      inventorySettings,
    );
    return answer.data.update_stock_behavior ?? null;
  };
  const behavior = (await ask({ channel_id: String(channel) })) ?? (await ask({}));
  if (behavior === 'order_placed') return 'available';
  if (behavior === 'order_completed_or_shipped') return 'on_hand_until_shipped';
  // Guessing would sell goods twice or hide goods that are there.
  throw new Failure('request_rejected', `The store takes stock off "${behavior}", which is not known here.`, {
    field: 'update_stock_behavior',
  });
}

/**
 * Absolute figures, by location, one request after the other: BigCommerce computes concurrent writes to one item in any
 * order (reference/bigcommerce.md §5). An absolute figure may be sent again: the outcome of a lost answer does not matter.
 */
async function push(call: Bigcommerce, levels: StockLevelToSet[]): Promise<StockPushed[]> {
  const answers = new Map<StockLevelToSet, StockPushed>();
  const known: Item[] = [];
  for (const level of levels) {
    const adjustment = adjustmentOf(level.placeId, level.quantity);
    if (adjustment) known.push({ level, adjustment });
    else answers.set(level, refused(level, 'This place was not made by the BigCommerce connector.'));
  }
  for (const locationId of new Set(known.map((item) => item.adjustment.location_id)))
    for (const batch of chunks(
      known.filter((item) => item.adjustment.location_id === locationId),
      itemsAtOnce,
    ))
      for (const answer of await pushBatch(call, batch)) answers.set(answer.level, answer.pushed);
  return levels.map((level) => answers.get(level)!);
}

interface Item {
  level: StockLevelToSet;
  adjustment: Adjustment;
}

const transaction = z.object({ transaction_id: z.string().nullish() });

/** A batch with one bad item is refused whole, and the reason need not name it: halves find it. */
async function pushBatch(call: Bigcommerce, items: Item[]): Promise<{ level: StockLevelToSet; pushed: StockPushed }[]> {
  try {
    const { transaction_id: id } = await call(
      {
        method: 'PUT',
        path: 'v3/inventory/adjustments/absolute',
        body: { reason: 'Waybill stock sync', items: items.map((item) => item.adjustment) },
        scope: 'store_inventory',
        step: items.length === 1 ? `pushing the stock of SKU ${items[0]!.level.sku}` : 'pushing stock',
      },
      transaction,
    );
    return items.map(({ level }) => ({
      level,
      pushed: { placeId: level.placeId, outcome: 'set', note: `transaction ${id ?? 'without an id'}` },
    }));
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'request_rejected') throw error;
    if (items.length === 1) return [{ level: items[0]!.level, pushed: refused(items[0]!.level, error.message) }];
    const halves = chunks(items, Math.ceil(items.length / 2));
    const answers = [];
    for (const half of halves) answers.push(...(await pushBatch(call, half)));
    return answers;
  }
}

function refused({ placeId }: StockLevelToSet, note: string): StockPushed {
  return { placeId, outcome: 'refused', note };
}
