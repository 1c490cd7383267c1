import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { User } from './run.js';

export interface GuardedServer {
  pid: number;
  /** Settles when the process ended, for whatever reason. */
  ended: Promise<void>;
  hasEnded: () => boolean;
  /** Asks the server to end in good order and waits for it. */
  stop: () => Promise<void>;
}

/** Shutting down in good order takes a second; after this the process is stuck. */
const stopLimitMs = 30_000;

/**
 * Starts a server that lives exactly as long as this process. It gets its own session, so that Ctrl-C reaches us alone
 * and we stop it after the workers are done; and a watcher, a shell that blocks on a pipe from us: when we end in any
 * way, kill -9 included, the pipe closes and the watcher ends the server.
 * It gets no environment but the one given: our secrets are none of its business.
 */
export async function startGuarded(
  command: string,
  args: string[],
  options: { logFile: string; env: NodeJS.ProcessEnv; user?: User | null },
): Promise<GuardedServer> {
  // Removed first: when root started it last time, its owner may remove the file but not write it.
  rmSync(options.logFile, { force: true });
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    detached: true,
    cwd: '/',
    env: options.env,
    ...options.user,
  });
  closeSync(log);
  await once(child, 'spawn');
  const pid = child.pid!;
  const watcher = watch(pid, options.user);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      isOver = true;
      watcher.kill('SIGKILL');
      resolve();
    });
  });
  child.unref();
  return { pid, ended, hasEnded: () => isOver, stop: () => stop(child, ended) };
}

function watch(pid: number, user: User | null | undefined): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    ...user,
  });
  // Without a watcher the next start finds the leftover: no reason to fail now.
  watcher.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void }).unref();
  return watcher;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGINT');
  const stuck = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(stuck);
}

/**
 * Tries `ready` again until it returns something, the server ends or the time is over.
 * @throws Error with the end of the server's log
 */
export async function whenReady<T>(
  name: string,
  server: GuardedServer,
  logFile: string,
  ready: () => Promise<T | null>,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  while (!server.hasEnded() && Date.now() < deadline) {
    const answer = await ready();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const why = server.hasEnded() ? 'ended at once' : 'was not ready within 60 s';
  await server.stop();
  throw new Error(`${name} ${why}: ${(await readFile(logFile, 'utf8')).slice(-2_000).trim()}`);
}
