import { sql } from 'kysely';
import type { Attention } from '../domain/attention.js';
import type { Difference } from '../domain/reconciliation.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

/** Longer than a run's workflow may take (workflows/reconciliation.ts): whatever still says "running" was ended from outside. */
const longestRunHours = 25;

export interface WantedRun {
  storeId: string;
  tenantId: string;
  from: Date;
  to: Date;
  mend: boolean;
  /** "key:" and the id of a key, or "schedule". */
  requestedBy: string;
  at: Date;
}

/** Opens a run, its workflow not yet started. Null while another run of the store is under way. */
export async function openReconciliation(db: Database, wanted: WantedRun): Promise<{ id: string } | null> {
  await sql`update reconciliations set state = 'failed', finished_at = ${wanted.at}
    where store_id = ${wanted.storeId} and state = 'running'
      and created_at < ${wanted.at}::timestamptz - make_interval(hours => ${longestRunHours})`.execute(db);
  const row = await db
    .insertInto('reconciliations')
    .values({
      ...{ id: newId('rec'), tenant_id: wanted.tenantId, store_id: wanted.storeId },
      ...{ window_from: wanted.from, window_to: wanted.to, mend: wanted.mend },
      ...{ requested_by: wanted.requestedBy, created_at: wanted.at },
    })
    .onConflict((conflict) => conflict.column('store_id').where('state', '=', 'running').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row ?? null;
}

/** A run that is open and has no workflow: just opened, or left behind by a crash between row and start. */
export async function reconciliationToStart(db: Database, storeId: string): Promise<{ id: string } | null> {
  const row = await db
    .selectFrom('reconciliations')
    .select('id')
    .where('store_id', '=', storeId)
    .where('state', '=', 'running')
    .where('workflow_started_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

export async function markReconciliationStarted(db: Database, id: string): Promise<void> {
  await db.updateTable('reconciliations').set({ workflow_started_at: new Date() }).where('id', '=', id).execute();
}

/** A store's last scheduled run and the end of its window; before the first, when the store was added. */
export async function lastScheduled(db: Database, storeId: string): Promise<{ at: Date; to: Date | null }> {
  const { rows } = await sql<{ at: Date; to: Date | null }>`
    select coalesce(r.created_at, s.created_at) as at, r.window_to as to
    from stores s left join lateral (
      select created_at, window_to from reconciliations
      where store_id = s.id and requested_by = 'schedule' order by id desc limit 1
    ) r on true
    where s.id = ${storeId}`.execute(db);
  return rows[0]!;
}

export interface Run {
  id: string;
  storeId: string;
  from: Date;
  to: Date;
  mend: boolean;
  createdAt: Date;
  storeCreatedAt: Date;
  places: Record<string, string>;
}

export async function loadRun(db: Database, id: string): Promise<Run> {
  return db
    .selectFrom('reconciliations as r')
    .innerJoin('stores as s', 's.id', 'r.store_id')
    .select(['r.id', 'r.store_id as storeId', 'r.window_from as from', 'r.window_to as to', 'r.mend', 'r.places'])
    .select(['r.created_at as createdAt', 's.created_at as storeCreatedAt'])
    .where('r.id', '=', id)
    .executeTakeFirstOrThrow();
}

/** A step has come so far, having looked at so many more things of one ledger. */
export async function advanceRun(
  db: Database,
  run: Run,
  step: { name: string; place: string; ledger: string; compared: number },
): Promise<void> {
  run.places[step.name] = step.place;
  await sql`update reconciliations set places = places || ${JSON.stringify({ [step.name]: step.place })}::jsonb,
      compared = jsonb_set(compared, array[${step.ledger}]::text[],
        to_jsonb(coalesce((compared ->> ${step.ledger})::int, 0) + ${step.compared}::int))
    where id = ${run.id}`.execute(db);
}

/** Keeps what was found; the same difference seen again by the same run stays one row. */
export async function saveDifferences(db: Database, runId: string, differences: Difference[]): Promise<void> {
  if (differences.length === 0) return;
  await db
    .insertInto('reconciliation_differences')
    .values(
      differences.map(({ externalId, orderId, ...difference }) => ({
        ...difference,
        ...{ reconciliation_id: runId, external_id: externalId, order_id: orderId },
      })),
    )
    .onConflict((conflict) => conflict.columns(['reconciliation_id', 'kind', 'subject']).doNothing())
    .execute();
}

export async function markMended(db: Database, runId: string, differences: Difference[]): Promise<void> {
  if (differences.length === 0) return;
  await sql`update reconciliation_differences d set mended_at = now()
    from jsonb_to_recordset(${JSON.stringify(differences)}::jsonb) as m(kind text, subject text)
    where d.reconciliation_id = ${runId} and d.kind = m.kind and d.subject = m.subject and d.mended_at is null`.execute(
    db,
  );
}

/** The run is over; `problem` says why it ended early. */
export async function closeReconciliation(db: Database, id: string, problem: Attention | null): Promise<void> {
  await db
    .updateTable('reconciliations')
    .set({
      state: problem ? 'failed' : 'finished',
      finished_at: new Date(),
      problem: problem && JSON.stringify(problem),
    })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}
