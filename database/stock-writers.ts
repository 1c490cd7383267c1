import { sql } from 'kysely';
import type { Database } from './pool.js';

/** Becomes or stays the only writer of one location's stock; false while another holds it. */
export async function holdStockWriter(
  db: Database,
  location: string,
  holder: string,
  leaseMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into stock_writers as w (location, holder, lease_until)
    values (${location}, ${holder}, now() + make_interval(secs => ${leaseMs / 1000}))
    on conflict (location) do update set holder = excluded.holder, lease_until = excluded.lease_until
      where w.holder = excluded.holder or w.lease_until < now()
    returning location`.execute(db);
  return rows.length > 0;
}

export async function releaseStockWriter(db: Database, location: string, holder: string): Promise<void> {
  await db.deleteFrom('stock_writers').where('location', '=', location).where('holder', '=', holder).execute();
}
