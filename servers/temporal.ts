import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { findTemporal } from './find-temporal.js';
import { startGuarded, whenReady } from './guarded.js';
import { endLeftover } from './leftover.js';
import { freePorts } from './ports.js';
import type { Log } from './run.js';
import { missingSearchAttributes } from './search-attributes.js';

export interface TemporalServer {
  address: string;
  uiUrl: string | null;
  /** null when the server is not ours (TEMPORAL_ADDRESS): then stop() leaves it alone. */
  pid: number | null;
  stop: () => Promise<void>;
}

/**
 * Starts Temporal's dev server on 127.0.0.1 and waits until the namespace and its search attributes (all Keyword) are
 * there; with TEMPORAL_ADDRESS set it starts nothing.
 * @param options.dbFile where its data lies; without it everything is in memory
 * @param options.uiPort port of the web UI, 0 for a free one; without it there is none
 * @param options.codecEndpoint where the web UI has payloads decoded
 * @throws Error that names every way to provide a server, or with the end of its log
 */
export async function startTemporal(options: {
  namespace: string;
  searchAttributes: string[];
  dbFile?: string;
  uiPort?: number;
  codecEndpoint?: string;
  env?: NodeJS.ProcessEnv;
  log?: Log;
}): Promise<TemporalServer> {
  const { env = process.env, log } = options;
  const found = await findTemporal({ env, ...(log ? { log } : {}) });
  if ('address' in found) return { address: found.address, uiUrl: null, pid: null, stop: () => Promise.resolve() };

  const place = await makePlace(options.dbFile);
  const [port, freeUiPort] = await freePorts(2);
  const uiPort = options.uiPort === 0 ? freeUiPort : options.uiPort;
  const server = await startGuarded(
    found.binary,
    [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', options.namespace],
      // Registering one that is there already does no harm, so it is done at each start.
      ...options.searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      ...(options.codecEndpoint ? ['--ui-codec-endpoint', options.codecEndpoint] : []),
      ...(place.dbFile ? ['--db-filename', place.dbFile] : []),
      ...['--log-level', 'warn'],
    ],
    // HOME, because the CLI looks for its settings there.
    { logFile: place.logFile, env: { PATH: env['PATH'], HOME: env['HOME'] } },
  );
  if (place.pidFile) await writeFile(place.pidFile, `${server.pid}\n`);
  const address = `127.0.0.1:${port}`;
  await whenReady('Temporal', server, place.logFile, () => isReady(address, options)).finally(place.started);
  return {
    address,
    uiUrl: uiPort === undefined ? null : `http://127.0.0.1:${uiPort}`,
    pid: server.pid,
    stop: async () => {
      await server.stop();
      await place.stopped();
    },
  };
}

const nothing = () => Promise.resolve();

interface Place {
  dbFile: string | null;
  pidFile: string | null;
  logFile: string;
  started: () => Promise<void>;
  stopped: () => Promise<void>;
}

async function makePlace(wanted: string | undefined): Promise<Place> {
  if (!wanted) {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-temporal-'));
    // The log is for a start that fails. Nobody would remove it after a kill, so it goes as soon as the start is over.
    const started = () => rm(folder, { recursive: true, force: true });
    return { dbFile: null, pidFile: null, logFile: join(folder, 'temporal.log'), started, stopped: nothing };
  }
  const dbFile = resolve(wanted);
  const pidFile = `${dbFile}.pid`;
  await mkdir(dirname(dbFile), { recursive: true });
  // Two servers on one SQLite file would run each workflow twice.
  await endLeftover(Number(await readFile(pidFile, 'utf8').catch(() => '0')), dbFile);
  return { dbFile, pidFile, logFile: `${dbFile}.log`, started: nothing, stopped: () => rm(pidFile, { force: true }) };
}

async function isReady(
  address: string,
  options: { namespace: string; searchAttributes: string[] },
): Promise<true | null> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    await connection.workflowService.describeNamespace({ namespace: options.namespace });
    const missing = await missingSearchAttributes(connection, options.namespace, options.searchAttributes);
    return missing.length === 0 ? true : null;
  } catch {
    return null;
  } finally {
    await connection?.close();
  }
}
