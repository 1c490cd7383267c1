/** The stock of one store, as its marketplace keeps it. Every method throws only `Failure`. */
export interface MarketplaceStock {
  /** What the marketplace means by its figure, and when it takes sold goods off by itself (domain/stock.ts). */
  basis(): Promise<StockBasis>;
  /**
   * Where the store keeps these SKUs at its stock location, with the figures of now. A SKU the store does not have is
   * left out; one that several products share has several places.
   */
  places(skus: string[]): Promise<StockPlace[]>;
  /** Every SKU the store sells from its stock location, one page. */
  skus(page: string | null): Promise<{ skus: string[]; nextPage: string | null }>;
  /** Sets absolute figures, as many as are given, in the vendor's batches. One answer for each, in their order. */
  push(levels: StockLevelToSet[]): Promise<StockPushed[]>;
}

/**
 * `on_hand`: physical pieces; the marketplace itself keeps what it sold apart (Shopify).
 * `available`: pieces for sale; sold ones were taken off when the order was placed (BigCommerce, order_placed).
 * `on_hand_until_shipped`: one figure, and a sold piece is taken off when the order ships (BigCommerce,
 * order_completed_or_shipped).
 */
export type StockBasis = 'on_hand' | 'available' | 'on_hand_until_shipped';

export interface StockPlace {
  sku: string;
  /** The connector's own name of item and location, stable: given back to `push`. */
  placeId: string;
  /** For people: product, variant, location. */
  title: string;
  /** The figure of the basis at this moment; null where the item is not stocked there yet. */
  level: number | null;
  /** Why stock must not be written there, e.g. tracking is off (R115); null where it may. */
  refusal: { cause: StockRefusal; message: string } | null;
}

export type StockRefusal = 'not_tracked' | 'not_changeable' | 'location_disabled' | 'duplicate_sku';

export interface StockLevelToSet {
  placeId: string;
  sku: string;
  quantity: number;
  /** The level that the new one was computed from, for marketplaces that compare and set. */
  was: number | null;
  /** The same for every attempt at the same change. */
  key: string;
}

export interface StockPushed {
  placeId: string;
  /** `stale`: somebody changed the figure meanwhile; read and compute again. */
  outcome: 'set' | 'stale' | 'refused';
  /** The vendor's reason, or what proves the write; without people's data. */
  note: string;
}
