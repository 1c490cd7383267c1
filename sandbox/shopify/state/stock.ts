export interface Location {
  id: number;
  name: string;
  active: boolean;
  address1: string;
  city: string;
  provinceCode: string;
  countryCode: string;
  zip: string;
  /** Run by this service; null for one that the merchant runs. */
  serviceId: number | null;
}

export interface FulfillmentService {
  id: number;
  name: string;
  /** Registered by the app that the tokens are for. */
  ours: boolean;
  callbackUrl: string | null;
  locationId: number;
}

/** A variant with its inventory item: Shopify keeps them one to one, under different ids. */
export interface Item {
  id: number;
  variantId: number;
  productId: number;
  /** Not unique in a shop. */
  sku: string | null;
  title: string;
  variantTitle: string | null;
  tracked: boolean;
  /** The parent of a bundle: its stock follows from its parts and cannot be set. */
  bundle: boolean;
  createdAt: string;
}

/** One item at one location; `on_hand` is the sum of the three. */
export interface Level {
  id: number;
  itemId: number;
  locationId: number;
  available: number;
  committed: number;
  /** Damaged, reserved, in quality control: there, but not for sale. */
  unavailable: number;
  updatedAt: string;
}
