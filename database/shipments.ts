import { sql } from 'kysely';
import type { Hold } from '../domain/hold.js';
import type { LedgerEntry, ShippedItem } from '../domain/ledger.js';
import type { OrderState } from '../domain/order-states.js';
import type { PackageWriteback, WarehouseShipment } from '../domain/shipment.js';
import type { WaitingPackage } from '../domain/writeback.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

/** Stores what warehouses sent for fulfillments of ours; a shipment seen before changes nothing. Returns how many were new. */
export async function saveShipments(
  db: Database,
  warehouseId: string,
  shipments: WarehouseShipment[],
): Promise<number> {
  if (shipments.length === 0) return 0;
  const rows = JSON.stringify(shipments.map((shipment) => ({ id: newId('shp'), ...shipment })));
  const { rows: saved } = await sql`
    with incoming as (
      select r.* from jsonb_to_recordset(${rows}::jsonb) as r(
        id text, "externalId" text, reference text, "shippedAt" timestamptz, carrier text, service text, packages jsonb)
      join fulfillments f on f.reference = r.reference and f.warehouse_id = ${warehouseId}
    ), saved as (
      insert into shipments (id, reference, external_id, shipped_at, carrier, service)
      select id, reference, "externalId", "shippedAt", carrier, service from incoming
      order by reference, "externalId"
      on conflict on constraint shipments_exist_once do nothing returning id
    ), boxes as (
      insert into packages (shipment_id, package_id, tracking_number, tracking_url, items)
      select i.id, p."packageId", p."trackingNumber", p."trackingUrl", p.items
      from incoming i join saved using (id), jsonb_to_recordset(i.packages) as p(
        "packageId" text, "trackingNumber" text, "trackingUrl" text, items jsonb)
    )
    select id from saved`.execute(db);
  return saved.length;
}

/**
 * A shipment its order has not been told of, with what opens the order again should it have ended. Writing back marks a
 * shipment as told, so only the run-book makes a written one untold again: for an order that begins anew.
 */
export interface UntoldShipment {
  shipmentId: string;
  reference: string;
  packages: { packageId: string; items: ShippedItem[] }[];
  order: OrderAsLeft;
}

/** What opens an order again that has ended. */
export interface OrderAsLeft {
  id: string;
  tenantId: string;
  storeId: string;
  externalId: string;
  state: OrderState;
  hold: Hold | null;
  generation: number;
  ledger: LedgerEntry[];
}

export async function untoldShipments(db: Database, warehouseId: string, limit: number): Promise<UntoldShipment[]> {
  const { rows } = await sql<UntoldShipment>`
    select s.id as "shipmentId", s.reference,
      (select jsonb_agg(jsonb_build_object('packageId', p.package_id, 'items', p.items) order by p.package_id)
         from packages p where p.shipment_id = s.id) as packages,
      jsonb_build_object('id', o.id, 'tenantId', o.tenant_id, 'storeId', o.store_id, 'externalId', o.external_id,
        'state', o.state, 'hold', o.hold, 'generation', o.generation, 'ledger', o.ledger) as "order"
    from shipments s join fulfillments f on f.reference = s.reference join orders o on o.id = f.order_id
    where s.signalled_at is null and f.warehouse_id = ${warehouseId}
    order by s.received_at limit ${limit}`.execute(db);
  return rows;
}

export async function orderAsLeft(db: Database, orderId: string): Promise<OrderAsLeft> {
  return db
    .selectFrom('orders')
    .select(['id', 'tenant_id as tenantId', 'store_id as storeId', 'external_id as externalId'])
    .select(['state', 'hold', 'generation', 'ledger'])
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
}

export async function markShipmentsTold(db: Database, shipmentIds: string[]): Promise<void> {
  if (shipmentIds.length === 0) return;
  await sql`update shipments set signalled_at = now() where id = any(${shipmentIds})`.execute(db);
}

/**
 * The packages of a shipment as the marketplace must hear of them, and those of the order's other shipments that wait to
 * be told along; lines are filled in by the caller's allocation.
 */
export async function loadWritebacks(
  db: Database,
  shipmentId: string,
): Promise<{ packages: PackageWriteback[]; skus: Map<string, string>; waiting: WaitingPackage[] }> {
  const { rows } = await sql<{
    externalId: string;
    placedAt: Date;
    shippedAt: Date;
    carrier: string | null;
    service: string | null;
    packages: { packageId: string; trackingNumber: string | null; trackingUrl: string | null }[];
    skus: { lineId: string; sku: string }[];
    waiting: WaitingPackage[];
  }>`
    /* prepared */ select o.external_id as "externalId", o.placed_at as "placedAt", s.shipped_at as "shippedAt",
      coalesce(s.carrier, f.carrier) as carrier, coalesce(s.service, f.service) as service,
      (select jsonb_agg(jsonb_build_object('packageId', p.package_id, 'trackingNumber', p.tracking_number,
                                           'trackingUrl', p.tracking_url) order by p.package_id)
         from packages p where p.shipment_id = s.id) as packages,
      (select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku)) from order_lines l
         where l.order_id = o.id) as skus,
      (select coalesce(jsonb_agg(jsonb_build_object('shipmentId', p.shipment_id, 'packageId', p.package_id,
           'partsOf', p.parts_of, 'carrier', coalesce(other.carrier, sent.carrier), 'trackingNumber', p.tracking_number,
           'trackingUrl', p.tracking_url) order by other.shipped_at, p.shipment_id, p.package_id), '[]')
         from fulfillments sent join shipments other on other.reference = sent.reference
         join packages p on p.shipment_id = other.id
         where sent.order_id = o.id and other.id <> s.id and p.parts_of is not null) as waiting
    from shipments s join fulfillments f on f.reference = s.reference join orders o on o.id = f.order_id
    where s.id = ${shipmentId}`.execute(db);
  const row = rows[0];
  if (!row) throw new Error(`shipment ${shipmentId} is not in the database`);
  return {
    skus: new Map(row.skus.map((each) => [each.lineId, each.sku])),
    waiting: row.waiting,
    packages: row.packages.map((each) => ({
      ...each,
      externalId: row.externalId,
      placedAt: row.placedAt.toISOString(),
      shippedAt: row.shippedAt.toISOString(),
      carrier: row.carrier,
      service: row.service,
      lines: [],
      alongside: [],
    })),
  };
}

/** One notice is proven at the marketplace; it is kept with its proof, so that it can be looked for again. */
export async function recordNotice(
  db: Database,
  key: string,
  notice: object,
  proof: Record<string, unknown>,
): Promise<void> {
  await sql`
    /* prepared */ update write_intents set state = 'done', proof = ${JSON.stringify(proof)},
      notice = ${JSON.stringify(notice)}, done_at = now(), lease_until = null
    where business_key = ${key}`.execute(db);
}

/**
 * A proven notice is not at the marketplace any more. It counts as one that was sent this moment and is not to be found: it
 * is looked for as long as one may take to show, so that an answer that lags behind posts nothing twice.
 */
export async function doubtNotice(db: Database, key: string): Promise<void> {
  await db
    .updateTable('write_intents')
    .set({ state: 'unknown', sent_at: new Date() })
    .where('business_key', '=', key)
    .where('state', '=', 'done')
    .execute();
}

/** Notices of a shipment that were proven once and are in doubt. */
export async function doubtedNotices(
  db: Database,
  shipmentId: string,
): Promise<{ key: string; orderId: string; notice: object }[]> {
  const rows = await db
    .selectFrom('write_intents')
    .select(['business_key as key', 'order_id as orderId', 'notice'])
    .where('shipment_id', '=', shipmentId)
    .where('state', '<>', 'done')
    .where('notice', 'is not', null)
    .orderBy('business_key')
    .execute();
  return rows.map((row) => ({ ...row, notice: row.notice! }));
}

/** The notices of an order that are proven, with their proofs, but for one. */
export async function otherNotices(
  db: Database,
  but: { orderId: string; key: string },
): Promise<{ notice: object; proof: object }[]> {
  const { rows } = await sql<{ notice: object; proof: object }>`
    /* prepared */ select notice, proof from write_intents
    where order_id = ${but.orderId} and kind = 'writeback' and state = 'done' and notice is not null
      and business_key <> ${but.key} order by business_key`.execute(db);
  return rows;
}

/** Every notice of a shipment is proven: shipment, ledger, order and timeline change together. */
export async function recordWrittenBack(
  db: Database,
  change: {
    orderId: string;
    shipmentId: string;
    to: OrderState;
    ledger: LedgerEntry[];
    shippedFulfillments: string[];
    lines: { lineId: string; quantity: number }[];
    notices: number;
    /** Every package of the order that waits to be told along with another, and in words why those of this shipment do. */
    waiting: WaitingPackage[];
    remarks: string[];
  },
): Promise<void> {
  const known = `The marketplace knows of shipment ${change.shipmentId}: ${change.notices} notice${change.notices === 1 ? '' : 's'} read back.`;
  const message = [...(change.notices > 0 || change.remarks.length === 0 ? [known] : []), ...change.remarks].join(' ');
  await sql`
    /* prepared */ with shipped as (
      update shipments set lines = ${JSON.stringify(change.lines)},
        -- its order knows of it, whatever became of who told it: told again it would open the order once more
        signalled_at = coalesce(signalled_at, now())
      where id = ${change.shipmentId} and lines is null returning id
    ), done as (
      update fulfillments set state = 'shipped' where reference = any(${change.shippedFulfillments})
    ), waiting as (
      select * from jsonb_to_recordset(${JSON.stringify(change.waiting)}::jsonb)
        as w("shipmentId" text, "packageId" text, "partsOf" jsonb)
    ), boxes as (
      update packages p set parts_of =
        (select w."partsOf" from waiting w where w."shipmentId" = p.shipment_id and w."packageId" = p.package_id)
      from shipments s join fulfillments f on f.reference = s.reference
      where p.shipment_id = s.id and f.order_id = ${change.orderId}
        and (p.parts_of is not null
          or (p.shipment_id, p.package_id) in (select w."shipmentId", w."packageId" from waiting w))
    ), moved as (
      update orders o set state = ${change.to}, ledger = ${JSON.stringify(change.ledger)},
        attention = case when ${change.to} = 'needs_attention' then o.attention end,
        waits_for = case when ${change.to} in ('needs_attention', 'held') then o.waits_for end, updated_at = now()
      from (select state as before from orders where id = ${change.orderId}) b
      where o.id = ${change.orderId} and exists (select 1 from shipped)
      returning o.id, b.before
    )
    insert into timeline (order_id, event, from_state, to_state, actor, message, details)
    select id, 'written_back', before, ${change.to}, 'waybill', ${message},
           ${JSON.stringify({ shipment: change.shipmentId, lines: change.lines })} from moved`.execute(db);
}
