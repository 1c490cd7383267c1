import { newId } from './ids.js';
import type { Database } from './pool.js';

export interface Tenant {
  id: string;
  name: string;
  createdAt: Date;
}

const columns = ['id', 'name', 'created_at as createdAt'] as const;

export async function createTenant(db: Database, name: string): Promise<Tenant> {
  return db
    .insertInto('tenants')
    .values({ id: newId('ten'), name })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

export async function tenantExists(db: Database, id: string): Promise<boolean> {
  return (await db.selectFrom('tenants').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

export async function tenantName(db: Database, id: string): Promise<string> {
  return (await db.selectFrom('tenants').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name;
}

/** Ordered by id, so by age; `after` is the last id of the page before. */
export async function listTenants(db: Database, page: { after: string | null; limit: number }): Promise<Tenant[]> {
  return db
    .selectFrom('tenants')
    .select(columns)
    .$if(page.after !== null, (query) => query.where('id', '>', page.after!))
    .orderBy('id')
    .limit(page.limit)
    .execute();
}
