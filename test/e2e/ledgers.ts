import type { OrderDetail } from '../../cli/order-story.js';

export interface ShipbobLedger {
  orders: { id: number; reference_id: string }[];
  accidents: Record<string, unknown>;
}

export interface ClickbankLedger {
  notices: { receipt: string; trackingId: string }[];
}

export interface BigcommerceLedger {
  shipments: { orderId: number; trackingNumber: string }[];
  stockWrites: object[];
}

export interface ShopifyLedger {
  orders: { id: number; name: string }[];
  fulfillments: { order: string; trackingNumbers: string[] }[];
  inventorySets: { sku: string }[];
}

export interface Ledgers {
  clickbank: ClickbankLedger;
  bigcommerce: BigcommerceLedger;
  shopify: ShopifyLedger;
  shipbob: ShipbobLedger;
}

/** The tracking numbers that the stand-ins were told of this order; a notice that was made twice counts twice. */
export function told({ clickbank, bigcommerce, shopify }: Ledgers, { externalId }: OrderDetail): string[] {
  const name = shopify.orders.find(({ id }) => String(id) === externalId)?.name;
  return [
    ...clickbank.notices.filter(({ receipt }) => receipt === externalId).map(({ trackingId }) => trackingId),
    ...bigcommerce.shipments
      .filter(({ orderId }) => String(orderId) === externalId)
      .map(({ trackingNumber }) => trackingNumber),
    ...shopify.fulfillments.filter(({ order }) => order === name).flatMap(({ trackingNumbers }) => trackingNumbers),
  ];
}
