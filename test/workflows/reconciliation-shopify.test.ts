import type { Order } from '../../sandbox/shopify/state/orders.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import type { Waybill } from '../support/waybill.js';
import type { Flow } from './flow.js';
import { bringsInWhatPollsMissed, letSettle, reconcile } from './reconcile.js';
import { fulfillmentsOf, openShop, startShopifyStore } from './shopify-store.js';

quietTemporal();
const location = 'Main Warehouse';
const shopify = openShop();
let waybill: Waybill;
let flow: Flow;
let stop: () => Promise<void>;
beforeAll(async () => {
  // An hour between polls: what is found before that was found by reconciling.
  const pollSeconds = { busy: 3_600, idle: 3_600 };
  ({ waybill, flow, stop } = await startShopifyStore(shopify, { location, skus: ['KIT-1', 'TEA-30'], pollSeconds }));
  await waybill.enable();
  await eventually(async () => expect((await flow.store()).last_success_at).not.toBeNull());
});
afterAll(() => stop());

const mend = () => reconcile(waybill, { mend: true });
const found = async (id: string) => (await mend()).of(id).map(({ kind, mended_at }) => [kind, mended_at !== null]);
const living = (order: Order) => fulfillmentsOf(shopify, order).filter((each) => each.status === 'SUCCESS');

async function submitted(lines = [{ sku: 'KIT-1', quantity: 2 }]): Promise<{ order: Order; id: string }> {
  const [order] = shopify.addOrders([{ lines }]);
  await flow.pollStore();
  await flow.until(String(order!.id), 'submitted');
  return { order: order!, id: String(order!.id) };
}

/** As in the admin: a fulfillment is cancelled, and its pieces are open again. */
function cancelFulfillment(order: Order, index: number): void {
  const cancelled = fulfillmentsOf(shopify, order)[index]!;
  cancelled.status = 'CANCELLED';
  for (const { lineId, quantity, fulfillmentOrderId } of cancelled.lines) {
    const open = shopify.shop.fulfillmentOrders.find((each) => each.id === fulfillmentOrderId)!;
    open.status = 'OPEN';
    open.lines.find((line) => line.lineId === lineId)!.remaining += quantity;
  }
}

it('an order that no poll brought is imported; what all agree on is no difference, shipped orders included', () => {
  const [order] = shopify.addOrders([{}]);
  return bringsInWhatPollsMissed(waybill, flow, String(order!.id), '1ZSH0001');
});

it('an order cancelled there is told so, and stopped at the warehouse', async () => {
  const { order, id } = await submitted();
  shopify.cancel(order.name);
  expect(await found(id)).toEqual([['changed_at_marketplace', true]]);
  await flow.until(id, 'cancelled');
});

it('an order that is not paid stays skipped, and is no difference', async () => {
  const [order] = shopify.addOrders([{ financialStatus: 'PENDING' }]);
  const id = String(order!.id);
  expect(await found(id)).toEqual([['order_missing_here', true]]);
  expect(await found(id)).toEqual([]);
});

it('of two packages alike, the fulfillment that was cancelled there is made again, once, and the other left alone', async () => {
  const { order, id } = await submitted();
  const parcel = { items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZSAME', carrier: 'UPS' };
  await flow.ship(id, [parcel, parcel]);
  await flow.until(id, 'shipped');
  cancelFulfillment(order, 0);
  expect(await found(id)).toEqual([['notice_missing_at_marketplace', true]]);
  await eventually(async () => {
    await letSettle(waybill);
    expect(living(order)).toHaveLength(2);
  });
  await flow.handle(id).result();
  expect(await found(id)).toEqual([]);
  expect(living(order).map((each) => [each.packages[0]!.number, each.lines[0]!.quantity])).toEqual([
    ['1ZSAME', 1],
    ['1ZSAME', 1],
  ]);
});
