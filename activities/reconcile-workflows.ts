import { WorkflowNotFoundError } from '@temporalio/common';
import { loadStore } from '../database/connection-polls.js';
import { openOrders, startAnew, stillOpen, warehousesOf } from '../database/reconciliation-ledger.js';
import { advanceRun, loadRun, type Run } from '../database/reconciliations.js';
import { orderWorkflowId } from '../domain/identifiers.js';
import type { ReconciliationInput } from '../domain/messages.js';
import { compareWorkflow, type Difference, type WorkflowStanding } from '../domain/reconciliation.js';
import type { ActivityDependencies } from './dependencies.js';
import { startOrders } from './import-orders.js';
import { settleDifferences } from './settle-differences.js';
import { tellOrders } from './tell-orders.js';

/** Questions to Temporal at once. */
const batch = 16;

/** Every open order has a workflow, whenever it was placed: without one nothing would ever happen to it. */
export async function reconcileWorkflows(deps: ActivityDependencies, { runId }: ReconciliationInput): Promise<void> {
  const run = await loadRun(deps.db, runId);
  for (;;) {
    const orders = await openOrders(deps.db, run, run.places['workflows'] ?? '', batch);
    const standings = await Promise.all(orders.map((order) => workflowOf(deps, run, order.externalId)));
    const found = orders.flatMap((order, index) => compareWorkflow(order, standings[index]!));
    // An order may have ended between its row and its workflow.
    const open = await stillOpen(
      deps.db,
      found.flatMap((each) => each.orderId ?? []),
    );
    const differences = found.filter((each) => each.orderId !== null && open.has(each.orderId));
    await settleDifferences(deps, run, differences, (gone) => startThem(deps, run, gone));
    const place = orders.at(-1)?.orderId;
    if (place === undefined) return;
    await advanceRun(deps.db, run, { name: 'workflows', place, ledger: 'openOrders', compared: orders.length });
  }
}

async function workflowOf(deps: ActivityDependencies, run: Run, externalId: string): Promise<WorkflowStanding> {
  const id = orderWorkflowId({ storeId: run.storeId, externalId });
  try {
    const { status } = await deps.temporal.workflow.getHandle(id).describe();
    return status.name === 'RUNNING' ? 'running' : status.name.toLowerCase();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}

/** As the run-book does it for a whole database: planned and submitted as at first, found, and told of its shipments. */
async function startThem(deps: ActivityDependencies, run: Run, gone: Difference[]): Promise<void> {
  await startAnew(
    deps.db,
    gone.flatMap((each) => each.orderId ?? []),
  );
  const store = await loadStore(deps.db, run.storeId);
  if (!store) return;
  await startOrders(deps, store);
  for (const warehouseId of await warehousesOf(deps.db, run.storeId)) await tellOrders(deps, warehouseId);
}
