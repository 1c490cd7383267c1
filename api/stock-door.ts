import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Caller } from '../database/api-keys.js';
import { countProblems } from '../database/stock-levels.js';
import { findStockSync, type StockSync } from '../database/stock-syncs.js';
import { searchAttributes, stockWorkflowId, workflowTypes } from '../domain/identifiers.js';
import type { StockInput } from '../domain/messages.js';
import type { Dependencies } from './dependencies.js';
import { notFound } from './problems.js';
import { asking, workflowUrl } from './temporal.js';

/** The caller's stock sync, or the 404 that a foreign id gets as well. */
export async function findSync(
  call: { caller: Caller; dependencies: Dependencies },
  syncId: string,
): Promise<StockSync> {
  const found = await findStockSync(call.dependencies.db, syncId, call.caller.tenantId);
  if (!found) throw notFound('stock sync', syncId);
  return found;
}

export async function startStockSync(
  dependencies: Dependencies,
  sync: Pick<StockSync, 'id' | 'storeId' | 'warehouseId' | 'paused'>,
  workflowIdConflictPolicy: 'USE_EXISTING' | 'TERMINATE_EXISTING',
): Promise<void> {
  const input: StockInput = { syncId: sync.id, paused: sync.paused, fixes: [] };
  const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
  await asking(dependencies, () =>
    dependencies.temporal.workflow.start(workflowTypes.stock, {
      workflowId: stockWorkflowId(sync),
      taskQueue: dependencies.taskQueues.connections,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy,
      typedSearchAttributes: [
        { key: keyword(searchAttributes.store), value: sync.storeId },
        { key: keyword(searchAttributes.warehouse), value: sync.warehouseId },
      ],
    }),
  );
}

export async function syncViews(dependencies: Dependencies, syncs: StockSync[]) {
  const problems = await countProblems(
    dependencies.db,
    syncs.map((sync) => sync.id),
  );
  return syncs.map(({ location: _, ...sync }) => ({
    ...sync,
    problems: problems.get(sync.id) ?? {},
    temporalUrl: workflowUrl(dependencies, stockWorkflowId(sync)),
  }));
}

export async function syncView(dependencies: Dependencies, syncId: string) {
  const sync = await findStockSync(dependencies.db, syncId);
  return (await syncViews(dependencies, [sync!]))[0]!;
}
