import { findProduct, tokenChannel } from './state.js';
import type { Product, ShipbobState, ShippingMethod, Webhook } from './state.js';

export function productAnswer(state: ShipbobState, product: Product): Record<string, unknown> {
  const created = product.createdAt.toISOString();
  return {
    id: product.id,
    name: product.name,
    type: product.bundle.length > 0 ? 'Bundle' : 'Regular',
    created_on: created,
    updated_on: created,
    user_id: 1,
    variants: [
      {
        id: product.variantId,
        sku: product.sku,
        name: product.name,
        status: 'Active',
        is_digital: false,
        created_on: created,
        updated_on: created,
        inventory: { inventory_id: product.inventoryId, on_hand_qty: product.onHand },
        bundle_definition: product.bundle.map((part) => {
          const component = findProduct(state, part.sku);
          return {
            product_id: component?.id ?? 0,
            variant_id: component?.variantId ?? 0,
            variant_name: component?.name ?? null,
            variant_sku: part.sku,
            quantity: part.quantity,
          };
        }),
        channel_metadata: [
          {
            id: product.variantId,
            channel_id: product.channelId,
            channel_name: tokenChannel(state).name,
            seller_sku: product.sellerSku,
            is_inventory_sync_enabled: false,
            price: 0,
          },
        ],
      },
    ],
  };
}

export function inventoryAnswer(product: Product): Record<string, unknown> {
  const fulfillable = Math.max(0, product.onHand - product.committed);
  return {
    inventory_id: product.inventoryId,
    name: product.name,
    sku: product.sku,
    total_on_hand_quantity: product.onHand,
    total_committed_quantity: product.committed,
    total_fulfillable_quantity: fulfillable,
    total_sellable_quantity: fulfillable,
    total_awaiting_quantity: 0,
    total_backordered_quantity: 0,
    total_exception_quantity: 0,
    total_internal_transfer_quantity: 0,
  };
}

export function methodAnswer(method: ShippingMethod): Record<string, unknown> {
  const { id, name, active } = method;
  return { id, name, active, default: method.isDefault, service_level: { id: 3, name: 'Standard' } };
}

export function webhookAnswer(webhook: Webhook): Record<string, unknown> {
  const { id, url, topics, description } = webhook;
  return { id, url, topics, description, enabled: true, created_at: webhook.createdAt.toISOString() };
}
