import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.js';

export type Database = Kysely<Schema>;

export interface OpenDatabase {
  db: Database;
  pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * Opens a pool. A statement may take 10 s, a wait for a connection 5 s: a page of 100 orders takes well under one.
 * Both kinds of error listener are needed: a checked-out client without one kills the process when PostgreSQL
 * restarts (reference/libraries.md, finding 5).
 */
export function openDatabase(
  url: string,
  options: { size?: number; name?: string; onError?: (error: Error) => void } = {},
): OpenDatabase {
  const onError = options.onError ?? (() => undefined);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.size ?? 20,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    application_name: options.name ?? 'waybill',
  });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}
