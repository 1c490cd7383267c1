/** How one SKU of a store becomes goods of a warehouse: one component, or several for a bundle (R105). */
export interface Listing {
  sku: string;
  components: ListingComponent[];
  /** Sends this SKU to one warehouse whatever the shipping rule says; null leaves it to the rule. */
  warehouseId: string | null;
  /** Rises by one with each saved change; decisions keep it as their cause. */
  version: number;
}

export interface ListingComponent {
  warehouseSku: string;
  /** Pieces of this component in one piece of the store's SKU, a positive whole number. */
  quantity: number;
}

/** What to do with a SKU that no listing names. */
export type UnlistedSkuPolicy = 'attention' | 'pass_through';
