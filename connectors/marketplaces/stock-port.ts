import type { StockBasis, StockLocation, StockPlace } from '../../domain/stock.js';
import type { DuplicateSkuPolicy } from '../../domain/stock-decision.js';

/** The stock of one store, as its marketplace keeps it. Every method throws only `Failure`. */
export interface MarketplaceStock {
  /** Whether a SKU that several products share is written to all of them; a setting of the store (R142, R143). */
  readonly duplicateSkus: DuplicateSkuPolicy;
  /** The account and location that figures are written to, one text for every connection to it. */
  location(): Promise<StockLocation>;
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
