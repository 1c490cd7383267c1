import { randomBytes } from 'node:crypto';
import type { WarehouseSystem } from '../domain/store.js';
import { connectionColumns, type ConnectionState } from './connections.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

export interface Warehouse extends ConnectionState {
  system: WarehouseSystem;
  settings: Record<string, unknown>;
  /** The unguessable part of the address that receives its webhooks (D5). */
  webhookPath: string;
}

const columns = [...connectionColumns, 'system', 'settings', 'webhook_path as webhookPath'] as const;

/** A new warehouse is disabled until its test has passed. Its webhook path has 256 random bits. */
export async function createWarehouse(
  db: Database,
  wanted: {
    tenantId: string;
    name: string;
    system: WarehouseSystem;
    baseUrl: string | null;
    settings: Record<string, unknown>;
  },
): Promise<Warehouse> {
  return db
    .insertInto('warehouses')
    .values({
      id: newId('whs'),
      tenant_id: wanted.tenantId,
      name: wanted.name,
      system: wanted.system,
      base_url: wanted.baseUrl,
      settings: JSON.stringify(wanted.settings),
      webhook_path: randomBytes(32).toString('base64url'),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** `tenantId` null finds any tenant's. A deleted or foreign warehouse is null like one that never was. */
export async function findWarehouse(
  db: Database,
  id: string,
  tenantId: string | null = null,
): Promise<Warehouse | null> {
  let query = db.selectFrom('warehouses').select(columns).where('id', '=', id).where('deleted_at', 'is', null);
  if (tenantId !== null) query = query.where('tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}

export async function findWarehouseByWebhookPath(db: Database, path: string): Promise<Warehouse | null> {
  const row = await db
    .selectFrom('warehouses')
    .select(columns)
    .where('webhook_path', '=', path)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Ordered by id, so by age; `after` is the last id of the page before. */
export async function listWarehouses(
  db: Database,
  wanted: { tenantId: string | null; after: string | null; limit: number },
): Promise<Warehouse[]> {
  let query = db.selectFrom('warehouses').select(columns).where('deleted_at', 'is', null);
  if (wanted.tenantId !== null) query = query.where('tenant_id', '=', wanted.tenantId);
  if (wanted.after !== null) query = query.where('id', '>', wanted.after);
  return query.orderBy('id').limit(wanted.limit).execute();
}

/** Names the fields to change; those left out stay as they are. */
export async function updateWarehouse(
  db: Database,
  id: string,
  change: { name?: string; baseUrl?: string | null; settings?: Record<string, unknown> },
): Promise<void> {
  await db
    .updateTable('warehouses')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(change.baseUrl !== undefined && { base_url: change.baseUrl }),
      ...(change.settings !== undefined && { settings: JSON.stringify(change.settings) }),
    })
    .where('id', '=', id)
    .execute();
}

/** Which of these ids are not live warehouses of the tenant. */
export async function warehousesMissing(db: Database, tenantId: string, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('warehouses')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .execute();
  return ids.filter((id) => !rows.some((row) => row.id === id));
}

/** Fulfillments a warehouse was or will be asked for and has neither shipped nor given up. */
export async function countOpenFulfillments(db: Database, warehouseId: string): Promise<number> {
  const row = await db
    .selectFrom('fulfillments')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('warehouse_id', '=', warehouseId)
    .where('state', 'in', ['planned', 'submitted'])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
