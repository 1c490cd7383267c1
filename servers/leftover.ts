import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { run } from './run.js';

interface Process {
  parent: number;
  command: string;
}

/**
 * Ends a server that outlived a session of ours (its watcher was killed as well), known by its pid and by `mark`, a path
 * that only our server has on its command line. A pid alone proves nothing: the system gives it to others.
 * @throws Error when the session that started it is still alive: two sessions must not share one data directory
 */
export async function endLeftover(pid: number, mark: string): Promise<void> {
  const found = await lookAt(pid);
  if (!found?.command.includes(mark)) return;
  const parent = await lookAt(found.parent);
  // An orphan belongs to init; a server in use belongs to the Node process that started it.
  if (parent && basename(parent.command.split('\0')[0]!) === basename(process.execPath)) {
    throw new Error(`${mark} is in use by process ${found.parent}: stop that one first, or set WAYBILL_DATA_DIR`);
  }
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + 30_000;
  while ((await lookAt(pid))?.command.includes(mark)) {
    if (Date.now() > deadline) throw new Error(`process ${pid}, left over in ${mark}, does not end: end it by hand`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function lookAt(pid: number): Promise<Process | null> {
  if (!Number.isInteger(pid) || pid < 1) return null;
  return process.platform === 'linux' ? readProc(pid) : askPs(pid);
}

/** Slim images have no ps, so on Linux the kernel is asked. */
async function readProc(pid: number): Promise<Process | null> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return { parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), command };
  } catch {
    return null;
  }
}

async function askPs(pid: number): Promise<Process | null> {
  try {
    const line = await run('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { seconds: 10 });
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(line) ?? [];
    return command ? { parent: Number(parent), command: command.replace(' ', '\0') } : null;
  } catch {
    return null;
  }
}
