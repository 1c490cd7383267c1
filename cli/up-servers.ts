import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listen } from '../api/main.js';
import { parseKeyRing } from '../database/key-ring.js';
import { freePorts } from '../servers/ports.js';
import { startPostgres } from '../servers/postgres.js';
import { startTemporal } from '../servers/temporal.js';
import { createPayloadCodec } from '../worker/payload-codec.js';
import { openCodecDoor } from './codec-door.js';
import { keepKeys } from './data-directory.js';
import { attributeNames } from './migrate.js';
import type { Parts } from './parts.js';
import { CliError, type Terminal } from './terminal.js';

/**
 * Where the API will listen. A port that is taken is found before anything is started; 0 chooses a free one now, because
 * the stand-ins must be told of it.
 */
export async function choosePort(env: NodeJS.ProcessEnv): Promise<{ host: string; port: number; url: string }> {
  const host = env['HOST'] || '127.0.0.1';
  const wanted = Number(env['PORT'] || 8080);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535)
    throw new CliError(`PORT must be a number up to 65535, not "${env['PORT']}".`);
  const probe = createServer();
  const url = await listen(probe, host, wanted);
  await new Promise((resolve) => probe.close(resolve));
  return { host, port: Number(new URL(url).port), url };
}

/**
 * Starts PostgreSQL and Temporal side by side, unless DATABASE_URL and TEMPORAL_ADDRESS name others. Gives back the
 * settings by which the service finds them, with keys that outlive a restart.
 */
export async function startServers(
  terminal: Terminal,
  parts: Parts,
  directory: string,
): Promise<Record<string, string>> {
  const { env } = terminal;
  const keys = await chosenKeys(env, directory);
  const [DATABASE_URL, temporal] = await Promise.all([
    env['DATABASE_URL'] || startDatabase(terminal, parts, directory),
    env['TEMPORAL_ADDRESS']
      ? { TEMPORAL_ADDRESS: env['TEMPORAL_ADDRESS'] }
      : startWorkflowServer(terminal, parts, directory, keys.WAYBILL_ENCRYPTION_KEYS),
  ]);
  return { DATABASE_URL, ...temporal, ...keys };
}

/** Those of the environment, or else those made at the first start here. */
async function chosenKeys(env: NodeJS.ProcessEnv, directory: string) {
  const given = env['WAYBILL_ENCRYPTION_KEYS'];
  const pepper = env['WAYBILL_API_KEY_PEPPER'];
  if (given && pepper) return { WAYBILL_ENCRYPTION_KEYS: given, WAYBILL_API_KEY_PEPPER: pepper };
  const kept = await keepKeys(directory);
  return {
    WAYBILL_ENCRYPTION_KEYS: given || kept.WAYBILL_ENCRYPTION_KEYS,
    WAYBILL_API_KEY_PEPPER: pepper || kept.WAYBILL_API_KEY_PEPPER,
  };
}

async function startDatabase({ out }: Terminal, parts: Parts, directory: string): Promise<string> {
  const dataDir = join(directory, 'postgres');
  const server = await parts.start(
    'PostgreSQL',
    () => startPostgres({ dataDir, log: out }),
    (each) => each.stop(),
  );
  return server.url;
}

/** With its web UI, and the door through which that UI has payloads decrypted. */
async function startWorkflowServer({ env, out }: Terminal, parts: Parts, directory: string, encryptionKeys: string) {
  const namespace = env['TEMPORAL_NAMESPACE'] || 'default';
  const [uiPort, doorPort] = (await freePorts(2)) as [number, number];
  const TEMPORAL_UI_URL = `http://127.0.0.1:${uiPort}`;
  const codec = createPayloadCodec(parseKeyRing(encryptionKeys), namespace);
  const server = await parts.start(
    'Temporal with its web UI',
    async () => {
      const door = await openCodecDoor({ codec, port: doorPort, origin: TEMPORAL_UI_URL });
      // Its files are open to all by their own modes, and root's data directory may be entered (data-directory.ts).
      const closed = join(directory, 'temporal');
      await mkdir(closed, { recursive: true, mode: 0o700 });
      const { address, stop } = await startTemporal({
        ...{ namespace, uiPort, env, log: out, searchAttributes: attributeNames },
        dbFile: join(closed, 'temporal.db'),
        codecEndpoint: door.url,
      });
      return { address, stop: () => stop().then(door.stop) };
    },
    (each) => each.stop(),
  );
  return { TEMPORAL_ADDRESS: server.address, TEMPORAL_UI_URL };
}
