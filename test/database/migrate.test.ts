import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../../database/migrate.js';
import { openDatabase } from '../../database/pool.js';
import { freshDatabase } from '../support/database.js';
import { sharedServer } from '../support/shared-server.js';

const numbered = readdirSync(fileURLToPath(new URL('../../database/migrations', import.meta.url)))
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.replace(/\.sql$/, ''))
  .sort();

it('two processes that migrate an empty database at once apply each migration once', async () => {
  const server = new pg.Client({ connectionString: sharedServer('WAYBILL_TEST_POSTGRES') });
  await server.connect();
  const name = `migrate_${randomBytes(4).toString('hex')}`;
  await server.query(`create database ${name}`);
  const url = new URL(sharedServer('WAYBILL_TEST_POSTGRES'));
  url.pathname = name;
  const both = [1, 2].map(() => openDatabase(url.href, { size: 2 }));
  const applied = await Promise.all(both.map(({ db }) => migrate(db)));
  expect(applied.flat().sort()).toEqual(numbered);
  expect(await migrate(both[0]!.db)).toEqual([]);
  const { rows } = await both[0]!.pool.query<{ exists: boolean }>(`select to_regclass('orders') is not null as exists`);
  expect(rows).toEqual([{ exists: true }]);
  for (const database of both) await database.close();
  await server.query(`drop database ${name} with (force)`);
  await server.end();
});

it('the schema of the tests is the newest', async () => {
  const database = await freshDatabase();
  expect(await migrate(database.db)).toEqual([]);
  await database.drop();
});
