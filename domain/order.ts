import type { Address } from './address.js';

/** What a marketplace says of one of its lines, beyond what was bought. */
export type LineStanding = 'clear' | 'refund_pending' | 'refunded' | 'charged_back' | 'cancelled';

export interface OrderLine {
  /** The marketplace's own id of the line, kept through every transform; for ClickBank the item number. */
  lineId: string;
  /** The store's SKU, byte for byte; what stands for it where the product has none; blank where nothing can. */
  sku: string;
  title: string;
  /**
   * Pieces that are still to be sent; 0 where all were sent and other lines of the order were not. Of a line that was
   * refunded, and in an order that has shipped as a whole, the pieces there were.
   */
  quantity: number;
  /**
   * Pieces the customer is to have in all, those already sent among them: less only by a refund, a removal or another
   * edit at the marketplace, so a difference to what was imported is a change there and not our own shipment.
   */
  wanted: number;
  /** Decimal text in the order's currency, or null where the marketplace does not say. */
  amount: string | null;
  /** False for digital goods, which never reach a warehouse. */
  shippable: boolean;
  standing: LineStanding;
  /** One of the order's destinations; `mainDestination` for almost every line. */
  destinationId: string;
  /** The marketplace's ids of the place and of the fulfillment service it gave the line to; null where it has no such thing. */
  location: string | null;
  service: string | null;
}

/** The order's own `shipTo`. */
export const mainDestination = 'main';

/** Another address of the same order, where the marketplace lets a customer send parts of it to several people. */
export interface Destination {
  destinationId: string;
  shipTo: Address;
  /** The customer's choice for this address. */
  shippingDescription: string | null;
}

/** One order as a marketplace shows it now, translated by its connector and not yet judged. */
export interface MarketplaceOrder {
  /** The marketplace's id; for ClickBank the receipt (R2). */
  externalId: string;
  /** What the shop and its customers call it, where that is not the id: "#1001" at Shopify. */
  number: string | null;
  /** The order this one belongs to: an upsell's or a rebill's first receipt. */
  parentExternalId: string | null;
  kind: 'sale' | 'rebill' | 'upsell';
  /** UTC, ISO 8601. */
  placedAt: string;
  test: boolean;
  /** True when the marketplace already counts it as shipped. */
  shippedAtMarketplace: boolean;
  /** True when a part of it was fulfilled already, by whomever, goods that need no shipping included (R145). */
  partlyShipped: boolean;
  /** True when the marketplace counts the whole order as cancelled. */
  cancelled: boolean;
  /** The marketplace's status and payment status as the settings name them; null where there is no such thing. */
  status: string | null;
  /** What the merchant calls that status, to be shown and never compared; null where it is its own name. */
  statusLabel: string | null;
  paymentStatus: string | null;
  /** Why somebody holds it at the marketplace, in words; null when nobody does. */
  heldBecause: string | null;
  /** ISO 4217, or null where the marketplace does not say. */
  currency: string | null;
  /** Decimal text, or null where the marketplace does not say. */
  total: string | null;
  /** Total weight of the goods, where the marketplace knows it. */
  weight: Weight | null;
  /** The customer's choice at checkout, in the marketplace's words; the Shipping Transformer Rule reads it (R13). */
  shippingDescription: string | null;
  shipTo: Address;
  /** Only where parts of it go to other addresses. */
  otherDestinations: Destination[];
  lines: OrderLine[];
  /** The vendor account or nickname that sold it, as the marketplace writes it. */
  vendor: string | null;
}

/** All addresses of an order, its own first. */
export function destinationsOf(order: MarketplaceOrder): Destination[] {
  const { shipTo, shippingDescription } = order;
  return [{ destinationId: mainDestination, shipTo, shippingDescription }, ...order.otherDestinations];
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
