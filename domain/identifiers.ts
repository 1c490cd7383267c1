/**
 * The one place that owns every identifier two parts of the system must agree on. No Node imports: workflows use it.
 * Why the ids look as they do: docs/decisions/workflow-ids.md.
 */

/** An order's workflow exists once: the id is made of what the marketplace calls the order, never of our own row. */
export function orderWorkflowId(order: { storeId: string; externalId: string }): string {
  return `order:${order.storeId}:${order.externalId}`;
}

export function storeWorkflowId(storeId: string): string {
  return `store:${storeId}`;
}

export function warehouseWorkflowId(warehouseId: string): string {
  return `warehouse:${warehouseId}`;
}

/** A pair of store and warehouse has one stock sync. */
export function stockWorkflowId(pair: { storeId: string; warehouseId: string }): string {
  return `stock:${pair.storeId}:${pair.warehouseId}`;
}

/** One for each store: two runs at once would mend the same differences. */
export function reconciliationWorkflowId(storeId: string): string {
  return `reconciliation:${storeId}`;
}

/** How a run's workflow is started, by whoever opened the run; starting it twice is harmless. */
export function reconciliationStart(run: { id: string; storeId: string }, taskQueue: string) {
  return {
    workflowId: reconciliationWorkflowId(run.storeId),
    taskQueue,
    args: [{ runId: run.id }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    // A run that hangs must not keep the next ones away; database/reconciliations.ts counts on it.
    workflowExecutionTimeout: '24 hours',
  } as const;
}

export type ParsedWorkflowId =
  | { kind: 'order'; storeId: string; externalId: string }
  | { kind: 'store'; storeId: string }
  | { kind: 'warehouse'; warehouseId: string }
  | { kind: 'stock'; storeId: string; warehouseId: string }
  | { kind: 'reconciliation'; storeId: string };

/** The inverse of the builders above; null for an id that is not ours. Store ids never hold a colon, external ids may. */
export function parseWorkflowId(id: string): ParsedWorkflowId | null {
  const [kind, first, ...rest] = id.split(':');
  if (!first) return null;
  const externalId = rest.join(':');
  if (kind === 'order' && externalId) return { kind, storeId: first, externalId };
  if (kind === 'stock' && rest.length === 1 && externalId) return { kind, storeId: first, warehouseId: externalId };
  if (kind === 'store' && rest.length === 0) return { kind, storeId: first };
  if (kind === 'reconciliation' && rest.length === 0) return { kind, storeId: first };
  if (kind === 'warehouse' && rest.length === 0) return { kind, warehouseId: first };
  return null;
}

/**
 * Our reference for one fulfillment, sent to the warehouse as its external key and used as our own key for it.
 * Made of the source's identity and never of an attempt, so that every retry asks for the same thing. It ends in
 * a letter group, not dash+number, because some warehouses split orders by appending `-1` (reference/warehouses.md §1).
 */
export function fulfillmentReference(of: {
  storeId: string;
  externalId: string;
  number: number;
  generation: number;
}): string {
  return `${of.storeId}.${of.externalId}.${of.number}g${of.generation}`;
}

/** The key of one outside write in `write_intents`: what is written, where, for what, never by which attempt. */
export const writeKeys = {
  submission: (reference: string) => `submission:${reference}`,
  writeback: (of: { storeId: string; externalId: string; part: string; packageId: string }) =>
    ['writeback', of.storeId, escaped(of.externalId), escaped(of.part), escaped(of.packageId)].join(':'),
  stock: (of: { syncId: string; sku: string; placeId: string; generation: number }) =>
    ['stock', of.syncId, escaped(of.sku), escaped(of.placeId), String(of.generation)].join(':'),
};

/** Ids of others may hold our colon: unescaped, two different writes could share a key, and one would never be made. */
function escaped(id: string): string {
  return id.replace(/[%:]/g, encodeURIComponent);
}

/** What an order in attention or on hold waits for. Saving that thing wakes every order that waits for the key. */
export const waitKeys = {
  listing: (storeId: string, sku: string) => `listing:${storeId}:${sku}`,
  shippingRule: (storeId: string) => `shipping-rule:${storeId}`,
  connection: (connectionId: string) => `connection:${connectionId}`,
  firstImport: (storeId: string) => `first-import:${storeId}`,
};

/**
 * Two queues, because an activity that polls for an hour must not take the slots that orders need
 * (docs/decisions/task-queues.md). The prefix keeps tests and several installations in one namespace apart.
 */
export function taskQueues(prefix: string): { orders: string; connections: string } {
  return { orders: `${prefix}-orders`, connections: `${prefix}-connections` };
}

export const workflowTypes = {
  order: 'order',
  store: 'store',
  warehouse: 'warehouse',
  stock: 'stock',
  reconciliation: 'reconciliation',
} as const;

/** Search attributes, all of type Keyword. PostgreSQL visibility allows ten of that type in one namespace. */
export const searchAttributes = {
  state: 'WaybillState',
  store: 'WaybillStore',
  warehouse: 'WaybillWarehouse',
  attention: 'WaybillAttention',
} as const;

export const messages = {
  order: {
    hold: 'hold',
    release: 'release',
    cancel: 'cancel',
    editAddress: 'editAddress',
    retry: 'retry',
    markShippedElsewhere: 'markShippedElsewhere',
    shipmentReported: 'shipmentReported',
    fulfillmentCancelled: 'fulfillmentCancelled',
    shipmentOverdue: 'shipmentOverdue',
    shipmentUnreadable: 'shipmentUnreadable',
    marketplaceChanged: 'marketplaceChanged',
    fixSaved: 'fixSaved',
    noticesMissing: 'noticesMissing',
    state: 'state',
  },
  connection: {
    pause: 'pause',
    resume: 'resume',
    pollNow: 'pollNow',
    settingsChanged: 'settingsChanged',
    fixSaved: 'fixSaved',
    stop: 'stop',
    state: 'state',
  },
} as const;

/**
 * PostgreSQL NOTIFY channel that wakes the long activities of connections, and its two payloads: `inbox` says that there
 * is news (a webhook was stored, stock moved), `yield` asks the activity to return so that its workflow can act on a message.
 */
export const wakeChannel = 'waybill_wake';
export const wakes = {
  inbox: (connectionId: string) => `inbox:${connectionId}`,
  yield: (connectionId: string) => `yield:${connectionId}`,
};
