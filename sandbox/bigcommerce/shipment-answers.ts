import { rfc2822 } from './answers.js';
import type { SandboxOrder, SandboxShipment } from './state.js';

export function shipmentAnswer(order: SandboxOrder, shipment: SandboxShipment): Record<string, unknown> {
  const address = order.addresses.find((each) => each.id === shipment.addressId)!;
  const carrier = shipment.shippingProvider || shipment.trackingCarrier;
  const linked = carrier !== '' && shipment.trackingNumber !== '' && shipment.trackingLink === '';
  return {
    id: shipment.id,
    order_id: order.id,
    customer_id: 0,
    order_address_id: shipment.addressId,
    date_created: rfc2822(shipment.createdAt),
    tracking_number: shipment.trackingNumber,
    merchant_shipping_cost: '0.0000',
    shipping_method: shipment.shippingMethod,
    shipping_provider: shipment.shippingProvider,
    tracking_carrier: shipment.trackingCarrier,
    tracking_link: shipment.trackingLink,
    comments: shipment.comments,
    billing_address: { ...order.billing },
    shipping_address: { ...address.person },
    items: shipment.items,
    shipping_provider_display_name: shipment.shippingProvider.toUpperCase(),
    generated_tracking_link: linked ? `https://track.example/${carrier}/${shipment.trackingNumber}` : '',
  };
}
