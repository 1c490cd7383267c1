import { findProduct, orderStatus, tokenChannel } from './state.js';
import type { Contents, Order, Product, Shipment, ShipbobState, ShippingMethod, Webhook } from './state.js';

/** The JSON bodies of the 2026-01 API, with every field that its schema names and we have something to say about. */

export function orderAnswer(state: ShipbobState, order: Order): Record<string, unknown> {
  const { request } = order;
  const channel = state.channels.find((each) => each.id === order.channelId);
  return {
    id: order.id,
    reference_id: order.reference,
    order_number: request['order_number'] ?? order.reference,
    created_date: order.createdAt.toISOString(),
    purchase_date: request['purchase_date'] ?? null,
    status: orderStatus(order),
    type: request['type'],
    channel: { id: order.channelId, name: channel?.name ?? null },
    shipping_method: request['shipping_method'],
    recipient: request['recipient'],
    gift_message: request['gift_message'] ?? null,
    tags: request['tags'] ?? [],
    products: order.lines.map((line) => ({
      id: line.productId,
      reference_id: line.reference,
      sku: findProduct(state, line.reference)?.sku ?? null,
      quantity: line.quantity,
      quantity_unit_of_measure_code: null,
      unit_price: null,
      gtin: null,
      upc: null,
      external_line_id: null,
    })),
    shipments: order.shipments.map((each) => shipmentAnswer(state, order, each)),
  };
}

export function shipmentAnswer(state: ShipbobState, order: Order, shipment: Shipment): Record<string, unknown> {
  return {
    id: shipment.id,
    order_id: order.id,
    reference_id: order.reference,
    status: shipment.status,
    status_details: shipment.detail
      ? [
          {
            ...shipment.detail,
            inventory_id: null,
            exception_fulfillment_center_id: null,
            extra_information: { validation_messages: [] },
          },
        ]
      : [],
    created_date: shipment.createdAt.toISOString(),
    last_update_at: shipment.updatedAt.toISOString(),
    last_tracking_update_at: shipment.tracking ? shipment.updatedAt.toISOString() : null,
    actual_fulfillment_date: shipment.labelledAt?.toISOString() ?? null,
    estimated_fulfillment_date: null,
    estimated_fulfillment_date_status: shipment.labelledAt ? 'FulfilledOnTime' : 'PendingOnTime',
    delivery_date: null,
    location: { id: 1, name: 'Sandbox (IL)' },
    measurements: { length_in: 10, width_in: 8, depth_in: 4, total_weight_oz: 16 },
    package_material_type: 'Box',
    is_tracking_uploaded: false,
    require_signature: false,
    ship_option: order.request['shipping_method'],
    insurance_value: null,
    invoice_amount: null,
    invoice_currency_code: null,
    gift_message: null,
    recipient: shipmentRecipient(order),
    products: packed(state, shipment.contents),
    parent_cartons: shipment.cartons.length === 0 ? [] : [pallet(state, shipment)],
    ...(shipment.tracking ? { tracking: trackingAnswer(shipment) } : {}),
  };
}

function shipmentRecipient(order: Order): Record<string, unknown> {
  const recipient = order.request['recipient'] as Record<string, unknown>;
  return {
    name: recipient['name'],
    full_name: recipient['name'],
    email: recipient['email'] ?? null,
    phone_number: recipient['phone_number'] ?? null,
    address: recipient['address'],
  };
}

function trackingAnswer(shipment: Shipment): Record<string, unknown> {
  const { carrier, service, number, shippedAt } = shipment.tracking!;
  return {
    carrier,
    carrier_service: service,
    tracking_number: number,
    tracking_url: number === null ? null : `https://tracking.example/${encodeURIComponent(number)}`,
    shipping_date: shippedAt?.toISOString() ?? null,
    bol: null,
    pro_number: null,
    scac: null,
  };
}

/** A shipment counts pieces of stock: a bundle shows as its components. */
function packed(state: ShipbobState, contents: Contents): Record<string, unknown>[] {
  return [...contents].map(([reference, quantity]) => {
    const product = findProduct(state, reference);
    const parts = product?.bundle.length ? product.bundle : [{ sku: reference, quantity: 1 }];
    return {
      id: product?.id ?? 0,
      reference_id: reference,
      sku: product?.sku ?? null,
      name: product?.name ?? reference,
      inventory_items: parts.map((part) => ({
        id: findProduct(state, part.sku)?.inventoryId ?? 0,
        name: findProduct(state, part.sku)?.name ?? part.sku,
        quantity: part.quantity * quantity,
        quantity_committed: part.quantity * quantity,
        is_dangerous_goods: false,
        lot: null,
        expiration_date: null,
        serial_numbers: [],
      })),
    };
  });
}

function pallet(state: ShipbobState, shipment: Shipment): Record<string, unknown> {
  const measurements = { length_in: 12, width_in: 12, depth_in: 12, total_weight_oz: 64 };
  return {
    type: 'Pallet',
    barcode: `PALLET-${shipment.id}`,
    measurements,
    cartons: shipment.cartons.map((carton) => ({
      id: carton.id,
      type: 'Box',
      barcode: `CARTON-${carton.id}`,
      measurements,
      carton_details: [{ products: packed(state, carton.contents) }],
    })),
  };
}

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
