import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sandboxShopDomain, sandboxShopifyApp } from '../../../sandbox/shopify/state/tokens.js';
import { sandbox, open, close, read } from './support.js';

afterEach(close);

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
