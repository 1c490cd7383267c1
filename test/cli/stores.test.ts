import { messages, storeWorkflowId } from '../../domain/identifiers.js';
import type { ConnectionSnapshot } from '../../domain/messages.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { startCommandLine, type CommandLine } from './command-line.js';

let waybill: Waybill;
let cli: CommandLine;

beforeAll(async () => {
  quietTemporal();
  // An hour between polls: what is found before that was asked for.
  waybill = await startWaybill({ settings: { reviewEveryOrder: true, pollSeconds: { busy: 3600, idle: 3600 } } });
  cli = await startCommandLine(waybill.database, {
    WAYBILL_ENCRYPTION_KEYS: waybill.keys,
    WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix,
  });
  await waybill.enable();
  await eventually(async () => expect((await stores())[0]!.health.lastSuccessAt).not.toBeNull());
});

afterAll(async () => {
  await cli?.api.stop();
  await waybill?.stop();
});

interface Store {
  id: string;
  paused: boolean;
  health: { lastSuccessAt: string | null };
}

const stores = () => cli.json<Store[]>('stores', 'list');
const orders = () => cli.json<object[]>('orders', 'list');

it('lists stores with their health', async () => {
  const { out } = await cli.waybill('stores', 'list');
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^STORE +NAME +MARKETPLACE +STATE +LAST GOOD POLL +WHAT IS WRONG$/),
    expect.stringMatching(/^sto_\w+ +Example Store +clickbank +enabled +\d{4}-.* UTC$/),
  ]);
});

it('R12: tests a store by its name and shows what its key may do', async () => {
  const { code, out } = await cli.waybill('stores', 'test', 'Example Store');
  expect(code).toBe(0);
  expect(out).toMatch(/^Example Store passes its test\.\nThe credentials open: demoshop, demogarden\n/);
  expect(out).toMatch(/Orders\/Tickets Read\/Write +granted +writing tracking numbers back/);
});

it('R17: ends with 1 when the key may not write, and names the step that would fail', async () => {
  const [key] = waybill.clickbank.state.keys;
  key!.roles = ['api_order_read'];
  const { code, out } = await cli.waybill('stores', 'test', waybill.storeId);
  key!.roles = ['api_order_read', 'api_order_write'];
  expect(code).toBe(1);
  expect(out).toMatch(/does not pass its test[^]*Read\/Write +missing +writing tracking numbers back/);
});

it('has a store look for orders now', async () => {
  waybill.clickbank.addSamples(1, 'plain');
  expect((await cli.waybill('stores', 'poll', waybill.storeId)).out).toBe('Example Store looks for orders now.');
  await eventually(async () => expect(await orders()).toHaveLength(1));
});

it('pauses a store, which then fetches nothing, and resumes it, which catches up', async () => {
  const workflow = waybill.temporal.workflow.getHandle(storeWorkflowId(waybill.storeId));
  const state = () => workflow.query<ConnectionSnapshot>(messages.connection.state);
  expect((await cli.waybill('stores', 'pause', waybill.storeId)).out).toContain('is paused');
  expect((await cli.waybill('stores', 'list')).out).toMatch(/ paused +/);
  // A pass that was under way ends first.
  await eventually(async () => expect(await state()).toMatchObject({ paused: true, step: 'paused' }));
  waybill.clickbank.addSamples(1, 'plain');
  await cli.waybill('stores', 'poll', waybill.storeId);
  expect(await state()).toMatchObject({ paused: true, step: 'paused' });
  expect(await orders()).toHaveLength(1);
  expect(await cli.json('stores', 'resume', waybill.storeId)).toEqual({ id: waybill.storeId, paused: false });
  await eventually(async () => expect(await orders()).toHaveLength(2));
});

describe('reconcile', () => {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const run = (...more: string[]) => cli.waybill('stores', 'reconcile', 'Example Store', '--from', from, ...more);

  it('shows what all three agree on, and ends with 0', async () => {
    const { code, out } = await run();
    expect(out).toMatch(
      /^Reconciliation rec_\w+: finished, [^]*\nCompared: [^\n]*2 marketplace orders[^]*\nNo difference\.$/,
    );
    expect(code).toBe(0);
  });

  it('names what is missing and ends with 1; with --mend it is imported', async () => {
    const [order] = waybill.clickbank.addSamples(1, 'plain');
    const named = await run();
    expect(named.code).toBe(1);
    expect(named.out).toMatch(new RegExp(`order missing here +can be mended +Order ${order!.receipt} was neither`));
    const mended = await run('--mend');
    expect(mended.code).toBe(0);
    expect(mended.out).toMatch(/1 differences?, all mended\.[^]*order missing here +mended/);
    expect(await orders()).toHaveLength(3);
  });

  it('says what a time must look like', async () => {
    const { code, err } = await cli.waybill('stores', 'reconcile', 'Example Store', '--from', 'yesterday');
    expect(code).toBe(1);
    expect(err).toContain('--from must be a time, not "yesterday".');
  });
});

it('says when there is no such store', async () => {
  expect(await cli.waybill('stores', 'pause', 'No Shop')).toEqual({
    ...{ code: 1, out: '' },
    err: 'waybill: There is no store "No Shop".\n  `waybill stores list` shows the ids.',
  });
});
