import type { MalformedOrder, MarketplaceOrder } from '../../domain/order.js';
import type { PackageWriteback } from '../../domain/shipment.js';
import type { ProbeReport } from '../../domain/store.js';

/**
 * One store's account at a marketplace. A connector parses and translates; it decides nothing. Every method throws
 * only `Failure` of domain/failures.ts, and makes every call under the shared rate limit.
 */
export interface Marketplace {
  /** How long a posted notice may stay invisible to findNotice, in milliseconds. */
  readonly settleMs: number;

  /**
   * One page of the orders that may be new or changed since a moment. Pages may overlap, repeat and shift: the caller
   * drops what it knows. `known` says which of these ids the caller has already, so that nothing is fetched for them.
   */
  listOrders(request: {
    /** UTC, ISO 8601: the end of the last full pass; the connector adds the overlap its data needs. */
    since: string;
    /** Given back from the page before; null for the first. */
    page: string | null;
    lane: 'live' | 'backfill';
    known: (externalIds: string[]) => Promise<Set<string>>;
  }): Promise<OrderPage>;

  /** The present state of one order; null when the marketplace does not have it. */
  fetchOrder(externalId: string): Promise<MarketplaceOrder | null>;

  /** Splits a package into the smallest notices the marketplace takes; each is written once. Pure. */
  notices(writeback: PackageWriteback): Notice[];

  /** Reads whether this notice is there; its proof if so. */
  findNotice(notice: Notice): Promise<NoticeProof | null>;

  /** Writes one notice. Not idempotent at any marketplace: the caller reads first and after. */
  postNotice(notice: Notice): Promise<void>;

  /** Asks with the least calls what the credentials may do. */
  probe(): Promise<ProbeReport>;
}

export interface OrderPage {
  orders: MarketplaceOrder[];
  malformed: MalformedOrder[];
  /** Null on the last page. */
  nextPage: string | null;
}

export interface Notice {
  externalId: string;
  packageId: string;
  /** The line this notice is about. */
  lineId: string;
  quantity: number;
  carrier: string;
  trackingNumber: string | null;
  trackingUrl: string | null;
  /** UTC, ISO 8601. */
  shippedAt: string;
  /** UTC, ISO 8601. */
  placedAt: string;
}

/** What the marketplace answered when the notice was read back: proof that it knows. */
export interface NoticeProof {
  /** UTC, ISO 8601. */
  readAt: string;
  carrier: string;
  trackingNumber: string | null;
  /** As the marketplace gave it, without people's data. */
  answer: Record<string, string | null>;
}
