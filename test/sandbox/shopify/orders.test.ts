import { sampleKinds } from '../../../sandbox/shopify/work/samples.js';
import { at, sandbox, base, open, close, wait, ask, read, codes, fulfillmentOrders } from './support.js';

afterEach(close);

describe('orders', () => {
  beforeEach(() => open());
  const found = async (query: string): Promise<string[]> => {
    const nodes = await read<{ name: string }[]>(
      'orders.nodes',
      'query ($query: String) { orders(first: 50, query: $query) { nodes { name } } }',
      { query },
    );
    return nodes.map((each) => each.name);
  };

  it('finds by the terms of Shopify’s search, alone and together', async () => {
    sandbox.addOrders([
      { createdAt: '2026-11-18T12:00:00Z' },
      { financialStatus: 'PENDING', tags: ['vip'] },
      { test: true },
    ]);
    const [first] = sandbox.shop.orders;
    sandbox.cancel('#1003');
    expect(await found(`id:${first!.id}`)).toEqual(['#1001']);
    expect(await found('name:#1002')).toEqual(['#1002']);
    expect(await found("created_at:<'2026-11-19T00:00:00Z'")).toEqual(['#1001']);
    expect(await found('financial_status:pending OR status:cancelled')).toEqual(['#1002', '#1003']);
    expect(await found('-test:true (tag:vip OR tag:none)')).toEqual(['#1002']);
    expect(await found('NOT status:open')).toEqual(['#1003']);
  });

  it('ignores a search field that does not exist, and tells it beside the data', async () => {
    sandbox.addSamples(2, 'plain');
    const answer = await ask('{ orders(first: 5, query: "finacial_status:paid") { nodes { name } } }');
    expect(at(answer, 'orders.nodes')).toHaveLength(2);
    expect(answer.extensions!.search).toEqual([{ warnings: [expect.objectContaining({ field: 'finacial_status' })] }]);
  });

  it('pages by cursors that hold the place of a row, so that a changed order is seen at the end', async () => {
    for (let index = 0; index < 3; index += 1) {
      sandbox.addOrders([{}]);
      wait(1_000);
    }
    const page = (after: string | null) =>
      read<{ nodes: { name: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } }>(
        'orders',
        `query ($after: String) { orders(first: 2, after: $after, sortKey: UPDATED_AT) {
          nodes { name } pageInfo { endCursor hasNextPage } } }`,
        { after },
      );
    const first = await page(null);
    expect(first).toMatchObject({ nodes: [{ name: '#1001' }, { name: '#1002' }], pageInfo: { hasNextPage: true } });
    sandbox.changeOrder('#1001', { note: 'leave at the door' });
    expect(await page(first.pageInfo.endCursor)).toMatchObject({
      nodes: [{ name: '#1003' }, { name: '#1001' }],
      pageInfo: { hasNextPage: false },
    });
    expect(codes(await ask('{ orders { nodes { id } } }'))).toEqual(['BAD_REQUEST']);
    expect(codes(await ask('{ orders(first: 251) { nodes { id } } }'))).toEqual(['BAD_REQUEST']);
  });

  it('limits nested lists too', async () => {
    sandbox.addOrders([{ lines: Array.from({ length: 60 }, (_, index) => ({ sku: `SKU-${index}` })) }]);
    const lines = await read<{ nodes: object[]; pageInfo: object }>(
      'orders.nodes.0.lineItems',
      '{ orders(first: 1) { nodes { lineItems(first: 50) { nodes { id } pageInfo { hasNextPage } } } } }',
    );
    expect([lines.nodes.length, lines.pageInfo]).toEqual([50, { hasNextPage: true }]);
  });

  it('makes the fulfillment orders of an order after it, one for each location', async () => {
    sandbox.shop.settings.routingDelayMs = 3_000;
    sandbox.addSamples(1, 'two_locations');
    expect(await fulfillmentOrders()).toEqual([]);
    wait(3_000);
    expect((await fulfillmentOrders()).map((each) => each.assignedLocation.name)).toEqual([
      'Main Warehouse',
      'Corner Shop',
    ]);
  });

  it('R145: fulfills a gift card at once, so that its order is fulfilled in part', async () => {
    sandbox.addSamples(1, 'gift_card');
    expect(await read('orders.nodes.0', '{ orders(first: 1) { nodes { displayFulfillmentStatus } } }')).toEqual({
      displayFulfillmentStatus: 'PARTIALLY_FULFILLED',
    });
    expect((await fulfillmentOrders()).map((each) => each.status)).toEqual(['OPEN', 'CLOSED']);
  });

  it('R141: tells money in both currencies', async () => {
    sandbox.addOrders([
      { presentmentCurrency: 'EUR', lines: [{ price: '10.00', presentmentPrice: '9.30', quantity: 2 }] },
    ]);
    const money = await read(
      'orders.nodes.0.subtotalPriceSet',
      `{ orders(first: 1) { nodes { subtotalPriceSet {
        shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } } } }`,
    );
    expect(money).toEqual({
      shopMoney: { amount: '20.0', currencyCode: 'USD' },
      presentmentMoney: { amount: '18.6', currencyCode: 'EUR' },
    });
  });

  it('has samples of every kind', async () => {
    sandbox.addSamples(3 * sampleKinds.length);
    for (const kind of sampleKinds) expect(sandbox.addSamples(1, kind)).toHaveLength(1);
    const names = await found('');
    expect(names).toHaveLength(50);
  });
});

describe('what the merchant does', () => {
  beforeEach(() => open());
  const order = () =>
    read(
      'orders.nodes.0',
      `{ orders(first: 1) { nodes { edited displayFinancialStatus
        lineItems(first: 5) { nodes { sku quantity currentQuantity nonFulfillableQuantity unfulfilledQuantity } } } } }`,
    );

  it('edits reshape the fulfillment orders and keep the line’s id', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 3 }] }]);
    sandbox.setQuantity('#1001', 'KIT-1', 1);
    sandbox.addLine('#1001', { sku: 'TEA-30' });
    expect(await order()).toMatchObject({
      edited: true,
      lineItems: {
        nodes: [
          { sku: 'KIT-1', quantity: 3, currentQuantity: 1, nonFulfillableQuantity: 2, unfulfilledQuantity: 1 },
          { sku: 'TEA-30', quantity: 1 },
        ],
      },
    });
    expect((await fulfillmentOrders()).map((each) => each.lineItems.nodes[0]!.remainingQuantity)).toEqual([1, 1]);
  });

  it('refunds, moves and fulfills by hand', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'TEA-30', quantity: 2 }] }]);
    sandbox.refund('#1001', { lines: [{ sku: 'TEA-30', quantity: 1 }] });
    expect(await order()).toMatchObject({ displayFinancialStatus: 'PARTIALLY_REFUNDED' });
    const [before] = await fulfillmentOrders();
    sandbox.move('#1001', 'Corner Shop');
    const [closed, moved] = await fulfillmentOrders();
    expect(closed).toMatchObject({ id: before!.id, status: 'CLOSED' });
    expect(moved).toMatchObject({ status: 'OPEN', assignedLocation: { name: 'Corner Shop' } });
    sandbox.fulfilElsewhere('#1001', { number: '1Z1' });
    expect(sandbox.ledger().fulfillments).toMatchObject([
      { trackingNumbers: ['1Z1'], location: 'Corner Shop', notified: true },
    ]);
  });

  it('takes a fulfillment back: its pieces are to be sent again, by another fulfillment order', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    sandbox.fulfilElsewhere('#1001');
    sandbox.cancelFulfillment('#1001');
    expect(await fulfillmentOrders()).toMatchObject([
      { status: 'CLOSED' },
      { status: 'OPEN', lineItems: { nodes: [{ sku: 'KIT-1', remainingQuantity: 2 }] } },
    ]);
    expect(sandbox.ledger().orders).toMatchObject([{ fulfillmentStatus: 'UNFULFILLED' }]);
    expect(sandbox.ledger().stock.find((each) => each.sku === 'KIT-1')).toMatchObject({ committed: 2, onHand: 100 });
  });

  it('takes returns, and puts the goods back where they were received', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    sandbox.fulfilElsewhere('#1001');
    sandbox.addReturn('#1001', { lines: [{ sku: 'KIT-1', quantity: 1, reason: 'DEFECTIVE' }] });
    sandbox.dispose('#1001', { sku: 'KIT-1', type: 'RESTOCKED', quantity: 1, location: 'Main Warehouse' });
    sandbox.closeReturn('#1001');
    expect(
      await read(
        'orders.nodes.0',
        `{ orders(first: 1) { nodes { returnStatus returns(first: 1) { nodes { status totalQuantity
          returnLineItems(first: 1) { nodes { quantity processedQuantity returnReason } }
          reverseFulfillmentOrders(first: 1) { nodes { status lineItems(first: 1) { nodes { totalQuantity
            fulfillmentLineItem { lineItem { sku } } dispositions { type quantity location { name } } } } } } } } } } }`,
      ),
    ).toEqual({
      returnStatus: 'RETURNED',
      returns: {
        nodes: [
          {
            ...{ status: 'CLOSED', totalQuantity: 1 },
            returnLineItems: { nodes: [{ quantity: 1, processedQuantity: 1, returnReason: 'DEFECTIVE' }] },
            reverseFulfillmentOrders: {
              nodes: [
                {
                  status: 'CLOSED',
                  lineItems: {
                    nodes: [
                      {
                        totalQuantity: 1,
                        fulfillmentLineItem: { lineItem: { sku: 'KIT-1' } },
                        dispositions: [{ type: 'RESTOCKED', quantity: 1, location: { name: 'Main Warehouse' } }],
                      },
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
    });
    expect(sandbox.ledger().stock.find((each) => each.sku === 'KIT-1')).toMatchObject({ onHand: 99 });
  });

  it('can all be done over HTTP', async () => {
    const admin = (method: string, path: string, body: object = {}) =>
      fetch(`${base}/_sandbox${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await admin('POST', '/orders', [{ lines: [{ sku: 'KIT-1' }] }])).status).toBe(201);
    expect((await admin('POST', '/samples', { count: 2, kind: 'unpaid' })).status).toBe(201);
    await admin('PATCH', '/orders/1002', { financialStatus: 'PAID' });
    await admin('POST', '/orders/1003/cancel');
    await admin('POST', '/orders/1001/fulfil', { number: '1Z2' });
    await admin('PUT', '/stock', [{ sku: 'TEA-30', location: 'Corner Shop', pieces: 7 }]);
    await admin('PATCH', '/settings', { shopName: 'Renamed' });
    const refused = await admin('POST', '/orders/1009/cancel');
    expect([refused.status, await refused.json()]).toEqual([400, { error: 'no order "1009"' }]);
    const ledger = (await (await fetch(`${base}/_sandbox/ledger`)).json()) as ReturnType<typeof sandbox.ledger>;
    expect(ledger.orders.map((each) => [each.financialStatus, each.fulfillmentStatus, each.cancelled])).toEqual([
      ['PAID', 'FULFILLED', false],
      ['PAID', 'UNFULFILLED', false],
      ['PENDING', 'UNFULFILLED', true],
    ]);
    expect(ledger.stock).toContainEqual(expect.objectContaining({ sku: 'TEA-30', location: 'Corner Shop', onHand: 7 }));
    expect(sandbox.shop.settings.shopName).toBe('Renamed');
  });
});
