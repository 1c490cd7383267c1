import { sql } from 'kysely';
import type { Attention } from '../domain/attention.js';
import type { MarketplaceName } from '../domain/store.js';
import { wakeChannel, wakes } from '../domain/identifiers.js';
import type { Database } from './pool.js';

/** The account a store was installed in, and whether the application is there still. */
export interface StoreAccount {
  account: string | null;
  installedAt: Date | null;
  uninstalledAt: Date | null;
}

export async function findStoreAccount(db: Database, storeId: string): Promise<StoreAccount> {
  return db
    .selectFrom('stores')
    .select(['account', 'installed_at as installedAt', 'uninstalled_at as uninstalledAt'])
    .where('id', '=', storeId)
    .executeTakeFirstOrThrow();
}

/** Stores that were installed in an account; `deleted` ones too where their data counts, not their work. */
export async function storesOfAccount(
  db: Database,
  marketplace: MarketplaceName,
  account: string,
  which: { deleted: boolean },
): Promise<{ id: string; tenantId: string; name: string; uninstalledAt: Date | null }[]> {
  let query = db
    .selectFrom('stores')
    .select(['id', 'tenant_id as tenantId', 'name', 'uninstalled_at as uninstalledAt'])
    .where('marketplace', '=', marketplace)
    .where('account', '=', account);
  if (!which.deleted) query = query.where('deleted_at', 'is', null);
  return query.orderBy('id').execute();
}

/** The application is in this account now. What was wrong because it was not is over; webhooks are registered anew. */
export async function recordInstalled(db: Database, storeId: string, account: string, now: Date): Promise<void> {
  await db
    .updateTable('stores')
    .set({ account, installed_at: now, uninstalled_at: null, attention: null, webhooks: null })
    .where('id', '=', storeId)
    .execute();
}

/**
 * The application was removed: its token is dead and its webhooks are gone, so both are forgotten, and a person is told
 * at once. Without credentials no call is tried any more. False when it was installed again since: news may be late.
 */
export async function recordUninstalled(
  db: Database,
  storeId: string,
  attention: Attention,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with gone as (
      update stores set uninstalled_at = ${at}, attention = ${JSON.stringify(attention)}, probe = null, probed_at = null,
        webhooks = null
      where id = ${storeId} and (installed_at is null or installed_at <= ${at})
      returning id
    ), forgotten as (
      delete from credentials c using gone where c.connection_id = gone.id
    )
    select id, pg_notify(${wakeChannel}, ${wakes.yield(storeId)})::text from gone`.execute(db);
  return rows.length > 0;
}
