import { sql } from 'kysely';
import type { Address } from '../domain/address.js';
import { writeKeys } from '../domain/identifiers.js';
import type { LineStanding } from '../domain/order.js';
import { finalStates, type OrderState } from '../domain/order-states.js';
import type { Database } from './pool.js';

/** All that asking a warehouse for one fulfillment needs. */
export interface Submission {
  reference: string;
  orderId: string;
  storeId: string;
  externalId: string;
  warehouseId: string;
  methodCode: string;
  rule: string;
  ruleVersion: number;
  placedAt: string;
  /** When an earlier attempt may have sent it; null when none did. */
  sentAt: Date | null;
  shipTo: Address;
  lines: { lineId: string; warehouseSku: string; quantity: number; title: string }[];
}

export async function loadSubmission(db: Database, reference: string): Promise<Submission> {
  const { rows } = await sql<Omit<Submission, 'placedAt'> & { placedAt: Date }>`
    /* prepared */ select f.reference, f.order_id as "orderId", o.store_id as "storeId", o.external_id as "externalId",
      f.warehouse_id as "warehouseId", f.method_code as "methodCode", f.rule, f.rule_version as "ruleVersion",
      o.placed_at as "placedAt", w.sent_at as "sentAt",
      jsonb_build_object('name', r.name, 'company', r.company, 'line1', r.line1, 'line2', r.line2, 'city', r.city,
        'region', r.region, 'postalCode', r.postal_code, 'country', r.country, 'email', r.email, 'phone', r.phone)
        as "shipTo",
      (select coalesce(jsonb_agg(jsonb_build_object('lineId', l.line_id, 'warehouseSku', l.warehouse_sku, 'quantity', l.quantity,
                                           'title', n.title) order by n.position, l.warehouse_sku), '[]')
         from fulfillment_lines l join order_lines n on n.order_id = f.order_id and n.line_id = l.line_id
         where l.reference = f.reference) as lines
    from fulfillments f join orders o on o.id = f.order_id 
      join recipients r on r.order_id = o.id and r.destination_id = f.destination_id
      left join write_intents w on w.business_key = ${writeKeys.submission(reference)}
    where f.reference = ${reference}`.execute(db);
  const row = rows[0];
  if (!row) throw new Error(`fulfillment ${reference} is not in the database`);
  return { ...row, placedAt: row.placedAt.toISOString() };
}

/** The warehouse has it: intent, fulfillment, order and timeline change together. */
export async function recordSubmitted(
  db: Database,
  submission: Submission,
  result: { key: string; externalId: string; adopted: boolean; to: OrderState },
): Promise<void> {
  const proof = JSON.stringify({ externalId: result.externalId, adopted: result.adopted });
  const details = JSON.stringify({
    reference: submission.reference,
    warehouse: submission.warehouseId,
    warehouseOrder: result.externalId,
    method: submission.methodCode,
    rule: submission.rule,
    ruleVersion: submission.ruleVersion,
    adopted: result.adopted,
  });
  await sql`
    /* prepared */ with settled as (
      update write_intents set state = 'done', proof = ${proof}, done_at = now(), lease_until = null
      where business_key = ${result.key} and state <> 'done' returning business_key
    ), handed as (
      update fulfillments set state = 'submitted', external_id = ${result.externalId}, submitted_at = now()
      where reference = ${submission.reference} and exists (select 1 from settled) returning reference
    ), moved as (
      update orders o set state = ${result.to}, hold = null, attention = null, waits_for = null, updated_at = now()
      from (select state as before from orders where id = ${submission.orderId}) b
      where o.id = ${submission.orderId} and exists (select 1 from settled) returning o.id, b.before, o.state
    )
    insert into timeline (order_id, event, from_state, to_state, actor, message, details)
    select id, 'submitted', before, state, 'waybill', ${
      result.adopted ? 'Found at the warehouse under our reference.' : 'The warehouse took the order.'
    }, ${details} from moved`.execute(db);
}

/** Lines the marketplace gave up since import leave the fulfillment; they keep their standing as the cause. */
export async function dropLines(
  db: Database,
  submission: Submission,
  lines: { lineId: string; standing: LineStanding }[],
  reason: string,
): Promise<void> {
  await sql`
    with standing as (
      update order_lines n set standing = s.standing
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as s("lineId" text, standing text)
      where n.order_id = ${submission.orderId} and n.line_id = s."lineId"
    ), dropped as (
      delete from fulfillment_lines where reference = ${submission.reference}
        and line_id = any(${lines.map((line) => line.lineId)}) returning line_id
    )
    insert into timeline (order_id, event, actor, message, details)
    select ${submission.orderId}, 'lines_given_up', 'marketplace', ${reason}, jsonb_build_object('lines', jsonb_agg(line_id))
    from dropped having count(*) > 0`.execute(db);
}

/**
 * What cancelling a fulfillment at its warehouse needs. `sentAt` is when it may have been sent; null when never.
 * `leaseUntil` is until when somebody may still be sending.
 */
export async function loadForCancel(
  db: Database,
  reference: string,
): Promise<{ warehouseId: string; externalId: string | null; sentAt: Date | null; leaseUntil: Date | null }> {
  return db
    .selectFrom('fulfillments as f')
    .leftJoin('write_intents as w', (join) => join.on('w.business_key', '=', writeKeys.submission(reference)))
    .select(['f.warehouse_id as warehouseId', 'f.external_id as externalId'])
    .select(['w.sent_at as sentAt', 'w.lease_until as leaseUntil'])
    .where('f.reference', '=', reference)
    .executeTakeFirstOrThrow();
}

export async function markFulfillmentCancelled(db: Database, reference: string): Promise<void> {
  await db.updateTable('fulfillments').set({ state: 'cancelled' }).where('reference', '=', reference).execute();
}

/** Submitted fulfillments that should have shipped by now, for whose orders nobody was told yet. */
export async function overdueFulfillments(
  db: Database,
  warehouseId: string,
): Promise<{ reference: string; storeId: string; externalId: string; days: number }[]> {
  const { rows } = await sql<{ reference: string; storeId: string; externalId: string; days: number }>`
    select f.reference, o.store_id as "storeId", o.external_id as "externalId",
           (s.settings ->> 'shipmentExpectedDays')::int as days
    from fulfillments f join orders o on o.id = f.order_id join stores s on s.id = o.store_id
    where f.warehouse_id = ${warehouseId} and f.state = 'submitted' and o.state in ('submitted', 'partially_shipped')
      and f.submitted_at < now() - make_interval(days => (s.settings ->> 'shipmentExpectedDays')::int)
      and not exists (select 1 from timeline t where t.order_id = o.id and t.event = 'attention'
        and t.details ->> 'cause' = 'shipment_overdue' and t.details ->> 'reference' = f.reference)
    order by f.submitted_at limit 200`.execute(db);
  return rows;
}

/** Of these references, those of this warehouse whose orders still count on them. */
export async function openFulfillments(
  db: Database,
  warehouseId: string,
  references: string[],
): Promise<{ reference: string; storeId: string; externalId: string }[]> {
  if (references.length === 0) return [];
  return db
    .selectFrom('fulfillments as f')
    .innerJoin('orders as o', 'o.id', 'f.order_id')
    .select(['f.reference', 'o.store_id as storeId', 'o.external_id as externalId'])
    .where('f.warehouse_id', '=', warehouseId)
    .where('f.state', '=', 'submitted')
    .where('f.reference', 'in', references)
    .where('o.state', 'not in', finalStates)
    .execute();
}
