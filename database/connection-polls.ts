import { sql } from 'kysely';
import type { Attention } from '../domain/attention.js';
import type { MarketplaceName, ProbeReport, StoreSettings, WarehouseSystem, WebhookHealth } from '../domain/store.js';
import type { ConnectionTable } from './connections.js';
import type { Database } from './pool.js';

export interface StoreRow {
  id: string;
  tenantId: string;
  marketplace: MarketplaceName;
  baseUrl: string | null;
  settings: StoreSettings;
  firstImportOpen: boolean;
  cursorAt: Date | null;
  lastOrderAt: Date | null;
  probe: ProbeReport | null;
  probedAt: Date | null;
  webhookPath: string;
  webhooks: WebhookHealth | null;
}

/** A store as its poll needs it; null when it was deleted. */
export async function loadStore(db: Database, id: string): Promise<StoreRow | null> {
  const row = await db
    .selectFrom('stores')
    .select([
      'id',
      'tenant_id as tenantId',
      'marketplace',
      'base_url as baseUrl',
      'settings',
      'first_import_opened_at',
      'cursor_at as cursorAt',
      'last_order_at as lastOrderAt',
      'probe',
      'probed_at as probedAt',
      'webhook_path as webhookPath',
      'webhooks',
    ])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const { first_import_opened_at, ...store } = row;
  return { ...store, firstImportOpen: first_import_opened_at !== null };
}

export interface WarehouseRow {
  id: string;
  tenantId: string;
  system: WarehouseSystem;
  baseUrl: string | null;
  settings: Record<string, unknown>;
  cursorAt: Date | null;
  probedAt: Date | null;
  createdAt: Date;
}

/** A warehouse as its watch needs it; null when it was deleted. */
export async function loadWarehouse(db: Database, id: string): Promise<WarehouseRow | null> {
  const row = await db
    .selectFrom('warehouses')
    .select([
      'id',
      'tenant_id as tenantId',
      'system',
      'base_url as baseUrl',
      'settings',
      'cursor_at as cursorAt',
      'probed_at as probedAt',
      'created_at as createdAt',
    ])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** A full pass ended well: the cursor moves, and what was wrong is over, but for what `attention` says still is. */
export async function recordPass(
  db: Database,
  table: ConnectionTable,
  id: string,
  cursorAt: Date,
  now: Date,
  attention: Attention | null = null,
): Promise<void> {
  await sql`update ${sql.table(table)} set cursor_at = greatest(cursor_at, ${cursorAt}), last_poll_at = ${now},
    last_success_at = ${now}, attention = ${attention && JSON.stringify(attention)}::jsonb where id = ${id}`.execute(
    db,
  );
}

/** A pass failed: kept on the connection for people; nothing switches off. */
export async function recordPassFailed(
  db: Database,
  table: ConnectionTable,
  id: string,
  attention: Attention,
  now: Date,
): Promise<void> {
  await sql`update ${sql.table(table)} set last_poll_at = ${now}, attention = ${JSON.stringify(attention)}
    where id = ${id}`.execute(db);
}

export async function saveWebhookHealth(db: Database, storeId: string, health: WebhookHealth): Promise<void> {
  await db
    .updateTable('stores')
    .set({ webhooks: JSON.stringify(health) })
    .where('id', '=', storeId)
    .execute();
}

export async function recordNewOrders(db: Database, storeId: string, now: Date): Promise<void> {
  await db.updateTable('stores').set({ last_order_at: now }).where('id', '=', storeId).execute();
}

/** Whether a warehouse owes us anything: without, it need not be asked often. */
export async function hasOpenFulfillments(db: Database, warehouseId: string): Promise<boolean> {
  const row = await db
    .selectFrom('fulfillments')
    .select('reference')
    .where('warehouse_id', '=', warehouseId)
    .where('state', '=', 'submitted')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
