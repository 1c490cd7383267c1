import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { warehouseSystems } from '../../../connectors/warehouses/registry.js';
import { openBench, request, type Bench } from './support.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const now = new Date('2026-11-20T12:00:00Z');
const seconds = now.getTime() / 1000;
const body = JSON.stringify({ id: 12, order_id: 34, status: 'Completed', note: 'Grüße' });

/** Signed by the reference implementation. */
function signed(changes: { at?: number; key?: string; text?: string; id?: string } = {}) {
  const at = changes.at ?? seconds;
  const text = changes.text ?? body;
  const id = changes.id ?? 'msg_1';
  const headers: Record<string, string> = {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': new Webhook(changes.key ?? secret).sign(id, new Date(at * 1000), text),
    'x-webhook-topic': 'order.shipped',
  };
  return { headers, rawBody: Buffer.from(text), secrets: [secret], now };
}

const verify = warehouseSystems.shipbob.verifyWebhook;

describe('ShipBob webhook signatures', () => {
  it('accepts what the reference implementation of Standard Webhooks signs', () => {
    expect(verify(signed())).toEqual({
      deliveryKey: 'msg_1',
      topic: 'order.shipped',
      orderIds: ['34'],
      body: JSON.parse(body) as object,
    });
  });

  it('accepts the published example of Standard Webhooks', () => {
    const rawBody = Buffer.from('{"test": 2432232314}');
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const at = new Date(1614265330_000);
    expect(verify({ headers, rawBody, secrets: [secret], now: at })).toMatchObject({ orderIds: [] });
    const unpadded = { ...headers, 'webhook-signature': headers['webhook-signature'].replace('=', '') };
    expect(verify({ headers: unpadded, rawBody, secrets: [secret], now: at })).not.toBeNull();
  });

  it('refuses any flipped bit of body, id or time', () => {
    for (let bit = 0; bit < body.length * 8; bit += 7) {
      const call = signed();
      call.rawBody[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
      expect(verify(call)).toBeNull();
    }
    for (const [name, value] of [
      ['webhook-id', 'msg_2'],
      ['webhook-timestamp', String(seconds + 1)],
    ] as const) {
      const call = signed();
      call.headers[name] = value;
      expect(verify(call)).toBeNull();
    }
  });

  it('refuses calls from more than five minutes ago or ahead', () => {
    expect(verify(signed({ at: seconds - 300 }))).not.toBeNull();
    expect(verify(signed({ at: seconds + 300 }))).not.toBeNull();
    expect(verify(signed({ at: seconds - 301 }))).toBeNull();
    expect(verify(signed({ at: seconds + 301 }))).toBeNull();
  });

  it('takes any of several secrets and any of several signatures', () => {
    const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const call = signed();
    expect(verify({ ...call, secrets: [other, secret] })).not.toBeNull();
    expect(verify({ ...call, secrets: [other] })).toBeNull();
    expect(verify({ ...call, secrets: [] })).toBeNull();
    const both = `${signed({ key: other }).headers['webhook-signature']} ${call.headers['webhook-signature']}`;
    expect(verify({ ...call, headers: { ...call.headers, 'webhook-signature': both } })).not.toBeNull();
  });

  it('never throws on wrong lengths, wrong shapes or an empty secret', () => {
    const call = signed();
    const right = call.headers['webhook-signature']!;
    for (const signature of ['', 'v1,', 'v1,AAAA', `${right}AAAA`, right.slice(0, 20), right.replace('v1', 'v2'), '💥'])
      expect(verify({ ...call, headers: { ...call.headers, 'webhook-signature': signature } })).toBeNull();
    for (const timestamp of ['', 'soon', '-1', '1e9', '99999999999999999999'])
      expect(verify({ ...call, headers: { ...call.headers, 'webhook-timestamp': timestamp } })).toBeNull();
    expect(verify({ ...call, headers: {} })).toBeNull();
    const forged = createHmac('sha256', '').update(`msg_1.${seconds}.${body}`).digest('base64');
    const headers = { ...call.headers, 'webhook-signature': `v1,${forged}` };
    expect(verify({ ...call, headers, secrets: ['', 'whsec_', '!!!'] })).toBeNull();
    expect(verify(signed({ text: 'not json' }))).toBeNull();
    expect(verify(signed({ text: '[1]' }))).toBeNull();
  });

  it('finds the order in a shipment, in an order, and in their envelopes', () => {
    const ids = (value: object) => verify(signed({ text: JSON.stringify(value) }))?.orderIds;
    expect(ids({ id: 1, order_id: '34' })).toEqual(['34']);
    expect(ids({ id: 34, shipments: [] })).toEqual(['34']);
    expect(ids({ data: { order_id: 34 } })).toEqual(['34']);
    expect(ids({ order_id: 34, order: { id: 34 } })).toEqual(['34']);
    expect(ids({ id: 1 })).toEqual([]);
    expect(ids({ order_id: '../channel' })).toEqual([]);
  });
});

describe('ShipBob webhooks over HTTP', () => {
  let bench: Bench;
  let receiver: Server;
  let url: string;
  let received: { topic: string; deliveryKey: string; orderIds: string[] }[];
  let secrets: string[];
  let answers: number[];

  beforeEach(async () => {
    bench = await openBench({ webhookRetryMs: [1, 1] });
    received = [];
    secrets = [];
    answers = [];
    receiver = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const headers = incoming.headers as Record<string, string>;
        const call = verify({ headers, rawBody: Buffer.concat(chunks), secrets, now: new Date() });
        if (call) received.push(call);
        response.statusCode = answers.shift() ?? (call ? 204 : 401);
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterEach(async () => {
    await bench.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  async function ship(...references: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const reference of references) ids.push((await bench.warehouse.create(request(reference))).externalId);
    for (const reference of references) bench.sandbox.ship(reference);
    await bench.sandbox.deliveries.settle();
    return ids;
  }

  it('registers once, whatever was there, and hears of a shipment', async () => {
    await bench.warehouse.registerWebhook('https://elsewhere.example/hook');
    await bench.warehouse.registerWebhook(url);
    secrets = [(await bench.warehouse.registerWebhook(url)).secret];
    expect(bench.sandbox.state.webhooks.map((each) => each.url)).toEqual(['https://elsewhere.example/hook', url]);
    bench.sandbox.state.webhooks.shift();
    const [id] = await ship('store.A1.1g1');
    expect(received).toEqual([expect.objectContaining({ topic: 'order.shipped', orderIds: [id] })]);
    expect((await bench.warehouse.fetchNews([id!])).shipments).toHaveLength(1);
  });

  it('is told again under the same key until it answers, and of a cancellation too', async () => {
    secrets = [(await bench.warehouse.registerWebhook(url)).secret];
    answers = [500, 503];
    await ship('store.A1.1g1');
    expect(new Set(received.map((each) => each.deliveryKey)).size).toBe(1);
    expect(bench.sandbox.ledger().webhooks[0]!.statuses).toEqual([500, 503, 204]);
    await bench.warehouse.create(request('store.A2.1g1'));
    bench.sandbox.cancelByWarehouse('store.A2.1g1');
    await bench.sandbox.deliveries.settle();
    expect(received.at(-1)!.topic).toBe('order.shipment.cancelled');
  });

  it('lost, repeated and shuffled calls still leave every shipment to the poll', async () => {
    secrets = [(await bench.warehouse.registerWebhook(url)).secret];
    bench.sandbox.deliveries.faults = { drop: 0.3, duplicate: 0.5, reorder: true };
    const references = Array.from({ length: 20 }, (_, number) => `store.A${number}.1g1`);
    await ship(...references);
    const keys = received.map((each) => each.deliveryKey);
    expect(new Set(keys).size).toBeLessThan(20);
    expect(keys.length).toBeGreaterThan(new Set(keys).size);
    const news = await bench.warehouse.listNews({ since: new Date().toISOString(), page: null });
    expect(news.shipments.map((each) => each.reference)).toEqual(references);
  });
});
