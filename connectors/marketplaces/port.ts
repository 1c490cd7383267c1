import type { TakenPlaces } from '../../domain/import-decision.js';
import type { MalformedOrder, MarketplaceOrder } from '../../domain/order.js';
import type { FulfillmentRequests } from './requests-port.js';
import type { MarketplaceReturns } from './returns-port.js';
import type { MarketplaceStock } from './stock-port.js';
import type { PackageWriteback, Tracking } from '../../domain/shipment.js';
import type { ProbeReport } from '../../domain/store.js';
import type { ConnectOptions } from '../connect-options.js';

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

  /** The present state of one order; null when the marketplace certainly does not have it. */
  fetchOrder(externalId: string, known?: KnownOrder): Promise<MarketplaceOrder | null>;

  /** Whether it can be told of a package that completes no piece of any line, as one with half a bundle. */
  readonly takesParts: boolean;

  /** Splits a package into the smallest notices the marketplace takes; each is written once. Pure. */
  notices(writeback: PackageWriteback): Notice[];

  /**
   * Reads whether this notice is there; its proof if so. `others` are the notices of the same order that are proven: what
   * is theirs proves no other, where a marketplace keeps no mark of ours to tell them apart by.
   */
  findNotice(notice: Notice, others?: ProvenNotice[]): Promise<NoticeProof | null>;

  /** Writes one notice. Not idempotent at any marketplace: the caller reads first and after. */
  postNotice(notice: Notice, others?: ProvenNotice[]): Promise<void>;

  /** Asks with the least calls what the credentials may do. */
  probe(): Promise<ProbeReport>;
  /** Null where the marketplace keeps no stock (R19). */
  readonly stock: MarketplaceStock | null;
  /** Null where a merchant cannot ask a fulfillment service of ours for anything. */
  readonly requests: FulfillmentRequests | null;
  /** Null where the marketplace keeps no returns that can be read. */
  readonly returns: MarketplaceReturns | null;
  /**
   * Makes the marketplace call this address of ours: registers what is missing, switches on what it switched off.
   * `known` is what this method gave back last, null the first time; what it gives back is kept like a credential.
   * Null where the marketplace knows no webhooks or a person must enter the address there.
   */
  readonly ensureWebhooks: ((url: string, known: Record<string, string> | null) => Promise<WebhooksEnsured>) | null;
}

/** What we have of an order that is fetched. */
export interface KnownOrder {
  /**
   * UTC, ISO 8601. A marketplace that shows orders up to some age only tells by it whether one that it does not show is
   * gone; where it cannot be told, `fetchOrder` throws Failure `order_not_shown`.
   */
  placedAt?: string;
  /** The places whose lines it was imported with, where they are not those of the store's settings. */
  takes?: TakenPlaces;
}

export interface WebhooksEnsured {
  keep: Record<string, string>;
  /** What was missing or off and is on now, in words; empty on most days. */
  mended: string[];
}

/** One notification as it came, with what proves where it came from. */
export interface NewsRequest {
  /** Lower-case names. */
  headers: Record<string, string>;
  rawBody: Buffer;
  /** What `ensureWebhooks` kept. */
  webhook: unknown;
  credentials: unknown;
  app: ConnectOptions<never>['app'];
  now: Date;
}

/** What one authentic notification says; it is a hint, and what is fetched counts. */
export interface StoreNews {
  /** The vendor's id of the delivery, or a hash of what it says: the same one again changes nothing. */
  deliveryKey: string;
  topic: string;
  /**
   * `orders` names orders to look at, `returns` orders of which something comes back, `stock` SKUs or items whose stock
   * changed, `uninstalled` and `scopes` that the access changed.
   */
  kind: 'orders' | 'returns' | 'stock' | 'uninstalled' | 'scopes' | 'ignored';
  /**
   * External ids of orders, as MarketplaceOrder has them. None means that it does not name them: with `orders` the store
   * is polled then, with `returns` those that are open are read.
   */
  orderIds: string[];
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
  /** Tells the notices of one package apart, alike at every attempt: a line, an address. */
  part: string;
  lines: { lineId: string; quantity: number }[];
  carrier: string;
  trackingNumber: string | null;
  trackingUrl: string | null;
  /** Other parcels with parts of the same pieces; absent where there are none. */
  alongside?: Tracking[];
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

export interface ProvenNotice {
  notice: Notice;
  proof: NoticeProof;
}
