import { findProduct, orderStatus } from './state.js';
import type { Contents, Order, Shipment, ShipbobState } from './state.js';

/** Orders and shipments as the 2026-01 API answers them, with every field that its schema names and we have something to say about. */

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
