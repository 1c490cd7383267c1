import { sql } from 'kysely';
import { saveListing } from '../../database/listings.js';
import { wakeStockSyncs } from '../../database/stock-syncs.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { createScriptedStock, type ScriptedStock } from '../support/scripted-stock.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from './flow.js';
import { startStockSync } from './stock-flow.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
let store: ScriptedStock;
let sync: Awaited<ReturnType<typeof startStockSync>>;
beforeAll(async () => {
  store = createScriptedStock('on_hand');
  for (const sku of ['kit-1', 'tea-30', 'book-7', 'set-1', 'unlisted']) store.add({ sku });
  waybill = await startWaybill({
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
    marketplace: (real) => ({ ...real, stock: store.port }),
    listings: {
      'kit-1': [{ warehouseSku: 'WH-KIT-1', quantity: 1 }],
      'tea-30': [{ warehouseSku: 'WH-TEA-30', quantity: 1 }],
      'book-7': [{ warehouseSku: 'WH-BOOK-7', quantity: 1 }],
      'set-1': [
        { warehouseSku: 'WH-TEA-30', quantity: 3 },
        { warehouseSku: 'WH-BOOK-7', quantity: 1 },
      ],
      gone: [{ warehouseSku: 'WH-GONE', quantity: 1 }],
    },
  });
  flow = flowOf(waybill);
  for (const [sku, onHand] of Object.entries({ 'WH-KIT-1': 20, 'WH-TEA-30': 30, 'WH-BOOK-7': 12 }))
    waybill.shipbob.setStock(sku, onHand);
  await waybill.enable();
  sync = await startStockSync(waybill);
  await eventually(async () => expect((await sync.row()).comparedAt).not.toBeNull());
});
afterEach(() => {
  store.next = [];
});
afterAll(() => waybill.stop());

it('R98: the first round brings every SKU in step, each figure with its proof', async () => {
  expect(store.places.get('item-kit-1')).toMatchObject({ level: 20 });
  expect([store.level('tea-30'), store.level('book-7'), store.level('set-1')]).toEqual([30, 12, 10]);
  const level = await sync.level('kit-1');
  expect(level).toMatchObject({ sellable: 20, waiting: 0, problem: null, places: [{ level: 20 }] });
  expect(level!.pushes).toMatchObject([{ quantity: 20, was: 0, state: 'proven' }]);
  expect(level!.pushes[0]!.note).toMatch(/^transaction \d$/);
  expect(level!.pushes[0]!.readBackAt).not.toBeNull();
});

it('R98: names what it does not write: a SKU without a listing, one that the warehouse does not have', async () => {
  expect((await sync.level('unlisted'))!.problem).toMatchObject({ cause: 'listing_missing' });
  expect((await sync.level('gone'))!.problem).toMatchObject({ cause: 'not_at_warehouse' });
});

it('R98: a later round asks the store only for what moved, and writes only that', async () => {
  waybill.shipbob.setStock('WH-TEA-30', 24);
  const [reads, pushed] = [store.reads, store.pushed.length];
  await sync.round();
  expect([store.level('tea-30'), store.level('set-1')]).toEqual([24, 8]);
  expect(store.pushed.slice(pushed).map((each) => each.sku)).toEqual(['set-1', 'tea-30']);
  // Before and after.
  expect(store.reads - reads).toBe(2);
  await sync.round();
  expect(store.reads - reads).toBe(2);
});

it('R98, lesson 28: what an order takes is offered nowhere else, from its import to its shipment', async () => {
  await flow.settings({ reviewEveryOrder: true });
  const receipt = await flow.buy({ lines: [{ itemNo: 'kit-1', quantity: 3 }] });
  await flow.until(receipt, 'held');
  const sold = store.places.get('item-kit-1')!;
  sold.committed = 3;
  const offered = async () => {
    await sync.round();
    return sold.level! - sold.committed;
  };
  expect([await offered(), sold.level]).toEqual([17, 20]);
  await flow.act(receipt, 'release');
  await flow.until(receipt, 'submitted');
  expect([await offered(), sold.level]).toEqual([17, 20]);
  await flow.ship(receipt);
  await flow.until(receipt, 'shipped');
  // The marketplace was told, and took the pieces off itself.
  Object.assign(sold, { committed: 0, level: 17 });
  expect(await offered()).toBe(17);
  await flow.settings({ reviewEveryOrder: false });
  const { pushes } = (await sync.level('kit-1'))!;
  expect(pushes.map((each) => each.quantity)).toEqual([20]);
});

it('leaves room for what was sold there and is no order of ours', async () => {
  const kit = store.places.get('item-kit-1')!;
  kit.committed = 2;
  await sync.compare();
  expect(await sync.level('kit-1')).toMatchObject({ sellable: 15, waiting: 2 });
  expect(kit.level).toBe(17);
  kit.committed = 0;
  await sync.compare();
  expect(kit.level).toBe(17);
});

it('a figure that somebody changes meanwhile is read and computed again', async () => {
  store.next = ['changed'];
  waybill.shipbob.setStock('WH-BOOK-7', 9);
  await sync.round();
  expect(store.level('book-7')).toBe(9);
  const { pushes } = (await sync.level('book-7'))!;
  expect(pushes.slice(0, 2)).toMatchObject([
    { quantity: 9, was: 13, state: 'proven' },
    { quantity: 9, was: 12, state: 'stale' },
  ]);
});

it('an answer that was lost is settled by looking, and written again under the same key where it is not there', async () => {
  waybill.shipbob.setStock('WH-KIT-1', 15);
  store.next = ['lost'];
  const pushed = store.pushed.length;
  expect((await sync.round()).attention).toMatchObject({ cause: 'outcome_unknown' });
  await sync.round();
  expect(store.pushed.slice(pushed)).toMatchObject([{ sku: 'kit-1', quantity: 15 }]);
  expect((await sync.level('kit-1'))!.pushes[0]).toMatchObject({ quantity: 15, state: 'proven', note: null });

  waybill.shipbob.setStock('WH-KIT-1', 14);
  store.next = ['vanished'];
  await sync.round();
  expect((await sync.round()).attention).toBeNull();
  expect(store.level('kit-1')).toBe(14);
  const [first, second] = store.pushed.slice(pushed + 1);
  expect(second!.key).toBe(first!.key);
});

it('a store that shows a figure late has given its word until then, and the next round reads it back', async () => {
  waybill.shipbob.setStock('WH-KIT-1', 11);
  const before = store.pushed.length;
  store.next = ['late'];
  await sync.round();
  expect((await sync.level('kit-1'))!.pushes[0]).toMatchObject({ quantity: 11, state: 'accepted' });
  await sync.round();
  expect((await sync.level('kit-1'))!.pushes[0]).toMatchObject({ quantity: 11, state: 'proven' });
  expect(store.pushed.length - before).toBe(1);
});

it('a refused figure is shown with the reason, holds nothing else up and is tried again', async () => {
  store.next = ['refused'];
  waybill.shipbob.setStock('WH-KIT-1', 10);
  await sync.round();
  expect((await sync.level('kit-1'))!.problem).toEqual({ cause: 'refused', message: 'The figure is too high.' });
  await sync.round();
  expect(await sync.level('kit-1')).toMatchObject({ problem: null, places: [{ level: 10 }] });
});

it('R115: tracking that is off is shown at the next comparison, and written once it is on', async () => {
  const kit = store.places.get('item-kit-1')!;
  kit.refusal = { cause: 'not_tracked', message: 'Inventory tracking is off for kit-1.' };
  kit.level = 3;
  await sync.compare();
  expect((await sync.level('kit-1'))!.problem).toMatchObject({ cause: 'not_tracked' });
  expect(kit.level).toBe(3);
  kit.refusal = null;
  await sync.compare();
  expect(await sync.level('kit-1')).toMatchObject({ problem: null });
  expect(kit.level).toBe(10);
});

it('R142, R143: several products of one SKU are named, and all written where the store wants it', async () => {
  const twin = store.add({ sku: 'kit-1', placeId: 'item-twin', title: 'Kit, old page' });
  await sync.compare();
  expect((await sync.level('kit-1'))!.problem).toMatchObject({ cause: 'duplicate_sku' });
  expect(twin.level).toBe(0);
  store.duplicateSkus = 'all';
  await sync.compare();
  expect([twin.level, (await sync.level('kit-1'))!.problem]).toEqual([10, null]);
  store.duplicateSkus = 'refuse';
  store.places.delete('item-twin');
  await sync.compare();
});

it('a marketplace that is down is shown on the sync, which goes on trying and catches up', async () => {
  store.next = ['down', 'down'];
  waybill.shipbob.setStock('WH-KIT-1', 8);
  expect((await sync.round()).attention).toMatchObject({ cause: 'unavailable', waitsFor: null });
  store.next = [];
  expect((await sync.round()).attention).toBeNull();
  expect(store.level('kit-1')).toBe(8);
});

it('nothing is written while the sync is paused, or while nobody reads what the store sells', async () => {
  await sync.tell('pause');
  waybill.shipbob.setStock('WH-KIT-1', 7);
  await sync.tell('pollNow');
  await eventually(async () => expect((await sync.handle.describe()).raw.pendingActivities ?? []).toEqual([]));
  await waybill.db.updateTable('stores').set({ paused: true }).execute();
  await sync.tell('resume');
  const calls = waybill.shipbob.calls.length;
  await eventually(async () => expect((await sync.handle.describe()).raw.pendingActivities).toHaveLength(1));
  expect([store.level('kit-1'), waybill.shipbob.calls.length]).toEqual([8, calls]);
  await waybill.db.updateTable('stores').set({ paused: false }).execute();
  await sync.round();
  expect(store.level('kit-1')).toBe(7);
});

it('an import brings the next round forward, and a burst of them no more than that one', async () => {
  // A message that meets the end of a turn may bring two rounds.
  const before = await eventually(async () => {
    const { lastRoundAt } = await sync.row();
    expect(Date.now() - lastRoundAt!.getTime()).toBeGreaterThan(1_000);
    return lastRoundAt!;
  });
  const receipt = await flow.buy({ lines: [{ itemNo: 'book-7', quantity: 1 }] });
  await flow.until(receipt, 'submitted');
  const next = await eventually(async () => {
    await wakeStockSyncs(waybill.db, waybill);
    const { lastRoundAt } = await sync.row();
    expect(lastRoundAt!.getTime()).toBeGreaterThan(before.getTime());
    return lastRoundAt!;
  });
  // Every round asks the warehouse for its whole stock.
  expect(next.getTime() - before.getTime()).toBeGreaterThan(9_000);
  await eventually(async () => expect((await sync.level('book-7'))!.sellable).toBe(8));
}, 30_000);

it('a changed listing counts at the next round, and a SKU that left all lists is forgotten', async () => {
  const components = [{ warehouseSku: 'WH-BOOK-7', quantity: 2 }];
  await saveListing(waybill.db, waybill.storeId, { sku: 'book-7', components, warehouseId: null }, 'test');
  await sync.round();
  expect(await sync.level('book-7')).toMatchObject({ sellable: 4 });
  await sql`update listings set deleted = true where sku = 'gone'`.execute(waybill.db);
  await sync.compare();
  expect(await sync.level('gone')).toBeUndefined();
});
