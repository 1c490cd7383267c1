import { saveListing } from '../../database/listings.js';
import { promisedPieces } from '../../database/stock-demand.js';
import type { Wakeups } from '../../database/wakeups.js';
import { stockWorkflowId } from '../../domain/identifiers.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { createScriptedStock } from '../support/scripted-stock.js';
import { startWaybill } from '../support/waybill.js';
import { addWarehouse, flowOf } from './flow.js';
import { startStockSync } from './stock-flow.js';

quietTemporal();
const hour = 3_600_000;

it('lesson 28: two warehouses that claim one SKU write nothing of it until its listing is pinned, one writer at a time', async () => {
  const store = createScriptedStock('on_hand');
  store.pushMs = 150;
  for (const sku of ['kit-1', 'tea-30']) store.add({ sku });
  const waybill = await startWaybill({ marketplace: (real) => ({ ...real, stock: store.port }) });
  const second = await addWarehouse(waybill);
  try {
    for (const sku of ['WH-KIT-1', 'WH-TEA-30']) waybill.shipbob.setStock(sku, 10);
    second.sandbox.addProduct({ sku: 'WH-KIT-1', name: 'Kit', onHand: 5 });
    const one = await startStockSync(waybill);
    const other = await startStockSync(waybill, { warehouseId: second.warehouseId });
    await eventually(async () => expect((await other.row()).comparedAt).not.toBeNull());
    await one.compare();
    await other.compare();
    for (const sync of [one, other])
      expect((await sync.level('kit-1'))!.problem).toMatchObject({
        cause: 'conflict',
        message: expect.stringMatching(/"kit-1" is mapped to this warehouse and to \w+ Warehouse/) as string,
      });
    // The other warehouse does not have it, so nobody disputes it.
    expect((await other.level('tea-30'))!.problem).toMatchObject({ cause: 'not_at_warehouse' });
    await one.round();
    expect(store.level('tea-30')).toBe(10);

    const pin = (sku: string, warehouseSku: string, warehouseId: string) =>
      saveListing(
        waybill.db,
        waybill.storeId,
        { sku, warehouseId, components: [{ warehouseSku, quantity: 1 }] },
        'test',
      );
    await pin('kit-1', 'WH-KIT-1', second.warehouseId);
    waybill.shipbob.setStock('WH-TEA-30', 9);
    await Promise.all([one.round(), other.round()]);
    await eventually(() => expect([store.level('kit-1'), store.level('tea-30')]).toEqual([5, 9]));
    expect(await one.level('kit-1')).toBeUndefined();
    expect(store.mostAtOnce).toBe(1);
    await one.stop();
    await other.stop();
  } finally {
    await second.stop();
    await waybill.stop();
  }
}, 60_000);

it('where a sale shows in the figure alone, orders are read before it is written', async () => {
  const store = createScriptedStock('available');
  for (const sku of ['kit-1', 'tea-30']) store.add({ sku });
  const waybill = await startWaybill({
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
    marketplace: (real) => ({ ...real, stock: store.port }),
  });
  const flow = flowOf(waybill);
  try {
    for (const sku of ['WH-KIT-1', 'WH-TEA-30', 'WH-BOOK-7']) waybill.shipbob.setStock(sku, 10);
    await waybill.enable();
    const sync = await startStockSync(waybill);
    await eventually(() => expect(store.level('kit-1')).toBe(10));
    // Its end is recorded a moment after the figure is written; the next round is told apart by that.
    await eventually(async () => expect((await sync.row()).lastRoundAt).not.toBeNull());
    await eventually(async () => expect((await flow.store()).cursor_at).not.toBeNull());
    // Sold, and nobody told Waybill.
    const [order] = waybill.clickbank.addOrders([{ lines: [{ itemNo: 'kit-1', quantity: 3 }] }]);
    store.places.get('item-kit-1')!.level = 7;
    waybill.shipbob.setStock('WH-KIT-1', 12);
    await sync.round();
    expect(store.level('kit-1')).toBe(9);
    await flow.until(order!.receipt, 'submitted');
    expect(await promisedPieces(waybill.db, waybill.warehouseId)).toEqual([
      { warehouseSku: 'WH-KIT-1', booked: 3, unbooked: 0 },
    ]);
    await flow.ship(order!.receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 2 }] }]);
    await flow.until(order!.receipt, 'partially_shipped');
    await sync.round();
    expect(store.level('kit-1')).toBe(9);
    await flow.ship(order!.receipt);
    await flow.until(order!.receipt, 'shipped');
    await sync.round();
    expect(store.level('kit-1')).toBe(9);
    expect(await promisedPieces(waybill.db, waybill.warehouseId)).toEqual([]);
    await sync.stop();
  } finally {
    await waybill.stop();
  }
}, 60_000);

it('an idle stock sync costs at most 300 events and 300 calls a day', async () => {
  const clock = { now: Date.now() - 48 * hour, end: 0 };
  clock.end = clock.now + 24 * hour;
  const wakeups = (real: Wakeups): Wakeups => ({
    now: () => new Date(clock.now),
    async wait(connectionId, milliseconds, signal) {
      if (clock.now >= clock.end) return real.wait(connectionId, hour, signal);
      clock.now += milliseconds;
      return real.wait(connectionId, 0, signal);
    },
  });
  const store = createScriptedStock('on_hand');
  for (const sku of ['kit-1', 'tea-30', 'book-7']) store.add({ sku });
  const waybill = await startWaybill({ wakeups, marketplace: (real) => ({ ...real, stock: store.port }) });
  try {
    const sync = await startStockSync(waybill);
    const { handle, syncId } = sync;
    await eventually(() => expect(clock.now).toBeGreaterThanOrEqual(clock.end), 40);
    expect((await handle.describe()).historyLength).toBeLessThanOrEqual(300);
    expect(handle.workflowId).toBe(stockWorkflowId(waybill));
    expect(waybill.shipbob.calls.length + store.reads + store.pushed.length).toBeLessThanOrEqual(300);
    const compared = await waybill.db
      .selectFrom('stock_syncs')
      .select('compared_at')
      .where('id', '=', syncId)
      .execute();
    expect(compared[0]!.compared_at).not.toBeNull();
    await sync.stop();
  } finally {
    await waybill.stop();
  }
}, 60_000);
