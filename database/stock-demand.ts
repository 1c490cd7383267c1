import { sql, type RawBuilder } from 'kysely';
import { finalStates } from '../domain/order-states.js';
import type { PromisedPieces, SoldPieces } from '../domain/stock.js';
import type { Database } from './pool.js';

/** Lines that somebody is still to get. */
const claimed = sql`not o.test and o.state <> all(${[...finalStates]}) and n.shippable
  and n.standing in ('clear', 'refund_pending')`;

/**
 * Pieces in fulfillments of one warehouse, of every store. What may have been sent and is not known to have arrived
 * counts as unbooked: taken off twice for a moment, should the warehouse have it.
 */
export async function promisedPieces(db: Database, warehouseId: string): Promise<PromisedPieces[]> {
  const { rows } = await sql<PromisedPieces>`
    with asked as (
      select f.reference, f.state, l.warehouse_sku as sku, sum(l.quantity) as pieces
      from fulfillments f join fulfillment_lines l using (reference)
      where f.warehouse_id = ${warehouseId} and f.state in ('planned', 'submitted') group by 1, 2, 3
    ), shipped as (
      select s.reference, i."warehouseSku" as sku, sum(i.quantity) as pieces
      from shipments s join packages p on p.shipment_id = s.id,
        jsonb_to_recordset(p.items) as i("warehouseSku" text, quantity integer)
      where s.reference in (select reference from asked) group by 1, 2
    ), open as (
      select a.sku, a.state, greatest(0, a.pieces - coalesce(s.pieces, 0)) as pieces
      from asked a left join shipped s using (reference, sku)
    )
    select sku as "warehouseSku", coalesce(sum(pieces) filter (where state = 'submitted'), 0)::int as booked,
           coalesce(sum(pieces) filter (where state = 'planned'), 0)::int as unbooked
    from open group by sku`.execute(db);
  return rows;
}

/** Pieces in orders of the tenant that no fulfillment covers: not planned yet, held, or given up by a warehouse. */
export async function unaskedPieces(db: Database, tenantId: string): Promise<SoldPieces[]> {
  return withListings(
    db,
    sql`select o.store_id, n.sku, sum(n.quantity) as pieces
      from orders o join order_lines n on n.order_id = o.id
      where o.tenant_id = ${tenantId} and ${claimed} and not exists (
        select 1 from fulfillments f join fulfillment_lines l using (reference)
        where f.order_id = o.id and l.line_id = n.line_id and f.state <> 'cancelled')
      group by o.store_id, n.sku`,
  );
}

/** Pieces in orders of the tenant's stores that were left out for now, e.g. because they are not paid. */
export async function waitingPieces(db: Database, tenantId: string): Promise<SoldPieces[]> {
  return withListings(
    db,
    sql`select k.store_id, i.sku, sum(i.pieces) as pieces
      from skipped_orders k, jsonb_to_recordset(k.sold) as i(sku text, pieces integer)
      where k.tenant_id = ${tenantId} and k.sold <> '[]' and k.resolved_at is null
      group by k.store_id, i.sku`,
  );
}

async function withListings(db: Database, pieces: RawBuilder<unknown>): Promise<SoldPieces[]> {
  const { rows } = await sql<SoldPieces>`
    select p.store_id as "storeId", p.sku, p.pieces::int as pieces,
      s.settings ->> 'unlistedSku' = 'pass_through' as "passThrough",
      case when not g.deleted then
        jsonb_build_object('components', g.components, 'warehouseId', g.warehouse_id) end as listing
    from (${pieces}) p join stores s on s.id = p.store_id and s.deleted_at is null
      left join lateral (
        select * from listings l where l.store_id = p.store_id and l.sku = p.sku order by l.version desc limit 1
      ) g on true`.execute(db);
  return rows;
}

/** Pieces by SKU in orders of one store that its marketplace has not been told of as shipped. */
export async function untoldPieces(db: Database, storeId: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ sku: string; pieces: number }>`
    with told as (
      select f.order_id, i."lineId" as line_id, sum(i.quantity) as pieces
      from shipments s join fulfillments f using (reference) join orders o on o.id = f.order_id,
        jsonb_to_recordset(s.lines) as i("lineId" text, quantity integer)
      where o.store_id = ${storeId} and o.state <> all(${[...finalStates]}) group by 1, 2
    )
    select n.sku, sum(greatest(0, n.quantity - coalesce(t.pieces, 0)))::int as pieces
    from orders o join order_lines n on n.order_id = o.id
      left join told t on t.order_id = o.id and t.line_id = n.line_id
    where o.store_id = ${storeId} and ${claimed} group by n.sku`.execute(db);
  return new Map(rows.map((row) => [row.sku, row.pieces]));
}

/** Other warehouses of the store's stock syncs, with the SKUs that they are known not to have. */
export async function rivalWarehouses(
  db: Database,
  sync: { id: string; storeId: string },
): Promise<{ name: string; without: string[] }[]> {
  const { rows } = await sql<{ name: string; without: string[] }>`
    select w.name, coalesce((select array_agg(l.sku) from stock_levels l
      where l.sync_id = y.id and l.problem ->> 'cause' in ('not_at_warehouse', 'listing_missing')), '{}') as without
    from stock_syncs y join warehouses w on w.id = y.warehouse_id and w.deleted_at is null
    where y.store_id = ${sync.storeId} and y.id <> ${sync.id} order by w.name`.execute(db);
  return rows;
}
