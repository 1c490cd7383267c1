import type { FulfillmentRequests } from '../../../connectors/marketplaces/requests-port.js';
import { failureOf, openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  bench.sandbox.addService({ name: 'Waybill Fulfillment', ours: true });
});
afterEach(() => bench.close());

const sold = (...lines: Record<string, unknown>[]) =>
  bench.sandbox.addOrders([{ lines: lines.map((line) => ({ location: 'Waybill Fulfillment', ...line })) }])[0]!;

describe('acting as the fulfillment service', () => {
  let requests: FulfillmentRequests;
  beforeEach(() => (requests = bench.marketplace.requests!));

  it('an order at our location may go once its request is accepted, and is told then', async () => {
    const order = sold({ quantity: 2 });
    const id = String(order.id);
    expect((await bench.marketplace.fetchOrder(id))!.heldBecause).toContain('has to be asked, and accept, first');
    expect(await requests.open()).toEqual([]);
    bench.sandbox.requestFulfillment('#1001');
    const [request] = await requests.open();
    expect(request).toMatchObject({
      kind: 'fulfillment',
      externalId: id,
      lines: [{ lineId: String(order.lines[0]!.id), quantity: 2 }],
    });
    await requests.answer(request!, { accepted: true, note: 'It ships from our warehouse.' });
    expect(await requests.open()).toEqual([]);
    expect((await bench.marketplace.fetchOrder(id))!.heldBecause).toBeNull();
    const [notice] = bench.marketplace.notices(writebackOf(order));
    await bench.marketplace.postNotice(notice!);
    expect(await bench.marketplace.findNotice(notice!)).not.toBeNull();
  });

  it('a request is rejected with its reason', async () => {
    sold({});
    bench.sandbox.requestFulfillment('#1001');
    const [request] = await requests.open();
    await requests.answer(request!, { accepted: false, reason: 'out_of_stock', note: 'None left.' });
    expect(bench.sandbox.ledger().requests).toMatchObject([
      { answer: 'REJECTED', reason: 'INVENTORY_OUT_OF_STOCK', message: 'None left.' },
    ]);
  });

  it.each([
    [true, 'CANCELLATION_ACCEPTED'],
    [false, 'CANCELLATION_REJECTED'],
  ] as const)('a cancellation request holds the order, and is answered (%s)', async (accepted, answer) => {
    const order = sold({});
    bench.sandbox.requestFulfillment('#1001');
    const [first] = await requests.open();
    await requests.answer(first!, { accepted: true, note: '' });
    bench.sandbox.requestCancellation('#1001');
    expect((await bench.marketplace.fetchOrder(String(order.id)))!.heldBecause).toContain(
      'asks the fulfillment service',
    );
    const [asked] = await requests.open();
    expect(asked).toMatchObject({ kind: 'cancellation', externalId: String(order.id) });
    await requests.answer(asked!, accepted ? { accepted, note: '' } : { accepted, reason: 'other', note: 'Too late.' });
    expect(bench.sandbox.ledger().requests.at(-1)).toMatchObject({ answer });
  });

  it('the same answer again is harmless, another one is refused', async () => {
    sold({});
    bench.sandbox.requestFulfillment('#1001');
    const [request] = await requests.open();
    await requests.answer(request!, { accepted: true, note: '' });
    await requests.answer(request!, { accepted: true, note: '' });
    const other = requests.answer(request!, { accepted: false, reason: 'other', note: '' });
    expect((await failureOf(other)).code).toBe('request_rejected');
  });

  it('an app without a service of its own is asked nothing', async () => {
    const { scopes } = bench.sandbox.shop.tokens[0]!;
    bench.sandbox.setScopes(scopes.filter((scope) => scope !== 'write_assigned_fulfillment_orders'));
    expect(await requests.open()).toEqual([]);
  });
});

describe('D9: returns', () => {
  it('come with their lines, the reason and the restock decision, and without what the customer wrote', async () => {
    const [order] = bench.sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }, { sku: 'TEA-30' }] }]);
    const id = String(order!.id);
    expect(await bench.marketplace.returns!.ofOrder(id)).toEqual([]);
    bench.sandbox.fulfilElsewhere('#1001');
    bench.sandbox.addReturn('#1001', { lines: [{ sku: 'KIT-1', quantity: 2, reason: 'DEFECTIVE', note: 'Ann says' }] });
    bench.sandbox.dispose('#1001', { sku: 'KIT-1', quantity: 1, type: 'RESTOCKED', location: 'Main Warehouse' });
    bench.sandbox.dispose('#1001', { sku: 'KIT-1', quantity: 1, type: 'MISSING', location: 'Main Warehouse' });
    const [returned] = await bench.marketplace.returns!.ofOrder(id);
    expect(returned).toEqual({
      returnId: expect.stringMatching(/^\d+$/) as unknown,
      name: '#1001-R1',
      status: 'OPEN',
      createdAt: '2026-11-20T12:00:00.000Z',
      closedAt: null,
      lines: [
        {
          lineId: String(order!.lines[0]!.id),
          quantity: 2,
          reason: 'DEFECTIVE',
          decisions: [
            { decision: 'RESTOCKED', quantity: 1 },
            { decision: 'MISSING', quantity: 1 },
          ],
        },
      ],
    });
    expect(JSON.stringify(returned)).not.toContain('Ann says');
  });

  it('of an order that is not there are none', async () => {
    expect(await bench.marketplace.returns!.ofOrder('77')).toEqual([]);
  });
});
