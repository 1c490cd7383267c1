import type { StockRefusal } from './stock.js';

/** Why the stock of one SKU is not written. Nothing else is held up by it, and nothing is written by guess. */
export type StockCause =
  StockRefusal | 'listing_missing' | 'conflict' | 'not_at_warehouse' | 'not_in_store' | 'duplicate_sku' | 'refused';

export interface StockProblem {
  cause: StockCause;
  /** Names the SKU and the thing that is in the way. */
  message: string;
}

/** What a person should do about each; the run-book has an entry for each as well. */
export const stockFixes: Record<StockCause, string> = {
  listing_missing: 'Add a listing for the SKU, or let the store pass unlisted SKUs through.',
  conflict: 'Pin the listing of the SKU to the warehouse whose stock counts, or delete one of the stock syncs.',
  not_at_warehouse:
    'Correct the listing, or create the product at the warehouse. A bundle needs its components listed.',
  not_in_store: 'Create the product in the store with this SKU at its stock location, or delete the listing.',
  duplicate_sku:
    'Give each product a SKU of its own, or switch "Include Duplicate SKUs" on in the settings of the store.',
  not_tracked: 'Switch inventory tracking on for the product or variant, in the pages of the store.',
  not_changeable: 'Nothing: the store computes this figure itself, e.g. for a bundle; list its components instead.',
  location_disabled: 'Enable the location in the pages of the store, or choose another in its settings.',
  refused: "Read the marketplace's reason. It is tried again at the next round.",
};
