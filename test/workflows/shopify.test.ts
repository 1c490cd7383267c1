import { createShopifySandbox, type ShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { adminSchema } from '../../sandbox/shopify/graphql/schema.js';
import type { Order } from '../../sandbox/shopify/state/orders.js';
import { sandboxShopDomain, sandboxShopifyApp, sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';
import type { OrderSpec } from '../../sandbox/shopify/work/add-orders.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { canary, findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
let shopify: ShopifySandbox;
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  adminSchema();
  shopify = createShopifySandbox({
    settings: { bucket: { maximumAvailable: 1e6, restoreRate: 1e6 }, deniesWithoutStock: true },
  });
  for (const sku of ['KIT-1', 'TEA-30', 'BOOK-7']) shopify.setStock(sku, 'Main Warehouse', 1_000);
  shopify.addService({ name: 'Acme 3PL', ours: false });
  shopify.shop.settings.servicesNeedAcceptance = false;
  waybill = await startWaybill({
    settings: { marketplace: { fulfillmentLocation: String(shopify.shop.locations[0]!.id), filterByLocation: true } },
    store: {
      marketplace: 'shopify',
      baseUrl: await shopify.standIn.listen(),
      credentials: {
        shop: sandboxShopDomain,
        accessToken: sandboxShopifyToken,
        apiSecret: sandboxShopifyApp.clientSecret,
      },
    },
    listings: Object.fromEntries(
      ['KIT-1', 'TEA-30', 'BOOK-7'].map((sku) => [sku, [{ warehouseSku: `WH-${sku}`, quantity: 1 }]]),
    ),
  });
  flow = flowOf(waybill);
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterAll(async () => {
  await waybill.stop();
  await shopify.standIn.close();
});

/** Sold, and seen by the store at once; gives the order and its id as text. */
async function sell(spec: OrderSpec = {}): Promise<{ order: Order; id: string }> {
  const { firstName, lastName, address1, email } = canary.customer;
  const [order] = shopify.addOrders([{ ...spec, email, address: { firstName, lastName, address1 } }]);
  await flow.pollStore();
  return { order: order!, id: String(order!.id) };
}
const fulfillmentsOf = (order: Order) => shopify.shop.fulfillments.filter((each) => each.orderId === order.id);
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
    expect(fulfillmentsOf(order)).toMatchObject([
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
    const told = fulfillmentsOf(order).map((each) => [each.packages[0]!.number, each.company, each.lines.length]);
    expect(told.sort()).toEqual([
      ['1ZA', 'USPS', 1],
      ['1ZB', 'OnTrac', 2],
    ]);
    expect(await proofs(id)).toHaveLength(2);
  });

  it('a part is told as a part; the rest follows', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'KIT-1', quantity: 3 }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZP1', carrier: 'UPS' }]);
    await flow.until(id, 'partially_shipped');
    expect(fulfillmentsOf(order)).toMatchObject([{ lines: [{ quantity: 1 }] }]);
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 2 }], trackingNumber: '1ZP2', carrier: 'UPS' }]);
    await flow.until(id, 'shipped');
    expect(fulfillmentsOf(order).map((each) => each.lines[0]!.quantity)).toEqual([1, 2]);
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
    expect(fulfillmentsOf(order)).toMatchObject([{ lines: [{ lineId: order.lines[0]!.id }] }]);
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

describe('R135', () => {
  it('what the location has not in stock waits for a person, with SKU and location, and is told after the retry', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'BOOK-7', quantity: 2 }] });
    await flow.until(id, 'submitted');
    shopify.setStock('BOOK-7', 'Main Warehouse', 1);
    await flow.ship(id, [{ trackingNumber: '1ZB7', carrier: 'UPS' }]);
    const attention = await flow.untilAttention(id, 'out_of_stock_at_location');
    expect(attention.about).toMatchObject({ order: id, sku: 'BOOK-7', location: 'Main Warehouse' });
    expect(fulfillmentsOf(order)).toEqual([]);
    shopify.setStock('BOOK-7', 'Main Warehouse', 50);
    await flow.act(id, 'retry');
    await flow.until(id, 'shipped');
    expect(fulfillmentsOf(order)).toMatchObject([{ packages: [{ number: '1ZB7' }], lines: [{ quantity: 2 }] }]);
    expect(flow.warehouseOrders(id)).toHaveLength(1);
  });
});

describe('after all of this', () => {
  it('I6: every change of state has exactly one timeline row', async () => {
    expect(await timelineProblems(waybill.db)).toEqual([]);
  });

  it('I8: no history holds people or secrets', async () => {
    expect(await findLeaks(waybill)).toMatchObject({ canaries: [], plain: [] });
  });
});
