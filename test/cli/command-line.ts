import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { startApi, type RunningApi } from '../../api/main.js';
import { runCli } from '../../cli/run.js';
import { createApiKey } from '../../database/api-keys.js';
import { readConfiguration } from '../../worker/configuration.js';
import { temporalAddress, testTaskQueue } from '../support/temporal.js';
import type { FreshDatabase } from '../support/database.js';

/** What a command printed, and the code it ended with. */
export interface Said {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process, with this environment alone. */
export async function say(env: NodeJS.ProcessEnv, args: string[]): Promise<Said> {
  const said = { out: [] as string[], err: [] as string[] };
  const code = await runCli(args, {
    // Never the .waybill of whoever runs the tests.
    env: { WAYBILL_DATA_DIR: '/nonexistent/waybill', ...env },
    out: (line) => said.out.push(line),
    err: (line) => said.err.push(line),
  });
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

export interface CommandLine {
  api: RunningApi;
  /** Its address with an operator's key. */
  operator: { url: string; key: string };
  /** The environment of the service. */
  env: NodeJS.ProcessEnv;
  /** Runs a command of the API's with an operator's key. */
  waybill: (...args: string[]) => Promise<Said>;
  /** The same with --json; what it printed, parsed. */
  json: <Answer>(...args: string[]) => Promise<Answer>;
}

/** A real API over the database, and the command line that speaks to it. */
export async function startCommandLine(
  database: FreshDatabase,
  settings: Record<string, string> = {},
): Promise<CommandLine> {
  const env = serviceEnvironment(database, settings);
  const configuration = readConfiguration(env);
  const api = await startApi(configuration, pino({ level: 'silent' }));
  const wanted = { role: 'operator' as const, tenantId: null, name: 'test', expiresAt: null };
  const { token } = await createApiKey(database.db, configuration.WAYBILL_API_KEY_PEPPER, wanted);
  const waybill = (...args: string[]) => say({ WAYBILL_URL: api.url, WAYBILL_API_KEY: token }, args);
  return {
    api,
    operator: { url: api.url, key: token },
    env,
    waybill,
    async json<Answer>(...args: string[]) {
      const said = await waybill(...args, '--json');
      expect(said).toMatchObject({ code: 0, err: '' });
      return JSON.parse(said.out) as Answer;
    },
  };
}

export function serviceEnvironment(database: { url: string }, settings: Record<string, string> = {}) {
  return {
    PORT: '0',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
    WAYBILL_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    WAYBILL_API_KEY_PEPPER: randomBytes(16).toString('hex'),
    WAYBILL_TASK_QUEUE_PREFIX: testTaskQueue('cli'),
    WAYBILL_ALLOWED_ADDRESSES: '127.0.0.1',
    ...settings,
  };
}
