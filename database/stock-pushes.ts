import { sql } from 'kysely';
import { writeKeys } from '../domain/identifiers.js';
import type { PushState, StockChange } from '../domain/stock-decision.js';
import type { Database } from './pool.js';

/** So many figures of one place stay as its history. */
const keptGenerations = 20;
/** A store may show a write late; no vendor says how late (reference/bigcommerce.md §5). */
const showsAfterMs = 2 * 60 * 1000;

export interface LastPush {
  sku: string;
  placeId: string;
  quantity: number;
  state: PushState;
}

/** The last figure written to each place, where nobody has looked since whether the store shows it. */
export async function unprovenPushes(db: Database, syncId: string): Promise<LastPush[]> {
  const { rows } = await sql<LastPush>`
    select sku, place_id as "placeId", quantity, state from (
      select distinct on (sku, place_id) * from stock_pushes
      where sync_id = ${syncId} order by sku, place_id, generation desc) last
    where read_back_at is null and state in ('sending', 'accepted', 'stale')`.execute(db);
  return rows;
}

export interface PreparedPush extends StockChange {
  generation: number;
  /** The same for every attempt at the same change. */
  key: string;
}

/**
 * Notes each figure before it is written. An attempt whose outcome nobody knows is made again under its own key; any
 * other change is a new generation.
 */
export async function preparePushes(
  db: Database,
  syncId: string,
  changes: StockChange[],
  now: Date,
): Promise<PreparedPush[]> {
  const { rows } = await sql<StockChange & { generation: number }>`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as r(
        sku text, "placeId" text, quantity integer, was integer)
    ), numbered as (
      select w.*, coalesce(l.generation, 0) + case when l.state = 'sending' and l.quantity = w.quantity
          and l.was is not distinct from w.was then 0 else 1 end as generation
      from wanted w left join lateral (
        select * from stock_pushes p where p.sync_id = ${syncId} and p.sku = w.sku and p.place_id = w."placeId"
        order by p.generation desc limit 1) l on true
    ), forgotten as (
      delete from stock_pushes p using numbered n
      where p.sync_id = ${syncId} and p.sku = n.sku and p.place_id = n."placeId"
        and p.generation <= n.generation - ${keptGenerations}
    )
    insert into stock_pushes (sync_id, sku, place_id, generation, quantity, was, state, sent_at)
    select ${syncId}, sku, "placeId", generation, quantity, was, 'sending', ${now} from numbered
    on conflict (sync_id, sku, place_id, generation) do update set sent_at = excluded.sent_at
    returning sku, place_id as "placeId", quantity, was, generation`.execute(db);
  // As they were given, so that places of one item stay together.
  return changes.map((change) => {
    const row = rows.find((each) => each.sku === change.sku && each.placeId === change.placeId)!;
    return { ...row, key: writeKeys.stock({ syncId, ...row }) };
  });
}

/** What became of figures that were sent, with the vendor's proof or reason. */
export async function settlePushes(
  db: Database,
  syncId: string,
  outcomes: { sku: string; placeId: string; generation: number; state: PushState; note: string | null }[],
): Promise<void> {
  await sql`
    update stock_pushes p set state = r.state, note = r.note
    from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) as r(
      sku text, "placeId" text, generation integer, state text, note text)
    where p.sync_id = ${syncId} and (p.sku, p.place_id, p.generation) = (r.sku, r."placeId", r.generation)`.execute(db);
}

/**
 * Compares what was written with what the store shows. The same figure is proof, whoever wrote it and whatever became of
 * the answer. Another one is, after the time a store may need to show a write, a change that came later.
 */
export async function provePushes(
  db: Database,
  syncId: string,
  seen: { sku: string; placeId: string; level: number | null }[],
  now: Date,
): Promise<void> {
  await sql`
    update stock_pushes p set read_back_at = ${now},
      state = case when p.quantity = r.level then 'proven' else p.state end
    from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as r(sku text, "placeId" text, level integer)
    where p.sync_id = ${syncId} and p.sku = r.sku and p.place_id = r."placeId" and p.read_back_at is null
      and p.state in ('sending', 'accepted', 'stale')
      and (p.quantity = r.level or p.sent_at < ${new Date(now.getTime() - showsAfterMs)})
      and not exists (select 1 from stock_pushes q where q.sync_id = p.sync_id and q.sku = p.sku
        and q.place_id = p.place_id and q.generation > p.generation)`.execute(db);
}
