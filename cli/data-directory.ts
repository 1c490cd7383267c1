import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CliError } from './terminal.js';

/** Secrets that must outlive a restart: without them nothing that was encrypted can be read. */
export interface KeptKeys {
  WAYBILL_ENCRYPTION_KEYS: string;
  WAYBILL_API_KEY_PEPPER: string;
}

/** What `waybill up` leaves for the other commands, so that they need no settings beside it. */
export interface LastUp {
  url: string;
  /** Null where no key was made (WAYBILL_SANDBOX=off). */
  apiKey: string | null;
  /** For the commands that work on the database and on Temporal themselves. */
  environment: Record<string, string>;
}

export function dataDirectory(env: NodeJS.ProcessEnv): string {
  return resolve(env['WAYBILL_DATA_DIR'] || '.waybill');
}

/**
 * Makes the folder, closed to others. Root's PostgreSQL runs as another user, who must pass through it: that user, and
 * so everyone, may enter but not look around, and every file of ours in it is closed.
 */
export async function makeDataDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  const directory = dataDirectory(env);
  await mkdir(directory, { recursive: true });
  await chmod(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
  return directory;
}

export async function keepKeys(directory: string): Promise<KeptKeys> {
  const path = join(directory, 'keys.json');
  const kept = await readJson<KeptKeys>(path);
  if (kept) return kept;
  const made: KeptKeys = {
    WAYBILL_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    WAYBILL_API_KEY_PEPPER: randomBytes(32).toString('hex'),
  };
  await writeSecret(path, made);
  return made;
}

export async function saveLastUp(directory: string, last: LastUp): Promise<void> {
  await writeSecret(join(directory, 'cli.json'), last);
}

export function readLastUp(directory: string): Promise<LastUp | null> {
  return readJson<LastUp>(join(directory, 'cli.json'));
}

/** The settings of the last `waybill up` here, unless the environment names a database of its own. */
export async function serviceEnvironment(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (env['DATABASE_URL']) return env;
  const last = await readLastUp(dataDirectory(env));
  return { ...last?.environment, ...env };
}

/** Written beside its place and renamed: a crash leaves the old file or the new one, never half of one. */
async function writeSecret(path: string, value: object): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}

async function readJson<T>(path: string): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new CliError(`${path} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new CliError(`${path} is not JSON any more.`, 'Restore it from a copy: what it holds cannot be made again.');
  }
}
