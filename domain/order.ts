import type { Address } from './address.js';

/** What a marketplace says of one of its lines, beyond what was bought. */
export type LineStanding = 'clear' | 'refund_pending' | 'refunded' | 'charged_back' | 'cancelled';

export interface OrderLine {
  /** The marketplace's own id of the line, kept through every transform; for ClickBank the item number. */
  lineId: string;
  /** The store's SKU, byte for byte. */
  sku: string;
  title: string;
  /** Pieces, a positive whole number. */
  quantity: number;
  /** Decimal text in the order's currency, or null where the marketplace does not say. */
  amount: string | null;
  /** False for digital goods, which never reach a warehouse. */
  shippable: boolean;
  standing: LineStanding;
}

/** One order as a marketplace shows it now, translated by its connector and not yet judged. */
export interface MarketplaceOrder {
  /** The marketplace's id; for ClickBank the receipt (R2). */
  externalId: string;
  /** The order this one belongs to: an upsell's or a rebill's first receipt. */
  parentExternalId: string | null;
  kind: 'sale' | 'rebill' | 'upsell';
  /** UTC, ISO 8601. */
  placedAt: string;
  test: boolean;
  /** True when the marketplace already counts it as shipped. */
  shippedAtMarketplace: boolean;
  /** ISO 4217, or null where the marketplace does not say. */
  currency: string | null;
  /** Decimal text, or null where the marketplace does not say. */
  total: string | null;
  /** Total weight of the goods, where the marketplace knows it. */
  weight: Weight | null;
  /** The customer's choice at checkout, in the marketplace's words; the Shipping Transformer Rule reads it (R13). */
  shippingDescription: string | null;
  shipTo: Address;
  lines: OrderLine[];
  /** The vendor account or nickname that sold it, as the marketplace writes it. */
  vendor: string | null;
}

export interface Weight {
  /** Decimal text. */
  value: string;
  unit: 'g' | 'kg' | 'oz' | 'lb';
}

/** An order that could not be understood: kept raw, with the field that is wrong, so that nothing is lost. */
export interface MalformedOrder {
  externalId: string | null;
  /** Names the field, e.g. "lineItemData[0].quantity: expected a whole number, got "x"". */
  problem: string;
  raw: unknown;
}
