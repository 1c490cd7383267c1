import type { Database } from './pool.js';

export interface SkippedOrderRow {
  id: string;
  storeId: string;
  externalId: string | null;
  lineId: string | null;
  cause: string;
  reason: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
  resolvedAt: Date | null;
}

const columns = [
  'id',
  'store_id as storeId',
  'external_id as externalId',
  'line_id as lineId',
  'cause',
  'reason',
  'first_seen_at as firstSeenAt',
  'last_seen_at as lastSeenAt',
  'resolved_at as resolvedAt',
] as const;

/** What the importer left out, newest first; `before` is the last id of the page before, `tenantId` null sees all. */
export async function listSkippedOrders(
  db: Database,
  wanted: {
    tenantId: string | null;
    storeId: string | null;
    cause: string | null;
    before: string | null;
    limit: number;
  },
): Promise<SkippedOrderRow[]> {
  let query = db.selectFrom('skipped_orders').select(columns);
  if (wanted.tenantId !== null) query = query.where('tenant_id', '=', wanted.tenantId);
  if (wanted.storeId !== null) query = query.where('store_id', '=', wanted.storeId);
  if (wanted.cause !== null) query = query.where('cause', '=', wanted.cause);
  if (wanted.before !== null) query = query.where('id', '<', wanted.before);
  return query.orderBy('id', 'desc').limit(wanted.limit).execute();
}

/** With the raw body as the marketplace sent it, which is kept for malformed orders. */
export async function findSkippedOrder(
  db: Database,
  id: string,
  tenantId: string | null,
): Promise<(SkippedOrderRow & { raw: unknown }) | null> {
  let query = db
    .selectFrom('skipped_orders')
    .select([...columns, 'raw'])
    .where('id', '=', id);
  if (tenantId !== null) query = query.where('tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}
