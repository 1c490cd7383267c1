import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Finding } from '../../cli/finding.js';
import { saveProbe } from '../../database/connections.js';
import { saveCredentials } from '../../database/credentials.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { createTenant } from '../../database/tenants.js';
import type { ProbeReport } from '../../domain/store.js';
import { aStore, aWarehouse, anImportedOrder } from '../api/fixtures.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { sharedServer } from '../support/shared-server.js';
import { startWaybill } from '../support/waybill.js';
import { say, serviceEnvironment } from './command-line.js';

async function doctor(env: NodeJS.ProcessEnv): Promise<{ code: number; problems: Finding[]; fine: string[] }> {
  const { code, out } = await say(env, ['doctor', '--json']);
  const findings = JSON.parse(out) as Finding[];
  return {
    code,
    problems: findings.filter((finding) => finding.fix !== null),
    fine: findings.filter((finding) => finding.fix === null).map((finding) => finding.check),
  };
}

it('finds nothing wrong with a Waybill that works', async () => {
  quietTemporal();
  const waybill = await startWaybill();
  const passed: ProbeReport = { permissions: [], accounts: ['acme'], problems: [] };
  await saveProbe(waybill.db, 'stores', waybill.storeId, passed, new Date());
  await saveProbe(waybill.db, 'warehouses', waybill.warehouseId, passed, new Date());
  const settings = { WAYBILL_ENCRYPTION_KEYS: waybill.keys, WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix };
  const { code, out } = await say(serviceEnvironment(waybill.database, settings), ['doctor']);
  await waybill.stop();
  expect(out).not.toContain('PROBLEM');
  expect(code).toBe(0);
  expect(out.split('\n').slice(1)).toHaveLength(12);
});

it('says what is missing from the environment, and looks no further', async () => {
  const { code, problems } = await doctor({});
  expect(code).toBe(1);
  expect(problems).toEqual([expect.objectContaining({ check: 'environment' })]);
  expect(problems[0]!.detail).toContain('DATABASE_URL');
});

it('says what cannot be reached', async () => {
  const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const { code, problems, fine } = await doctor(serviceEnvironment({ url: '' }, away));
  expect(code).toBe(1);
  expect(problems.map((each) => each.check)).toEqual(['database', 'temporal']);
  expect(fine).toEqual(['environment']);
});

describe('a database', () => {
  let database: FreshDatabase;
  beforeEach(async () => (database = await freshDatabase()));
  afterEach(() => database.drop());

  it('that was never migrated: names the migrations, and `waybill migrate` applies them', async () => {
    const url = new URL(sharedServer('WAYBILL_TEST_POSTGRES'));
    const name = `test_${randomBytes(6).toString('hex')}`;
    const owner = new pg.Client({ connectionString: url.href });
    await owner.connect();
    await owner.query(`create database ${name} template template0`);
    url.pathname = name;
    const env = serviceEnvironment({ url: url.href });
    const before = await doctor(env);
    expect(before.problems).toContainEqual({
      ...{ check: 'migrations', fix: 'Run `waybill migrate`.' },
      detail: expect.stringContaining('0001_initial') as string,
    });
    expect((await say(env, ['migrate'])).out).toMatch(/^Migrations applied: 0001_initial.*\nTemporal has all search/);
    expect((await say(env, ['migrate'])).out).toMatch(/^The database is up to date\.\n/);
    expect((await doctor(env)).fine).toContain('migrations');
    await owner.query(`drop database ${name} with (force)`);
    await owner.end();
  });

  it('with everything wrong: finds each, names it and says what to do', async () => {
    const { db } = database;
    const tenantId = (await createTenant(db, 'Acme')).id;
    const storeId = await aStore(db, tenantId);
    const warehouseId = await aWarehouse(db, tenantId);
    const lacking = { permission: 'orders_write', standing: 'missing', neededFor: 'sending orders' } as const;
    await saveProbe(db, 'stores', storeId, { permissions: [lacking], accounts: [], problems: [] }, new Date());
    const ring = parseKeyRing(`lost:${randomBytes(32).toString('base64')}`);
    await saveCredentials(db, ring, { tenantId, connectionId: storeId, field: 'api', value: { apiKey: 'x' } });
    const orderId = await anImportedOrder(db, tenantId, storeId);
    await db
      .updateTable('orders')
      .set({ imported_at: new Date(Date.now() - 3_600_000) })
      .execute();
    await db
      .insertInto('write_intents')
      .values({
        ...{ business_key: 'submission:x', kind: 'submission', order_id: orderId, request_hash: 'h' },
        ...{ state: 'unknown', sent_at: new Date(Date.now() - 3_600_000) },
      })
      .execute();
    const { code, problems } = await doctor(serviceEnvironment(database));
    expect(code).toBe(1);
    expect(problems.map((each) => [each.check, each.detail])).toEqual([
      ['key ring', 'credentials whose key is not in the ring: 1 under "lost"'],
      [`store ${storeId}`, expect.stringContaining('orders_write is missing (sending orders)')],
      [`warehouse ${warehouseId}`, expect.stringContaining('was never tested')],
      ['orders', `1 orders of ${storeId} have had no workflow for 5 minutes or more`],
      ['writes', expect.stringContaining(orderId)],
      [expect.stringMatching(/^queue .*-orders$/), 'no worker asks for work'],
      [expect.stringMatching(/^queue .*-connections$/), 'no worker asks for work'],
    ]);
  });
});
