import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from './ids.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

export type Role = Schema['api_keys']['role'];

/** Who calls: the key, and for merchants the one tenant it may see. */
export interface Caller {
  keyId: string;
  role: Role;
  tenantId: string | null;
}

export interface ApiKey {
  id: string;
  tenantId: string | null;
  role: Role;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const columns = [
  'id',
  'tenant_id as tenantId',
  'role',
  'name',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
  'expires_at as expiresAt',
  'revoked_at as revokedAt',
] as const;

/** "wb_", the role's initial for people who read it, the id without its prefix, 32 random bytes. */
const tokenShape = /^wb_[osm]_([0-9a-z]{26})_([A-Za-z0-9_-]{43})$/;

/** The secret has 256 random bits, so a fast keyed hash is enough; the pepper keeps a stolen table useless. */
function digest(pepper: string, secret: string): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

/** Makes a key. The token is shown here once and kept nowhere. A merchant's key needs a tenant, the others have none. */
export async function createApiKey(
  db: Database,
  pepper: string,
  wanted: { role: Role; tenantId: string | null; name: string; expiresAt: Date | null },
): Promise<{ key: ApiKey; token: string }> {
  const id = newId('key');
  const secret = randomBytes(32).toString('base64url');
  const key = await db
    .insertInto('api_keys')
    .values({
      id,
      tenant_id: wanted.tenantId,
      role: wanted.role,
      name: wanted.name,
      secret_hash: digest(pepper, secret),
      expires_at: wanted.expiresAt,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
  return { key, token: `wb_${wanted.role[0]!}_${id.slice('key_'.length)}_${secret}` };
}

/** A key seen again within this time is not written again: reads should not cost a write each. */
const lastUsedEveryMs = 60_000;

/** Null for any token that is not a live key of ours, whatever the reason: the caller learns no more than that. */
export async function authenticateApiKey(
  db: Database,
  pepper: string,
  token: string,
  now: Date,
): Promise<Caller | null> {
  const [, idPart, secret] = tokenShape.exec(token) ?? [];
  if (!idPart || !secret) return null;
  const row = await db
    .selectFrom('api_keys')
    .select([...columns, 'secret_hash'])
    .where('id', '=', `key_${idPart}`)
    .executeTakeFirst();
  if (!row || !sameDigest(row.secret_hash, digest(pepper, secret))) return null;
  if (row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= lastUsedEveryMs)
    await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', row.id).execute();
  return { keyId: row.id, role: row.role, tenantId: row.tenantId };
}

/** timingSafeEqual throws on unequal lengths, which must be a refusal and not a fault. */
function sameDigest(kept: Buffer, given: Buffer): boolean {
  return kept.length === given.length && timingSafeEqual(kept, given);
}

/** Ordered by id, so by age; `after` is the last id of the page before. */
export async function listApiKeys(db: Database, page: { after: string | null; limit: number }): Promise<ApiKey[]> {
  return db
    .selectFrom('api_keys')
    .select(columns)
    .$if(page.after !== null, (query) => query.where('id', '>', page.after!))
    .orderBy('id')
    .limit(page.limit)
    .execute();
}

/** Revoking twice keeps the first time. Null when there is no such key. */
export async function revokeApiKey(db: Database, id: string, now: Date): Promise<ApiKey | null> {
  await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  const key = await db.selectFrom('api_keys').select(columns).where('id', '=', id).executeTakeFirst();
  return key ?? null;
}
