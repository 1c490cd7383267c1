import { markReconciliationStarted, openReconciliation } from '../../database/reconciliations.js';
import { reconciliationStart, workflowTypes } from '../../domain/identifiers.js';
import type { Waybill } from '../support/waybill.js';

const hourMs = 3_600_000;

/** Runs one reconciliation of the sample store to its end, as the API starts it; gives its row and what it found. */
export async function reconcile(waybill: Waybill, wanted: { mend?: boolean; hours?: number } = {}) {
  const { db, temporal, storeId, tenantId, queues } = waybill;
  const now = new Date();
  const run = await openReconciliation(db, {
    ...{ storeId, tenantId, mend: wanted.mend ?? false, requestedBy: 'key:tester', at: now },
    ...{ from: new Date(now.getTime() - (wanted.hours ?? 1) * hourMs), to: now },
  });
  const options = reconciliationStart({ id: run!.id, storeId }, queues.connections);
  const handle = await temporal.workflow.start(workflowTypes.reconciliation, options);
  await markReconciliationStarted(db, run!.id);
  await handle.result();
  const row = await db.selectFrom('reconciliations').selectAll().where('id', '=', run!.id).executeTakeFirstOrThrow();
  const differences = await db
    .selectFrom('reconciliation_differences')
    .selectAll()
    .where('reconciliation_id', '=', run!.id)
    .orderBy('id')
    .execute();
  return {
    row,
    differences,
    of: (externalId: string) => differences.filter((each) => each.external_id === externalId),
  };
}
