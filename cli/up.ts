import { destination, pino } from 'pino';
import { startApi } from '../api/main.js';
import { readConfiguration } from '../worker/configuration.js';
import { installRuntime } from '../worker/main.js';
import { startWorker } from '../worker/worker.js';
import { createApiClient } from './api-client.js';
import { makeDataDirectory, saveLastUp } from './data-directory.js';
import { demoKey } from './demo-key.js';
import { migrateDatabase, prepareTemporal } from './migrate.js';
import { askedToStop, createParts, type Parts } from './parts.js';
import { setUpSampleAccount } from './sample-account.js';
import { startStandIns } from './stand-ins.js';
import { CliError, explain, type Terminal } from './terminal.js';
import { choosePort, startServers } from './up-servers.js';
import { welcome } from './welcome.js';

/** `waybill up`: runs all of Waybill until it is asked to stop or a part fails, and ends the process. */
export async function runUp(terminal: Terminal): Promise<never> {
  const parts = createParts(terminal.out);
  const asked = askedToStop(terminal.out);
  let code = 0;
  try {
    const outcome = await Promise.race([bringUp(terminal, parts), asked]);
    if (outcome !== 'stop') await Promise.race([outcome.ended, asked]);
  } catch (error) {
    code = 1;
    explain(error, terminal);
  }
  await parts.stop();
  if (code === 0) terminal.out('Stopped. The data is kept for the next start.');
  // What is left waits for nothing: a download or a build that a broken-off start began, or a client's next try.
  process.exit(code);
}

async function bringUp(terminal: Terminal, parts: Parts): Promise<{ ended: Promise<void> }> {
  const from = Date.now();
  const { env, out } = terminal;
  const withSandbox = wantsSandbox(env);
  const place = await choosePort(env);
  const directory = await makeDataDirectory(env);
  out(`Waybill starts. Its data lies in ${directory}`);
  const servers = await startServers(terminal, parts, directory);
  const settings = {
    ...{ ...servers, HOST: place.host, PORT: String(place.port), LOG_LEVEL: env['LOG_LEVEL'] || 'warn' },
    ...(withSandbox && sandboxSettings(env, place.url)),
  };
  const configuration = readConfiguration({ ...env, ...settings });
  await parts.start('Tables and search attributes', async () => {
    await migrateDatabase(configuration.DATABASE_URL);
    await prepareTemporal(configuration);
  });
  const standIns = withSandbox
    ? await parts.start('Stand-ins for ClickBank, BigCommerce, Shopify and ShipBob', startStandIns, (each) =>
        each.stop(),
      )
    : null;
  const logger = pino({ level: configuration.LOG_LEVEL, name: 'waybill' }, destination(2));
  const { url } = await parts.start(
    'API',
    () => startApi(configuration, logger),
    (api) => api.stop(),
  );
  const key = standIns && (await demoKey(configuration, directory));
  await saveLastUp(directory, { url, apiKey: key && key.token, environment: settings });
  if (standIns && key) {
    const api = createApiClient({ url, key: key.token });
    await parts.start('Sample stores and warehouse', () => setUpSampleAccount(api, standIns));
    await parts.start(
      'Sample orders',
      async () => standIns.sell(),
      async () => standIns.close(),
    );
  }
  installRuntime(logger, env['METRICS_PORT'] ? configuration.METRICS_PORT : null);
  const worker = await parts.start(
    'Worker',
    () => startWorker(configuration, logger),
    (each) => each.stop(),
  );
  const seconds = (Date.now() - from) / 1_000;
  out(welcome({ seconds, url, key, standIns, temporalUrl: configuration.TEMPORAL_UI_URL ?? null }).join('\n'));
  return worker;
}

function wantsSandbox(env: NodeJS.ProcessEnv): boolean {
  const wanted = env['WAYBILL_SANDBOX'] || 'on';
  if (wanted !== 'on' && wanted !== 'off') throw new CliError(`WAYBILL_SANDBOX must be on or off, not "${wanted}".`);
  return wanted === 'on';
}

/** Both ways: we may call the stand-ins on this machine, and they know where to send their webhooks. */
function sandboxSettings(env: NodeJS.ProcessEnv, url: string) {
  const allowed = env['WAYBILL_ALLOWED_ADDRESSES'];
  return {
    WAYBILL_ALLOWED_ADDRESSES: allowed ? `${allowed},127.0.0.1` : '127.0.0.1',
    WAYBILL_PUBLIC_URL: env['WAYBILL_PUBLIC_URL'] || url,
  };
}
