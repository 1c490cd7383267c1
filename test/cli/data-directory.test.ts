import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findApi } from '../../cli/api-client.js';
import { keepKeys, makeDataDirectory, saveLastUp, serviceEnvironment } from '../../cli/data-directory.js';
import { parseKeyRing } from '../../database/key-ring.js';

let folder: string;
let env: { WAYBILL_DATA_DIR: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-data-'));
  env = { WAYBILL_DATA_DIR: join(folder, 'data') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const last = { url: 'http://127.0.0.1:8080', apiKey: 'wb_o_x', environment: { DATABASE_URL: 'postgres://here' } };

it('makes keys once, and closes all of it to others', async () => {
  const directory = await makeDataDirectory(env);
  const keys = await keepKeys(directory);
  expect(parseKeyRing(keys.WAYBILL_ENCRYPTION_KEYS).current.id).toBe('k1');
  expect(await keepKeys(directory)).toEqual(keys);
  await saveLastUp(directory, last);
  // Root's PostgreSQL runs as another user, who must pass through.
  expect(await mode(directory)).toBe(process.getuid?.() === 0 ? '711' : '700');
  expect([await mode(join(directory, 'keys.json')), await mode(join(directory, 'cli.json'))]).toEqual(['600', '600']);
});

it('never makes new keys over a file that cannot be read', async () => {
  const directory = await makeDataDirectory(env);
  await writeFile(join(directory, 'keys.json'), '{');
  await expect(keepKeys(directory)).rejects.toThrow('is not JSON any more');
});

it('tells the other commands where the last start is, unless the environment does', async () => {
  await saveLastUp(await makeDataDirectory(env), last);
  expect(await findApi(env, {})).toEqual({ url: last.url, key: 'wb_o_x' });
  expect(await findApi({ ...env, WAYBILL_API_KEY: 'wb_o_y' }, {})).toEqual({ url: last.url, key: 'wb_o_y' });
  expect((await serviceEnvironment(env))['DATABASE_URL']).toBe('postgres://here');
  const other = { ...env, DATABASE_URL: 'postgres://there' };
  expect(await serviceEnvironment(other)).toEqual(other);
});

it('never sends the key of one installation to another', async () => {
  await saveLastUp(await makeDataDirectory(env), last);
  await expect(findApi({ ...env, WAYBILL_URL: 'https://elsewhere.example' }, {})).rejects.toThrow(
    'There is no API key',
  );
});
