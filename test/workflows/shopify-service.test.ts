import type { Order } from '../../sandbox/shopify/state/orders.js';
import type { OrderSpec } from '../../sandbox/shopify/work/add-orders.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import type { Waybill } from '../support/waybill.js';
import type { Flow } from './flow.js';
import { openShop, startShopifyStore } from './shopify-store.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
const service = 'Waybill Fulfillment';
const shopify = openShop();
let waybill: Waybill;
let flow: Flow;
let stop: () => Promise<void>;
beforeAll(async () => {
  shopify.addService({ name: service, ours: true });
  ({ waybill, flow, stop } = await startShopifyStore(shopify, {
    ...{ location: service, skus: ['KIT-1', 'TEA-30'], pollSeconds: { busy: 3_600, idle: 3_600 } },
    ...{ answerRequests: true, restockReturns: 'restock' },
  }));
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterAll(() => stop());

/** Sold from our service's location, and asked for. */
async function asked(spec: OrderSpec = {}): Promise<{ order: Order; id: string }> {
  const lines = spec.lines ?? [{ sku: 'KIT-1', quantity: 2 }];
  const [order] = shopify.addOrders([{ ...spec, lines: lines.map((line) => ({ location: service, ...line })) }]);
  shopify.requestFulfillment(order!.name);
  await flow.pollStore();
  return { order: order!, id: String(order!.id) };
}
const answersOf = (order: Order) => {
  const ids = shopify.shop.fulfillmentOrders.filter((each) => each.orderId === order.id).map((each) => String(each.id));
  const given = shopify.ledger().requests.filter((each) => ids.some((id) => each.fulfillmentOrder.endsWith(`/${id}`)));
  return given.map((each) => each.answer);
};

const callsOf = (query: string) =>
  shopify.standIn.calls.filter((call) => JSON.stringify(call.body).includes(`query ${query}`)).length;
/** The list of the second comes after all that the first one does. */
async function aWholeRound(): Promise<void> {
  for (const _ of ['first', 'second']) {
    const lists = callsOf('OrdersLargePage');
    await flow.pollStore();
    await eventually(() => expect(callsOf('OrdersLargePage')).toBeGreaterThan(lists));
  }
}

describe('acting as the fulfillment service', () => {
  it('a request is accepted once its order is imported, and the order goes', async () => {
    const { order, id } = await asked();
    await flow.until(id, 'submitted');
    expect(answersOf(order)).toEqual(['ACCEPTED']);
    expect(await flow.events(id)).toEqual(expect.arrayContaining(['fulfillment_requested', 'fulfillment_accepted']));
    await flow.pollStore();
    await flow.ship(id, [{ carrier: 'UPS', trackingNumber: '1ZSRV1' }]);
    await flow.until(id, 'shipped');
    expect(answersOf(order)).toEqual(['ACCEPTED']);
  });

  it('one that the store leaves out is rejected with its cause; one that may be paid yet waits', async () => {
    const test = await asked({ test: true });
    await eventually(() => expect(answersOf(test.order)).toEqual(['REJECTED']));
    expect(shopify.ledger().requests.at(-1)).toMatchObject({
      reason: 'OTHER',
      message: expect.stringContaining('test') as unknown,
    });
    const unpaid = await asked({ financialStatus: 'PENDING' });
    await flow.pollStore();
    expect(answersOf(unpaid.order)).toEqual([]);
    shopify.changeOrder(unpaid.order.name, { financialStatus: 'PAID' });
    await flow.pollStore();
    await flow.until(unpaid.id, 'submitted');
    expect(answersOf(unpaid.order)).toEqual(['ACCEPTED']);
  });

  it('a request to cancel stops the order, and is accepted', async () => {
    const { order, id } = await asked();
    await flow.until(id, 'submitted');
    shopify.requestCancellation(order.name);
    await flow.pollStore();
    await flow.until(id, 'cancelled');
    await eventually(async () => {
      expect(answersOf(order)).toEqual(['ACCEPTED', 'CANCELLATION_ACCEPTED']);
      expect(await flow.events(id)).toContain('cancellation_accepted');
    });
  });

  it('one that comes too late is rejected', async () => {
    const { order, id } = await asked();
    await flow.until(id, 'submitted');
    // The warehouse has sent it; neither we nor Shopify know yet.
    waybill.shipbob.ship(flow.reference(id), [{ carrier: 'UPS', trackingNumber: '1ZLATE' }]);
    shopify.requestCancellation(order.name);
    await flow.pollStore();
    await eventually(() => expect(answersOf(order)).toEqual(['ACCEPTED', 'CANCELLATION_REJECTED']));
    expect(await flow.events(id)).toEqual(expect.arrayContaining(['cancel_too_late', 'cancellation_rejected']));
  });

  it('nothing is asked of Shopify where the store does not act as one', async () => {
    await flow.settings({ answerRequests: false });
    const { order, id } = await asked();
    await eventually(() => flow.row(id));
    await aWholeRound();
    const before = callsOf('Assigned');
    await aWholeRound();
    expect(before).toBeGreaterThan(0);
    expect(callsOf('Assigned')).toBe(before);
    expect(answersOf(order)).toEqual([]);
    await flow.settings({ answerRequests: true });
    await flow.pollStore();
    await eventually(() => expect(answersOf(order)).toEqual(['ACCEPTED']));
  });
});

describe('D9: returns', () => {
  const returnsOf = async (id: string) => {
    const { id: orderId } = await flow.row(id);
    return waybill.db.selectFrom('return_lines').selectAll().where('order_id', '=', orderId).orderBy('id').execute();
  };

  it('of a shipped order come with a pass, with what is to be done with the goods, and no stock of it is touched', async () => {
    const { order, id } = await asked();
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ carrier: 'UPS', trackingNumber: '1ZRET' }]);
    await flow.until(id, 'shipped');
    await waybill.db.updateTable('orders').set({ returns_read_at: null }).where('external_id', '=', id).execute();
    shopify.addReturn(order.name, { lines: [{ sku: 'KIT-1', quantity: 2, reason: 'DEFECTIVE', note: 'Ann says' }] });
    const stock = shopify.ledger().stock;
    await flow.pollStore();
    const rows = await eventually(async () => {
      const found = await returnsOf(id);
      expect(found).toMatchObject([
        {
          ...{ name: `${order.name}-R1`, status: 'OPEN', line_id: String(order.lines[0]!.id), quantity: 2 },
          reason: 'DEFECTIVE',
          restock: [{ decision: 'restock', quantity: 2, decidedBy: 'store settings' }],
        },
      ]);
      return found;
    });
    expect(JSON.stringify(rows)).not.toContain('Ann');
    expect(shopify.ledger().stock).toEqual(stock);
    expect((await flow.row(id)).state).toBe('shipped');
    expect(await flow.timeline(id)).toContainEqual(
      expect.objectContaining({ event: 'returned', message: expect.stringContaining('restock 2') as unknown }),
    );
  });

  it('are read at once when a notification names them, or a restock decision names none, and what people decided counts', async () => {
    const order = shopify.shop.orders.find((each) => shopify.shop.returns.some((back) => back.orderId === each.id))!;
    const id = String(order.id);
    shopify.dispose(order.name, { sku: 'KIT-1', quantity: 1, type: 'MISSING', location: service });
    await flow.announce('returns');
    await flow.pollStore();
    await eventually(async () =>
      expect(await returnsOf(id)).toMatchObject([{ status: 'OPEN', restock: [{ decision: 'missing' }, {}] }]),
    );
    shopify.closeReturn(order.name);
    await flow.announce('returns', [id]);
    await flow.pollStore();
    await eventually(async () =>
      expect(await returnsOf(id)).toMatchObject([
        {
          status: 'CLOSED',
          restock: [
            { decision: 'missing', quantity: 1 },
            { decision: 'restock', quantity: 1 },
          ],
        },
      ]),
    );
    expect((await flow.events(id)).filter((event) => event === 'returned')).toHaveLength(3);
  });
});

it('I6: every change of state has exactly one timeline row', async () => {
  expect(await timelineProblems(waybill.db)).toEqual([]);
});
