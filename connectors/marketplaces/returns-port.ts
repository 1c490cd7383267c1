import type { OrderReturn } from '../../domain/returns.js';

/** What comes back of one order, as its marketplace keeps it. Throws only `Failure`. */
export interface MarketplaceReturns {
  /** All returns of the order, the oldest first. */
  ofOrder(externalId: string): Promise<OrderReturn[]>;
}
