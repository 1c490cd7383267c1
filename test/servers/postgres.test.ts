import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../servers/postgres.js';
import { eventually } from '../support/eventually.js';
import { isAlive } from '../support/processes.js';

const built = fileURLToPath(new URL('../../dist/servers/postgres.js', import.meta.url));

describe('startPostgres', () => {
  let folder: string;
  const running: PostgresServer[] = [];
  const start = async () => {
    const server = await startPostgres({ dataDir: join(folder, 'with blanks'), durable: false });
    running.push(server);
    return server;
  };
  const query = async (url: string, statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return (await client.query(statement).finally(() => client.end())).rows as Record<string, unknown>[];
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-postgres-'));
    // As a person's own folder would be; the user PostgreSQL runs as under root must get in.
    await chmod(folder, 0o755);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps its data over a restart', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('sorts by code point, speaks UTF-8 and UTC, and lets nobody in without the password', async () => {
    const { url } = await start();
    expect(
      await query(
        url,
        "select current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone, 'Z' < 'a' as sorts",
      ),
    ).toEqual([{ encoding: 'UTF8', zone: 'UTC', sorts: true }]);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('refuses a data folder that another session is using', async () => {
    await start();
    await expect(start()).rejects.toThrow(/is in use by process \d+/);
  });

  it('starts although the lock of a crashed server names a process that is alive', async () => {
    const first = await start();
    await first.stop();
    const lock = join(folder, 'with blanks/cluster/postmaster.pid');
    await writeFile(lock, `${process.pid}\n`);
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('ends when the process that started it is killed', async () => {
    const script = `
      const { startPostgres } = await import(${JSON.stringify(built)});
      const { pid } = await startPostgres({ dataDir: ${JSON.stringify(folder)}, durable: false });
      console.log(pid);
      setInterval(() => {}, 60_000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });
});
