import { addressFingerprint, orderFingerprint } from '../../database/fingerprint.js';
import { applyChange, loadKeptOrder, recordAfterEnd, seenOrders, stageChange } from '../../database/order-changes.js';
import { saveNewOrders } from '../../database/orders-import.js';
import type { MarketplaceOrder } from '../../domain/order.js';
import type { TakenOver } from '../../domain/order-changes.js';
import { aDestination, aLine, anAddress, anOrder } from '../domain/given.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { aStoreRow } from './orders.js';

let database: FreshDatabase;
let store: { id: string; tenantId: string };
beforeAll(async () => {
  database = await freshDatabase();
  store = await aStoreRow(database.db);
});
afterAll(() => database.drop());

let count = 0;
async function imported(over: Partial<MarketplaceOrder> = {}, state: 'queued' | 'shipped' = 'queued') {
  const order = anOrder({ externalId: `A${(count += 1)}`, ...over });
  await saveNewOrders(database.db, store, [{ order, state, hold: null, reason: 'Imported.' }]);
  const [row] = await seenOrders(database.db, store.id, [order.externalId]);
  return { order, ...row! };
}
const apply = (orderId: string, changeId: string) =>
  database.db.transaction().execute((trx) => applyChange(trx, orderId, changeId));
const taking = (change: Partial<TakenOver>): TakenOver => ({ lines: [], gone: [], addresses: [], ...change });
const recipient = (orderId: string) =>
  database.db.selectFrom('recipients').selectAll().where('order_id', '=', orderId).executeTakeFirstOrThrow();

describe('fingerprints', () => {
  it('change with what matters of an order and with nothing that our own shipments change', () => {
    const order = anOrder({ lines: [aLine({ lineId: 'a', wanted: 2, quantity: 2 }), aLine({ lineId: 'b' })] });
    const [a, b] = order.lines;
    expect(orderFingerprint({ ...order, lines: [b!, a!] })).toBe(orderFingerprint(order));
    const sent = { ...order, partlyShipped: true, status: '2', lines: [{ ...a!, quantity: 1 }, b!] };
    const ours = { told: [{ lineId: 'a', quantity: 1 }], telling: false };
    expect(orderFingerprint(sent, ours)).toBe(orderFingerprint(order));
    // Before it is known that it was ours, it is no news either.
    expect(orderFingerprint(sent, { told: [], telling: true })).toBe(orderFingerprint(order));
    const other = [
      { ...order, cancelled: true },
      { ...order, heldBecause: 'fraud' },
      { ...order, shippedAtMarketplace: true },
      { ...order, lines: [{ ...a!, wanted: 1 }, b!] },
      { ...order, lines: [{ ...a!, standing: 'refunded' as const }, b!] },
      { ...order, lines: [a!] },
      { ...order, shipTo: { ...anAddress, line2: 'Apt 2' } },
      { ...order, otherDestinations: [aDestination({ destinationId: '9' })] },
      null,
    ];
    const all = [order, sent, ...other].map((each) => orderFingerprint(each));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a staged change', () => {
  it('is taken over once, with lines replaced, added and given up, and is forgotten then', async () => {
    const { orderId, order } = await imported({ lines: [aLine({ lineId: 'a' }), aLine({ lineId: 'b' })] });
    const shipTo = { ...anAddress, city: 'Eagle' };
    const present = { ...order, shipTo };
    const lines = [aLine({ lineId: 'a', quantity: 3, wanted: 3 }), aLine({ lineId: 'c', sku: 'new' })];
    const id = await stageChange(database.db, orderId, taking({ lines, gone: ['b'], addresses: ['main'] }), present);
    expect((await loadKeptOrder(database.db, orderId)).lines).toHaveLength(2);
    await apply(orderId, id!);
    await apply(orderId, id!);
    const kept = await loadKeptOrder(database.db, orderId);
    expect(kept.lines).toMatchObject([
      { lineId: 'a', quantity: 3, wanted: 3, standing: 'clear' },
      { lineId: 'b', standing: 'cancelled' },
      { lineId: 'c', sku: 'new', standing: 'clear' },
    ]);
    expect(kept.addresses).toEqual([{ destinationId: 'main', seen: addressFingerprint(aDestination({ shipTo })) }]);
    expect(await recipient(orderId)).toMatchObject({ city: 'Eagle', version: 2 });
    expect(await database.db.selectFrom('order_changes').select('id').execute()).toEqual([]);
  });

  it('is replaced by that of a later look, and there is none where nothing changed', async () => {
    const { orderId, order } = await imported();
    expect(await stageChange(database.db, orderId, taking({}), order)).toBeNull();
    const first = await stageChange(database.db, orderId, taking({ gone: ['kit-1'] }), order);
    const second = await stageChange(database.db, orderId, taking({ lines: [aLine({ wanted: 2 })] }), order);
    await apply(orderId, first!);
    expect((await loadKeptOrder(database.db, orderId)).lines).toMatchObject([{ standing: 'clear', wanted: 1 }]);
    await apply(orderId, second!);
    expect((await loadKeptOrder(database.db, orderId)).lines).toMatchObject([{ wanted: 2 }]);
  });

  it('brings no erased person back', async () => {
    const { orderId, order } = await imported();
    await database.db
      .updateTable('recipients')
      .set({ name: '', erased_at: new Date() })
      .where('order_id', '=', orderId)
      .execute();
    expect((await loadKeptOrder(database.db, orderId)).addresses).toEqual([{ destinationId: 'main', seen: null }]);
    const id = await stageChange(database.db, orderId, taking({ addresses: ['main'] }), order);
    await apply(orderId, id!);
    expect(await recipient(orderId)).toMatchObject({ name: '', version: 1 });
  });
});

describe('an order that has ended', () => {
  const events = async (orderId: string) =>
    (
      await database.db.selectFrom('timeline').select('event').where('order_id', '=', orderId).orderBy('id').execute()
    ).map((each) => each.event);
  const change = (order: MarketplaceOrder) => ({
    ...{ taken: taking({ lines: [aLine({ standing: 'refunded' })] }), present: order, reason: 'Refunded.' },
  });

  it('keeps what changed on its timeline once, however many see it at the same time', async () => {
    const { orderId, order } = await imported({}, 'shipped');
    const seen = { orderId, seen: 'other' };
    await Promise.all(Array.from({ length: 4 }, () => recordAfterEnd(database.db, seen, change(order))));
    expect(await events(orderId)).toEqual(['imported', 'changed']);
    expect((await loadKeptOrder(database.db, orderId)).lines).toMatchObject([{ standing: 'refunded' }]);
  });

  it('is told nothing by this once it was opened again', async () => {
    const { orderId, order, seen } = await imported();
    await recordAfterEnd(database.db, { orderId, seen: 'other' }, change(order));
    expect(await events(orderId)).toEqual(['imported']);
    expect(await seenOrders(database.db, store.id, [order.externalId])).toMatchObject([{ seen }]);
  });
});
