import { sql, type RawBuilder } from 'kysely';
import { writeKeys } from '../domain/identifiers.js';
import { finalStates } from '../domain/order-states.js';
import type { OurFulfillment, OurNotice, OurOrder, OurShipment } from '../domain/reconciliation.js';
import { keptOrder, type KeptRow } from './order-changes.js';
import type { Database } from './pool.js';
import type { Run } from './reconciliations.js';

/** Our ledger, as a reconciliation compares it: read only, but for when an order was last seen at its marketplace. */
const ourOrder = sql`o.id as "orderId", o.external_id as "externalId", o.state, o.generation`;

/** Those of these orders that the store has, each with what is kept of it. */
export async function ourOrders(
  db: Database,
  storeId: string,
  externalIds: string[],
): Promise<(OurOrder & { kept: KeptRow })[]> {
  const { rows } = await sql<OurOrder & { kept: KeptRow }>`select ${ourOrder}, ${keptOrder} as kept from orders o
    where o.store_id = ${storeId} and o.external_id = any(${externalIds})`.execute(db);
  return rows;
}

/** Those of these ids that are among the store's skipped orders, whole. */
export async function skippedAmong(db: Database, storeId: string, externalIds: string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('skipped_orders')
    .select('skip_key')
    .where('store_id', '=', storeId)
    .where('skip_key', 'in', externalIds.length > 0 ? externalIds : [''])
    .execute();
  return new Set(rows.map((row) => row.skip_key));
}

export async function markListed(db: Database, storeId: string, externalIds: string[], at: Date): Promise<void> {
  await sql`update orders set listed_at = ${at}
    where store_id = ${storeId} and external_id = any(${externalIds})`.execute(db);
}

/** Orders of the window that its marketplace did not list, from one id on. */
export async function unlistedOrders(
  db: Database,
  run: Run,
  after: string,
  limit: number,
): Promise<(OurOrder & { kept: KeptRow })[]> {
  const { rows } = await sql<OurOrder & { kept: KeptRow }>`select ${ourOrder}, ${keptOrder} as kept from orders o
    where o.store_id = ${run.storeId} and o.placed_at >= ${run.from} and o.placed_at <= ${run.to}
      and (o.listed_at is null or o.listed_at < ${run.createdAt}) and o.id > ${after}
    order by o.id limit ${limit}`.execute(db);
  return rows;
}

/** Orders that are not over, whenever they were placed, and should have a workflow. */
export async function openOrders(db: Database, run: Run, after: string, limit: number): Promise<OurOrder[]> {
  const { rows } = await sql<OurOrder>`select ${ourOrder} from orders o
    where o.store_id = ${run.storeId} and o.state <> all(${[...finalStates]}) and o.imported_at <= ${run.to}
      and o.id > ${after} order by o.id limit ${limit}`.execute(db);
  return rows;
}

/** Whether these orders are over by now. */
export async function stillOpen(db: Database, orderIds: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select id from orders
    where id = any(${orderIds}) and state <> all(${[...finalStates]})`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Has open orders started anew by the next page or poll, and told again of what was shipped: the run-book's statements. */
export async function startAnew(db: Database, orderIds: string[]): Promise<void> {
  await sql`with again as (
      update orders set workflow_started_at = null where id = any(${orderIds})
    )
    update shipments s set signalled_at = null from fulfillments f
    where f.reference = s.reference and f.order_id = any(${orderIds})`.execute(db);
}

/** The warehouses that were asked for anything of this store. */
export async function warehousesOf(db: Database, storeId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select w.id from warehouses w where w.deleted_at is null and exists (
      select 1 from fulfillments f join orders o on o.id = f.order_id
      where f.warehouse_id = w.id and o.store_id = ${storeId}
        and (f.state in ('submitted', 'shipped') or f.state = 'cancelled' and f.external_id is not null))
    order by w.id`.execute(db);
  return rows.map((row) => row.id);
}

const ourFulfillment = sql`f.reference, o.id as "orderId", o.external_id as "externalId",
  (select coalesce(jsonb_agg(jsonb_build_object('warehouseSku', l.warehouse_sku, 'quantity', l.quantity)), '[]')
     from fulfillment_lines l where l.reference = f.reference) as items,
  coalesce(o.attention ->> 'cause' = 'cancelled_at_warehouse' and o.attention -> 'about' ->> 'reference' = f.reference,
           false) as "cancellationKnown"`;

/** Which of a store's fulfillments at a warehouse, and after which reference. */
interface FulfillmentPage {
  run: Run;
  warehouseId: string;
  after: string;
  limit: number;
}

/** What was submitted to a warehouse within the window and is still open there and here. */
export function openFulfillmentsOf(db: Database, page: FulfillmentPage): Promise<OurFulfillment[]> {
  const { from, to } = page.run;
  return fulfillmentPage(
    db,
    page,
    sql`f.state = 'submitted' and o.state <> all(${[...finalStates]})
      and f.submitted_at >= ${from} and f.submitted_at <= ${to}`,
  );
}

/**
 * What a warehouse was or may have been sent, that its order gave up, where either happened within the window. What
 * shipped all the same its order knows, and asks a person.
 */
export function cancelledFulfillmentsOf(db: Database, page: FulfillmentPage): Promise<OurFulfillment[]> {
  const { from, to } = page.run;
  return fulfillmentPage(
    db,
    page,
    sql`f.state = 'cancelled' and exists (
        select 1 from write_intents w where w.business_key = ${writeKeys.submission('')} || f.reference
          and greatest(w.sent_at, o.updated_at) >= ${from} and w.sent_at <= ${to})
      and not exists (select 1 from shipments s where s.reference = f.reference)`,
  );
}

/** `wanted` speaks of the fulfillment `f` and its order `o`. */
async function fulfillmentPage(
  db: Database,
  { run, warehouseId, after, limit }: FulfillmentPage,
  wanted: RawBuilder<unknown>,
): Promise<OurFulfillment[]> {
  const { rows } = await sql<OurFulfillment>`select ${ourFulfillment}
    from fulfillments f join orders o on o.id = f.order_id
    where f.warehouse_id = ${warehouseId} and o.store_id = ${run.storeId} and ${wanted}
      and f.reference > ${after} order by f.reference limit ${limit}`.execute(db);
  return rows;
}

export type FulfillmentWithShipments = OurFulfillment & { open: boolean; shipments: OurShipment[] };

/** Of these references, those of this store at this warehouse, with the shipments we keep of them. */
export async function fulfillmentsNamed(
  db: Database,
  storeId: string,
  warehouseId: string,
  references: string[],
): Promise<Map<string, FulfillmentWithShipments>> {
  const { rows } = await sql<FulfillmentWithShipments>`select ${ourFulfillment},
      f.state = 'submitted' and o.state <> all(${[...finalStates]}) as open,
      (select coalesce(jsonb_agg(jsonb_build_object('externalId', s.external_id, 'packages',
         (select coalesce(jsonb_agg(jsonb_build_object('packageId', p.package_id, 'trackingNumber', p.tracking_number,
            'items', p.items)), '[]') from packages p where p.shipment_id = s.id))), '[]')
       from shipments s where s.reference = f.reference) as shipments
    from fulfillments f join orders o on o.id = f.order_id
    where f.warehouse_id = ${warehouseId} and o.store_id = ${storeId} and f.reference = any(${references})`.execute(db);
  return new Map(rows.map((row) => [row.reference, row]));
}

/** Notices that were proven within the window, those under way again among them. */
export async function noticesOfWindow(
  db: Database,
  run: Run,
  after: string,
  limit: number,
): Promise<(OurNotice & { notice: object })[]> {
  const { rows } = await sql<
    OurNotice & { notice: object }
  >`select w.business_key as key, w.shipment_id as "shipmentId",
      o.id as "orderId", o.external_id as "externalId", o.state, w.notice ->> 'trackingNumber' as "trackingNumber",
      w.notice
    from write_intents w join orders o on o.id = w.order_id
    where w.kind = 'writeback' and w.notice is not null and o.store_id = ${run.storeId}
      and w.done_at >= ${run.from} and w.done_at <= ${run.to} and w.business_key > ${after}
    order by w.business_key limit ${limit}`.execute(db);
  return rows;
}
