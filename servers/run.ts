import { spawn } from 'node:child_process';

export interface User {
  uid: number;
  gid: number;
}

export type Log = (line: string) => void;

/** Enough of a tool's output to see why it failed. */
const tailLength = 2_000;

/**
 * Runs a command to its end and returns its output; `seconds` ends it when it takes longer.
 * @throws Error with the command's name and the end of what it said
 */
export async function run(
  command: string,
  args: string[],
  options: { seconds: number; env?: NodeJS.ProcessEnv; user?: User | null; cwd?: string; signal?: AbortSignal },
): Promise<string> {
  const limit = AbortSignal.timeout(options.seconds * 1_000);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    signal: options.signal ? AbortSignal.any([limit, options.signal]) : limit,
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...options.user,
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-tailLength));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | string>((resolve, reject) => {
    child.on('error', (error) => {
      reject(limit.aborted ? new Error(`${command} took longer than ${options.seconds} s`) : error);
    });
    child.on('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'unknown'));
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output.trim()}`);
  return output;
}

/** Says `line` with the seconds gone by, every ten seconds, while the work goes on. */
export async function withProgress<T>(log: Log, line: string, work: Promise<T>): Promise<T> {
  const start = Date.now();
  log(line);
  const timer = setInterval(() => log(`${line} … ${Math.round((Date.now() - start) / 1_000)} s so far`), 10_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
