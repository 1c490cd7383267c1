/** What a token may do, by the parameter that OAuth grants; the names are those of the API account's page. */
export const scopeNames = {
  store_v2_orders_read_only: 'Orders: read-only',
  store_v2_orders: 'Orders: modify',
  store_v2_products_read_only: 'Products: read-only',
  store_inventory_read_only: 'Store Inventory: read-only',
  store_inventory: 'Store Inventory: modify',
  store_locations_read_only: 'Store Locations: read-only',
  store_v2_information_read_only: 'Information & Settings: read-only',
} as const;

/** `webhooks` needs none: every account may register hooks (reference/bigcommerce.md §1, Scopes). */
export type Scope = keyof typeof scopeNames;

export function scopeTitle(scope: Scope): string {
  return `${scopeNames[scope]} (${scope})`;
}

/** Whether the scopes an install was granted, as one text, cover this one: modify covers read-only. */
export function covers(granted: string, scope: Scope): boolean {
  const has = granted.split(/\s+/);
  return has.includes(scope) || has.includes(scope.replace(/_read_only$/, ''));
}
