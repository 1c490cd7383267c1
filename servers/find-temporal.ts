import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { cacheDirectory } from './cache.js';
import { downloadOfficial } from './official-download.js';
import { run, withProgress, type Log } from './run.js';

/** A server that runs already, or the program that runs one. */
export type FoundTemporal = { address: string } | { binary: string };

/** Later tags cannot be installed with `go install`: their go.mod has a `replace`. */
const version = 'v1.5.1';
const goPackage = `github.com/temporalio/cli/cmd/temporal@${version}`;

/**
 * Finds a Temporal server in this order: TEMPORAL_ADDRESS, `temporal` on the PATH, the cache, the official download, a
 * build with Go. The last takes 2 to 5 minutes, once.
 * @throws Error that names all five ways and why each failed
 */
export async function findTemporal(options: { env?: NodeJS.ProcessEnv; log?: Log } = {}): Promise<FoundTemporal> {
  const { env = process.env, log = () => undefined } = options;
  if (env['TEMPORAL_ADDRESS']) return { address: env['TEMPORAL_ADDRESS'] };
  const cached = join(cacheDirectory(env), `temporal-cli-${version.slice(1)}`, 'temporal');
  const onPath = await findOnPath('temporal', env);
  for (const binary of [onPath, cached]) {
    if (binary && (await works(binary, env))) return { binary };
  }
  const download = await reasonOfFailure(() => {
    log(`Downloading the Temporal CLI ${version}`);
    return downloadOfficial({ type: 'dev-server', version }, cached, env, log);
  });
  if (download === null) return { binary: cached };
  log(`The official download cannot be had: ${download}`);
  const build = await reasonOfFailure(() => buildWithGo(cached, env, log));
  if (build === null) return { binary: cached };
  throw new Error(
    [
      'No Temporal server was found. Each of these ways would do:',
      '1. TEMPORAL_ADDRESS=host:port of a server that runs already (it is not set)',
      `2. the Temporal CLI on the PATH, see https://docs.temporal.io/cli (${onPath ? `${onPath} does not run` : 'there is none'})`,
      `3. the Temporal CLI as ${cached} (there is none that runs)`,
      `4. the official download from https://temporal.download (failed: ${download})`,
      `5. Go on the PATH, for: go install ${goPackage} (failed: ${build})`,
    ].join('\n'),
  );
}

export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const directory of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(directory, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

async function works(binary: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await reasonOfFailure(() => run(binary, ['--version'], { seconds: 30, env }))) === null;
}

async function buildWithGo(target: string, env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  const go = await findOnPath('go', env);
  if (!go) throw new Error('go is not on the PATH');
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(`${target}.`);
  try {
    const build = run(go, ['install', goPackage], { seconds: 1_800, env: { ...env, GOBIN: folder } });
    await withProgress(log, `Building the Temporal CLI ${version} with Go, once, 2 to 5 minutes`, build);
    await rename(join(folder, 'temporal'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reasonOfFailure(attempt: () => Promise<unknown>): Promise<string | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
