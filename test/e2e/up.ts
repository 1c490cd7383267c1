import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';

const program = fileURLToPath(new URL('../../dist/cli/waybill.js', import.meta.url));

export type Up = ReturnType<typeof startUp>;

/** One `waybill up`, as `npm start` runs it after its build: a process of its own, with settings of its own. */
export function startUp(dataDirectory: string, settings: Record<string, string> = {}) {
  const { PATH, HOME, WAYBILL_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  const child = spawn(process.execPath, [program, 'up'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, WAYBILL_CACHE_DIR, XDG_CACHE_HOME, PORT: '0', WAYBILL_DATA_DIR: dataDirectory, ...settings },
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let output = '';
  const keep = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return {
    pid: child.pid!,
    output: () => output,
    /** A first start may fetch or build a Temporal server. */
    async ready() {
      await eventually(() => {
        if (child.exitCode === null && !output.includes('Waybill is ready')) throw new Error(`not ready:\n${output}`);
      }, 600);
      expect({ exitCode: child.exitCode, output }).toEqual({ exitCode: null, output });
    },
    ended: async () => (await ended)[0],
    async stop(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      return (await ended)[0];
    },
    /** Calls the API with the key that was made to try it. */
    async get<Answer>(path: string): Promise<Answer> {
      const { url, apiKey } = await lastUp(dataDirectory);
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
      expect([path, response.status]).toEqual([path, 200]);
      return (await response.json()) as Answer;
    },
  };
}

/** What it leaves for the other commands. */
export async function lastUp(dataDirectory: string): Promise<{ url: string; apiKey: string | null }> {
  return JSON.parse(await readFile(join(dataDirectory, 'cli.json'), 'utf8')) as { url: string; apiKey: string | null };
}

/** Every process that this one started, and those that they started. */
export function descendants(pid: number): number[] {
  const all = process.platform === 'linux' ? fromKernel() : fromPs();
  const below = (parent: number): number[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

/** Slim images have no ps. */
function fromKernel() {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    try {
      return [{ pid, parent: Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) }];
    } catch {
      // It ended since.
      return [];
    }
  });
}

function fromPs() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid, parent]) => ({ pid: pid!, parent: parent! }));
}
