import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { finalStates } from '../domain/order-states.js';
import type { MarketplaceName, StoreSettings, WebhookHealth } from '../domain/store.js';
import { connectionColumns, type ConnectionState } from './connections.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

export interface Store extends ConnectionState {
  marketplace: MarketplaceName;
  settings: StoreSettings;
  firstImportOpenedAt: Date | null;
  webhooks: WebhookHealth | null;
}

const columns = [
  ...connectionColumns,
  'marketplace',
  'settings',
  'first_import_opened_at as firstImportOpenedAt',
  'webhooks',
] as const;

/** A new store is disabled until its test has passed. */
export async function createStore(
  db: Database,
  wanted: {
    tenantId: string;
    name: string;
    marketplace: MarketplaceName;
    baseUrl: string | null;
    settings: StoreSettings;
  },
): Promise<Store> {
  return db
    .insertInto('stores')
    .values({
      id: newId('sto'),
      tenant_id: wanted.tenantId,
      name: wanted.name,
      marketplace: wanted.marketplace,
      webhook_path: randomBytes(24).toString('hex'),
      base_url: wanted.baseUrl,
      settings: JSON.stringify(wanted.settings),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** `tenantId` null finds any tenant's. A deleted or foreign store is null like one that never was. */
export async function findStore(db: Database, id: string, tenantId: string | null = null): Promise<Store | null> {
  let query = db.selectFrom('stores').select(columns).where('id', '=', id).where('deleted_at', 'is', null);
  if (tenantId !== null) query = query.where('tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Whose store a notification to this address is about; null for an address that is none. */
export async function findStoreByWebhookPath(
  db: Database,
  path: string,
): Promise<{ id: string; tenantId: string; marketplace: MarketplaceName } | null> {
  const row = await db
    .selectFrom('stores')
    .select(['id', 'tenant_id as tenantId', 'marketplace'])
    .where('webhook_path', '=', path)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Whose store it is, deleted ones too: what they hold of people is still there. */
export async function ownerOfStore(
  db: Database,
  id: string,
  tenantId: string | null,
): Promise<{ id: string; tenantId: string } | null> {
  let query = db.selectFrom('stores').select(['id', 'tenant_id as tenantId']).where('id', '=', id);
  if (tenantId !== null) query = query.where('tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Ordered by id, so by age; `after` is the last id of the page before. */
export async function listStores(
  db: Database,
  wanted: { tenantId: string | null; after: string | null; limit: number },
): Promise<Store[]> {
  let query = db.selectFrom('stores').select(columns).where('deleted_at', 'is', null);
  if (wanted.tenantId !== null) query = query.where('tenant_id', '=', wanted.tenantId);
  if (wanted.after !== null) query = query.where('id', '>', wanted.after);
  return query.orderBy('id').limit(wanted.limit).execute();
}

/** Names the fields to change; those left out stay as they are. What new settings may let in is judged anew. */
export async function updateStore(
  db: Database,
  id: string,
  change: { name?: string; baseUrl?: string | null; settings?: StoreSettings },
): Promise<void> {
  await db
    .updateTable('stores')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(change.baseUrl !== undefined && { base_url: change.baseUrl }),
      ...(change.settings !== undefined && {
        settings: JSON.stringify(change.settings),
        settings_saved_at: sql<Date>`now()`,
      }),
    })
    .where('id', '=', id)
    .execute();
}

/** Opens the gate between first import and continuous import. Opening it again keeps the first time. */
export async function openFirstImport(db: Database, id: string): Promise<void> {
  await db
    .updateTable('stores')
    .set({ first_import_opened_at: sql<Date>`coalesce(first_import_opened_at, now())` })
    .where('id', '=', id)
    .execute();
}

/** Orders of a store that are not in a final state. */
export async function countOpenOrders(db: Database, storeId: string): Promise<number> {
  const row = await db
    .selectFrom('orders')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('store_id', '=', storeId)
    .where('state', 'not in', [...finalStates])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
