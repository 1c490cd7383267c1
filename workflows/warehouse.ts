import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { WarehouseInput } from '../domain/messages.js';
import { tendConnection } from './connection.js';

/** As for a store. */
const { watchWarehouse } = proxyActivities<Activities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  // Not the SDK's default (1.24): two turns must not run beside each other.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/** Finds what a warehouse shipped and hands each shipment to its order, for as long as the warehouse exists. */
export async function warehouse(input: WarehouseInput): Promise<void> {
  const next = await tendConnection(input.warehouseId, input, () => watchWarehouse({ warehouseId: input.warehouseId }));
  if (next) await continueAsNew<typeof warehouse>({ ...input, ...next });
}
