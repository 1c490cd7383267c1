import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { StockInput } from '../domain/messages.js';
import { tendConnection } from './connection.js';

/** As for a store. */
const { syncStock } = proxyActivities<Activities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  // Not the SDK's default (1.24): two turns must not run beside each other.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/** Keeps a store's stock in step with a warehouse, for as long as their sync exists. */
export async function stock(input: StockInput): Promise<void> {
  const next = await tendConnection(input.syncId, input, () => syncStock({ syncId: input.syncId }));
  if (next) await continueAsNew<typeof stock>({ ...input, ...next });
}
