import type { Notice } from '../connectors/marketplaces/port.js';
import { provenNotices } from '../database/reconciliation-ledger.js';
import { advanceRun, loadRun } from '../database/reconciliations.js';
import { doubtNotice } from '../database/shipments.js';
import type { ReconciliationInput } from '../domain/messages.js';
import { missingNotice, type Difference } from '../domain/reconciliation.js';
import type { ActivityDependencies } from './dependencies.js';
import { settleDifferences } from './settle-differences.js';
import { tellNoticesMissing } from './tell-orders.js';

/** One call a notice: a batch is what a run that breaks off repeats at most. */
const batch = 20;

/** Every notice that was proven within the window is still at the marketplace. */
export async function reconcileNotices(deps: ActivityDependencies, { runId }: ReconciliationInput): Promise<void> {
  const run = await loadRun(deps.db, runId);
  const { marketplace } = await deps.connectStore(run.storeId, 'backfill');
  for (;;) {
    const notices = await provenNotices(deps.db, run, run.places['notices'] ?? '', batch);
    const found: Difference[] = [];
    for (const notice of notices) {
      // Kept by recordNotice as a connector made it.
      const proof = await marketplace.findNotice(notice.notice as Notice);
      if (!proof) found.push(missingNotice(notice, await marketplace.fetchOrder(notice.externalId)));
    }
    await settleDifferences(deps, run, found, async (missing) => {
      const keys = new Set(missing.map((each) => each.subject));
      for (const key of keys) await doubtNotice(deps.db, key);
      await tellNoticesMissing(
        deps,
        notices.filter((notice) => keys.has(notice.key)),
      );
    });
    const place = notices.at(-1)?.key;
    if (place === undefined) return;
    await advanceRun(deps.db, run, { name: 'notices', place, ledger: 'notices', compared: notices.length });
  }
}
