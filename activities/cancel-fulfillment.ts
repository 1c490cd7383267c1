import type { CancelResult, Warehouse } from '../connectors/warehouses/port.js';
import { loadForCancel, markFulfillmentCancelled } from '../database/fulfillments.js';
import { Failure } from '../domain/failures.js';
import type { ActivityDependencies } from './dependencies.js';
import { ofConnection } from './of-connection.js';

/**
 * Asks the warehouse to stop one fulfillment. Asking again is harmless: a cancelled order answers as stopped. Where the
 * request to send may have got through without our knowing, it is looked for first: a "stopped" must hold (I4).
 */
export async function cancelFulfillment(
  deps: ActivityDependencies,
  { reference }: { reference: string },
): Promise<CancelResult> {
  const { warehouseId, externalId, sentAt, leaseUntil } = await loadForCancel(deps.db, reference);
  if (!externalId && !sentAt) return stopped(deps, reference);
  const result = await ofConnection(warehouseId, async (): Promise<CancelResult> => {
    const warehouse = await deps.warehouseOf(warehouseId);
    const order = externalId ?? (await findSent(warehouse, reference, sentAt ?? new Date(), leaseUntil));
    return order === null ? { outcome: 'stopped' } : warehouse.cancel({ reference, externalId: order });
  });
  return result.outcome === 'stopped' ? stopped(deps, reference) : result;
}

async function stopped(deps: ActivityDependencies, reference: string): Promise<CancelResult> {
  await markFulfillmentCancelled(deps.db, reference);
  return { outcome: 'stopped' };
}

/** Null only once nothing can come any more: what was sent had time to show, and nobody may still be sending. */
async function findSent(
  warehouse: Warehouse,
  reference: string,
  sentAt: Date,
  leaseUntil: Date | null,
): Promise<string | null> {
  const found = await warehouse.findByReference(reference);
  if (found) return found.cancelled ? null : found.externalId;
  const settledAt = Math.max(sentAt.getTime() + warehouse.capabilities.settleMs, leaseUntil?.getTime() ?? 0);
  const remaining = settledAt - Date.now();
  if (remaining <= 0) return null;
  throw new Failure(
    'outcome_unknown',
    `${reference} may be at the warehouse and is not to be found yet.`,
    { reference },
    { retryAfterMs: Math.min(remaining, 30_000) },
  );
}
