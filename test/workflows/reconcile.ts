import { markReconciliationStarted, openReconciliation } from '../../database/reconciliations.js';
import { reconciliationStart, workflowTypes } from '../../domain/identifiers.js';
import type { Waybill } from '../support/waybill.js';
import type { Flow } from './flow.js';

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

/** As if the marketplace had had its time to show what was sent. */
export async function letSettle({ db }: Waybill): Promise<void> {
  const sentAt = new Date(Date.now() - 600_000);
  await db.updateTable('write_intents').set({ sent_at: sentAt }).where('state', '=', 'unknown').execute();
}

/** An order that no poll brought is imported and sent, and then nothing differs. */
export async function bringsInWhatPollsMissed(waybill: Waybill, flow: Flow, id: string, trackingNumber: string) {
  const first = await reconcile(waybill, { mend: true });
  expect(first.of(id)).toMatchObject([{ kind: 'order_missing_here', mended_at: expect.any(Date) as unknown }]);
  await flow.until(id, 'submitted');
  await flow.ship(id, [{ carrier: 'UPS', trackingNumber }]);
  await flow.until(id, 'shipped');
  const { row, differences } = await reconcile(waybill, { mend: true });
  expect(differences).toEqual([]);
  expect(row.compared).toMatchObject({ marketplaceOrders: 1, notices: 1 });
}
