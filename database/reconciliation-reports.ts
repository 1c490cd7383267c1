import type { Attention } from '../domain/attention.js';
import type { DifferenceKind, Mend } from '../domain/reconciliation.js';
import type { Database } from './pool.js';

/** A run as people read it. */
export interface Report {
  id: string;
  storeId: string;
  from: Date;
  to: Date;
  mend: boolean;
  requestedBy: string;
  state: 'running' | 'finished' | 'failed';
  createdAt: Date;
  finishedAt: Date | null;
  compared: Record<string, number>;
  problem: Attention | null;
  /** How many differences it has named so far, and mended. */
  differences: number;
  mended: number;
}

function reports(db: Database) {
  return db
    .selectFrom('reconciliations as r')
    .select(['r.id', 'r.store_id as storeId', 'r.window_from as from', 'r.window_to as to', 'r.mend'])
    .select(['r.requested_by as requestedBy', 'r.state', 'r.created_at as createdAt', 'r.finished_at as finishedAt'])
    .select(['r.compared', 'r.problem'])
    .select((row) => {
      const of = row
        .selectFrom('reconciliation_differences as d')
        .whereRef('d.reconciliation_id', '=', 'r.id')
        .select(({ fn }) => fn.countAll<string>().as('count'));
      return [of.as('differences'), of.where('d.mended_at', 'is not', null).as('mended')];
    });
}

const counted = (
  row: Omit<Report, 'differences' | 'mended'> & { differences: string | null; mended: string | null },
) => ({
  ...row,
  differences: Number(row.differences),
  mended: Number(row.mended),
});

/** Newest first; `before` is the last id of the page before. */
export async function listReports(
  db: Database,
  wanted: { storeId: string; before: string | null; limit: number },
): Promise<Report[]> {
  let query = reports(db).where('r.store_id', '=', wanted.storeId);
  if (wanted.before !== null) query = query.where('r.id', '<', wanted.before);
  return (await query.orderBy('r.id', 'desc').limit(wanted.limit).execute()).map(counted);
}

/** `tenantId` null finds any tenant's. */
export async function findReport(db: Database, id: string, tenantId: string | null): Promise<Report | null> {
  let query = reports(db).where('r.id', '=', id);
  if (tenantId !== null) query = query.where('r.tenant_id', '=', tenantId);
  const row = await query.executeTakeFirst();
  return row ? counted(row) : null;
}

export interface ReportedDifference {
  id: string;
  kind: DifferenceKind;
  externalId: string | null;
  orderId: string | null;
  message: string;
  mend: Mend | null;
  mendedAt: Date | null;
  foundAt: Date;
}

/** What one run named, in the order in which it was found; `after` is the last id of the page before. */
export async function listDifferences(
  db: Database,
  wanted: { reconciliationId: string; kind: DifferenceKind | null; after: string | null; limit: number },
): Promise<ReportedDifference[]> {
  let query = db
    .selectFrom('reconciliation_differences')
    .select(['id', 'kind', 'external_id as externalId', 'order_id as orderId', 'message', 'mend'])
    .select(['mended_at as mendedAt', 'found_at as foundAt'])
    .where('reconciliation_id', '=', wanted.reconciliationId);
  if (wanted.kind !== null) query = query.where('kind', '=', wanted.kind);
  if (wanted.after !== null) query = query.where('id', '>', wanted.after);
  return query.orderBy('id').limit(wanted.limit).execute();
}
