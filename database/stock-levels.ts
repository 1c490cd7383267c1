import { sql } from 'kysely';
import type { PushState, StockDecision } from '../domain/stock-decision.js';
import type { StockProblem } from '../domain/stock-problems.js';
import type { StockPlace } from '../domain/stock.js';
import type { Database } from './pool.js';

export interface KeptLevel {
  sku: string;
  sellable: number | null;
  waiting: number;
  problem: StockProblem | null;
  /** The store is still to be asked about it. */
  due: boolean;
}

/** What the last round made of each SKU. */
export async function keptLevels(db: Database, syncId: string): Promise<Map<string, KeptLevel>> {
  const rows = await db
    .selectFrom('stock_levels')
    .select(['sku', 'sellable', 'waiting', 'problem', 'due'])
    .where('sync_id', '=', syncId)
    .execute();
  return new Map(rows.map((row) => [row.sku, row]));
}

/** Keeps what a round decided; places only where the store was asked. */
export async function saveLevels(
  db: Database,
  syncId: string,
  levels: (Omit<StockDecision, 'changes'> & { due: boolean; places: StockPlace[] | null })[],
  now: Date,
): Promise<void> {
  if (levels.length === 0) return;
  await sql`
    insert into stock_levels as l (sync_id, sku, sellable, waiting, problem, due, places, computed_at)
    select ${syncId}, r.sku, r.sellable, r.waiting, nullif(r.problem, 'null'), r.due,
           coalesce(nullif(r.places, 'null'), '[]'), ${now}
    from jsonb_to_recordset(${JSON.stringify(levels)}::jsonb) as r(
      sku text, sellable integer, waiting integer, problem jsonb, due boolean, places jsonb)
    on conflict (sync_id, sku) do update
      set sellable = excluded.sellable, waiting = excluded.waiting, due = excluded.due,
          computed_at = excluded.computed_at,
          -- a round that did not ask the store knows nothing of what stands in the way there
          problem = case when ${levels[0]!.places === null} and excluded.problem is null then l.problem
                    else excluded.problem end,
          places = case when ${levels[0]!.places === null} then l.places else excluded.places end`.execute(db);
}

/** SKUs that left listings and store are no business of the sync any more. */
export async function dropLevels(db: Database, syncId: string, except: string[]): Promise<void> {
  await sql`delete from stock_levels where sync_id = ${syncId} and sku <> all(${except})`.execute(db);
}

export interface LevelRow extends KeptLevel {
  places: StockPlace[];
  computedAt: Date;
  /** The last figures written, newest first. */
  pushes: {
    placeId: string;
    quantity: number;
    was: number | null;
    state: PushState;
    note: string | null;
    sentAt: string;
    readBackAt: string | null;
  }[];
}

/** By SKU; `cause` only those that something stands in the way of: one cause, or any. */
export async function listLevels(
  db: Database,
  syncId: string,
  wanted: { sku: string | null; cause: string | null; after: string | null; limit: number },
): Promise<LevelRow[]> {
  const { sku, cause, after, limit } = wanted;
  const { rows } = await sql<LevelRow>`
    select l.sku, l.sellable, l.waiting, l.problem, l.due, l.places, l.computed_at as "computedAt",
      coalesce((select jsonb_agg(jsonb_build_object('placeId', p.place_id, 'quantity', p.quantity, 'was', p.was,
          'state', p.state, 'note', p.note, 'sentAt', to_char(p.sent_at at time zone 'UTC', ${isoFormat}),
          'readBackAt', to_char(p.read_back_at at time zone 'UTC', ${isoFormat})) order by p.sent_at desc, p.place_id)
        from (select * from stock_pushes q where q.sync_id = l.sync_id and q.sku = l.sku
              order by q.sent_at desc limit ${sku === null ? 1 : 20}) p), '[]') as pushes
    from stock_levels l
    where l.sync_id = ${syncId} and (${sku}::text is null or l.sku = ${sku}) and (${after}::text is null or l.sku > ${after})
      and (${cause}::text is null or (${cause} = 'any' and l.problem is not null) or l.problem ->> 'cause' = ${cause})
    order by l.sku limit ${limit}`.execute(db);
  return rows;
}

const isoFormat = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

/** How many SKUs each cause holds up, for the view of a sync. */
export async function countProblems(db: Database, syncIds: string[]): Promise<Map<string, Record<string, number>>> {
  const { rows } = await sql<{ id: string; problems: Record<string, number> }>`
    select sync_id as id, jsonb_object_agg(cause, count) as problems from (
      select sync_id, problem ->> 'cause' as cause, count(*) from stock_levels
      where sync_id = any(${syncIds}) and problem is not null group by 1, 2) c
    group by sync_id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.problems]));
}
