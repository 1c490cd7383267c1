import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createShopifySandbox,
  type ShopifySandbox,
  type ShopifySandboxOptions,
} from '../../sandbox/shopify/sandbox.js';
import { sandboxShopDomain, sandboxShopifyApp, sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';
import { sampleKinds } from '../../sandbox/shopify/work/samples.js';

interface Answer {
  data?: unknown;
  errors?: { message: string; path?: unknown[]; extensions?: { code?: string } }[];
  extensions?: {
    cost: {
      requestedQueryCost: number;
      actualQueryCost: number | null;
      throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
    };
    search?: unknown;
  };
}

/** The value at a path of names and numbers, "orders.nodes.0.id". */
function at<Value = unknown>(answer: Answer, path: string): Value {
  const step = (value: unknown, key: string) => (value as Record<string, unknown>)[key];
  return path.split('.').reduce(step, answer.data) as Value;
}

let sandbox: ShopifySandbox;
let base: string;
let clock = Date.parse('2026-11-20T12:00:00Z');

async function open(options: ShopifySandboxOptions = {}): Promise<void> {
  clock = Date.parse('2026-11-20T12:00:00Z');
  sandbox = createShopifySandbox({ now: () => new Date(clock), webhookRetryMs: [5, 5], ...options });
  base = await sandbox.standIn.listen();
}
afterEach(() => sandbox.standIn.close());

function post(query: string, variables: object = {}, { token = sandboxShopifyToken, version = '2026-10' } = {}) {
  return fetch(`${base}/admin/api/${version}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  });
}
async function ask(query: string, variables: object = {}): Promise<Answer> {
  return (await (await post(query, variables)).json()) as Answer;
}
/** The answer's data at the path; no error of any kind is expected. */
async function read<Value>(path: string, query: string, variables: object = {}): Promise<Value> {
  const answer = await ask(query, variables);
  expect(answer.errors).toBeUndefined();
  return at<Value>(answer, path);
}
const codes = ({ errors = [] }: Answer) => errors.map((each) => each.extensions?.code);

interface FulfillmentOrder {
  id: string;
  status: string;
  requestStatus: string;
  supportedActions: { action: string }[];
  assignedLocation: { name: string };
  lineItems: { nodes: { id: string; sku: string; totalQuantity: number; remainingQuantity: number }[] };
}
const fulfillmentOrderFields = `id status requestStatus supportedActions { action } assignedLocation { name }
  lineItems(first: 10) { nodes { id sku totalQuantity remainingQuantity } }`;
const fulfillmentOrders = () =>
  read<FulfillmentOrder[]>(
    'fulfillmentOrders.nodes',
    `{ fulfillmentOrders(first: 50, includeClosed: true) { nodes { ${fulfillmentOrderFields} } } }`,
  );

interface Created {
  fulfillment: { id: string; name: string; trackingInfo: object[] } | null;
  userErrors: { message: string }[];
}
const fulfil = (fulfillment: object) =>
  read<Created>(
    'fulfillmentCreate',
    `mutation ($fulfillment: FulfillmentInput!) {
      fulfillmentCreate(fulfillment: $fulfillment) {
        fulfillment { id name trackingInfo { company number url } } userErrors { field message }
      }
    }`,
    { fulfillment },
  );
const everythingOf = (...orders: { id: string }[]) => ({
  lineItemsByFulfillmentOrder: orders.map(({ id }) => ({ fulfillmentOrderId: id })),
});

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
    clock += 2_000;
    expect((await ask(query)).errors).toBeUndefined();
  });
});

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
      clock += 1_000;
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
    clock += 3_000;
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

describe('fulfillments', () => {
  const mails = () => sandbox.ledger().mails.map((each) => each.fulfillment);

  it('fulfills everything of a fulfillment order whose lines are left out, and builds the link of a known carrier', async () => {
    await open();
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    const [opened] = await fulfillmentOrders();
    const { fulfillment, userErrors } = await fulfil({
      ...everythingOf(opened!),
      trackingInfo: { company: 'UPS', number: '1Z999' },
      notifyCustomer: true,
    });
    expect([fulfillment!.name, userErrors]).toEqual(['#1001-F1', []]);
    expect(fulfillment!.trackingInfo).toEqual([
      { company: 'UPS', number: '1Z999', url: expect.stringMatching(/^https:\/\/www\.ups\.com.*1Z999$/) as string },
    ]);
    expect(await fulfillmentOrders()).toMatchObject([{ status: 'CLOSED', supportedActions: [] }]);
    expect((await fulfil(everythingOf(opened!))).userErrors[0]!.message).toContain('unfulfillable status= closed');
  });

  const pieces = (fulfillmentOrder: FulfillmentOrder, quantity: number) => ({
    lineItemsByFulfillmentOrder: [
      {
        fulfillmentOrderId: fulfillmentOrder.id,
        fulfillmentOrderLineItems: [{ id: fulfillmentOrder.lineItems.nodes[0]!.id, quantity }],
      },
    ],
    notifyCustomer: true,
  });

  it('fulfills twice what is sent twice while pieces remain, with a second mail', async () => {
    await open();
    sandbox.addOrders([{ lines: [{ quantity: 3 }] }]);
    const [opened] = await fulfillmentOrders();
    await fulfil(pieces(opened!, 1));
    await fulfil(pieces(opened!, 1));
    expect(mails()).toEqual(['#1001-F1', '#1001-F2']);
    const [kept] = await fulfillmentOrders();
    expect([kept!.id, kept!.status, kept!.lineItems.nodes[0]!.remainingQuantity]).toEqual([
      opened!.id,
      'IN_PROGRESS',
      1,
    ]);
    expect((await fulfil(pieces(opened!, 2))).userErrors[0]!.message).toContain('Invalid');
  });

  it('or closes the fulfillment order and puts the rest into a new one', async () => {
    await open({ settings: { afterPart: 'reopens_rest' } });
    sandbox.addOrders([{ lines: [{ quantity: 3 }] }]);
    const [opened] = await fulfillmentOrders();
    await fulfil(pieces(opened!, 1));
    const [closed, rest] = await fulfillmentOrders();
    expect(closed).toMatchObject({ id: opened!.id, status: 'CLOSED' });
    expect(rest).toMatchObject({ status: 'OPEN', lineItems: { nodes: [{ totalQuantity: 2, remainingQuantity: 2 }] } });
  });

  it('takes one order and one location at a time', async () => {
    await open();
    sandbox.addSamples(1, 'two_locations');
    sandbox.addSamples(1, 'plain');
    const [here, there, other] = await fulfillmentOrders();
    const refusal = async (...orders: FulfillmentOrder[]) =>
      (await fulfil(everythingOf(...orders))).userErrors[0]!.message;
    expect(await refusal(here!, there!)).toBe('All fulfillment orders must be assigned to a single location');
    expect(await refusal(here!, other!)).toBe('All fulfillment orders must belong to the same order');
    expect(await refusal({ ...here!, id: 'gid://shopify/FulfillmentOrder/1' })).toBe(
      'Fulfillment order does not exist.',
    );
    expect(sandbox.ledger().fulfillments).toEqual([]);
  });

  it('R135: refuses what the location does not have in stock, in a shop that looks', async () => {
    await open({ settings: { deniesWithoutStock: true } });
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1' }] }]);
    sandbox.setStock('KIT-1', 'Main Warehouse', 0);
    const [opened] = await fulfillmentOrders();
    expect((await fulfil(everythingOf(opened!))).userErrors[0]!.message).toContain(
      'KIT-1) is not in stock at Main Warehouse',
    );
    sandbox.setStock('KIT-1', 'Main Warehouse', 1);
    expect((await fulfil(everythingOf(opened!))).userErrors).toEqual([]);
  });

  it('corrects a tracking number, with a mail only when asked', async () => {
    await open();
    sandbox.addSamples(1, 'plain');
    const [opened] = await fulfillmentOrders();
    const { fulfillment } = await fulfil({ ...everythingOf(opened!), trackingInfo: { company: 'UPS', number: '1' } });
    const update = (notify: boolean) =>
      read<object>(
        'fulfillmentTrackingInfoUpdate',
        `mutation ($id: ID!, $notify: Boolean) { fulfillmentTrackingInfoUpdate(
          fulfillmentId: $id, trackingInfoInput: { company: "Owl", number: "2", url: "https://owl.example/2" }, notifyCustomer: $notify
        ) { fulfillment { trackingInfo { company number url } } userErrors { message } } }`,
        { id: fulfillment!.id, notify },
      );
    expect(await update(false)).toEqual({
      fulfillment: { trackingInfo: [{ company: 'Owl', number: '2', url: 'https://owl.example/2' }] },
      userErrors: [],
    });
    expect(mails()).toEqual([]);
    await update(true);
    expect(sandbox.ledger().mails).toEqual([{ order: '#1001', fulfillment: '#1001-F1', kind: 'shipping_update' }]);
  });
});

describe('holds', () => {
  beforeEach(() => open());
  const hold = (id: string, more: object = {}) =>
    read<{
      fulfillmentHold: { id: string } | null;
      remainingFulfillmentOrder: FulfillmentOrder;
      userErrors: { code: string }[];
    }>(
      'fulfillmentOrderHold',
      `mutation ($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
        fulfillmentHold { id } remainingFulfillmentOrder { ${fulfillmentOrderFields} } userErrors { code } } }`,
      { id, hold: { reason: 'OTHER', ...more } },
    );
  const release = (id: string, holdIds: string[] | null) =>
    read(
      'fulfillmentOrderReleaseHold.userErrors',
      'mutation ($id: ID!, $holdIds: [ID!]) { fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) { userErrors { code } } }',
      { id, holdIds },
    );

  it('stop a fulfillment until the last one is released, the merchant’s too', async () => {
    sandbox.addSamples(1, 'plain');
    sandbox.hold('#1001', { reason: 'HIGH_RISK_OF_FRAUD' });
    const [held] = await fulfillmentOrders();
    expect((await fulfil(everythingOf(held!))).userErrors[0]!.message).toContain('on_hold');
    const { fulfillmentHold } = await hold(held!.id, { handle: 'ours' });
    expect((await hold(held!.id, { handle: 'ours' })).userErrors).toEqual([
      { code: 'DUPLICATE_FULFILLMENT_HOLD_HANDLE' },
    ]);
    await release(held!.id, [fulfillmentHold!.id]);
    expect((await fulfillmentOrders())[0]!.status).toBe('ON_HOLD');
    await release(held!.id, null);
    expect((await fulfillmentOrders())[0]!.status).toBe('OPEN');
  });

  it('of some pieces split the fulfillment order', async () => {
    sandbox.addOrders([{ lines: [{ quantity: 3 }] }]);
    const [opened] = await fulfillmentOrders();
    const lines = [{ id: opened!.lineItems.nodes[0]!.id, quantity: 1 }];
    const { remainingFulfillmentOrder } = await hold(opened!.id, { fulfillmentOrderLineItems: lines });
    expect(remainingFulfillmentOrder).toMatchObject({
      status: 'OPEN',
      lineItems: { nodes: [{ remainingQuantity: 2 }] },
    });
  });
});

describe('a fulfillment service of our own', () => {
  it('is asked, accepts, ships; or gives back what the merchant wants back', async () => {
    await open();
    const create = () =>
      read<{ fulfillmentService: object | null; userErrors: object[] }>(
        'fulfillmentServiceCreate',
        'mutation { fulfillmentServiceCreate(name: "Our Warehouse") { fulfillmentService { location { name } } userErrors { message } } }',
      );
    expect((await create()).fulfillmentService).toEqual({ location: { name: 'Our Warehouse' } });
    expect((await create()).userErrors).toEqual([{ message: 'Name has already been taken' }]);
    sandbox.addOrders([{ lines: [{ location: 'Our Warehouse', quantity: 2 }] }]);
    const assigned = (status: string) =>
      read<FulfillmentOrder[]>(
        'assignedFulfillmentOrders.nodes',
        `{ assignedFulfillmentOrders(first: 5, assignmentStatus: ${status}) { nodes { ${fulfillmentOrderFields} } } }`,
      );
    const respond = (mutation: string, id: string) =>
      read<{ userErrors: object[] }>(
        mutation,
        `mutation ($id: ID!) { ${mutation}(id: $id) { fulfillmentOrder { status } userErrors { message } } }`,
        { id },
      );
    expect(await assigned('FULFILLMENT_REQUESTED')).toEqual([]);
    sandbox.requestFulfillment('#1001');
    const [asked] = await assigned('FULFILLMENT_REQUESTED');
    expect((await fulfil(everythingOf(asked!))).userErrors).toHaveLength(1);
    await respond('fulfillmentOrderAcceptFulfillmentRequest', asked!.id);
    expect((await assigned('FULFILLMENT_ACCEPTED'))[0]).toMatchObject({ id: asked!.id, status: 'IN_PROGRESS' });
    sandbox.requestCancellation('#1001');
    await respond('fulfillmentOrderAcceptCancellationRequest', asked!.id);
    expect((await fulfillmentOrders()).map((each) => [each.status, each.requestStatus])).toEqual([
      ['CANCELLED', 'CANCELLATION_ACCEPTED'],
      ['OPEN', 'UNSUBMITTED'],
    ]);
    expect((await respond('fulfillmentOrderRejectFulfillmentRequest', asked!.id)).userErrors).toHaveLength(1);
    expect(sandbox.ledger().requests.map((each) => each.answer)).toEqual(['ACCEPTED', 'CANCELLATION_ACCEPTED']);
  });
});

describe('stock', () => {
  beforeEach(() => open());
  const stockOf = (sku: string) => sandbox.ledger().stock.find((each) => each.sku === sku)!;
  const itemOf = (sku: string) =>
    `gid://shopify/InventoryItem/${sandbox.shop.items.find((each) => each.sku === sku)!.id}`;
  const locationOf = (name: string) =>
    `gid://shopify/Location/${sandbox.shop.locations.find((each) => each.name === name)!.id}`;
  const set = (quantity: object, key: string | null, name = 'on_hand') =>
    ask(
      `mutation ($input: InventorySetQuantitiesInput!) {
        inventorySetQuantities(input: $input) ${key === null ? '' : `@idempotent(key: "${key}")`} {
          inventoryAdjustmentGroup { changes { name delta quantityAfterChange } } userErrors { field code }
        } }`,
      {
        input: {
          ...{ name, reason: 'correction', referenceDocumentUri: 'gid://waybill/Count/1' },
          quantities: [{ inventoryItemId: itemOf('KIT-1'), locationId: locationOf('Main Warehouse'), ...quantity }],
        },
      },
    );
  const errorsOf = (answer: Answer) =>
    at<{ code: string }[]>(answer, 'inventorySetQuantities.userErrors').map((each) => each.code);

  it('goes from available to committed when it is sold, and off the shelf when it is fulfilled', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 3 }] }]);
    expect(stockOf('KIT-1')).toMatchObject({ available: 97, committed: 3, onHand: 100 });
    await fulfil(everythingOf((await fulfillmentOrders())[0]!));
    expect(stockOf('KIT-1')).toMatchObject({ available: 97, committed: 0, onHand: 97 });
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    sandbox.cancel('#1002');
    expect(stockOf('KIT-1')).toMatchObject({ available: 97, committed: 0, onHand: 97 });
  });

  it('is compared before it is set, and what was sold stays committed', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 3 }] }]);
    expect(errorsOf(await set({ quantity: 50, changeFromQuantity: 97 }, 'a'))).toEqual(['CHANGE_FROM_QUANTITY_STALE']);
    expect(errorsOf(await set({ quantity: 50 }, 'b'))).toEqual(['COMPARE_QUANTITY_REQUIRED']);
    const done = await set({ quantity: 50, changeFromQuantity: 100 }, 'c');
    expect(at(done, 'inventorySetQuantities.inventoryAdjustmentGroup')).toEqual({
      changes: [{ name: 'on_hand', delta: -50, quantityAfterChange: 50 }],
    });
    expect(stockOf('KIT-1')).toMatchObject({ available: 47, committed: 3, onHand: 50 });
    expect(errorsOf(await set({ quantity: 60, changeFromQuantity: null }, 'd'))).toEqual([]);
  });

  it('is set once for each key, and not at all without one', async () => {
    expect(codes(await set({ quantity: 5, changeFromQuantity: null }, null))).toEqual(['BAD_REQUEST']);
    const first = await set({ quantity: 5, changeFromQuantity: null }, 'k');
    sandbox.setStock('KIT-1', 'Main Warehouse', 9);
    const again = await set({ quantity: 5, changeFromQuantity: null }, 'k');
    expect(again.data).toEqual(first.data);
    expect(stockOf('KIT-1').onHand).toBe(9);
    expect(errorsOf(await set({ quantity: 6, changeFromQuantity: null }, 'k'))).toEqual([
      'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
    ]);
    await set({ quantity: 5, changeFromQuantity: 1 }, 'spent');
    expect(errorsOf(await set({ quantity: 5, changeFromQuantity: 1 }, 'spent'))).toEqual([
      'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
    ]);
    clock += 24 * 3_600_000;
    expect(errorsOf(await set({ quantity: 6, changeFromQuantity: 9 }, 'k'))).toEqual([]);
    expect(sandbox.ledger().inventorySets.map(({ from, to }) => [from, to])).toEqual([
      [100, 5],
      [9, 6],
    ]);
  });

  it('names every bad entry and sets none', async () => {
    const bad = async (quantity: object, name?: string) =>
      errorsOf(
        await set(
          { changeFromQuantity: null, ...quantity },
          JSON.stringify([quantity, name]).replaceAll('"', ''),
          name,
        ),
      );
    expect(await bad({ quantity: 1, inventoryItemId: 'gid://shopify/InventoryItem/1' })).toEqual([
      'INVALID_INVENTORY_ITEM',
    ]);
    expect(await bad({ quantity: 1, locationId: locationOf('Corner Shop') })).toEqual(['INVALID_LOCATION']);
    expect(await bad({ quantity: -1 })).toEqual(['INVALID_QUANTITY_NEGATIVE']);
    expect(await bad({ quantity: 1_000_000_001 })).toEqual(['INVALID_QUANTITY_TOO_HIGH']);
    expect(await bad({ quantity: 1 }, 'committed')).toEqual(['INVALID_NAME']);
    sandbox.addItem({ sku: 'SET-1', bundle: true });
    expect(await bad({ quantity: 1, inventoryItemId: itemOf('SET-1') })).toEqual(['NON_MUTABLE_INVENTORY_ITEM']);
    expect(sandbox.ledger().inventorySets).toEqual([]);
  });

  it('R142: has several items of one SKU, which the search finds whatever the case', async () => {
    sandbox.addItem({ sku: 'TWIN', stock: { 'Main Warehouse': 1 } });
    sandbox.addItem({ sku: 'TWIN', stock: { 'Main Warehouse': 2 }, tracked: false });
    sandbox.addItem({ sku: 'twin' });
    const items = await read<object[]>(
      'inventoryItems.nodes',
      `{ inventoryItems(first: 5, query: "sku:'TWIN'") { nodes { sku tracked duplicateSkuCount
        inventoryLevel(locationId: "${locationOf('Main Warehouse')}") { quantities(names: ["on_hand", "available", "committed"]) { name quantity } } } } }`,
    );
    expect(items).toHaveLength(3);
    expect(items[1]).toEqual({
      ...{ sku: 'TWIN', tracked: false, duplicateSkuCount: 1 },
      inventoryLevel: {
        quantities: [
          { name: 'on_hand', quantity: 2 },
          { name: 'available', quantity: 2 },
          { name: 'committed', quantity: 0 },
        ],
      },
    });
  });

  it('comes to a location by activating the item there', async () => {
    const activate = (key: string) =>
      read<{ inventoryLevel: object | null; userErrors: object[] }>(
        'inventoryActivate',
        `mutation { inventoryActivate(inventoryItemId: "${itemOf('KIT-1')}", locationId: "${locationOf('Corner Shop')}", onHand: 4)
          @idempotent(key: "${key}") { inventoryLevel { quantities(names: ["on_hand"]) { quantity } } userErrors { message } } }`,
      );
    expect((await activate('one')).inventoryLevel).toEqual({ quantities: [{ quantity: 4 }] });
    expect((await activate('two')).userErrors).toHaveLength(1);
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

  it('takes returns, and puts the goods back where they were received', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    sandbox.fulfilElsewhere('#1001');
    const returned = sandbox.addReturn('#1001', { lines: [{ sku: 'KIT-1', quantity: 1, reason: 'DEFECTIVE' }] });
    sandbox.dispose(returned, { type: 'RESTOCKED', quantity: 1, location: 'Main Warehouse' });
    sandbox.closeReturn(returned);
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

describe('notifications', () => {
  interface Delivery {
    headers: IncomingHttpHeaders;
    body: string;
  }
  let receiver: Server;
  let uri: string;
  let received: Delivery[];
  let answerWith: number;

  beforeEach(async () => {
    await open();
    received = [];
    answerWith = 200;
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(answerWith, { connection: 'close' }).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterEach(() => new Promise((resolve) => receiver.close(resolve)));

  const subscribe = (topic: string, more: object = {}) =>
    read<{ webhookSubscription: { id: string } | null; userErrors: { message: string }[] }>(
      'webhookSubscriptionCreate',
      `mutation ($topic: WebhookSubscriptionTopic!, $input: WebhookSubscriptionInput!) {
        webhookSubscriptionCreate(topic: $topic, webhookSubscription: $input) { webhookSubscription { id } userErrors { message } } }`,
      { topic, input: { uri, ...more } },
    );
  const subscriptions = () =>
    read<{ topic: string; uri: string }[]>(
      'webhookSubscriptions.nodes',
      '{ webhookSubscriptions(first: 5) { nodes { topic uri } } }',
    );
  const topics = () => received.map((each) => each.headers['x-shopify-topic']);

  it('are signed over their very bytes by the secret of the app', async () => {
    await subscribe('ORDERS_CREATE', { name: 'ours' });
    const [sold] = sandbox.addSamples(1, 'plain');
    await sandbox.deliveries.settle();
    const [{ headers, body }] = received as [Delivery];
    const signature = createHmac('sha256', sandboxShopifyApp.clientSecret).update(body).digest('base64');
    expect(headers).toMatchObject({
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': sandboxShopDomain,
      'x-shopify-api-version': '2026-10',
      'x-shopify-hmac-sha256': signature,
      'x-shopify-triggered-at': '2026-11-20T12:00:00Z',
      'x-shopify-name': 'ours',
    });
    expect(headers['x-shopify-webhook-id']).not.toBe(headers['x-shopify-event-id']);
    expect(JSON.parse(body)).toMatchObject({ id: sold!.id, name: '#1001', updated_at: sold!.updatedAt });
  });

  it('carry only the fields that were asked for', async () => {
    await subscribe('ORDERS_CREATE', { includeFields: ['id', 'shipping_address.city'] });
    const [sold] = sandbox.addOrders([{}]);
    await sandbox.deliveries.settle();
    expect(JSON.parse(received[0]!.body)).toEqual({ id: sold!.id, shipping_address: { city: 'Boise' } });
  });

  it('can be lost, doubled and in the wrong order', async () => {
    await subscribe('ORDERS_CREATE');
    await subscribe('ORDERS_PAID');
    sandbox.deliveries.faults = { reorder: true };
    sandbox.addOrders([{}]);
    await sandbox.deliveries.settle();
    expect(topics()).toEqual(['orders/paid', 'orders/create']);
    sandbox.deliveries.faults = { duplicate: 1 };
    sandbox.addOrders([{ financialStatus: 'PENDING' }]);
    await sandbox.deliveries.settle();
    expect(received).toHaveLength(4);
    expect(received[2]!.headers['x-shopify-webhook-id']).toBe(received[3]!.headers['x-shopify-webhook-id']);
    sandbox.deliveries.faults = { drop: 1 };
    sandbox.addOrders([{}]);
    await sandbox.deliveries.settle();
    expect(received).toHaveLength(4);
  });

  it('are tried again unchanged, and their subscription is deleted after eight failures in a row', async () => {
    await subscribe('ORDERS_CREATE');
    answerWith = 302;
    for (let order = 0; order < 2; order += 1) {
      sandbox.addOrders([{}]);
      await sandbox.deliveries.settle();
    }
    expect(received[0]).toEqual({ ...received[2], headers: received[0]!.headers });
    expect(await subscriptions()).toHaveLength(1);
    sandbox.addOrders([{}]);
    await sandbox.deliveries.settle();
    expect(await subscriptions()).toEqual([]);
  });

  it('need the scope of their topic, the approval for people’s data and an address of their own', async () => {
    const refusal = async (topic: string) => (await subscribe(topic)).userErrors[0]?.message;
    expect(await refusal('ORDERS_CREATE')).toBeUndefined();
    expect(await refusal('ORDERS_CREATE')).toBe('Address for this topic has already been taken');
    sandbox.shop.settings.seesCustomerData = false;
    expect(await refusal('ORDERS_UPDATED')).toContain('protected customer data');
    sandbox.setScopes(['read_orders']);
    expect(await refusal('INVENTORY_LEVELS_UPDATE')).toContain('permission');
  });

  it('can be moved and deleted', async () => {
    const { webhookSubscription } = await subscribe('APP_UNINSTALLED');
    const variables = { id: webhookSubscription!.id, input: { uri: `${uri}/2` } };
    const update = `mutation ($id: ID!, $input: WebhookSubscriptionInput!) {
      webhookSubscriptionUpdate(id: $id, webhookSubscription: $input) { userErrors { message } } }`;
    expect(await read('webhookSubscriptionUpdate.userErrors', update, variables)).toEqual([]);
    expect(await subscriptions()).toEqual([{ topic: 'APP_UNINSTALLED', uri: `${uri}/2` }]);
    await read(
      'webhookSubscriptionDelete',
      'mutation ($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }',
      {
        id: webhookSubscription!.id,
      },
    );
    expect(await subscriptions()).toEqual([]);
  });

  it('tell of the uninstalled app and of what privacy law asks for', async () => {
    await subscribe('APP_UNINSTALLED');
    sandbox.addOrders([{}]);
    sandbox.shop.settings.complianceUrl = uri;
    sandbox.uninstall();
    sandbox.sendPrivacyTopic('customers/redact', '#1001');
    await sandbox.deliveries.settle();
    expect(topics().sort()).toEqual(['app/uninstalled', 'customers/redact']);
    const redact = received.find((each) => each.headers['x-shopify-topic'] === 'customers/redact')!;
    expect(JSON.parse(redact.body)).toMatchObject({
      shop_domain: sandboxShopDomain,
      orders_to_redact: [sandbox.shop.orders[0]!.id],
    });
    expect(sandbox.shop.subscriptions).toEqual([]);
  });

  it('ping the service that is asked to fulfill, without saying what', async () => {
    sandbox.addService({ name: 'Our Warehouse', ours: true, callbackUrl: uri });
    sandbox.addOrders([{ lines: [{ location: 'Our Warehouse' }] }]);
    sandbox.requestFulfillment('#1001');
    await sandbox.deliveries.settle();
    expect(received.map((each) => JSON.parse(each.body) as unknown)).toEqual([{ kind: 'FULFILLMENT_REQUEST' }]);
  });
});

describe('installing the app', () => {
  beforeEach(() => open());
  const { clientId: client_id, clientSecret: client_secret } = sandboxShopifyApp;
  async function authorize(more: Record<string, string> = {}): Promise<URLSearchParams> {
    const query = new URLSearchParams({
      ...{
        client_id,
        scope: 'read_orders,write_inventory',
        redirect_uri: 'https://app.example/callback',
        state: 'nonce',
      },
      ...more,
    });
    const response = await fetch(`${base}/admin/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
    return new URL(response.headers.get('location')!).searchParams;
  }
  async function token(body: object): Promise<{ status: number; body: Record<string, string> }> {
    const response = await fetch(`${base}/admin/oauth/access_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id, client_secret, ...body }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }
  const works = async (accessToken: string) =>
    (await post('{ shop { name } }', {}, { token: accessToken })).status === 200;

  it('R133: sends the merchant back with a signed code, which gives one token', async () => {
    const back = await authorize();
    const { hmac, ...rest } = Object.fromEntries(back);
    expect(rest).toMatchObject({ shop: sandboxShopDomain, state: 'nonce', timestamp: String(clock / 1_000) });
    const text = Object.keys(rest)
      .sort()
      .map((name) => `${name}=${encodeURIComponent(rest[name]!)}`)
      .join('&');
    expect(hmac).toBe(createHmac('sha256', client_secret).update(text).digest('hex'));
    const { body } = await token({ code: rest['code'] });
    expect(body).toEqual({
      access_token: expect.stringMatching(/^shpat_/) as string,
      scope: 'read_orders,write_inventory',
    });
    expect(await works(body['access_token']!)).toBe(true);
    expect((await token({ code: rest['code'] })).status).toBe(400);
    expect((await token({ code: rest['code'], client_secret: 'wrong' })).body['error']).toBe('invalid_client');
  });

  it('grants less than was asked for where the merchant does', async () => {
    sandbox.shop.settings.grantsOnly = ['read_orders'];
    const { body } = await token({ code: (await authorize()).get('code') });
    expect(body['scope']).toBe('read_orders');
    const { status, ...answer } = await post(
      '{ currentAppInstallation { accessScopes { handle } } }',
      {},
      { token: body['access_token']! },
    ).then(async (response) => ({ status: response.status, ...((await response.json()) as Answer) }));
    expect([status, at(answer, 'currentAppInstallation.accessScopes')]).toEqual([200, [{ handle: 'read_orders' }]]);
  });

  it('lets tokens expire, and changes both of the pair at every refresh', async () => {
    const { body: first } = await token({ code: (await authorize()).get('code'), expiring: '1' });
    expect(first).toMatchObject({ expires_in: 3_600, refresh_token_expires_in: 90 * 86_400 });
    clock += 3_600_000;
    expect(await works(first['access_token']!)).toBe(false);
    const refresh = { grant_type: 'refresh_token', refresh_token: first['refresh_token'] };
    const { body: second } = await token(refresh);
    expect(await works(second['access_token']!)).toBe(true);
    expect((await token(refresh)).body['error']).toBe('invalid_grant');
    sandbox.shop.settings.refreshGraceSeconds = 60;
    expect((await token(refresh)).status).toBe(200);
    clock += 60_000;
    expect((await token(refresh)).status).toBe(400);
  });

  it('ends every token with the app', async () => {
    const { body } = await token({ code: (await authorize()).get('code'), expiring: '1' });
    sandbox.uninstall();
    expect(await works(body['access_token']!)).toBe(false);
    expect((await token({ grant_type: 'refresh_token', refresh_token: body['refresh_token'] })).status).toBe(400);
  });
});
