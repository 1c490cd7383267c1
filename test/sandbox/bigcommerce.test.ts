import { sandboxBigcommerceApp } from '../../sandbox/bigcommerce/app.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials, type SandboxOrder } from '../../sandbox/bigcommerce/state.js';

let sandbox: BigcommerceSandbox;
let base: string;
let at: number;
beforeEach(async () => {
  at = Date.parse('2026-03-04T18:00:00Z');
  sandbox = createBigcommerceSandbox({ now: () => new Date(at) });
  base = await sandbox.standIn.listen();
});
afterEach(() => sandbox.close());

const { accessToken, storeHash } = sandboxBigcommerceCredentials;
const json = { 'x-auth-token': accessToken, accept: 'application/json', 'content-type': 'application/json' };
async function call(path: string, init: { method?: string; body?: unknown; headers?: Record<string, string> } = {}) {
  const { body, ...rest } = init;
  const response = await fetch(`${base}/stores/${storeHash}/${path}`, {
    ...rest,
    headers: { ...json, ...init.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as unknown),
  };
}
const post = (order: SandboxOrder, body: object) => call(`v2/orders/${order.id}/shipments`, { method: 'POST', body });
const sell = (spec = {}) => sandbox.addOrders([spec])[0]!;
const shipmentOf = (order: SandboxOrder, quantity = 1) => ({
  order_address_id: order.addresses[0]!.id,
  items: [{ order_product_id: order.lines[0]!.id, quantity }],
});

describe('access', () => {
  it('401 to a wrong token, 403 to another store and a missing scope; V2 as an array, V3 as an object', async () => {
    expect(await call('v2/orders', { headers: { 'x-auth-token': 'x' } })).toMatchObject({
      status: 401,
      body: [{ status: 401 }],
    });
    const other = await fetch(`${base}/stores/other/v3/hooks`, { headers: json });
    expect([other.status, await other.json()]).toMatchObject([
      403,
      { status: 403, title: expect.any(String) as string },
    ]);
    sandbox.state.tokens[0]!.scopes = ['store_v2_orders_read_only'];
    expect((await call('v2/order_statuses')).status).toBe(200);
    expect((await post(sell(), {})).status).toBe(403);
    for (const path of ['v2/store', 'v3/catalog/variants', 'v3/inventory/items', 'v3/inventory/locations'])
      expect((await call(path)).status).toBe(403);
    expect((await call('v3/hooks')).status).toBe(200);
  });

  it('406 to who takes no JSON, 415 to who sends none', async () => {
    expect((await call('v2/orders', { headers: { accept: 'text/html' } })).status).toBe(406);
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: {} };
    expect((await call(`v2/orders/${sell().id}/shipments`, form)).status).toBe(415);
  });

  it('counts 150 calls in a window of 30 s and says in each answer what is left', async () => {
    sandbox.state.settings.quota = 3;
    const left = [];
    for (let index = 0; index < 4; index++) {
      const { status, headers } = await call('v2/order_statuses');
      left.push([status, headers.get('x-rate-limit-requests-left'), headers.get('x-rate-limit-time-reset-ms')]);
      at += 1_000;
    }
    expect(left).toEqual([
      [200, '2', '30000'],
      [200, '1', '29000'],
      [200, '0', '28000'],
      [429, '0', '27000'],
    ]);
    at += 27_000;
    expect((await call('v2/order_statuses')).status).toBe(200);
  });
});

describe('orders', () => {
  it('lists by id, lowest first, 50 a page; nothing found is a 204 without a body', async () => {
    expect(await call('v2/orders')).toMatchObject({ status: 204, body: null });
    const sold = sandbox.addOrders(Array.from({ length: 60 }, () => ({})));
    const ids = async (query: string) =>
      ((await call(`v2/orders?${query}`)).body as { id: number }[]).map((each) => each.id);
    expect(await ids('')).toEqual(sold.slice(0, 50).map((order) => order.id));
    expect(await ids('page=2')).toHaveLength(10);
    expect(await ids(`min_id=${sold[58]!.id}&limit=1`)).toEqual([sold[58]!.id]);
    expect(await ids('sort=id:desc&limit=1')).toEqual([sold[59]!.id]);
    expect((await call('v2/orders?page=3')).status).toBe(204);
    expect((await call('v2/orders?status_id=5')).status).toBe(204);
    expect((await call(`v2/orders?min_date_modified=${encodeURIComponent('2026-03-05T00:00:00+00:00')}`)).status).toBe(
      204,
    );
  });

  it('shows consignments as asked: a link, the legacy array, an object with links or with lines', async () => {
    const order = sell({ addresses: [{}, {}], lines: [{}, { to: 1 }, { type: 'digital', to: null }] });
    const consignments = async (query: string) =>
      ((await call(`v2/orders/${order.id}?${query}`)).body as { consignments: unknown }).consignments;
    expect(await consignments('')).toMatchObject({ resource: `/orders/${order.id}/consignments` });
    expect(await consignments('include=consignments')).toHaveLength(1);
    const object = 'consignment_structure=object';
    expect(await consignments(`include=consignments&${object}`)).toMatchObject({
      shipping: [{ line_items: [{ resource: expect.any(String) as string }] }, {}],
    });
    expect(await consignments(`include=consignments.line_items&${object}`)).toMatchObject({
      shipping: [{ line_items: [{ id: order.lines[0]!.id, quantity_shipped: 0 }] }, { line_items: [{}] }],
      downloads: [{ line_items: [{ id: order.lines[2]!.id }] }],
      pickups: [],
    });
  });

  it('writes money with four places and dates as RFC 2822', async () => {
    const order = sell({ lines: [{ price: '0.1000', quantity: 3 }] });
    const { body } = await call(`v2/orders/${order.id}`);
    expect(body).toMatchObject({ total_inc_tax: '0.3000', date_created: 'Wed, 04 Mar 2026 18:00:00 +0000' });
    expect((await call('v2/orders/1')).body).toEqual([
      { status: 404, message: 'The requested resource was not found.' },
    ]);
    expect((await call(`v2/orders/${order.id}/products`)).body).toHaveLength(1);
  });
});

describe('shipments', () => {
  it('move the order to partly and wholly shipped, mail the customer each time, and are never refused as a repeat', async () => {
    const order = sell({ lines: [{ quantity: 3 }] });
    const told = { ...shipmentOf(order), tracking_number: '1Z', shipping_provider: 'ups' };
    expect(await call(`v2/orders/${order.id}/shipments`)).toMatchObject({ status: 204 });
    expect(await post(order, told)).toMatchObject({
      status: 201,
      body: { tracking_number: '1Z', shipping_provider: 'ups' },
    });
    expect(await post(order, told)).toMatchObject({ status: 201 });
    expect(order.statusId).toBe(3);
    await post(order, told);
    expect(order.statusId).toBe(2);
    expect(sandbox.ledger().mails).toHaveLength(3);
    expect((await call(`v2/orders/${order.id}/shipments`)).body).toHaveLength(3);
  });

  it('are refused where they do not fit', async () => {
    const order = sell({ addresses: [{}, {}], lines: [{}, { to: 1 }, { type: 'digital', to: null }] });
    const good = shipmentOf(order);
    const item = (index: number, more = {}) => [{ order_product_id: order.lines[index]!.id, quantity: 1, ...more }];
    for (const [wrong, reason] of [
      [{ ...good, items: item(0, { product_id: 1 }) }, "The field 'product_id' cannot be written to."],
      [{ ...good, status_id: 2 }, "The field 'status_id' cannot be written to."],
      [{ items: good.items }, "The field 'order_address_id' is invalid."],
      [{ ...good, items: [] }, "The field 'items' is invalid."],
      [{ ...good, items: item(1) }, 'cannot be shipped to this address'],
      [{ ...good, items: item(2) }, 'cannot be shipped to this address'],
      [{ ...shipmentOf(order, 2) }, 'larger than what is left'],
      [{ ...good, tracking_number: 'x'.repeat(51) }, "The field 'tracking_number' is invalid."],
      [{ ...good, tracking_link: `https://${'x'.repeat(500)}` }, "The field 'tracking_link' is invalid."],
      [{ ...good, shipping_provider: 'pigeon' }, "The field 'shipping_provider' is invalid."],
    ] as const) {
      const { status, body } = await post(order, wrong);
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(reason)]);
    }
    expect(sandbox.ledger().shipments).toEqual([]);
  });
});

describe('stock', () => {
  it.each([
    ['order_placed', 3, 3],
    ['order_completed_or_shipped', 5, 3],
  ] as const)('%s takes sold pieces off when it says', async (updateStockBehavior, sold, shipped) => {
    sandbox.state.settings.updateStockBehavior = updateStockBehavior;
    const product = sandbox.addProduct({ name: 'Kit', skus: ['kit-1'], onHand: 5 });
    const key = `1:product:${product.id}`;
    const order = sell({ lines: [{ quantity: 2 }] });
    expect(sandbox.ledger().stock[key]).toBe(sold);
    await post(order, shipmentOf(order, 2));
    expect(sandbox.ledger().stock[key]).toBe(shipped);
  });

  it('is set where it is tracked, and a batch with one bad item is refused whole', async () => {
    const [kit, shirt] = [
      { name: 'Kit', skus: ['kit-1'] },
      { name: 'Shirt', skus: ['s', 'm'] },
    ].map((each) => sandbox.addProduct(each));
    const push = (...items: object[]) =>
      call('v3/inventory/adjustments/absolute', { method: 'PUT', body: { reason: 'test', items } });
    const good = { location_id: 1, product_id: kit!.id, quantity: 4 };
    expect(await push(good)).toMatchObject({ status: 200, body: { transaction_id: expect.any(String) as string } });
    for (const bad of [
      { location_id: 1, variant_id: kit!.variants[0]!.id, quantity: 1 },
      { location_id: 1, product_id: shirt!.id, quantity: 1 },
      { location_id: 9, product_id: kit!.id, quantity: 1 },
      { location_id: 1, product_id: 1, quantity: 1 },
    ])
      expect((await push({ ...good, quantity: 7 }, bad)).status).toBe(422);
    kit!.tracking = 'none';
    expect((await push(good)).status).toBe(422);
    expect((await push(...Array.from({ length: 2_001 }, () => good))).status).toBe(413);
    expect(sandbox.ledger().stock).toEqual({ [`1:product:${kit!.id}`]: 4 });
  });

  it('can show late what was written', async () => {
    sandbox.state.settings.inventoryLagMs = 60_000;
    const kit = sandbox.addProduct({ name: 'Kit', skus: ['kit-1'], onHand: 1 });
    const items = [{ location_id: 1, product_id: kit.id, quantity: 4 }];
    await call('v3/inventory/adjustments/absolute', { method: 'PUT', body: { items } });
    expect(sandbox.ledger()).toMatchObject({ stock: { [`1:product:${kit.id}`]: 1 }, stockWrites: [{ items }] });
  });

  it('pages V3 lists with their totals', async () => {
    for (let index = 0; index < 3; index++) sandbox.addProduct({ name: 'P', skus: [`s-${index}`], onHand: 1 });
    expect((await call('v3/catalog/variants?limit=2&page=2')).body).toMatchObject({
      data: [{ sku: 's-2' }],
      meta: { pagination: { total: 3, count: 1, per_page: 2, current_page: 2, total_pages: 2 } },
    });
    expect((await call('v3/inventory/items?sku:in=s-0,s-1')).body).toMatchObject({ data: [{}, {}] });
  });
});

describe('the app', () => {
  const callback = 'https://waybill.example/callback';
  const trade = (over: Record<string, string> = {}) => {
    const query = Object.fromEntries(new URL(sandbox.openInstall(callback)).searchParams);
    const fields = {
      ...{ client_id: sandboxBigcommerceApp.clientId, client_secret: sandboxBigcommerceApp.clientSecret },
      ...{ code: query['code']!, scope: query['scope']!, context: query['context']! },
      ...{ grant_type: 'authorization_code', redirect_uri: callback, ...over },
    };
    return { fields, answer: fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams(fields) }) };
  };

  it('gets a token for a code, once, sent as a form or as JSON; its token of before is dead then', async () => {
    const { fields, answer } = trade();
    const first = (await (await answer).json()) as { access_token: string };
    expect(first).toMatchObject({
      ...{ scope: fields.scope, context: `stores/${storeHash}`, account_uuid: expect.any(String) as string },
      user: { id: expect.any(Number) as number, email: 'owner@example.com' },
    });
    const again = { method: 'POST', body: new URLSearchParams(fields) };
    expect((await fetch(`${base}/oauth2/token`, again)).status).toBe(400);
    const ask = (token: string) => call('v2/order_statuses', { headers: { 'x-auth-token': token } });
    expect((await ask(first.access_token)).status).toBe(200);
    const { code } = Object.fromEntries(new URL(sandbox.openInstall(callback)).searchParams);
    const body = JSON.stringify({ ...fields, code });
    const asJson = await fetch(`${base}/oauth2/token`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
    });
    const second = (await asJson.json()) as { access_token: string };
    expect([(await ask(first.access_token)).status, (await ask(second.access_token)).status]).toEqual([401, 200]);
  });

  it.each([
    ['client_secret', 'x'],
    ['code', 'x'],
    ['scope', 'store_v2_orders'],
    ['context', 'stores/other'],
    ['grant_type', 'refresh_token'],
    ['redirect_uri', 'https://elsewhere.example'],
  ])('gets none with another %s', async (name, value) => {
    expect((await trade({ [name]: value }).answer).status).toBe(400);
  });
});

describe('webhooks', () => {
  const hook = { scope: 'store/order/created', destination: 'http://127.0.0.1:1/in' };

  it('are seen by their own account alone, once for each address, and read back as registered', async () => {
    const { body } = await call('v3/hooks', { method: 'POST', body: { ...hook, headers: { 'x-secret': 's' } } });
    const { id } = (body as { data: { id: number } }).data;
    expect((await call('v3/hooks', { method: 'POST', body: hook })).status).toBe(400);
    expect((await call('v3/hooks', { method: 'POST', body: { scope: 'x' } })).status).toBe(422);
    expect((await call('v3/hooks')).body).toMatchObject({
      data: [{ id, is_active: true, headers: { 'x-secret': 's' } }],
    });
    await call(`v3/hooks/${id}`, { method: 'PUT', body: { is_active: false } });
    expect(sandbox.state.hooks).toMatchObject([{ ...hook, is_active: false, headers: { 'x-secret': 's' } }]);
    sandbox.state.tokens.push({ accessToken: 'b', clientId: 'b', clientSecret: 'b', scopes: [] });
    const other = await call('v3/hooks', { headers: { 'x-auth-token': 'b' } });
    expect(other.body).toMatchObject({ data: [] });
    expect((await call(`v3/hooks/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(sandbox.state.hooks).toEqual([]);
  });
});

describe('what people do from outside', () => {
  const admin = async (path: string, method: string, body: unknown = {}) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${base}/_sandbox/${path}`, { method, body: JSON.stringify(body), headers });
    return response.status === 204 ? null : await response.json();
  };

  it('sell, set a status, refund, archive, turn tracking off, take hooks away, uninstall', async () => {
    const [order] = (await admin('orders', 'POST', [{ lines: [{ quantity: 2 }] }])) as SandboxOrder[];
    const id = order!.id;
    expect(await admin(`orders/${id}/status`, 'PUT', { statusId: 12 })).toMatchObject({ statusId: 12 });
    const refund = { lineId: order!.lines[0]!.id, quantity: 1 };
    expect(await admin(`orders/${id}/refund`, 'POST', refund)).toMatchObject({
      statusId: 14,
      lines: [{ refunded: 1 }],
    });
    expect(await admin(`orders/${id}/refund`, 'POST')).toMatchObject({ statusId: 4, lines: [{ refunded: 2 }] });
    expect(await admin(`orders/${id}/archive`, 'POST')).toMatchObject({ archived: true });
    const product = sandbox.addProduct({ name: 'Kit', skus: ['kit-1'] });
    expect(await admin(`products/${product.id}`, 'PATCH', { tracking: 'none' })).toMatchObject({ tracking: 'none' });
    await call('v3/hooks', {
      method: 'POST',
      body: { scope: 'store/order/created', destination: 'http://127.0.0.1:1/in' },
    });
    await admin('hooks', 'DELETE');
    expect((await call('v3/hooks')).body).toMatchObject({ data: [] });
    const callback = 'http://127.0.0.1:1/in';
    expect(await admin('install', 'POST', { callback })).toMatchObject({
      url: expect.stringContaining('code=') as string,
    });
    expect(await admin('signed-call', 'POST', { callback })).toMatchObject({
      url: expect.stringContaining('signed_payload_jwt=') as string,
    });
    await admin('uninstall', 'POST', { accessToken });
    expect((await call('v2/orders')).status).toBe(401);
    expect(await (await fetch(`${base}/_sandbox/ledger`)).json()).toMatchObject({ orders: [{ id }], shipments: [] });
  });

  it('samples are of every kind', async () => {
    await admin('samples', 'POST', { count: 18 });
    const statuses = new Set(sandbox.state.orders.map((order) => order.statusId));
    expect([...statuses].sort((one, other) => one - other)).toEqual([0, 5, 8, 11]);
    expect(sandbox.state.orders.some((order) => order.addresses.length === 2)).toBe(true);
    expect(await admin('samples', 'POST', { count: 1, kind: 'no_sku' })).toMatchObject([{ lines: [{ sku: '' }] }]);
  });
});
