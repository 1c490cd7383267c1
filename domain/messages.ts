import type { Attention } from './attention.js';
import type { Hold } from './hold.js';
import type { LedgerEntry, ShippedItem } from './ledger.js';
import type { Verdict } from './order-changes.js';
import type { OrderState } from './order-states.js';

/**
 * Inputs, messages and answers of the workflows: plain JSON, one object each. They are kept in histories, so they
 * carry references and what decisions need, never people's data.
 */

export interface OrderInput {
  orderId: string;
  storeId: string;
  externalId: string;
  start: { state: OrderState; hold: Hold | null };
  /** Set when a closed order is opened again by a late shipment: the ledger as it was left. */
  reopened: { ledger: LedgerEntry[]; generation: number } | null;
}

/** Every action of a person names who did it and may say why; both go on the timeline. */
export interface ActionRequest {
  actor: string;
  note: string | null;
}

export interface HoldRequest extends ActionRequest {
  /** UTC, ISO 8601; null holds until someone releases it. */
  releaseAt: string | null;
}

/** The new address is staged in PostgreSQL (address_edits); only its id travels, and it counts once this is accepted. */
export interface EditAddressRequest extends ActionRequest {
  editId: string;
}

export interface ActionAnswer {
  state: OrderState;
}

/**
 * `stopped`: nothing will ship. `too_late`: the warehouse has sent it or will; this stays visible on the order.
 * `asking`: the warehouse has not answered yet; ask the order again.
 */
export type CancelOutcome = 'stopped' | 'too_late' | 'asking';

export interface CancelAnswer {
  outcome: CancelOutcome;
  state: OrderState;
}

export interface ShipmentReported {
  fulfillment: string;
  shipmentId: string;
  packages: { packageId: string; items: ShippedItem[] }[];
}

/** A fulfillment was submitted long ago and nothing has shipped. */
export interface ShipmentOverdue {
  fulfillment: string;
  days: number;
}

/** A warehouse said something of a fulfillment that cannot be understood. */
export interface ShipmentUnreadable {
  fulfillment: string;
  problem: string;
}

/** A warehouse gave up a fulfillment without being asked by us. */
export interface FulfillmentCancelled {
  fulfillment: string;
  reason: string;
}

/** The marketplace does not show notices of this shipment any more that were proven once. */
export interface NoticesMissing {
  shipmentId: string;
}

/** The marketplace shows another state of the order than before; the order looks for itself. */
export interface MarketplaceChanged {
  /** A fingerprint of what it shows. */
  seen: string;
}

/**
 * What a look at the marketplace came to: references, pieces and words, none of them a person's. What the rows are to
 * take over is staged under `changeId`; null where they keep what they hold.
 */
export type MarketplaceAnswer = Staged<Verdict>;
type Staged<V> = V extends { taken: unknown } ? Omit<V, 'taken'> & { changeId: string | null } : V;

export interface FixSaved {
  /** A key of `waitKeys`. */
  key: string;
}

/** The whole state of a running order, as its query answers it. */
export interface OrderSnapshot {
  orderId: string;
  state: OrderState;
  hold: Hold | null;
  attention: Attention | null;
  /** What is being done now, in words. */
  step: string;
  cancel: { outcome: CancelOutcome; actor: string } | null;
  generation: number;
  ledger: LedgerEntry[];
  /** Shipments reported and not yet written back. */
  waitingWritebacks: string[];
}

/** What a connection's workflow carries from run to run. */
export interface ConnectionInput {
  paused: boolean;
  /** Saved fixes whose waiting orders are still to be woken. */
  fixes: FixSaved[];
}

export interface StoreInput extends ConnectionInput {
  storeId: string;
}

export interface WarehouseInput extends ConnectionInput {
  warehouseId: string;
}

export interface StockInput extends ConnectionInput {
  syncId: string;
}

/** State of a store's, a warehouse's or a stock sync's workflow, as its query answers it. What went wrong last is on its row. */
export interface ConnectionSnapshot {
  id: string;
  paused: boolean;
  /** What is being done now, in words. */
  step: string;
}

/** One run of a store's reconciliation; what it compares is in its row. */
export interface ReconciliationInput {
  runId: string;
}
