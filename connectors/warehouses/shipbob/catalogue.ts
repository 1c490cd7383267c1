import { Failure } from '../../../domain/failures.js';
import type { ShipbobClient } from './client.js';
import type { Memory } from './memory.js';
import { wireProduct, wireShippingMethods } from './wire.js';

/**
 * What ShipBob lists. Both checks stand before each create, because ShipBob makes up what it does not know: a product
 * for an unknown SKU, a method mapped to Standard for an unknown one (reference/warehouses.md §2.5).
 */
export interface Catalogue {
  /** Throws `sku_unknown_at_warehouse` naming each SKU that ShipBob does not list for this channel. */
  requireSkus(skus: string[], channelId: string): Promise<void>;
  /** Throws `shipping_method_unknown`. */
  requireMethod(code: string): Promise<void>;
  /** Names of the active methods; each is its own code. */
  shippingMethods(): Promise<string[]>;
  /** How many pieces of stock make one piece of this SKU: more than one for a bundle kept at ShipBob. */
  stockPerPiece(sku: string, channelId: string): Promise<number>;
}

interface KnownSku {
  stockPerPiece: number;
}

export function createCatalogue(client: ShipbobClient, memory: Memory): Catalogue {
  const find = async (sku: string, channelId: string) =>
    memory.recall<KnownSku>(`sku:${sku}`) ?? memory.learn(`sku:${sku}`, () => findSku(client, sku, channelId));
  return {
    requireSkus: async (skus, channelId) => {
      const unknown: string[] = [];
      for (const sku of skus) if (!(await find(sku, channelId))) unknown.push(sku);
      if (unknown.length === 0) return;
      const names = unknown.map((each) => `"${each}"`).join(', ');
      throw new Failure('sku_unknown_at_warehouse', `ShipBob does not list SKU ${names}.`, { sku: unknown.join(',') });
    },
    requireMethod: async (code) => {
      if (memory.recall<string[]>('methods')?.includes(code)) return;
      const methods = await memory.learn('methods', () => listMethods(client));
      if (methods.includes(code)) return;
      throw new Failure(
        'shipping_method_unknown',
        `ShipBob has no active shipping method "${code}". It has: ${methods.join(', ') || 'none'}.`,
        { method: code },
      );
    },
    shippingMethods: () => listMethods(client),
    stockPerPiece: async (sku, channelId) => (await find(sku, channelId))?.stockPerPiece ?? 1,
  };
}

/** ShipBob matches the query loosely, so the exact comparison is ours: first by its own SKU, then by the channel's. */
async function findSku(client: ShipbobClient, sku: string, channelId: string): Promise<KnownSku | undefined> {
  for (const filter of ['SKU', 'SellerSKU']) {
    let found: KnownSku | undefined;
    const call = { method: 'GET', path: '/product', query: { [filter]: sku, PageSize: '250' } } as const;
    await client.walk({ ...call, permission: 'products_read' }, wireProduct, (products) => {
      const variant = products
        .flatMap((product) => product.variants ?? [])
        .find(
          (each) =>
            each.sku === sku ||
            each.channel_metadata?.some((one) => one.channel_id === channelId && one.seller_sku === sku),
        );
      if (variant) found = { stockPerPiece: stockOf(variant.bundle_definition ?? []) };
      return found !== undefined;
    });
    if (found) return found;
  }
  return undefined;
}

function stockOf(bundle: { quantity: number }[]): number {
  return Math.max(
    1,
    bundle.reduce((sum, each) => sum + each.quantity, 0),
  );
}

async function listMethods(client: ShipbobClient): Promise<string[]> {
  const names = new Set<string>();
  for (let page = 1; ; page += 1) {
    const query = { Page: String(page), Limit: '250' };
    const call = { method: 'GET', path: '/shipping-method', query, permission: 'orders_read' } as const;
    const methods = await client.call(call, wireShippingMethods);
    for (const each of methods) if (each.name && each.active !== false) names.add(each.name);
    if (methods.length < 250) return [...names];
  }
}
