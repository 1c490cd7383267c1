import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase, type OpenDatabase } from '../../database/pool.js';
import { sharedServer } from './shared-server.js';

/** Migrated once for the run; nobody connects to it, because a database in use cannot be copied. */
export const templateDatabase = 'waybill_template';

export interface FreshDatabase {
  url: string;
  db: OpenDatabase['db'];
  pool: OpenDatabase['pool'];
  /** Closes the pool and removes the database, whoever is still connected. */
  drop: () => Promise<void>;
}

/** An empty database with the newest schema, for one test file alone. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(`create database ${name} template ${templateDatabase}`);
  const url = new URL(sharedServer('WAYBILL_TEST_POSTGRES'));
  url.pathname = name;
  const opened = openDatabase(url.href, { size: 10, name: 'waybill-test' });
  return {
    url: url.href,
    db: opened.db,
    pool: opened.pool,
    drop: async () => {
      await opened.close();
      await asOwner(`drop database ${name} with (force)`);
    },
  };
}

async function asOwner(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: sharedServer('WAYBILL_TEST_POSTGRES') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
