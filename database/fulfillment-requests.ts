import { sql } from 'kysely';
import type { RequestedOrder } from '../domain/fulfillment-requests.js';
import type { Database } from './pool.js';

export interface RequestFacts extends RequestedOrder {
  orderId: string | null;
}

/** What is here of an order that a merchant's request is about. A line's told pieces are those its marketplace knows of. */
export async function requestFacts(db: Database, of: { storeId: string; externalId: string }): Promise<RequestFacts> {
  const { rows } = await sql<RequestFacts>`
    select o.id as "orderId",
      case when o.id is not null then jsonb_build_object('state', o.state, 'attention', o.attention ->> 'cause',
        'cancelOutcome', o.cancel_outcome, 'open', coalesce((
          select jsonb_agg(jsonb_build_object('lineId', w.line_id, 'quantity', w.quantity) order by w.line_id) from (
            select l.line_id, l.quantity - coalesce((
              select sum((t ->> 'quantity')::int) from shipments s join fulfillments f using (reference),
                jsonb_array_elements(s.lines) as t where f.order_id = o.id and t ->> 'lineId' = l.line_id), 0) as quantity
            from order_lines l where l.order_id = o.id and l.shippable and l.standing = 'clear') w
          where w.quantity > 0), '[]')) end as "order",
      case when k.id is not null then jsonb_build_object('cause', k.cause, 'reason', k.reason) end as "leftOut"
    from (select ${of.storeId}::text as store_id, ${of.externalId}::text as external_id) wanted
    left join orders o using (store_id, external_id)
    left join skipped_orders k on k.store_id = wanted.store_id and k.skip_key = wanted.external_id
      and k.resolved_at is null`.execute(db);
  return rows[0]!;
}

/**
 * A row of the order's timeline on what was asked and answered; its state stays. The same event of the same request
 * twice in a row is one: an attempt that broke off is made again.
 */
export async function noteRequest(
  db: Database,
  orderId: string,
  note: { requestId: string; event: string; actor: string; message: string },
): Promise<void> {
  await sql`
    insert into timeline (order_id, event, actor, message, details)
    select ${orderId}, ${note.event}, ${note.actor}, ${note.message}, jsonb_build_object('requestId', ${note.requestId}::text)
    where ${note.event} is distinct from (
      select event from timeline where order_id = ${orderId} and details ->> 'requestId' = ${note.requestId}
      order by id desc limit 1)`.execute(db);
}
