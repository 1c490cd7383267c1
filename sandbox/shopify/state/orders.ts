export interface Line {
  id: number;
  itemId: number;
  sku: string | null;
  title: string;
  /** As ordered; `current` is without what was removed or refunded. */
  quantity: number;
  current: number;
  /** Of one piece, in the shop's currency and in the shopper's. */
  price: string;
  presentmentPrice: string;
  requiresShipping: boolean;
  /** Fulfilled by Shopify itself, at once: it leaves its order partially fulfilled (R145). */
  giftCard: boolean;
  locationId: number;
  properties: { key: string; value: string }[];
}

export interface Address {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  address1: string | null;
  address2: string | null;
  city: string | null;
  provinceCode: string | null;
  countryCode: string | null;
  zip: string | null;
  phone: string | null;
}

export interface Order {
  id: number;
  name: string;
  createdAt: string;
  updatedAt: string;
  processedAt: string;
  cancelledAt: string | null;
  cancelReason: string | null;
  closedAt: string | null;
  test: boolean;
  edited: boolean;
  /** As the API names it; null as the schema allows. */
  financialStatus: string | null;
  currency: string;
  presentmentCurrency: string;
  email: string | null;
  phone: string | null;
  note: string | null;
  tags: string[];
  attributes: { key: string; value: string }[];
  sourceName: string;
  /** Null for an order of nothing but digital goods. */
  address: Address | null;
  shipping: { title: string; code: string; price: string; presentmentPrice: string } | null;
  lines: Line[];
  /** When its fulfillment orders come into being; null once they did. */
  routesAt: number | null;
  /** Starts them all on hold, or scheduled for this moment. */
  startsOnHold: boolean;
  fulfillAt: string | null;
  customerId: number;
}

export interface Refund {
  id: number;
  orderId: number;
  createdAt: string;
  note: string | null;
  lines: { lineId: number; quantity: number; restock: 'CANCEL' | 'RETURN' | 'NO_RESTOCK' }[];
}

export interface Return {
  id: number;
  name: string;
  orderId: number;
  status: 'REQUESTED' | 'OPEN' | 'CLOSED' | 'DECLINED' | 'CANCELED';
  createdAt: string;
  closedAt: string | null;
  lines: { id: number; fulfillmentLineId: number; quantity: number; reason: string; note: string }[];
  /** What the goods-in of the merchant found. */
  dispositions: { id: number; lineId: number; type: string; quantity: number; locationId: number; createdAt: string }[];
}
