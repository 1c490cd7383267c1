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

/**
 * What stands for the SKU of a product that has none at its marketplace, so that a listing can map it all the same (R106):
 * "variant:77". It is no warehouse's SKU, so it is never passed through.
 */
export function standInSku(kind: 'variant' | 'product', id: string): string {
  return `${kind}:${id}`;
}

export function isStandInSku(sku: string): boolean {
  return /^(variant|product):\d+$/.test(sku);
}
