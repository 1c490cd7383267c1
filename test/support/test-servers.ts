import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../database/migrate.js';
import { openDatabase } from '../../database/pool.js';
import { searchAttributes } from '../../domain/identifiers.js';
import { startPostgres } from '../../servers/postgres.js';
import { startTemporal } from '../../servers/temporal.js';
import { templateDatabase } from './database.js';
import { isAlive } from './processes.js';

const folderName = 'waybill-test-';
const stops: (() => Promise<void>)[] = [];

/**
 * Starts what all test files share, 2 s on two cores: one PostgreSQL with a migrated template, and one Temporal in
 * memory. Their addresses go to the workers in the environment.
 */
export async function startTestServers(): Promise<void> {
  await removeLeftovers();
  const starts = await Promise.allSettled([startTestPostgres(), startTestTemporal()]);
  const failed = starts.find((start) => start.status === 'rejected');
  if (!failed) return;
  await stopTestServers();
  throw failed.reason;
}

export async function stopTestServers(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

async function startTestPostgres(): Promise<void> {
  const dataDir = join(tmpdir(), `${folderName}${process.pid}`);
  await mkdir(dataDir, { mode: 0o755 });
  stops.push(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startPostgres({ dataDir, durable: false, log });
  stops.push(server.stop);
  await makeTemplate(server.url);
  process.env['WAYBILL_TEST_POSTGRES'] = server.url;
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${templateDatabase}`);
  await client.end();
  const template = new URL(url);
  template.pathname = templateDatabase;
  const opened = openDatabase(template.href, { size: 1 });
  await migrate(opened.db).finally(() => opened.close());
}

async function startTestTemporal(): Promise<void> {
  // Never a server that a developer's TEMPORAL_ADDRESS names: tests start thousands of workflows.
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  const names = Object.values(searchAttributes);
  const server = await startTemporal({ namespace: 'default', searchAttributes: names, env, log });
  stops.push(server.stop);
  process.env['WAYBILL_TEST_TEMPORAL'] = server.address;
}

/** A run that was killed takes its servers with it (servers/guarded.ts) but leaves its data. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(folderName) ? Number(name.slice(folderName.length)) : NaN;
    if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid))) {
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function log(line: string): void {
  console.error(line);
}
