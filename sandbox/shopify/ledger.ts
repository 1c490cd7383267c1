import { sandboxShopDomain } from './state/tokens.js';
import type { DeliveryRecord } from './deliveries.js';
import type { Fulfillment, FulfillmentOrder } from './state/fulfillments.js';
import type { Record as ShopRecord, Shop } from './state/shop.js';
import { lineOf, locationOf, onHand, orderOf } from './work/lookups.js';
import { fulfillmentStatusOf } from './work/order-status.js';

export interface Ledger extends ShopRecord {
  shop: string;
  orders: { id: number; name: string; financialStatus: string | null; fulfillmentStatus: string; cancelled: boolean }[];
  fulfillments: {
    name: string;
    order: string;
    location: string;
    status: Fulfillment['status'];
    company: string | null;
    trackingNumbers: (string | null)[];
    lines: { lineId: number; sku: string | null; quantity: number }[];
    notified: boolean;
  }[];
  holds: { order: string; fulfillmentOrder: number; status: FulfillmentOrder['status']; reason: string }[];
  stock: { sku: string | null; location: string; available: number; committed: number; onHand: number }[];
  webhooks: DeliveryRecord[];
}

/** The truth of what was written: a copy, so that a test can compare two of them. */
export function ledgerOf(shop: Shop, webhooks: DeliveryRecord[]): Ledger {
  return structuredClone({
    shop: sandboxShopDomain,
    orders: shop.orders.map((order) => ({
      id: order.id,
      name: order.name,
      financialStatus: order.financialStatus,
      fulfillmentStatus: fulfillmentStatusOf(shop, order),
      cancelled: order.cancelledAt !== null,
    })),
    fulfillments: shop.fulfillments.map((each) => fulfillmentEntry(shop, each)),
    holds: shop.fulfillmentOrders.flatMap((each) =>
      each.holds.map(({ reason }) => {
        return { order: orderOf(shop, each).name, fulfillmentOrder: each.id, status: each.status, reason };
      }),
    ),
    stock: shop.levels.map((level) => ({
      sku: shop.items.find((item) => item.id === level.itemId)!.sku,
      location: locationOf(shop, level.locationId).name,
      available: level.available,
      committed: level.committed,
      onHand: onHand(level),
    })),
    ...shop.record,
    webhooks,
  });
}

function fulfillmentEntry(shop: Shop, each: Fulfillment): Ledger['fulfillments'][number] {
  const order = orderOf(shop, each);
  return {
    name: each.name,
    order: order.name,
    location: locationOf(shop, each.locationId).name,
    status: each.status,
    company: each.company,
    trackingNumbers: each.packages.map(({ number }) => number),
    lines: each.lines.map(({ lineId, quantity }) => ({ lineId, sku: lineOf(order, lineId).sku, quantity })),
    notified: each.notified,
  };
}
