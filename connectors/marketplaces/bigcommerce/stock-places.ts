import type { StockPlace } from '../stock-port.js';
import type { StockItem, StockProduct } from './stock-items.js';
import type { StockLocation } from './stock-location.js';

/** Where an item's stock is kept: at its product or at its variant, by the product's tracking. */
export function placeOf(item: StockItem, product: StockProduct | null, location: StockLocation): StockPlace {
  const byProduct = product?.tracking === 'product';
  return {
    sku: item.sku,
    placeId: byProduct
      ? placeId('product', item.productId, location.id)
      : placeId('variant', item.variantId, location.id),
    title: `${product?.name ?? `Product ${item.productId}`} (${item.sku}) at ${location.label}`,
    level: item.onHand,
    refusal: refusalOf(item, product, location),
  };
}

/** BigCommerce ignores or refuses stock where tracking is off or at the other level (R115). */
function refusalOf(item: StockItem, product: StockProduct | null, location: StockLocation): StockPlace['refusal'] {
  const name = product ? `"${product.name}"` : `Product ${item.productId}`;
  if (!location.enabled)
    return {
      cause: 'location_disabled',
      message: `Location ${location.label} is disabled in BigCommerce: enable it, or choose another.`,
    };
  if (product?.tracking === 'variant' || (product?.tracking === 'product' && item.base)) return null;
  if (product?.tracking === 'product')
    return {
      cause: 'not_changeable',
      message: `${name} is tracked as a whole, so SKU ${item.sku} has no stock of its own: track it at variant level in BigCommerce.`,
    };
  return {
    cause: 'not_tracked',
    message: `Inventory tracking is off for ${name} (SKU ${item.sku}): turn it on in BigCommerce, at product or variant level.`,
  };
}

function placeId(level: 'product' | 'variant', id: number, locationId: number): string {
  return `${level}:${id}@${locationId}`;
}

/** The item as an adjustment names it; null for an id that is not ours. */
export function adjustmentOf(place: string, quantity: number): Adjustment | null {
  const match = /^(product|variant):(\d+)@(\d+)$/.exec(place);
  if (!match) return null;
  const [, level, id, locationId] = match;
  return { location_id: Number(locationId), [`${level}_id`]: Number(id), quantity } as Adjustment;
}

export type Adjustment = { location_id: number; quantity: number } & ({ product_id: number } | { variant_id: number });
