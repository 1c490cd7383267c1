import { type Answer, sandbox, open, close, wait, post, ask, read, codes, fulfillmentOrders } from './support.js';

afterEach(close);

describe('the official schema', () => {
  beforeEach(() => open());

  it('refuses fields, arguments and values that Shopify does not have', async () => {
    for (const query of [
      '{ orders(first: 1) { nodes { financialStatus } } }',
      '{ orders(first: 1, status: OPEN) { nodes { id } } }',
      '{ orders(first: 1, sortKey: NEWEST) { nodes { id } } }',
      'mutation { fulfillmentCreate(fulfillment: { trackingInfo: {} }) { fulfillment { id } } }',
    ]) {
      const answer = await ask(query);
      expect(answer.errors).toHaveLength(1);
      expect(answer.data).toBeUndefined();
    }
  });

  it('checks variables by it too', async () => {
    const answer = await ask('query ($id: ID!) { order(id: $id) { id } }', {});
    expect(codes(answer)).toEqual(['INVALID_VARIABLE']);
  });

  it('says of a legal field that the stand-in does not have it, and makes nothing up', async () => {
    sandbox.addSamples(1);
    const answer = await ask('{ orders(first: 1) { nodes { id attribution { handle } } } }');
    expect(answer.errors![0]!.message).toBe('The stand-in does not have Order.attribution.');
  });

  it('takes arrays of at most 250', async () => {
    const ids = Array.from({ length: 251 }, (_, index) => `gid://shopify/Order/${index}`);
    const answer = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(codes(answer)).toEqual(['MAX_INPUT_SIZE_EXCEEDED']);
  });
});

describe('access', () => {
  it('takes no call without a token that it gave, and none with one that was revoked', async () => {
    await open();
    expect((await post('{ shop { name } }', {}, { token: 'other' })).status).toBe(401);
    expect((await post('{ shop { name } }')).status).toBe(200);
    sandbox.uninstall();
    expect((await post('{ shop { name } }')).status).toBe(401);
    sandbox.reinstall();
    expect((await post('{ shop { name } }')).status).toBe(200);
  });

  it('falls forward to the oldest version in support and says so', async () => {
    await open();
    const version = async (asked: string) =>
      (await post('{ shop { name } }', {}, { version: asked })).headers.get('x-shopify-api-version');
    expect([await version('2026-10'), await version('2023-04')]).toEqual(['2026-10', '2026-01']);
  });

  it('names the scope that a field needs, by the official schema', async () => {
    await open();
    sandbox.setScopes(['read_orders']);
    const answer = await ask('{ locations(first: 1) { nodes { id } } orders(first: 1) { nodes { id } } }');
    expect(codes(answer)).toEqual(['ACCESS_DENIED']);
    expect(answer.errors![0]!.message).toContain('`read_locations` access scope');
    expect(answer.errors![0]!.path).toEqual(['locations']);
  });

  it('shows only the fulfillment orders that the scopes cover, and says nothing of the others', async () => {
    await open();
    sandbox.addSamples(1, 'other_service');
    expect(await fulfillmentOrders()).toHaveLength(2);
    sandbox.setScopes(['read_orders', 'write_merchant_managed_fulfillment_orders']);
    expect((await fulfillmentOrders()).map((each) => each.assignedLocation.name)).toEqual(['Main Warehouse']);
    sandbox.setScopes(['read_orders', 'write_assigned_fulfillment_orders']);
    expect(await fulfillmentOrders()).toEqual([]);
  });

  it('keeps people’s data back from an app that is not approved, without an error', async () => {
    await open({ settings: { seesCustomerData: false } });
    sandbox.addSamples(1);
    const order = await read<object>(
      'orders.nodes.0',
      '{ orders(first: 1) { nodes { email shippingAddress { name } fulfillmentOrders(first: 1) { nodes { destination { lastName address1 } } } } } }',
    );
    expect(order).toEqual({
      email: null,
      shippingAddress: null,
      fulfillmentOrders: { nodes: [{ destination: { lastName: null, address1: null } }] },
    });
  });

  it('R149: shows orders of 60 days, older ones only with read_all_orders', async () => {
    await open();
    const [old] = sandbox.addOrders([{ createdAt: '2026-09-01T00:00:00Z' }, {}]);
    const names = () => read<object[]>('orders.nodes', '{ orders(first: 5) { nodes { name } } }');
    const one = () => read('order', `{ order(id: "gid://shopify/Order/${old!.id}") { name } }`);
    expect([await names(), await one()]).toEqual([[{ name: '#1002' }], null]);
    sandbox.setScopes(['read_orders', 'read_all_orders']);
    expect([await names(), await one()]).toEqual([[{ name: '#1001' }, { name: '#1002' }], { name: '#1001' }]);
  });
});

describe('cost', () => {
  const cost = async (query: string) => (await ask(query)).extensions!.cost;

  it('counts as Shopify’s API was seen to count', async () => {
    await open();
    const counted: [number, string][] = [
      [12, '{ inventoryItems(first: 250) { nodes { sku } } }'],
      [8, '{ assignedFulfillmentOrders(first: 25) { pageInfo { hasNextPage } edges { cursor node { id } } } }'],
      [
        12,
        '{ locations(first: 20, includeLegacy: true) { pageInfo { endCursor } nodes { fulfillmentService { id } } } }',
      ],
      [
        27,
        `{ fulfillmentOrder(id: "gid://shopify/FulfillmentOrder/1") { lineItems(first: 25) { pageInfo { hasNextPage }
        edges { node { id lineItem { id product { id } variant { id } } } } } } }`,
      ],
    ];
    for (const [points, query] of counted) expect((await cost(query)).requestedQueryCost).toBe(points);
  });

  it('counts every row of nested lists when told to, and refuses what asks for more than 1,000 points', async () => {
    await open();
    const query = '{ orders(first: 50) { nodes { lineItems(first: 20) { nodes { id } } } } }';
    expect((await cost(query)).requestedQueryCost).toBe(1 + 7 * (1 + 1 + 5));
    sandbox.shop.settings.costs = 'linear';
    const answer = await ask(query);
    expect(codes(answer)).toEqual(['MAX_COST_EXCEEDED']);
    expect(answer.errors![0]!.message).toContain(`${2 + 50 * (1 + 2 + 20)}`);
  });

  it('gives back what was asked for and not used', async () => {
    await open();
    sandbox.addSamples(1, 'plain');
    const spent = await cost('{ orders(first: 100) { nodes { id shippingAddress { city } } } }');
    expect(spent).toMatchObject({ requestedQueryCost: 1 + 9 * 2, actualQueryCost: 1 + 2 });
    expect(spent.throttleStatus).toEqual({ maximumAvailable: 2_000, currentlyAvailable: 1_997, restoreRate: 100 });
  });

  it('throttles with a 200 and no hint but the numbers, and fills the bucket with time', async () => {
    await open({ settings: { bucket: { maximumAvailable: 30, restoreRate: 10 } } });
    sandbox.addSamples(30, 'plain');
    const query =
      '{ orders(first: 25) { nodes { id shippingAddress { city } lineItems(first: 1) { nodes { id } } } } }';
    expect((await cost(query)).throttleStatus.currentlyAvailable).toBe(5);
    const refused = await post(query);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([200, null]);
    const answer = (await refused.json()) as Answer;
    expect(codes(answer)).toEqual(['THROTTLED']);
    expect(answer.extensions!.cost).toEqual({
      requestedQueryCost: 25,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 30, currentlyAvailable: 5, restoreRate: 10 },
    });
    wait(2_000);
    expect((await ask(query)).errors).toBeUndefined();
  });
});
