import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { Attention } from '../domain/attention.js';
import type { ReconciliationInput } from '../domain/messages.js';
import { problemOf } from './problem-of.js';

/**
 * Each step walks one ledger and keeps its place in PostgreSQL, so that a try goes on where the last one broke off. A step
 * has five hours; all of them together stay within the day that the next scheduled run leaves them.
 */
const { reconcileMarketplace, reconcileWorkflows, reconcileNotices, reconcileWarehouses } = proxyActivities<Activities>(
  {
    startToCloseTimeout: '5 hours',
    scheduleToCloseTimeout: '5 hours',
    heartbeatTimeout: '1 minute',
    retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  },
);

const { closeReconciliation } = proxyActivities<Activities>({ startToCloseTimeout: '30 seconds' });

const steps = [reconcileMarketplace, reconcileWorkflows, reconcileWarehouses, reconcileNotices];

/** One run of a store's reconciliation. A ledger that cannot be read keeps no other from being compared. */
export async function reconciliation(run: ReconciliationInput): Promise<void> {
  let problem: Attention | null = null;
  for (const step of steps) {
    try {
      await step(run);
    } catch (error) {
      problem ??= problemOf(error, `Reconciliation ${run.runId}`);
    }
  }
  await closeReconciliation({ ...run, problem });
}
