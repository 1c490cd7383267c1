import { sql } from 'kysely';
import type { Hold } from '../domain/hold.js';
import { notYet, type SkipCause, type TakenPlaces } from '../domain/import-decision.js';
import { destinationsOf, type MarketplaceOrder } from '../domain/order.js';
import type { OrderState } from '../domain/order-states.js';
import { addressFingerprint, orderFingerprint } from './fingerprint.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

/**
 * Which of these marketplace ids need no more judging: orders the store has, and those it skipped under its present
 * settings. What may still become an order is looked at again each time: a malformed one may have been mended, a payment
 * may have come.
 */
export async function knownOrders(db: Database, storeId: string, externalIds: string[]): Promise<Set<string>> {
  if (externalIds.length === 0) return new Set();
  const { rows } = await sql<{ external_id: string }>`
    select external_id from orders where store_id = ${storeId} and external_id = any(${externalIds})
    union all
    select k.external_id from skipped_orders k join stores s on s.id = k.store_id
    where k.store_id = ${storeId} and k.skip_key = any(${externalIds}) and k.cause <> all(${notYet})
      and k.last_seen_at >= s.settings_saved_at`.execute(db);
  return new Set(rows.map((row) => row.external_id));
}

export interface NewOrder {
  order: MarketplaceOrder;
  state: OrderState;
  hold: Hold | null;
  reason: string;
  /** All where it is left out. */
  takes?: TakenPlaces;
}

/**
 * Stores new orders with their lines, recipient and first timeline row, all in one statement. An order that exists
 * already is left as it is. Returns how many were new.
 */
export async function saveNewOrders(
  db: Database,
  store: { id: string; tenantId: string },
  orders: NewOrder[],
): Promise<number> {
  if (orders.length === 0) return 0;
  const rows = JSON.stringify(orders.map(orderRow));
  const saved = await sql<{ id: string }>`
    with incoming as (
      select * from jsonb_to_recordset(${rows}::jsonb) as r(
        id text, external_id text, number text, parent_external_id text, kind text, state text, hold jsonb, waits_for text,
        test boolean, vendor text, currency text, total text, weight jsonb, shipping_description text,
        placed_at timestamptz, seen text, takes jsonb, reason text, destinations jsonb,
        lines jsonb)
    ), saved as (
      insert into orders (id, tenant_id, store_id, external_id, number, parent_external_id, kind, state, hold, waits_for,
                          test, vendor, currency, total, weight, shipping_description, placed_at, seen, takes)
      select id, ${store.tenantId}, ${store.id}, external_id, number, parent_external_id, kind, state,
             nullif(hold, 'null'), waits_for, test, vendor, currency, total, nullif(weight, 'null'), shipping_description, placed_at, seen, takes
      from incoming
      -- two passes at once then wait for each other, instead of one of them failing as a deadlock
      order by external_id
      on conflict on constraint orders_exist_once do nothing
      returning id
    ), lines as (
      insert into order_lines (order_id, line_id, position, sku, title, quantity, amount, shippable, standing,
                               destination_id, wanted)
      select i.id, l."lineId", l.position, l.sku, l.title, l.quantity, l.amount, l.shippable, l.standing,
             l."destinationId", l.wanted
      from incoming i join saved using (id), jsonb_to_recordset(i.lines) as l(
        "lineId" text, position integer, sku text, title text, quantity integer, amount text, shippable boolean,
        standing text, "destinationId" text, wanted integer)
    ), recipients as (
      insert into recipients (order_id, destination_id, shipping_description, seen, name, company, line1, line2, city, region,
                              postal_code, country, email, phone)
      select i.id, d."destinationId", d."shippingDescription", d.seen, r.name, r.company, r.line1, r.line2, r.city, r.region,
             r."postalCode", r.country, r.email, r.phone
      from incoming i join saved using (id), jsonb_to_recordset(i.destinations) as d(
        "destinationId" text, "shippingDescription" text, seen text, "shipTo" jsonb), jsonb_to_record(d."shipTo") as r(
        name text, company text, line1 text, line2 text, city text, region text, "postalCode" text, country text,
        email text, phone text)
    ), told as (
      insert into timeline (order_id, event, to_state, actor, message)
      select i.id, 'imported', i.state, 'store poll', i.reason from incoming i join saved using (id)
    ), resolved as (
      update skipped_orders s set resolved_at = now()
      from incoming i join saved using (id)
      where s.store_id = ${store.id} and s.skip_key = i.external_id and s.resolved_at is null
    )
    select id from saved`.execute(db);
  return saved.rows.length;
}

function orderRow({ order, state, hold, reason, takes }: NewOrder): Record<string, unknown> {
  return {
    id: newId('ord'),
    external_id: order.externalId,
    number: order.number,
    parent_external_id: order.parentExternalId,
    kind: order.kind,
    state,
    hold,
    waits_for: hold?.waitsFor ?? null,
    test: order.test,
    vendor: order.vendor,
    currency: order.currency,
    total: order.total,
    weight: order.weight,
    shipping_description: order.shippingDescription,
    placed_at: order.placedAt,
    takes: { location: takes?.location ?? null, service: takes?.service ?? null },
    reason,
    seen: orderFingerprint(order),
    destinations: destinationsOf(order).map((each) => ({ ...each, seen: addressFingerprint(each) })),
    lines: order.lines.map((line, position) => ({ ...line, position })),
  };
}

export interface SkippedOrder {
  /** The marketplace's id, or a hash of the raw body. */
  skipKey: string;
  externalId: string | null;
  /** Set where only this line of an imported order was left out. */
  lineId: string | null;
  cause: SkipCause;
  reason: string;
  raw: unknown;
  /** Pieces that it sold and may still become an order of ours for: no store may offer them again. */
  sold?: { sku: string; pieces: number }[];
}

/** Records what the importer left out, once for each order; seeing it again only renews the time, at most hourly. */
export async function saveSkipped(
  db: Database,
  store: { id: string; tenantId: string },
  skipped: SkippedOrder[],
): Promise<void> {
  if (skipped.length === 0) return;
  await sql`
    insert into skipped_orders as s (tenant_id, store_id, skip_key, external_id, line_id, cause, reason, raw, sold)
    select distinct on (r."skipKey") ${store.tenantId}, ${store.id}, r."skipKey", r."externalId", r."lineId", r.cause,
           r.reason,
           nullif(r.raw, 'null'), coalesce(r.sold, '[]')
    from jsonb_to_recordset(${JSON.stringify(skipped)}::jsonb) as r(
      "skipKey" text, "externalId" text, "lineId" text, cause text, reason text, raw jsonb, sold jsonb)
    order by r."skipKey"
    on conflict (store_id, skip_key) do update
      set cause = excluded.cause, reason = excluded.reason, sold = excluded.sold, last_seen_at = now(), resolved_at = null,
          -- what a person had erased does not come back
          raw = case when s.erased_at is null then excluded.raw end
      where s.cause <> excluded.cause or s.reason <> excluded.reason or s.sold <> excluded.sold
        or s.last_seen_at < now() - interval '1 hour'
  `.execute(db);
}

export interface OrderToStart {
  id: string;
  tenantId: string;
  externalId: string;
  state: OrderState;
  hold: Hold | null;
}

/** Orders whose workflow has not been started, oldest first: after a page, and after a crash between row and start. */
export async function ordersToStart(db: Database, storeId: string, limit: number): Promise<OrderToStart[]> {
  const rows = await db
    .selectFrom('orders')
    .select(['id', 'tenant_id as tenantId', 'external_id as externalId', 'state', 'hold'])
    .where('store_id', '=', storeId)
    .where('workflow_started_at', 'is', null)
    .where('state', '<>', 'closed')
    .orderBy('imported_at')
    .limit(limit)
    .execute();
  return rows;
}

export async function markStarted(db: Database, orderIds: string[]): Promise<void> {
  if (orderIds.length === 0) return;
  await sql`update orders set workflow_started_at = now() where id = any(${orderIds})`.execute(db);
}

/** Ids of the orders that wait for a key of waitKeys, with what addresses their workflow. */
export async function ordersWaitingFor(
  db: Database,
  key: string,
  limit: number,
  afterId: string,
): Promise<{ id: string; storeId: string; externalId: string }[]> {
  return db
    .selectFrom('orders')
    .select(['id', 'store_id as storeId', 'external_id as externalId'])
    .where('waits_for', '=', key)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}
