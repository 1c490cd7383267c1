import { markMended, saveDifferences, type Run } from '../database/reconciliations.js';
import type { Difference } from '../domain/reconciliation.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Keeps what was found; then mends what is safe, where the run was asked to. Doing it twice changes nothing more. `mend`
 * gives those it mended where it may not be all.
 */
export async function settleDifferences(
  { db }: ActivityDependencies,
  run: Run,
  found: Difference[],
  mend: (safe: Difference[]) => Promise<Difference[] | void>,
): Promise<void> {
  await saveDifferences(db, run.id, found);
  const safe = found.filter((each) => each.mend !== null);
  if (!run.mend || safe.length === 0) return;
  await markMended(db, run.id, (await mend(safe)) ?? safe);
}
