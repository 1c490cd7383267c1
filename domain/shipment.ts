import type { ShippedItem } from './ledger.js';

/** What a warehouse sent for one fulfillment, as its connector translated it. */
export interface WarehouseShipment {
  /** The warehouse's id of the shipment. */
  externalId: string;
  /** Our reference, given back by the warehouse. */
  reference: string;
  /** UTC, ISO 8601. */
  shippedAt: string;
  carrier: string | null;
  service: string | null;
  packages: ShippedPackage[];
}

export interface ShippedPackage {
  /** Stable within the shipment, so that a package is written back once. */
  packageId: string;
  trackingNumber: string | null;
  trackingUrl: string | null;
  items: ShippedItem[];
}

/** A piece of news about a fulfillment that is not a shipment. */
export interface WarehouseCancellation {
  reference: string;
  reason: string;
}

/** How a parcel can be followed. */
export interface Tracking {
  carrier: string | null;
  trackingNumber: string | null;
  trackingUrl: string | null;
}

/** One package told to the marketplace, in the marketplace's lines. */
export interface PackageWriteback extends Tracking {
  externalId: string;
  packageId: string;
  /** UTC, ISO 8601. */
  shippedAt: string;
  /** UTC, ISO 8601: notices may not be dated before the purchase. */
  placedAt: string;
  service: string | null;
  lines: { lineId: string; sku: string; quantity: number }[];
  /** Other packages that hold parts of the pieces this one completes, and were not told by themselves. */
  alongside: Tracking[];
}
