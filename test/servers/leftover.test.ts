import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endLeftover } from '../../servers/leftover.js';
import { isAlive } from '../support/processes.js';

describe('endLeftover', () => {
  const sleeper = 'setInterval(() => {}, 60_000); console.log(process.pid)';

  /** A process whose parent is gone, as a server is whose session was killed. */
  async function orphan(mark: string): Promise<number> {
    const shell = spawn('/bin/sh', ['-c', '"$0" -e "$1" "$2" & wait $!', process.execPath, sleeper, mark], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    shell.kill('SIGKILL');
    await once(shell, 'exit');
    return Number(line.toString());
  }

  it('ends a server that outlived its session', async () => {
    const pid = await orphan('/data/one of ours');
    expect(isAlive(pid)).toBe(true);
    await endLeftover(pid, '/data/one of ours');
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves alone what only got the same pid', async () => {
    const pid = await orphan('/data/of somebody else');
    await endLeftover(pid, '/data/one of ours');
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('refuses to end what a living session uses', async () => {
    const child = spawn(process.execPath, ['-e', sleeper, '/data/one of ours'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(endLeftover(child.pid!, '/data/one of ours')).rejects.toThrow(`in use by process ${process.pid}`);
    expect(isAlive(child.pid!)).toBe(true);
    child.kill('SIGKILL');
  });

  it('takes a pid that is gone, or is none, for nothing', async () => {
    await expect(endLeftover(Number.NaN, '/data')).resolves.toBeUndefined();
    await expect(endLeftover(2 ** 22 + 1, '/data')).resolves.toBeUndefined();
  });
});
