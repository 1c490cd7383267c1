/** What comes back of one order, as its marketplace keeps it. Throws only `Failure`. */
export interface MarketplaceReturns {
  /** All returns of the order, the oldest first. */
  ofOrder(externalId: string): Promise<OrderReturn[]>;
}

export interface OrderReturn {
  /** The marketplace's id. */
  returnId: string;
  /** As people call it, e.g. "#1001-R1". */
  name: string;
  /** As the marketplace names it: REQUESTED, OPEN, CLOSED, DECLINED, CANCELED, or what it adds. */
  status: string;
  /** UTC, ISO 8601. */
  createdAt: string;
  closedAt: string | null;
  lines: ReturnedLine[];
}

export interface ReturnedLine {
  lineId: string;
  quantity: number;
  /** The customer's reason in the marketplace's words, without the free text beside it; null where there is none. */
  reason: string | null;
  /** The restock decision on the pieces that arrived, as the marketplace names it: RESTOCKED, NOT_RESTOCKED, MISSING … */
  decisions: { decision: string; quantity: number }[];
}
