import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.js';

export type Database = Kysely<Schema>;

export interface OpenDatabase {
  db: Database;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** A connection that broke. pg hangs its whole client, password and all, on the error: a log must not get that. */
export interface LostConnection {
  code: string | undefined;
  message: string;
}

export function lostConnection(error: Error & { code?: string }): LostConnection {
  return { code: error.code, message: error.message };
}

/**
 * Opens a pool. A statement may take 10 s, a wait for a connection 5 s: a page of 100 orders takes well under one.
 * Both kinds of error listener are needed: a checked-out client without one kills the process when PostgreSQL
 * restarts (reference/libraries.md, finding 5).
 */
export function openDatabase(
  url: string,
  options: { size?: number; name?: string; onLost?: (lost: LostConnection) => void } = {},
): OpenDatabase {
  const onError = (error: Error) => options.onLost?.(lostConnection(error));
  const pool = new pg.Pool({
    connectionString: url,
    max: options.size ?? 20,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    application_name: options.name ?? 'waybill',
  });
  pool.on('error', onError);
  pool.on('connect', (client) => {
    client.on('error', onError);
    prepareMarked(client);
  });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}

/** Starts a statement that runs for every order. Its text must never vary: each one is kept for as long as a connection. */
const mark = '/* prepared */';
const names = new Map<string, string>();

/** PostgreSQL then reads it once a connection, and plans it a few times: without, a third of what it costs. */
function prepareMarked(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (statement: unknown, ...rest: unknown[]) => unknown;
  const named = (statement: unknown) =>
    typeof statement === 'string' && statement.trimStart().startsWith(mark)
      ? { name: nameOf(statement), text: statement }
      : statement;
  client.query = ((statement: unknown, ...rest: unknown[]) => query(named(statement), ...rest)) as typeof client.query;
}

function nameOf(text: string): string {
  const name = names.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 32);
  names.set(text, name);
  return name;
}
