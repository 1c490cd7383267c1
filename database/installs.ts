import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { MarketplaceName } from '../domain/store.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

/** An hour: long enough to find the shop's password, short enough that a forgotten link is worth nothing. */
const lifetimeMs = 60 * 60 * 1000;

/** A person's wish to connect a store to an account, not used yet. */
export interface PendingInstall {
  id: string;
  storeId: string;
  account: string;
  expiresAt: Date;
}

const columns = ['id', 'store_id as storeId', 'account', 'expires_at as expiresAt'] as const;

/**
 * Opens an install for an hour, in place of the store's earlier ones. `alone`: null when another store waits for the
 * same account or has it: where no state comes back, the page that asks for the code must say whose store it is for.
 * The state is given back once and kept as a hash.
 */
export async function openInstall(
  db: Database,
  wanted: {
    tenantId: string;
    storeId: string;
    marketplace: MarketplaceName;
    account: string;
    alone: boolean;
    createdBy: string;
    now: Date;
  },
): Promise<(PendingInstall & { state: string }) | null> {
  const { marketplace, account, storeId, now } = wanted;
  const state = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  return db.transaction().execute(async (trx) => {
    // Two wishes for one account at the same moment must not both pass the check below.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`install|${marketplace}|${account}`}, 0))`.execute(trx);
    await trx.deleteFrom('installs').where('store_id', '=', storeId).where('used_at', 'is', null).execute();
    const claiming = wanted.alone ? await storesClaiming(trx, marketplace, account, now) : [];
    if (claiming.some((each) => each !== storeId)) return null;
    const id = newId('ins', now.getTime());
    await trx
      .insertInto('installs')
      .values({
        ...{ id, tenant_id: wanted.tenantId, store_id: storeId, marketplace, account },
        ...{ state_hash: hashOf(state), created_by: wanted.createdBy, created_at: now, expires_at: expiresAt },
      })
      .execute();
    return { id, storeId, account, state, expiresAt };
  });
}

/** Ids of the stores that wait for this account or have it: of whatever tenant, deleted ones left out. */
export async function storesClaiming(
  db: Pick<Database, 'selectFrom'>,
  marketplace: MarketplaceName,
  account: string,
  now: Date,
): Promise<string[]> {
  const waiting = db
    .selectFrom('installs as i')
    .innerJoin('stores as s', 's.id', 'i.store_id')
    .select('s.id')
    .where('i.marketplace', '=', marketplace)
    .where('i.account', '=', account)
    .where('i.used_at', 'is', null)
    .where('i.expires_at', '>', now)
    .where('s.deleted_at', 'is', null);
  const having = db
    .selectFrom('stores')
    .select('id')
    .where('marketplace', '=', marketplace)
    .where('account', '=', account)
    .where('deleted_at', 'is', null);
  return (await waiting.union(having).execute()).map((row) => row.id);
}

/** The pending install a state belongs to; null when it is unknown, used or run out. */
export async function findInstall(
  db: Database,
  marketplace: MarketplaceName,
  state: string,
  now: Date,
): Promise<PendingInstall | null> {
  const row = await db
    .selectFrom('installs')
    .select(columns)
    .where('marketplace', '=', marketplace)
    .where('state_hash', '=', hashOf(state))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ?? null;
}

/** Uses an install up. False when somebody else was first: a state is good for one callback. */
export async function useInstall(db: Database, id: string, now: Date): Promise<boolean> {
  const result = await db
    .updateTable('installs')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Far too few to guess a code, and enough for clumsy fingers. */
const mostTries = 5;

/**
 * Counts a try at an install's code, before the code is looked at: tries made side by side must count too. Null when the
 * install was used, has run out, or has had its tries.
 */
export async function countTry(
  db: Database,
  id: string,
  now: Date,
): Promise<(PendingInstall & { triesLeft: number }) | null> {
  const row = await db
    .updateTable('installs')
    .set((eb) => ({ tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where('tries', '<', mostTries)
    .returning([...columns, 'tries'])
    .executeTakeFirst();
  if (!row) return null;
  const { tries, ...install } = row;
  return { ...install, triesLeft: mostTries - tries };
}

/** The pending install of a store; for marketplaces that bring no state back. */
export async function installOfStore(db: Database, storeId: string, now: Date): Promise<PendingInstall | null> {
  const row = await db
    .selectFrom('installs')
    .select(columns)
    .where('store_id', '=', storeId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ?? null;
}

/** A used install, for as long as it could have been used: what its outcome page is about. */
export async function findUsedInstall(db: Database, id: string, now: Date): Promise<PendingInstall | null> {
  const row = await db
    .selectFrom('installs')
    .select(columns)
    .where('id', '=', id)
    .where('used_at', 'is not', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ?? null;
}

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}
