import pg from 'pg';
import type { FreshDatabase } from './database.js';

/** Tables with a row that holds one of these words anywhere, in whatever column: what erasing must leave empty. */
export async function tablesHolding({ pool }: Pick<FreshDatabase, 'pool'>, words: string[]): Promise<string[]> {
  const tables = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by tablename",
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const table = pg.escapeIdentifier(name);
    const rows = await pool.query(`select 1 from ${table} t where exists (
      select 1 from unnest($1::text[]) word where position(lower(word) in lower(t::text)) > 0) limit 1`, [words]); // prettier-ignore
    if (rows.rowCount) found.push(name);
  }
  return found;
}
