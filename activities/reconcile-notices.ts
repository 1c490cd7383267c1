import type { Marketplace, Notice } from '../connectors/marketplaces/port.js';
import { noticesOfWindow } from '../database/reconciliation-ledger.js';
import { advanceRun, loadRun } from '../database/reconciliations.js';
import { doubtNotice } from '../database/shipments.js';
import { Failure } from '../domain/failures.js';
import type { ReconciliationInput } from '../domain/messages.js';
import { missingNotice, type Difference, type OurNotice } from '../domain/reconciliation.js';
import type { ActivityDependencies } from './dependencies.js';
import { settleDifferences } from './settle-differences.js';
import { tellNoticesMissing } from './tell-orders.js';
import { provenNotices } from './write-back.js';

/** One call a notice: a batch is what a run that breaks off repeats at most. */
const batch = 20;

/** Every notice that was proven within the window is still at the marketplace. */
export async function reconcileNotices(deps: ActivityDependencies, { runId }: ReconciliationInput): Promise<void> {
  const run = await loadRun(deps.db, runId);
  const { marketplace } = await deps.connectStore(run.storeId, 'backfill');
  for (;;) {
    const notices = await noticesOfWindow(deps.db, run, run.places['notices'] ?? '', batch);
    const found: Difference[] = [];
    for (const notice of notices) {
      found.push(...(await compare(deps, marketplace, notice)));
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

async function compare(
  deps: ActivityDependencies,
  marketplace: Marketplace,
  kept: OurNotice & { notice: object },
): Promise<Difference[]> {
  // Kept by recordNotice as a connector made it.
  const notice = kept.notice as Notice;
  try {
    if (await marketplace.findNotice(notice, await provenNotices(deps, kept))) return [];
    return [missingNotice(kept, await marketplace.fetchOrder(kept.externalId, { placedAt: notice.placedAt }))];
  } catch (error) {
    // Of an order that is only too old to be shown, nothing says that its notice is missing.
    if (error instanceof Failure && error.code === 'order_not_shown') return [];
    throw error;
  }
}
