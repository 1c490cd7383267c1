/**
 * What privacy law lets a person ask: what is held of them, that it be erased; or a marketplace, when a shop has left
 * (reference/shopify.md §8, Compliance).
 */
export const privacyKinds = ['customer_data_request', 'customer_erasure', 'store_erasure'] as const;
export type PrivacyKind = (typeof privacyKinds)[number];

export function isPrivacyKind(kind: string): kind is PrivacyKind {
  return privacyKinds.some((each) => each === kind);
}

/** What privacy law asks, as a marketplace's notification says it. */
export interface PrivacyNotice {
  kind: PrivacyKind;
  /** The same one again changes nothing. */
  deliveryKey: string;
  /** External ids of the orders it names, as MarketplaceOrder has them. */
  orderIds: string[];
  /** The customer it is about. People's data: orders are found by it, and it is hashed before anything is kept. */
  email: string | null;
}

/** One that came to a store's own address, with the store whose address it is. */
export interface PrivacyDelivery {
  store: { id: string; tenantId: string };
  notice: PrivacyNotice;
}

/** What was done for a request: counts and ids, nothing of the person. */
export interface PrivacyDone {
  /** Addresses blanked. */
  recipients?: number;
  /** Staged corrections of addresses removed. */
  addressEdits?: number;
  /** Raw bodies of orders that were not imported removed. */
  skippedBodies?: number;
  /** The store's credentials were deleted. */
  credentials?: boolean;
  /** The API key that took the export. */
  exportedBy?: string;
  /** Why there was nothing to do. */
  reason?: string;
}

/** Shopify wants it finished in 30 days (shopify.md §8, from memory); other laws give a month too. */
const daysToAct = 30;

export function privacyDueAt(receivedAt: Date): Date {
  return new Date(receivedAt.getTime() + daysToAct * 24 * 60 * 60 * 1000);
}

/**
 * Whether the people of open orders may be erased too. An open order needs its address to be shipped, so it waits until
 * it is final, but never beyond the day the erasure is due.
 */
export function mayEraseOpenOrders(dueAt: Date, now: Date): boolean {
  return now.getTime() >= dueAt.getTime();
}
