import { createScriptedStock, type ScriptedStock } from '../support/scripted-stock.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { startStockSync } from '../workflows/stock-flow.js';
import { startCommandLine, type CommandLine } from './command-line.js';

let waybill: Waybill;
let cli: CommandLine;
let store: ScriptedStock;
let sync: Awaited<ReturnType<typeof startStockSync>>;

beforeAll(async () => {
  quietTemporal();
  store = createScriptedStock();
  for (const sku of ['kit-1', 'tea-30', 'mug-1']) store.add({ sku });
  waybill = await startWaybill({ marketplace: (real) => ({ ...real, stock: store.port }) });
  waybill.shipbob.setStock('WH-KIT-1', 12);
  cli = await startCommandLine(waybill.database, {
    WAYBILL_ENCRYPTION_KEYS: waybill.keys,
    WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix,
  });
  sync = await startStockSync(waybill);
  await eventually(async () => expect((await sync.row()).comparedAt).not.toBeNull());
});
afterAll(async () => {
  await sync.stop();
  await cli.api.stop();
  await waybill.stop();
});

it('lists stock syncs with their health and what they do not write', async () => {
  const { out } = await cli.waybill('stock', 'list');
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^SYNC +STORE +WAREHOUSE +STATE +LAST GOOD ROUND +WHAT IS WRONG$/),
    expect.stringMatching(
      /^ssy_\w+ +Example Store +Example Warehouse +running +\d{4}-.* UTC +1 not_in_store; 1 listing_missing$/,
    ),
  ]);
});

it('R98: shows each SKU, what the store was told and the proof, by store or by id', async () => {
  const { out } = await cli.waybill('stock', 'show', 'Example Store');
  expect(out).toMatch(/^kit-1 +12 +12 +proven$/m);
  const one = await cli.waybill('stock', 'show', sync.syncId, 'kit-1');
  expect(one.out).toMatch(/^kit-1: 12 to offer, 0 sold beyond our orders\.\nThe store shows 12 at kit-1\./);
  expect(one.out).toMatch(/UTC +0 +12 +proven +transaction \d/);
});

it('shows only what is not written, with what to do', async () => {
  const { out } = await cli.waybill('stock', 'show', 'Example Store', '--problems');
  expect(out).toMatch(/^mug-1 +- +- +- +No listing maps SKU "mug-1"\. Add a listing/m);
  expect(out).not.toContain('kit-1');
});

it('pauses, resumes, and compares every SKU now', async () => {
  expect((await cli.waybill('stock', 'pause', 'Example Store')).out).toBe('Example Store keeps the figures it has.');
  expect((await sync.row()).paused).toBe(true);
  await cli.waybill('stock', 'resume', 'Example Store');
  store.places.get('item-kit-1')!.level = 99;
  const before = (await sync.row()).comparedAt;
  await cli.waybill('stock', 'sync', 'Example Store');
  await eventually(async () => expect((await sync.row()).comparedAt?.getTime()).toBeGreaterThan(before!.getTime()));
  expect(store.level('kit-1')).toBe(12);
});

it('says which syncs there are when it is asked for another', async () => {
  const { code, err } = await cli.waybill('stock', 'sync', 'Nowhere');
  expect([code, err]).toEqual([1, expect.stringMatching(/There is no stock sync "Nowhere"\.[^]*stock list/)]);
});
