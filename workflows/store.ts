import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { StoreInput } from '../domain/messages.js';
import { tendConnection } from './connection.js';

/**
 * A turn lasts an hour. A worker that dies takes its turns with it, and notifications wait until that shows: half a
 * minute, for two or three heartbeats a minute, of which no event is kept.
 */
const { pollStore } = proxyActivities<Activities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  // Not the SDK's default (1.24): two turns must not run beside each other.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

/** Finds a store's orders and starts their workflows, for as long as the store exists. */
export async function store(input: StoreInput): Promise<void> {
  const next = await tendConnection(input.storeId, input, () => pollStore({ storeId: input.storeId }));
  if (next) await continueAsNew<typeof store>({ ...input, ...next });
}
