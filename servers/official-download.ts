import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run, type Log } from './run.js';

/** What the SDK can fetch: the Temporal CLI with its dev server, and the time-skipping test server. */
export type Download = { type: 'dev-server'; version: string } | { type: 'time-skipping'; version: string };

const secondsToBegin = 20;
const secondsWithoutProgress = 60;

/**
 * Runs in a process of its own. The SDK's runtime must be installed with our settings before anything uses it, and a
 * download that hangs inside it could not be given up.
 */
const script = `
const { Runtime } = require(process.argv[1]);
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1_000);
(async () => {
  const server = await Runtime.instance().createEphemeralServer(JSON.parse(process.argv[2]));
  await Runtime.instance().shutdownEphemeralServer(server);
})().then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/**
 * Lets the Temporal SDK download one of its servers to the file `target`. Gives up after 20 s without a first byte, so
 * that a machine without that network goes on quickly; HTTPS_PROXY is honoured.
 * @throws Error with the reason when it cannot be had
 */
export async function downloadOfficial(
  what: Download,
  target: string,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(`${target}.`);
  const giveUp = new AbortController();
  const watch = watchProgress(folder, giveUp, log);
  try {
    const worker = createRequire(import.meta.url).resolve('@temporalio/worker');
    const arguments_ = ['-e', script, worker, JSON.stringify(serverOptions(what, folder))];
    await run(process.execPath, arguments_, { seconds: 1_800, env, signal: giveUp.signal });
    const [file] = await readdir(folder);
    if (!file) throw new Error('the SDK left no file');
    await chmod(join(folder, file), 0o755);
    await rename(join(folder, file), target);
  } catch (error) {
    if (giveUp.signal.aborted) throw giveUp.signal.reason;
    // The SDK wraps the reason in five layers that each repeat the address; the last two say what is wrong.
    throw new Error((error as Error).message.split(': ').slice(-2).join(': '));
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The native form that @temporalio/testing would make; that package is not there in production. */
function serverOptions(what: Download, folder: string): Record<string, unknown> {
  const exe = {
    type: 'cached-download',
    downloadDir: folder,
    version: what.version,
    ttl: 3_600_000,
    sdkName: 'sdk-typescript',
    sdkVersion: '1.24.0',
  };
  const common = { type: what.type, exe, port: null, extraArgs: [] };
  if (what.type === 'time-skipping') return common;
  const log = { format: 'pretty', level: 'error' };
  return { ...common, namespace: 'default', ip: '127.0.0.1', uiPort: null, dbFilename: null, ui: false, log };
}

/** The SDK says nothing while it downloads, but its file grows. */
function watchProgress(folder: string, giveUp: AbortController, log: Log): NodeJS.Timeout {
  let size = 0;
  let seconds = 0;
  let lastGrowth = 0;
  return setInterval(() => {
    seconds += 1;
    void sizeOf(folder).then((now) => {
      if (now > size) [size, lastGrowth] = [now, seconds];
      const patience = size === 0 ? secondsToBegin : secondsWithoutProgress;
      if (seconds - lastGrowth >= patience) giveUp.abort(new Error(`no answer within ${patience} s`));
      else if (seconds % 10 === 0) log(`Downloading … ${Math.round(size / 1e6)} MB so far`);
    });
  }, 1_000);
}

async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(files.map((file) => stat(join(folder, file)).catch(() => ({ size: 0 }))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
