import { Context } from '@temporalio/activity';
import type { StoreRow } from '../database/connection-polls.js';
import {
  lastScheduled,
  markReconciliationStarted,
  openReconciliation,
  reconciliationToStart,
} from '../database/reconciliations.js';
import { reconciliationStart, workflowTypes } from '../domain/identifiers.js';
import { dueWindow } from '../domain/reconciliation-window.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Part of a store's poll: opens a run when one is due, and starts every run that has no workflow, those that a person asked
 * for and whose start was lost among them (docs/decisions/reconciliation.md).
 */
export async function reconcileDaily(deps: ActivityDependencies, store: StoreRow): Promise<void> {
  const { reconciliation } = store.settings;
  if (reconciliation !== 'off') {
    const now = deps.wakeups.now();
    const window = dueWindow(await lastScheduled(deps.db, store.id), now);
    const { id: storeId, tenantId } = store;
    const wanted = { storeId, tenantId, mend: reconciliation === 'mend', requestedBy: 'schedule' };
    if (window) await openReconciliation(deps.db, { ...wanted, ...window, at: now });
  }
  const run = await reconciliationToStart(deps.db, store.id);
  if (!run) return;
  const options = reconciliationStart({ id: run.id, storeId: store.id }, Context.current().info.taskQueue);
  await deps.temporal.workflow.start(workflowTypes.reconciliation, options);
  await markReconciliationStarted(deps.db, run.id);
}
