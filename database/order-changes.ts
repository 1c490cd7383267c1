import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { KeptOrder, TakenOver } from '../domain/order-changes.js';
import type { TakenPlaces } from '../domain/import-decision.js';
import { destinationsOf, type Destination, type MarketplaceOrder, type OrderLine } from '../domain/order.js';
import { finalStates, type OrderState } from '../domain/order-states.js';
import { addressFingerprint } from './fingerprint.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

/** An order as it is kept, with what addresses it. */
export interface KeptRow extends KeptOrder {
  orderId: string;
  storeId: string;
  externalId: string;
  /** UTC, ISO 8601. */
  placedAt: string;
  /** The places whose lines it was imported with. */
  takes: TakenPlaces;
  /** The fingerprint of what its marketplace showed last. */
  seen: string | null;
}

/** Whole pieces of lines that we told the marketplace of, for the order whose row is `o`. */
const told: RawBuilder<KeptOrder['told']> = sql`(select coalesce(jsonb_agg(t), '[]')
  from shipments s join fulfillments g on g.reference = s.reference, jsonb_array_elements(s.lines) as t
  where g.order_id = o.id)`;
const telling: RawBuilder<boolean> = sql`exists (select 1 from write_intents i join shipments s on s.id = i.shipment_id
  where i.order_id = o.id and i.sent_at is not null and s.lines is null)`;

/** A KeptRow as JSON, for the order whose row is `o` in the statement around it. */
export const keptOrder: RawBuilder<KeptRow> = sql`jsonb_build_object(
  'orderId', o.id, 'storeId', o.store_id, 'externalId', o.external_id, 'placedAt', o.placed_at, 'takes', o.takes,
  'seen', o.seen,
  'lines', (select coalesce(jsonb_agg(jsonb_build_object('lineId', k.line_id, 'sku', k.sku, 'quantity', k.quantity,
      'wanted', k.wanted, 'shippable', k.shippable, 'standing', k.standing, 'destinationId', k.destination_id)
      order by k.position), '[]') from order_lines k where k.order_id = o.id),
  'addresses', (select coalesce(jsonb_agg(jsonb_build_object('destinationId', a.destination_id,
      'seen', case when a.erased_at is null then a.seen end)), '[]') from recipients a where a.order_id = o.id),
  'told', ${told}, 'telling', ${telling})`;

export async function loadKeptOrder(db: Database, orderId: string): Promise<KeptRow> {
  const { rows } = await sql<{ kept: KeptRow }>`
    select ${keptOrder} as kept from orders o where o.id = ${orderId}`.execute(db);
  if (!rows[0]) throw new Error(`order ${orderId} is not in the database`);
  return rows[0].kept;
}

/** An order the store has, with the fingerprint of what was seen of it last, and what a new one is compared beside. */
export interface SeenRow extends Pick<KeptOrder, 'told' | 'telling'> {
  orderId: string;
  externalId: string;
  seen: string | null;
  takes: TakenPlaces;
  state: OrderState;
  started: boolean;
}

export async function seenOrders(db: Database, storeId: string, externalIds: string[]): Promise<SeenRow[]> {
  if (externalIds.length === 0) return [];
  return db
    .selectFrom('orders as o')
    .select(['o.id as orderId', 'o.external_id as externalId', 'o.seen', 'o.takes', 'o.state'])
    .select(({ eb }) => eb('o.workflow_started_at', 'is not', null).$castTo<boolean>().as('started'))
    .select([told.as('told'), telling.as('telling')])
    .where('o.store_id', '=', storeId)
    .where('o.external_id', 'in', externalIds)
    .execute();
}

/** When those of these orders that the store has were placed: UTC, ISO 8601. */
export async function placedTimes(db: Database, storeId: string, externalIds: string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('orders')
    .select(['external_id as externalId', 'placed_at as placedAt'])
    .where('store_id', '=', storeId)
    .where('external_id', 'in', externalIds.length > 0 ? externalIds : [''])
    .execute();
  return new Map(rows.map((row) => [row.externalId, row.placedAt.toISOString()]));
}

export async function markSeen(db: Database, orderId: string, seen: string): Promise<void> {
  await db.updateTable('orders').set({ seen }).where('id', '=', orderId).execute();
}

/** What the rows of an order are to become; `lines` and `destinations` replace those of the same id. */
interface StagedChange {
  lines: OrderLine[];
  gone: string[];
  destinations: (Destination & { seen: string })[];
}

/**
 * Keeps what an order is to take over until its workflow records it: what came of a look is in the workflow's history,
 * and the rows must follow exactly that, once. A later look replaces it. Returns its id, or null for nothing to take over.
 */
export async function stageChange(
  db: Database,
  orderId: string,
  taken: TakenOver,
  present: MarketplaceOrder | null,
): Promise<string | null> {
  const change = stagedChange(taken, present);
  if (change.lines.length + change.gone.length + change.destinations.length === 0) return null;
  const id = newId('chg');
  await sql`
    insert into order_changes (order_id, id, taken) values (${orderId}, ${id}, ${JSON.stringify(change)})
    on conflict (order_id) do update set id = excluded.id, taken = excluded.taken, staged_at = now()`.execute(db);
  return id;
}

function stagedChange({ lines, gone, addresses }: TakenOver, present: MarketplaceOrder | null): StagedChange {
  const destinations = (present ? destinationsOf(present) : [])
    .filter((each) => addresses.includes(each.destinationId))
    .map((each) => ({ ...each, seen: addressFingerprint(each) }));
  return { lines, gone, destinations };
}

/** Takes over a staged change and forgets it. Doing it twice changes nothing more. */
export async function applyChange(trx: Transaction<Schema>, orderId: string, changeId: string): Promise<void> {
  const staged = await trx
    .deleteFrom('order_changes')
    .where('order_id', '=', orderId)
    .where('id', '=', changeId)
    .returning('taken')
    .executeTakeFirst();
  if (staged) await takeOver(trx, orderId, staged.taken as StagedChange);
}

async function takeOver(trx: Transaction<Schema>, orderId: string, change: StagedChange): Promise<void> {
  await sql`
    with given_up as (
      update order_lines set standing = 'cancelled' where order_id = ${orderId} and line_id = any(${change.gone})
    ), lines as (
      insert into order_lines (order_id, line_id, position, sku, title, quantity, wanted, amount, shippable, standing,
                               destination_id)
      select ${orderId}, l."lineId", last.position + row_number() over (), l.sku, l.title, l.quantity, l.wanted,
             l.amount, l.shippable, l.standing, l."destinationId"
      from jsonb_to_recordset(${JSON.stringify(change.lines)}::jsonb) as l(
        "lineId" text, sku text, title text, quantity integer, wanted integer, amount text, shippable boolean,
        standing text, "destinationId" text),
        (select coalesce(max(position), 0)::int as position from order_lines where order_id = ${orderId}) as last
      on conflict (order_id, line_id) do update set sku = excluded.sku, title = excluded.title,
        quantity = excluded.quantity, wanted = excluded.wanted, amount = excluded.amount,
        standing = excluded.standing, destination_id = excluded.destination_id
    )
    insert into recipients (order_id, destination_id, shipping_description, seen, name, company, line1, line2, city,
                            region, postal_code, country, email, phone)
    select ${orderId}, d."destinationId", d."shippingDescription", d.seen, r.name, r.company, r.line1, r.line2, r.city,
           r.region, r."postalCode", r.country, r.email, r.phone
    from jsonb_to_recordset(${JSON.stringify(change.destinations)}::jsonb) as d(
      "destinationId" text, "shippingDescription" text, seen text, "shipTo" jsonb), jsonb_to_record(d."shipTo") as r(
      name text, company text, line1 text, line2 text, city text, region text, "postalCode" text, country text,
      email text, phone text)
    on conflict (order_id, destination_id) do update set shipping_description = excluded.shipping_description,
      seen = excluded.seen, version = recipients.version + 1, name = excluded.name, company = excluded.company,
      line1 = excluded.line1, line2 = excluded.line2, city = excluded.city, region = excluded.region,
      postal_code = excluded.postal_code, country = excluded.country, email = excluded.email, phone = excluded.phone
      where recipients.erased_at is null`.execute(trx);
}

/** What an order that has ended is to keep of a change: its rows, one row of its timeline, and that it was seen. */
export async function recordAfterEnd(
  db: Database,
  order: { orderId: string; seen: string },
  change: { taken: TakenOver; present: MarketplaceOrder | null; reason: string } | null,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql`
      update orders set seen = ${order.seen} where id = ${order.orderId} and seen is distinct from ${order.seen}
        and state = any(${[...finalStates]}) returning id`.execute(trx);
    if (rows.length === 0 || !change) return;
    await takeOver(trx, order.orderId, stagedChange(change.taken, change.present));
    await trx
      .insertInto('timeline')
      .values({
        order_id: order.orderId,
        event: 'changed',
        from_state: null,
        to_state: null,
        actor: 'marketplace',
        message: change.reason,
      })
      .execute();
  });
}
