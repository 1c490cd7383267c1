import type { SandboxOrder, SandboxProduct, SandboxState, SandboxVariant } from './state.js';

export interface NewProduct {
  name: string;
  tracking?: SandboxProduct['tracking'];
  /** One SKU makes a product without options, whose only variant is the base variant. */
  skus: string[];
  onHand?: number;
}

export interface Item {
  product: SandboxProduct;
  variant: SandboxVariant;
}

export function addProduct(state: SandboxState, spec: NewProduct): SandboxProduct {
  const id = 70 + state.products.length;
  const product: SandboxProduct = {
    id,
    name: spec.name,
    tracking: spec.tracking ?? (spec.skus.length > 1 ? 'variant' : 'product'),
    variants: spec.skus.map((sku, index) => ({
      id: id * 10 + index,
      sku,
      skuId: spec.skus.length > 1 ? id * 100 + index : null,
    })),
  };
  state.products.push(product);
  if (spec.onHand !== undefined)
    for (const variant of product.variants) state.stock.set(stockKey(1, { product, variant }), spec.onHand);
  return product;
}

export function items(state: SandboxState): Item[] {
  return state.products.flatMap((product) => product.variants.map((variant) => ({ product, variant })));
}

/** Stock is kept at the product or at the variant, as the product's tracking says. */
export function stockKey(locationId: number, { product, variant }: Item): string {
  return product.tracking === 'variant' ? `${locationId}:variant:${variant.id}` : `${locationId}:product:${product.id}`;
}

export function onHand(state: SandboxState, locationId: number, item: Item): number | null {
  return state.stock.get(stockKey(locationId, item)) ?? null;
}

/** What an order or a shipment takes off, at the default location, where the product is tracked. */
export function takeOff(state: SandboxState, pieces: { sku: string; quantity: number }[]): Item[] {
  const taken: Item[] = [];
  for (const { sku, quantity } of pieces) {
    const item = items(state).find((each) => each.variant.sku === sku && each.product.tracking !== 'none');
    if (!item) continue;
    const key = stockKey(1, item);
    state.stock.set(key, (state.stock.get(key) ?? 0) - quantity);
    taken.push(item);
  }
  return taken;
}

export function stockBehavior(state: SandboxState, order: SandboxOrder) {
  return state.settings.channelStockBehavior[order.channelId] ?? state.settings.updateStockBehavior;
}
