import type { Address } from '../../domain/address.js';
import type { WarehouseCancellation, WarehouseShipment } from '../../domain/shipment.js';
import type { ProbeReport } from '../../domain/store.js';

/**
 * One account at a warehouse system. A connector parses and translates; it decides nothing. Every method throws only
 * `Failure` of domain/failures.ts, and makes every call under the shared rate limit.
 */
export interface Warehouse {
  /** How this system behaves where the write protocol must know (reference/reliability.md §4.5). */
  readonly capabilities: WarehouseCapabilities;

  /** Exact look-up by our reference; null when the warehouse has no such order. */
  findByReference(reference: string): Promise<WarehouseOrder | null>;

  /**
   * Asks for goods. Refuses on our side a SKU or a shipping method the warehouse does not list, where the
   * warehouse itself would make one up. The caller finds by reference first, and again when the outcome is unknown.
   */
  create(request: FulfillmentRequest): Promise<WarehouseOrder>;

  cancel(order: { reference: string; externalId: string }): Promise<CancelResult>;

  /** One page of what happened since a moment: shipments, and orders the warehouse gave up. */
  listNews(request: { since: string; page: string | null }): Promise<NewsPage>;

  /** What happened to the orders that webhooks named, up to 100 of them in one call. Ids it does not know are left out. */
  fetchNews(externalOrderIds: string[]): Promise<NewsPage>;

  shippingMethods(): Promise<string[]>;

  inventory(skus: string[]): Promise<StockLevel[]>;

  probe(): Promise<ProbeReport>;

  /** Registers our webhook address and gives back the secret that signs its calls; replaces an older registration. */
  registerWebhook(url: string): Promise<{ secret: string }>;
}

export interface WarehouseCapabilities {
  /** How long a created order may stay invisible to findByReference, in milliseconds. */
  settleMs: number;
  /** Whether it refuses a reference it has already; a belt, never relied on alone. */
  refusesDuplicates: boolean;
}

export interface FulfillmentRequest {
  reference: string;
  /** What people at the warehouse should read: the marketplace's order number. */
  orderNumber: string;
  methodCode: string;
  placedAt: string;
  shipTo: Address;
  items: { warehouseSku: string; quantity: number; title: string }[];
}

export interface WarehouseOrder {
  externalId: string;
  reference: string;
  /** Pieces by SKU as the warehouse holds them, to compare with what we asked. */
  items: { warehouseSku: string; quantity: number }[];
  cancelled: boolean;
}

export type CancelResult = { outcome: 'stopped' } | { outcome: 'too_late'; reason: string };

export interface NewsPage {
  shipments: WarehouseShipment[];
  cancellations: WarehouseCancellation[];
  /** What could not be understood; it holds nothing else of the page up, and it is not lost. */
  malformed: { reference: string | null; problem: string }[];
  nextPage: string | null;
}

export interface StockLevel {
  warehouseSku: string;
  onHand: number;
  available: number;
}
