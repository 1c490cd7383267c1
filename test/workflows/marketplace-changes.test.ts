import { stageAddressEdit } from '../../database/address-edits.js';
import { messages } from '../../domain/identifiers.js';
import type { MarketplaceOrder, OrderLine } from '../../domain/order.js';
import { aLine } from '../domain/given.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { scriptedShop } from '../support/scripted-marketplace.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { sampleAddress } from './addresses.js';
import { findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
const shop = scriptedShop();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  waybill = await startWaybill({
    marketplace: () => shop.marketplace,
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
  });
  flow = flowOf(waybill);
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterAll(() => waybill.stop());

const kit = (over: Partial<OrderLine> = {}) => aLine({ lineId: '11', sku: 'kit-1', quantity: 2, wanted: 2, ...over });
const tea = (over: Partial<OrderLine> = {}) => aLine({ lineId: '12', sku: 'tea-30', ...over });
const pieces = (count: number) => ({ quantity: count, wanted: count });

async function buy(lines: OrderLine[] = [kit()], over: Partial<MarketplaceOrder> = {}): Promise<string> {
  const id = shop.sell({ lines, ...over });
  await flow.pollStore();
  return id;
}

async function submitted(lines?: OrderLine[]): Promise<string> {
  const id = await buy(lines);
  await flow.until(id, 'submitted');
  return id;
}

async function held(lines?: OrderLine[]): Promise<string> {
  await flow.settings({ reviewEveryOrder: true });
  const id = await buy(lines);
  await flow.until(id, 'held');
  await flow.settings({ reviewEveryOrder: false });
  return id;
}

/** Changed at the marketplace, and seen by a pass that is over. */
async function change(id: string, over: Partial<MarketplaceOrder>): Promise<void> {
  shop.change(id, over);
  const since = Date.now();
  await flow.pollStore();
  await eventually(async () => expect((await flow.store()).last_success_at!.getTime()).toBeGreaterThan(since));
}

const goods = (id: string) =>
  flow.warehouseOrders(id).map((order) => {
    const products = order['products'] as { reference_id: string; quantity: number }[];
    return products.map((each) => `${each.quantity} × ${each.reference_id}`).join(', ');
  });
const lines = async (id: string) => {
  const { id: orderId } = await flow.row(id);
  const rows = waybill.db.selectFrom('order_lines').select(['line_id', 'sku', 'wanted', 'standing']);
  return rows.where('order_id', '=', orderId).orderBy('position').execute();
};
const cityAtWarehouse = (id: string) =>
  (flow.warehouseOrders(id)[0] as { recipient: { address: { city: string } } }).recipient.address.city;
const signals = async (id: string) => {
  const { events } = await flow.handle(id).fetchHistory();
  const names = events?.map((each) => each.workflowExecutionSignaledEventAttributes?.signalName);
  return names?.filter((name) => name === messages.order.marketplaceChanged).length;
};

describe('before a warehouse is asked', () => {
  it('quantities, removed and added lines and the address are taken over and planned anew', async () => {
    const id = await held([kit(), tea()]);
    shop.change(id, {
      lines: [kit(pieces(3)), aLine({ lineId: '13', sku: 'book-7' })],
      shipTo: { ...sampleAddress, city: 'Eagle' },
    });
    await flow.act(id, 'release');
    await flow.until(id, 'submitted');
    expect(goods(id)).toEqual(['3 × WH-KIT-1, 1 × WH-BOOK-7']);
    expect(cityAtWarehouse(id)).toBe('Eagle');
    const changed = (await flow.timeline(id)).find((each) => each.event === 'changed');
    expect(changed).toMatchObject({
      actor: 'marketplace',
      message:
        'Changed at the marketplace: line 11 (SKU kit-1): 2 → 3; line 12 (SKU tea-30) removed: 1 → 0; ' +
        'line 13 (SKU book-7) added: 0 → 1; the delivery address.',
    });
    expect(await lines(id)).toEqual([
      { line_id: '11', sku: 'kit-1', wanted: 3, standing: 'clear' },
      { line_id: '12', sku: 'tea-30', wanted: 1, standing: 'cancelled' },
      { line_id: '13', sku: 'book-7', wanted: 1, standing: 'clear' },
    ]);
    expect(await flow.events(id)).toEqual(['imported', 'released', 'changed', 'submitted']);
  });

  it('what a poll sees reaches a held order at once, and only once', async () => {
    const id = await held();
    await change(id, { lines: [kit(pieces(1))] });
    await eventually(async () => expect(await lines(id)).toMatchObject([{ wanted: 1 }]));
    await change(id, {});
    await change(id, {});
    expect(await flow.query(id)).toMatchObject({ state: 'held' });
    expect(await signals(id)).toBe(1);
    await flow.act(id, 'release');
    await flow.until(id, 'submitted');
    expect(goods(id)).toEqual(['1 × WH-KIT-1']);
  });

  it('an address that a person corrected stays, until the customer changes it at the marketplace', async () => {
    const id = await held();
    const { id: orderId } = await flow.row(id);
    const editId = await stageAddressEdit(waybill.db, orderId, 'main', { ...sampleAddress, city: 'Nampa' });
    await flow.act(id, 'editAddress', { editId });
    await change(id, { lines: [kit(pieces(1))] });
    await eventually(async () => expect(await lines(id)).toMatchObject([{ wanted: 1 }]));
    const city = async () =>
      (await waybill.db.selectFrom('recipients').select('city').where('order_id', '=', orderId).execute())[0]!.city;
    expect(await city()).toBe('Nampa');
    await change(id, { shipTo: { ...sampleAddress, city: 'Kuna' } });
    await eventually(async () => expect(await city()).toBe('Kuna'));
  });

  it('a line without a listing that is removed there lets the order go', async () => {
    const id = await buy([kit(), aLine({ lineId: '19', sku: 'nowhere' })]);
    await flow.untilAttention(id, 'listing_missing');
    await change(id, { lines: [kit()] });
    await flow.until(id, 'submitted');
    expect(goods(id)).toEqual(['2 × WH-KIT-1']);
  });

  it('a hold of others keeps it, and its end lets it go', async () => {
    const id = await buy([kit()], { heldBecause: 'the payment is checked for fraud' });
    const row = await flow.until(id, 'held');
    expect(row.hold).toMatchObject({ reason: 'held_at_marketplace', owner: 'marketplace' });
    expect(row.hold!.note).toContain('checked for fraud');
    expect(Date.parse(row.hold!.releaseAt!)).toBeGreaterThan(Date.now());
    expect(goods(id)).toEqual([]);
    await change(id, { heldBecause: null });
    await flow.until(id, 'submitted');
  });

  it('a cancellation ends it without asking anybody', async () => {
    const id = await held();
    await change(id, { cancelled: true });
    await flow.until(id, 'cancelled');
    expect(await flow.events(id)).toEqual(['imported', 'given_up', 'cancel_stopped']);
    expect(goods(id)).toEqual([]);
  });
});

describe('after a warehouse was asked', () => {
  it('a cancellation races the warehouse and is stopped in time', async () => {
    const id = await submitted();
    await change(id, { lines: [kit({ standing: 'refunded' })] });
    await flow.until(id, 'cancelled');
    expect(flow.warehouseOrders(id)).toMatchObject([{ status: 'Cancelled' }]);
    const row = await flow.row(id);
    expect(row.cancel_outcome).toBe('stopped');
    expect((await flow.timeline(id)).slice(-2)).toMatchObject([
      { event: 'given_up', actor: 'marketplace' },
      { event: 'cancel_stopped', actor: 'marketplace' },
    ]);
    expect(await lines(id)).toMatchObject([{ standing: 'refunded' }]);
  });

  it('a cancellation that comes too late is shown to a person, and the shipment is told all the same', async () => {
    const id = await submitted();
    waybill.shipbob.ship(flow.reference(id), [{ labelOnly: true }]);
    await change(id, { cancelled: true });
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.message).toMatch(/^It was cancelled at the marketplace\. Too late to cancel: /);
    expect((await flow.row(id)).cancel_outcome).toBe('too_late');
    await flow.ship(id, []);
    await eventually(() => expect(shop.notices.some((each) => each.externalId === id)).toBe(true));
    await flow.act(id, 'retry');
    await flow.until(id, 'shipped');
  });

  it('fewer pieces are shown with the line, from and to; a retry accepts that it goes as it is', async () => {
    const id = await submitted();
    await change(id, { lines: [kit(pieces(1))] });
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.message).toContain('line 11 (SKU kit-1): 2 → 1');
    expect(attention.about).toEqual({ change: 'line 11 (SKU kit-1): 2 → 1' });
    await flow.act(id, 'retry');
    await flow.until(id, 'submitted');
    await flow.ship(id);
    await flow.until(id, 'shipped');
    expect(goods(id)).toEqual(['2 × WH-KIT-1']);
  });

  it('once the warehouse has given it up, what is wanted now is sent anew', async () => {
    const id = await submitted([kit(), tea()]);
    await change(id, { lines: [kit(pieces(1)), tea()], shipTo: { ...sampleAddress, city: 'Eagle' } });
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.about).toEqual({ change: 'line 11 (SKU kit-1): 2 → 1; the delivery address' });
    waybill.shipbob.cancelByWarehouse(flow.reference(id));
    await flow.pollWarehouse();
    await flow.untilAttention(id, 'cancelled_at_warehouse');
    await flow.act(id, 'retry');
    await flow.until(id, 'submitted');
    expect(goods(id).at(-1)).toBe('1 × WH-KIT-1, 1 × WH-TEA-30');
    await flow.ship(id, undefined, 2);
    await flow.until(id, 'shipped');
  });

  it('a line that is added is asked for under a reference of its own', async () => {
    const id = await submitted();
    await change(id, { lines: [kit(), tea()] });
    await eventually(() => expect(goods(id)).toEqual(['2 × WH-KIT-1', '1 × WH-TEA-30']));
    await flow.until(id, 'submitted');
    await flow.ship(id);
    await flow.until(id, 'partially_shipped');
    await flow.ship(id, undefined, 2);
    await flow.until(id, 'shipped');
  });

  it('a hold of others is shown to a person', async () => {
    const id = await submitted();
    await change(id, { heldBecause: 'the address looks wrong' });
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.message).toBe(
      'The warehouse already has it: It is held at the marketplace: the address looks wrong.',
    );
    await flow.act(id, 'retry');
    await flow.until(id, 'submitted');
  });

  it('lessons 6: pieces that others send of a line it works on are shown, and not sent anew once it gave the order up', async () => {
    const id = await submitted([kit(), tea()]);
    await change(id, { lines: [kit({ quantity: 1 }), tea()] });
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.about).toEqual({ change: 'line 11 (SKU kit-1) sent by others: 2 → 1' });
    expect((await flow.timeline(id)).map((each) => each.message)).toContain(
      'Changed at the marketplace: line 11 (SKU kit-1) sent by others: 2 → 1.',
    );
    await change(id, {});
    expect(await signals(id)).toBe(1);
    waybill.shipbob.cancelByWarehouse(flow.reference(id));
    await flow.pollWarehouse();
    await flow.untilAttention(id, 'cancelled_at_warehouse');
    // Another piece is sent by others while a person is asked.
    await change(id, { lines: [kit({ quantity: 0 }), tea()] });
    await eventually(async () =>
      expect((await flow.events(id)).filter((event) => event === 'changed')).toHaveLength(2),
    );
    await flow.act(id, 'retry');
    await flow.until(id, 'submitted');
    expect(goods(id).at(-1)).toBe('1 × WH-TEA-30');
  });

  it('lessons 6: once others sent all that is left, it is asked to stop, and what it sent all the same is shown', async () => {
    const stopped = await submitted([kit()]);
    await change(stopped, { lines: [kit({ quantity: 0 }), aLine({ lineId: 'pdf', shippable: false })] });
    await flow.until(stopped, 'cancelled');
    expect(flow.warehouseOrders(stopped)).toMatchObject([{ status: 'Cancelled' }]);
    const late = await submitted([kit()]);
    waybill.shipbob.ship(flow.reference(late), [{ labelOnly: true }]);
    await change(late, { lines: [kit({ quantity: 0 }), aLine({ lineId: 'pdf', shippable: false })] });
    const { message } = await flow.untilAttention(late, 'changed_at_marketplace');
    expect(message).toMatch(/sent by others: 2 → 0\. Too late to cancel: /);
  });

  it('shipped by somebody else it is stopped and closed', async () => {
    const id = await submitted();
    await change(id, { shippedAtMarketplace: true });
    await flow.until(id, 'closed');
    expect(flow.warehouseOrders(id)).toMatchObject([{ status: 'Cancelled' }]);
    expect((await flow.timeline(id)).at(-1)).toMatchObject({ event: 'shipped_elsewhere', actor: 'marketplace' });
  });
});

describe('after it has shipped', () => {
  it('our own notices are no news, and a refund is a row on the timeline and nothing else', async () => {
    const id = await submitted();
    await flow.ship(id);
    await flow.until(id, 'shipped');
    await flow.handle(id).result();
    const seen = async () => (await flow.row(id)).seen;
    const before = await seen();
    await change(id, {});
    await eventually(async () => expect(await seen()).not.toBe(before));
    expect(await flow.events(id)).toEqual(['imported', 'submitted', 'written_back']);
    await change(id, { lines: [kit({ standing: 'refunded' })] });
    await eventually(async () =>
      expect((await flow.timeline(id)).at(-1)).toMatchObject({
        event: 'changed',
        actor: 'marketplace',
        from_state: null,
        message: 'Changed at the marketplace: line 11 (SKU kit-1) refunded: 2 → 0.',
      }),
    );
    await change(id, {});
    expect(await flow.events(id)).toEqual(['imported', 'submitted', 'written_back', 'changed']);
    expect(await flow.row(id)).toMatchObject({ state: 'shipped', attention: null });
  });
});

describe('after all of this', () => {
  it('I6: every change of state has exactly one timeline row, written with it', async () => {
    expect(await timelineProblems(waybill.db)).toEqual([]);
  });

  it('I8: no history holds people or secrets, and no change stays staged', async () => {
    expect(await findLeaks(waybill)).toMatchObject({ canaries: [], plain: [] });
    expect(await waybill.db.selectFrom('order_changes').select('id').execute()).toEqual([]);
  });
});
