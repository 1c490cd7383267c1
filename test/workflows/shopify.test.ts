import type { Order } from '../../sandbox/shopify/state/orders.js';
import type { OrderSpec } from '../../sandbox/shopify/work/add-orders.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import type { Waybill } from '../support/waybill.js';
import { canary, findLeaks } from './canaries.js';
import type { Flow } from './flow.js';
import { reconcile } from './reconcile.js';
import { fulfillmentsOf, openShop, startShopifyStore } from './shopify-store.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
const shopify = openShop({ deniesWithoutStock: true, servicesNeedAcceptance: false });
let waybill: Waybill;
let flow: Flow;
let stop: () => Promise<void>;
beforeAll(async () => {
  shopify.addService({ name: 'Acme 3PL', ours: false });
  const skus = ['KIT-1', 'TEA-30', 'BOOK-7'];
  ({ waybill, flow, stop } = await startShopifyStore(shopify, { location: 'Main Warehouse', skus }));
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterAll(() => stop());

/** Sold, and seen by the store at once; gives the order and its id as text. */
async function sell(spec: OrderSpec = {}): Promise<{ order: Order; id: string }> {
  const { firstName, lastName, address1, email } = canary.customer;
  const [order] = shopify.addOrders([{ ...spec, email, address: { firstName, lastName, address1 } }]);
  await flow.pollStore();
  return { order: order!, id: String(order!.id) };
}
const told = (order: Order) => fulfillmentsOf(shopify, order);
const proofs = async (id: string) => {
  const row = await flow.row(id);
  const intents = waybill.db.selectFrom('write_intents').selectAll().where('order_id', '=', row.id);
  return intents.where('kind', '=', 'writeback').orderBy('business_key').execute();
};
const skipped = (id: string) =>
  eventually(async () => {
    const rows = waybill.db.selectFrom('skipped_orders').selectAll().where('external_id', '=', id);
    return rows.executeTakeFirstOrThrow();
  });

describe('from the order to its proven fulfillment', () => {
  it('R134, R150: imported at its location, sent, told with number and carrier, and read back', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1', quantity: 2 }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ carrier: 'UPS', trackingNumber: '1ZSH0001' }]);
    await flow.until(id, 'shipped');
    expect(told(order)).toMatchObject([
      { status: 'SUCCESS', company: 'UPS', packages: [{ number: '1ZSH0001' }], lines: [{ quantity: 2 }] },
    ]);
    expect(await proofs(id)).toMatchObject([
      { state: 'done', proof: { trackingNumber: '1ZSH0001', carrier: 'UPS', part: 'package' } },
    ]);
    expect(shopify.ledger().mails.filter((mail) => mail.order === order.name)).toHaveLength(1);
  });

  it('two packages are two fulfillments, each with its own number and pieces', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1', quantity: 2 }, { sku: 'TEA-30' }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [
      { items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZA', carrier: 'USPS' },
      { items: [{ sku: 'WH-KIT-1', quantity: 1 }, { sku: 'WH-TEA-30', quantity: 1 }], trackingNumber: '1ZB', carrier: 'OnTrac' },
    ]); // prettier-ignore
    await flow.until(id, 'shipped');
    const packages = told(order).map((each) => [each.packages[0]!.number, each.company, each.lines.length]);
    expect(packages.sort()).toEqual([
      ['1ZA', 'USPS', 1],
      ['1ZB', 'OnTrac', 2],
    ]);
    expect(await proofs(id)).toHaveLength(2);
  });

  it('I3: two packages alike under one number are two fulfillments, also when an answer is lost', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1', quantity: 2 }] });
    await flow.until(id, 'submitted');
    shopify.standIn.faults = [{ kind: 'reset_after', rate: 1, times: 1, sent: 'fulfillmentCreate' }];
    const parcel = { items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZSAME', carrier: 'USPS' };
    await flow.ship(id, [parcel, parcel]);
    await flow.until(id, 'shipped');
    expect(told(order).map((each) => each.lines.map((line) => line.quantity))).toEqual([[1], [1]]);
    expect(shopify.ledger().mails.filter((mail) => mail.order === order.name)).toHaveLength(2);
    expect((await reconcile(waybill, { mend: true })).of(id)).toEqual([]);
  });

  it('a part is told as a part; the rest follows', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1', quantity: 3 }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZP1', carrier: 'UPS' }]);
    await flow.until(id, 'partially_shipped');
    expect(told(order)).toMatchObject([{ lines: [{ quantity: 1 }] }]);
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 2 }], trackingNumber: '1ZP2', carrier: 'UPS' }]);
    await flow.until(id, 'shipped');
    expect(told(order).map((each) => each.lines[0]!.quantity)).toEqual([1, 2]);
  });
});

describe('lessons 6: two parties ship one order', () => {
  it('a line that somebody else fulfils while our warehouse works on it is shown; our own fulfillments are no news', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1', quantity: 2 }, { sku: 'TEA-30' }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZOURS', carrier: 'UPS' }]);
    await flow.until(id, 'partially_shipped');
    shopify.fulfilElsewhere(order.name, { sku: 'TEA-30' });
    await flow.pollStore();
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.about).toEqual({ change: `line ${order.lines[1]!.id} (SKU TEA-30) sent by others: 1 → 0` });
    expect((await flow.events(id)).filter((event) => event === 'changed')).toHaveLength(1);
  });
});

describe('what is left out', () => {
  it('R138: lines at another service’s location are rows with their cause; the rest of the order goes', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1' }, { sku: 'TEA-30', location: 'Acme 3PL' }] });
    await flow.until(id, 'submitted');
    expect(await skipped(id)).toMatchObject({ cause: 'other_location', line_id: String(order.lines[1]!.id) });
    await flow.ship(id, [{ trackingNumber: '1ZO', carrier: 'UPS' }]);
    await flow.until(id, 'shipped');
    expect(told(order)).toMatchObject([{ lines: [{ lineId: order.lines[0]!.id }] }]);
  });

  it('R145, R147: what is partly fulfilled or not paid is a row with its cause, and imported once it is paid', async () => {
    const gift = await sell({ lines: [{ sku: 'KIT-1' }, { sku: 'GIFT', giftCard: true }] });
    expect(await skipped(gift.id)).toMatchObject({ cause: 'partly_shipped' });
    const unpaid = await sell({ financialStatus: 'PENDING' });
    expect(await skipped(unpaid.id)).toMatchObject({
      cause: 'payment_status_not_selected',
      reason: 'Its payment status is PENDING, the store imports PAID.',
    });
    shopify.changeOrder(unpaid.order.name, { financialStatus: 'PAID' });
    await flow.pollStore();
    await flow.until(unpaid.id, 'submitted');
  });
});

it('R138: a location that the store filters by later leaves imported orders as they are; so does none', async () => {
  const fulfillmentLocation = String(shopify.shop.locations[0]!.id);
  const filter = (filterByLocation: boolean) =>
    flow.settings({ marketplace: { fulfillmentLocation, filterByLocation } });
  const lines = [{ sku: 'KIT-1' }, { sku: 'TEA-30', location: 'Corner Shop' }];
  const less = await sell({ lines });
  await flow.until(less.id, 'submitted');
  await filter(false);
  const whole = await sell({ lines });
  await flow.until(whole.id, 'submitted');
  await filter(true);
  for (const each of [less, whole]) shopify.changeOrder(each.order.name, { note: 'Leave at the door.' });
  await flow.announce('orders', [whole.id]);
  await flow.pollStore();
  await filter(false);
  await flow.announce('orders', [less.id]);
  const report = await reconcile(waybill, { mend: true });
  await filter(true);
  const shipped = [];
  for (const each of [less, whole]) {
    expect(report.of(each.id)).toEqual([]);
    await flow.ship(each.id, [{ trackingNumber: `1Z${each.id}`, carrier: 'UPS' }]);
    await flow.until(each.id, 'shipped');
    expect(await flow.events(each.id)).not.toContain('changed');
    shipped.push(told(each.order).flatMap((one) => one.lines).length);
  }
  expect(shipped).toEqual([1, 2]);
});

describe('R135', () => {
  it('what the location has not in stock waits for a person, with SKU and location, and is told after the retry', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'BOOK-7', quantity: 2 }] });
    await flow.until(id, 'submitted');
    shopify.setStock('BOOK-7', 'Main Warehouse', 1);
    await flow.ship(id, [{ trackingNumber: '1ZB7', carrier: 'UPS' }]);
    const attention = await flow.untilAttention(id, 'out_of_stock_at_location');
    expect(attention.about).toMatchObject({ order: id, sku: 'BOOK-7', location: 'Main Warehouse' });
    expect(told(order)).toEqual([]);
    shopify.setStock('BOOK-7', 'Main Warehouse', 50);
    await flow.act(id, 'retry');
    await flow.until(id, 'shipped');
    expect(told(order)).toMatchObject([{ packages: [{ number: '1ZB7' }], lines: [{ quantity: 2 }] }]);
    expect(flow.warehouseOrders(id)).toHaveLength(1);
  });
});

it('R149: an open order that Shopify shows no more for its age waits for a person, is not cancelled, and goes on', async () => {
  const { scopes } = shopify.shop.tokens[0]!;
  shopify.setScopes([...scopes, 'read_all_orders']);
  const createdAt = new Date(Date.now() - 61 * 86_400_000).toISOString();
  const [{ id }, ended] = [await sell({ createdAt }), await sell({ createdAt })];
  await flow.until(id, 'submitted');
  await flow.until(ended.id, 'submitted');
  await flow.ship(ended.id, [{ trackingNumber: '1ZOLD', carrier: 'UPS' }]);
  await flow.until(ended.id, 'shipped');
  shopify.setScopes(scopes);
  await flow.announce('orders', [id, ended.id, '77']);
  await flow.pollStore();
  const attention = await flow.untilAttention(id, 'order_not_shown');
  expect(attention).toMatchObject({
    about: { order: id, permission: 'read_all_orders' },
    waitsFor: `connection:${waybill.storeId}`,
  });
  expect(await flow.row(ended.id)).toMatchObject({ state: 'shipped' });
  const report = await reconcile(waybill, { mend: true, hours: 62 * 24 });
  expect(report.of(id)).toMatchObject([{ kind: 'order_not_shown', mended_at: null }]);
  expect(report.of(ended.id)).toEqual([]);
  shopify.setScopes([...scopes, 'read_all_orders']);
  await flow.act(id, 'retry');
  await flow.until(id, 'submitted');
});

describe('after all of this', () => {
  it('I6: every change of state has exactly one timeline row', async () => {
    expect(await timelineProblems(waybill.db)).toEqual([]);
  });

  it('I8: no history holds people or secrets', async () => {
    expect(await findLeaks(waybill)).toMatchObject({ canaries: [], plain: [] });
  });
});
