import { sql } from 'kysely';
import type { Attention } from '../domain/attention.js';
import type { FailureCode } from '../domain/failures.js';
import type { Hold } from '../domain/hold.js';
import type { OrderState } from '../domain/order-states.js';
import type { Database } from './pool.js';

export interface OrderFilter {
  /** Null searches every tenant. */
  tenantId: string | null;
  state?: OrderState;
  storeId?: string;
  /** The marketplace's id; for ClickBank the receipt. */
  externalId?: string;
  /** What the shop calls it, with or without the leading "#": shells and addresses take it for something else. */
  number?: string;
  /** Compared without case. */
  email?: string;
  trackingNumber?: string;
  /** Any of: our id, the marketplace's id, the shop's number, e-mail, tracking number, SKU. */
  text?: string;
  needsAttention?: boolean;
  attentionCause?: FailureCode;
}

export interface FoundOrder {
  id: string;
  tenantId: string;
  storeId: string;
  externalId: string;
  number: string | null;
  kind: string;
  state: OrderState;
  hold: Hold | null;
  attention: Attention | null;
  test: boolean;
  currency: string | null;
  total: string | null;
  shippingDescription: string | null;
  placedAt: Date;
  importedAt: Date;
  updatedAt: Date;
}

/** Where a page ended. The time is text with microseconds: a Date would lose three digits and orders with them. */
export interface OrderPlace {
  importedAt: string;
  id: string;
}

/** One page, latest import first. The order of two rows never changes, so no page repeats or misses one. */
export async function searchOrders(
  db: Database,
  filter: OrderFilter,
  page: { after: OrderPlace | null; limit: number },
): Promise<{ orders: FoundOrder[]; end: OrderPlace | null }> {
  let query = db
    .selectFrom('orders as o')
    .select([
      'o.id',
      'o.tenant_id as tenantId',
      'o.store_id as storeId',
      'o.external_id as externalId',
      'o.number',
      'o.kind',
      'o.state',
      'o.hold',
      'o.attention',
      'o.test',
      'o.currency',
      'o.total',
      'o.shipping_description as shippingDescription',
      'o.placed_at as placedAt',
      'o.imported_at as importedAt',
      'o.updated_at as updatedAt',
      sql<string>`to_char(o.imported_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('exactly'),
    ]);
  for (const condition of conditions(filter)) query = query.where(condition);
  if (page.after)
    query = query.where(
      sql<boolean>`(o.imported_at, o.id) < (${page.after.importedAt}::timestamptz, ${page.after.id})`,
    );
  const rows = await query
    .orderBy('o.imported_at', 'desc')
    .orderBy('o.id', 'desc')
    // One more than asked tells whether another page follows.
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  return {
    orders: shown.map(({ exactly: _, ...order }) => order),
    end: last ? { importedAt: last.exactly, id: last.id } : null,
  };
}

function conditions(filter: OrderFilter) {
  const found = [];
  if (filter.tenantId !== null) found.push(sql<boolean>`o.tenant_id = ${filter.tenantId}`);
  if (filter.state) found.push(sql<boolean>`o.state = ${filter.state}`);
  if (filter.storeId) found.push(sql<boolean>`o.store_id = ${filter.storeId}`);
  if (filter.externalId) found.push(sql<boolean>`o.external_id = ${filter.externalId}`);
  if (filter.number) found.push(byNumber(filter.number));
  if (filter.email) found.push(byEmail(filter.email));
  if (filter.trackingNumber) found.push(byTracking(filter.trackingNumber));
  if (filter.needsAttention) found.push(sql<boolean>`o.state = 'needs_attention'`);
  if (filter.attentionCause) found.push(sql<boolean>`o.attention ->> 'cause' = ${filter.attentionCause}`);
  if (filter.text)
    found.push(
      sql<boolean>`(o.id = ${filter.text} or o.external_id = ${filter.text} or ${byNumber(filter.text)}
        or ${byEmail(filter.text)} or ${byTracking(filter.text)} or o.id in (select order_id from order_lines where sku = ${filter.text}))`,
    );
  return found;
}

function byNumber(number: string) {
  return sql<boolean>`o.number in (${number}, ${`#${number}`})`;
}

function byEmail(email: string) {
  return sql<boolean>`o.id in (select order_id from recipients where lower(email) = lower(${email}))`;
}

function byTracking(number: string) {
  return sql<boolean>`o.id in (
    select f.order_id from packages p join shipments s on s.id = p.shipment_id
      join fulfillments f on f.reference = s.reference where p.tracking_number = ${number})`;
}
