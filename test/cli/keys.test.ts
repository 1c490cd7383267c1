import { readCredentials, saveCredentials } from '../../database/credentials.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { createTenant } from '../../database/tenants.js';
import { aStore } from '../api/fixtures.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { say, startCommandLine, type CommandLine } from './command-line.js';

let database: FreshDatabase;
let cli: CommandLine;

beforeAll(async () => {
  database = await freshDatabase();
  cli = await startCommandLine(database);
});

afterAll(async () => {
  await cli?.api.stop();
  await database?.drop();
});

describe('waybill keys create', () => {
  it('prints a key that opens the API, once', async () => {
    const made = await say(cli.env, ['keys', 'create', '--role', 'support', '--name', 'desk']);
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('is not shown again') as string });
    const listed = await say({ WAYBILL_URL: cli.api.url, WAYBILL_API_KEY: made.out }, ['stores', 'list']);
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('no stores yet') as string });
    const rows = await database.db.selectFrom('api_keys').selectAll().execute();
    // wb_s_<id>_<secret>, and a secret may hold underscores itself.
    const secret = made.out.split('_').slice(3).join('_');
    expect(secret.length).toBeGreaterThan(20);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('R16: makes a merchant key for one tenant, and for none that is not there', async () => {
    const tenant = await createTenant(database.db, 'Acme Goods');
    const merchant = ['keys', 'create', '--role', 'merchant', '--name', 'Acme'];
    const made = await say(cli.env, [...merchant, '--tenant', tenant.id, '--json']);
    expect(JSON.parse(made.out)).toMatchObject({ role: 'merchant', tenantId: tenant.id, token: /^wb_m_/ });
    expect(await say(cli.env, merchant)).toMatchObject({ code: 1, err: 'waybill: A merchant key needs --tenant.' });
    expect(await say(cli.env, [...merchant, '--tenant', 'ten_no'])).toMatchObject({
      ...{ code: 1, err: 'waybill: There is no tenant "ten_no".' },
    });
    expect((await say(cli.env, ['keys', 'create', '--role', 'owner', '--name', 'x'])).err).toMatch(
      /Allowed choices are/,
    );
  });
});

it('waybill keys rotate-credentials wraps what is saved under the first key, after which the old one can go', async () => {
  const { id: tenantId } = await createTenant(database.db, 'Rotating');
  const connectionId = await aStore(database.db, tenantId);
  const old = cli.env['WAYBILL_ENCRYPTION_KEYS']!;
  const value = { apiKey: 'invented' };
  await saveCredentials(database.db, parseKeyRing(old), { tenantId, connectionId, field: 'api', value });
  const fresh = `k2:${Buffer.alloc(32, 7).toString('base64')}`;
  const env = { ...cli.env, WAYBILL_ENCRYPTION_KEYS: `${fresh},${old}` };
  expect((await say(env, ['keys', 'rotate-credentials', '--json'])).out).toBe(
    JSON.stringify({ rewrapped: 1, keyId: 'k2' }, null, 2),
  );
  expect((await say(env, ['keys', 'rotate-credentials'])).out).toMatch(/^0 credentials/);
  expect(await readCredentials(database.db, parseKeyRing(fresh), connectionId)).toEqual(value);
});

it('names every variable that is missing, and no value', async () => {
  const said = await say({ WAYBILL_API_KEY_PEPPER: 'short' }, ['keys', 'rotate-credentials']);
  expect(said.code).toBe(1);
  for (const name of ['DATABASE_URL', 'WAYBILL_ENCRYPTION_KEYS', 'WAYBILL_API_KEY_PEPPER'])
    expect(said.err).toContain(name);
  expect(said.err).not.toContain('short');
});
