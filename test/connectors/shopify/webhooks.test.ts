import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoreNews } from '../../../connectors/marketplaces/port.js';
import { topics } from '../../../connectors/marketplaces/shopify/topics.js';
import { shopify } from '../../../connectors/marketplaces/shopify/shopify.js';
import { sandboxShopDomain } from '../../../sandbox/shopify/state/tokens.js';
import { failureOf, openBench, pastedCredentials, type Bench } from './support.js';

const url = 'https://waybill.example/v1/webhooks/stores/path-1';
const app = { clientId: 'client', clientSecret: 'app-secret' };

describe('registering', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.close());
  const ensure = (known: Record<string, string> | null, to = url) => bench.marketplace.ensureWebhooks!(to, known);
  const registered = () => bench.sandbox.shop.subscriptions;

  it('registers every topic in two calls, and nothing on most days', async () => {
    const first = await ensure(null);
    expect(first.keep).toEqual({ url });
    expect(
      registered()
        .map((each) => each.topic)
        .sort(),
    ).toEqual(topics.map((each) => each.topic).sort());
    expect(bench.operations()).toEqual(['Subscriptions', 'Subscribe']);
    expect(await ensure(first.keep)).toEqual({ keep: { url }, mended: [] });
    expect(bench.operations()).toEqual(['Subscriptions']);
  });

  it('registers again what vanished, and says so', async () => {
    const { keep } = await ensure(null);
    bench.sandbox.shop.subscriptions = registered().filter((each) => each.topic !== 'ORDERS_UPDATED');
    expect((await ensure(keep)).mended).toEqual(['ORDERS_UPDATED was not registered']);
    expect(registered()).toHaveLength(topics.length);
  });

  it('moves what goes to a former address, and leaves other people’s alone', async () => {
    const { keep } = await ensure(null);
    registered().push({ ...registered()[0]!, id: 1, uri: 'https://other.example/hook' });
    const moved = await ensure(keep, `${url}-new`);
    expect(moved.mended).toHaveLength(topics.length);
    expect(moved.keep).toEqual({ url: `${url}-new` });
    expect(registered().filter((each) => each.uri === `${url}-new`)).toHaveLength(topics.length);
    expect(registered()).toHaveLength(topics.length + 1);
  });

  it('leaves out topics whose scope is not granted', async () => {
    bench.sandbox.setScopes(['read_orders', 'write_merchant_managed_fulfillment_orders']);
    await ensure(null);
    const kinds = registered().map((each) => each.topic);
    expect(kinds).toContain('ORDERS_CREATE');
    expect(kinds).toContain('FULFILLMENT_ORDERS_SPLIT');
    expect(kinds.filter((topic) => /^(RETURNS|REVERSE|INVENTORY)/.test(topic))).toEqual([]);
  });

  it('says what Shopify refuses', async () => {
    bench.sandbox.shop.settings.seesCustomerData = false;
    const failure = await failureOf(ensure(null));
    expect([failure.code, failure.about['topic']]).toEqual(['request_rejected', 'ORDERS_CREATE']);
    expect(failure.message).toContain('protected customer data');
  });

  it('what arrives names the order, no people, and proves itself', async () => {
    const received: { headers: IncomingMessage['headers']; body: Buffer }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks) });
        response.end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    await ensure(null, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    const [order] = bench.sandbox.addOrders([{}]);
    bench.sandbox.hold('#1001');
    await bench.sandbox.deliveries.settle();
    const news = received.map(({ headers, body }) =>
      shopify.readNews({
        headers: headers as Record<string, string>,
        rawBody: body,
        credentials: pastedCredentials,
        ...{ webhook: null, app: null, now: new Date() },
      }),
    );
    const byTopic = Object.fromEntries(news.map((each) => [(each as StoreNews).topic, each!]));
    expect(byTopic['orders/create']).toMatchObject({ kind: 'orders', orderIds: [String(order!.id)] });
    expect(byTopic['fulfillment_orders/order_routing_complete']).toMatchObject({ kind: 'orders', orderIds: [] });
    expect(new Set(news.map((each) => each!.deliveryKey)).size).toBe(news.length);
    expect(received.map(({ body }) => body.toString()).join()).not.toMatch(/Ann|Sample|example\.com|Main St/);
    server.closeAllConnections();
    server.close();
  });
});

describe('news', () => {
  const deliver = (
    topic: string,
    body: unknown,
    changes: { headers?: Record<string, string>; secret?: string; rawBody?: Buffer; credentials?: unknown } = {},
  ) => {
    const rawBody = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const secret = changes.secret ?? app.clientSecret;
    return shopify.readNews({
      headers: {
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': sandboxShopDomain,
        'x-shopify-event-id': 'event-1',
        'x-shopify-webhook-id': 'webhook-1',
        'x-shopify-hmac-sha256': createHmac('sha256', secret).update(rawBody).digest('base64'),
        ...changes.headers,
      },
      rawBody: changes.rawBody ?? rawBody,
      credentials: changes.credentials ?? pastedCredentials,
      ...{ webhook: null, app, now: new Date() },
    });
  };

  it.each([
    ['orders/create', { id: 11 }, 'orders', ['11']],
    ['orders/updated', { id: '11' }, 'orders', ['11']],
    ['refunds/create', { id: 5, order_id: 11 }, 'orders', ['11']],
    ['returns/request', { id: 5, order: { id: 11 } }, 'returns', ['11']],
    ['returns/update', { id: 5 }, 'returns', []],
    ['reverse_fulfillment_orders/dispose', { id: 5, dispositions: [] }, 'returns', []],
    ['fulfillment_orders/split', { fulfillment_order: { id: 'gid://shopify/FulfillmentOrder/1' } }, 'orders', []],
    ['inventory_levels/update', { inventory_item_id: 1 }, 'stock', []],
    ['app/uninstalled', { id: 1 }, 'uninstalled', []],
    ['app/scopes_update', { id: 1 }, 'scopes', []],
    ['themes/publish', { id: 1 }, 'ignored', []],
    ['orders/create', 'not json', 'orders', []],
    ['orders/create', { id: -1 }, 'orders', []],
  ])('%s with %j is %s of %j', (topic, body, kind, orderIds) => {
    expect(deliver(topic, body)).toMatchObject({ topic, kind, orderIds });
  });

  it.each([
    ['customers/data_request', 'customer_data_request', { orders_requested: [11, 12] }, ['11', '12']],
    ['customers/redact', 'customer_erasure', { orders_to_redact: [11] }, ['11']],
    ['shop/redact', 'store_erasure', {}, []],
  ])(
    '%s, from an app of the merchant’s own, asks for %s of the shop that its signed body names',
    (topic, kind, of, orderIds) => {
      const body = { shop_domain: sandboxShopDomain, customer: { id: 1, email: 'ann@example.com' }, ...of };
      const secret = pastedCredentials.apiSecret;
      const notice = { kind, orderIds, email: 'ann@example.com', deliveryKey: expect.any(String) as unknown };
      expect(deliver(topic, body, { secret })).toEqual(notice);
      expect(deliver(topic, { ...body, shop_domain: 'other.myshopify.com' }, { secret })).toBeNull();
      expect(deliver(topic, 'not json', { secret })).toBeNull();
    },
  );

  it('the vector of a known secret and body', () => {
    // openssl: printf '{"id":450789469}' | openssl dgst -sha256 -hmac hush -binary | base64
    const hmac = createHmac('sha256', 'hush').update('{"id":450789469}').digest('base64');
    expect(hmac).toBe('QPF8T1ti8Gpf6xXRoKZDI2G/2Fp8v4tKnau8MqDdx3o=');
    const credentials = { ...pastedCredentials, apiSecret: 'hush-hush' };
    expect(deliver('orders/create', { id: 1 }, { secret: 'hush-hush', credentials })).not.toBeNull();
  });

  it('takes the secret of the merchant’s own app and of this installation’s, and no other', () => {
    expect(deliver('orders/create', { id: 1 }, { secret: pastedCredentials.apiSecret })).not.toBeNull();
    expect(deliver('orders/create', { id: 1 }, { secret: app.clientSecret })).not.toBeNull();
    expect(deliver('orders/create', { id: 1 }, { secret: 'admin-made-secret' })).toBeNull();
  });

  it.each([
    ['a changed byte', { rawBody: Buffer.from('{"id":2}') }],
    ['another shop', { headers: { 'x-shopify-shop-domain': 'other.myshopify.com' } }],
    ['no shop', { headers: { 'x-shopify-shop-domain': '' } }],
    ['a short signature', { headers: { 'x-shopify-hmac-sha256': 'YQ==' } }],
    ['no signature', { headers: { 'x-shopify-hmac-sha256': '' } }],
    ['credentials that do not fit', { credentials: {} }],
  ])('is nothing with %s', (_what, changes) => {
    expect(deliver('orders/create', { id: 1 }, changes)).toBeNull();
  });

  it('the same event is the same delivery, and each topic and subscription is another', () => {
    const key = (topic: string, headers: Record<string, string> = {}) =>
      deliver(topic, { id: 1 }, { headers })!.deliveryKey;
    expect(key('orders/create', { 'x-shopify-webhook-id': 'retry' })).toBe(key('orders/create'));
    const keys = [
      key('orders/create'),
      key('orders/paid'),
      key('orders/create', { 'x-shopify-name': 'second' }),
      key('orders/create', { 'x-shopify-event-id': 'event-2' }),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});
