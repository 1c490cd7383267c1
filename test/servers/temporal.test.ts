import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { missingSearchAttributes, registerSearchAttributes } from '../../servers/search-attributes.js';
import { startTemporal, type TemporalServer } from '../../servers/temporal.js';
import { eventually } from '../support/eventually.js';

describe('startTemporal', () => {
  let folder: string;
  const running: TemporalServer[] = [];
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-temporal-test-'));
  });
  afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function start(): Promise<TemporalServer> {
    const dbFile = join(folder, 'temporal.db');
    const server = await startTemporal({
      namespace: 'default',
      searchAttributes: ['WaybillState'],
      dbFile,
      uiPort: 0,
      env,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    running.push(server);
    return server;
  }

  async function using<T>(server: TemporalServer, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: server.address });
    return work(connection).finally(() => connection.close());
  }

  it('keeps workflows and search attributes over a restart, and serves its web UI', async () => {
    const first = await start();
    expect((await fetch(first.uiUrl!)).status).toBe(200);
    await using(first, async (connection) => {
      const searchAttributes = { WaybillState: ['queued'] };
      const options = { taskQueue: 'nobody', workflowId: 'kept', searchAttributes };
      await new Client({ connection }).workflow.start('anything', options);
    });
    await first.stop();

    const second = await start();
    const found = await using(second, async (connection) => {
      const client = new Client({ connection });
      return eventually(async () => {
        const { count } = await client.workflow.count("WaybillState = 'queued'");
        expect(count).toBe(1);
        return (await client.workflow.getHandle('kept').describe()).status.name;
      });
    });
    expect(found).toBe('RUNNING');
  });

  it('refuses a database that another session is using', async () => {
    await start();
    await expect(start()).rejects.toThrow(/temporal\.db is in use by process \d+/);
  });

  it('registers the search attributes that a running server lacks, once', async () => {
    const server = await start();
    await using(server, async (connection) => {
      const names = ['WaybillState', 'WaybillLater'];
      expect(await registerSearchAttributes(connection, 'default', names)).toEqual(['WaybillLater']);
      await eventually(async () => expect(await missingSearchAttributes(connection, 'default', names)).toEqual([]));
      expect(await registerSearchAttributes(connection, 'default', names)).toEqual([]);
    });
  });

  it('starts nothing when TEMPORAL_ADDRESS names a server', async () => {
    const options = {
      namespace: 'default',
      searchAttributes: [],
      env: { TEMPORAL_ADDRESS: 'temporal.example.com:7233' },
    };
    expect(await startTemporal(options)).toMatchObject({ address: 'temporal.example.com:7233', pid: null });
  });
});
