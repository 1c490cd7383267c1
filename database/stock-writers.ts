import { sql } from 'kysely';
import type { Database } from './pool.js';

/** Becomes or stays the only writer of a store's stock; false while another holds it. */
export async function holdStockWriter(
  db: Database,
  storeId: string,
  holder: string,
  leaseMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into stock_writers as w (store_id, holder, lease_until)
    values (${storeId}, ${holder}, now() + make_interval(secs => ${leaseMs / 1000}))
    on conflict (store_id) do update set holder = excluded.holder, lease_until = excluded.lease_until
      where w.holder = excluded.holder or w.lease_until < now()
    returning store_id`.execute(db);
  return rows.length > 0;
}

export async function releaseStockWriter(db: Database, storeId: string, holder: string): Promise<void> {
  await db.deleteFrom('stock_writers').where('store_id', '=', storeId).where('holder', '=', holder).execute();
}
