import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bigcommerce } from '../../../connectors/marketplaces/bigcommerce/bigcommerce.js';
import type { StoreNews } from '../../../connectors/marketplaces/port.js';
import { sandboxBigcommerceCredentials } from '../../../sandbox/bigcommerce/state.js';
import { failureOf, openBench, type Bench } from './support.js';

let bench: Bench;
let receiver: Receiver;
beforeEach(async () => {
  bench = await openBench();
  receiver = await openReceiver();
});
afterEach(async () => {
  await bench.close();
  await receiver.close();
});

interface Receiver {
  url: string;
  status: number;
  got: { headers: Record<string, string>; rawBody: Buffer }[];
  close(): Promise<void>;
}

/** What the API's intake keeps of a call. */
async function openReceiver(): Promise<Receiver> {
  const open: Receiver = { url: '', status: 200, got: [], close: () => Promise.resolve() };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      open.got.push({ headers: texts(request.headers), rawBody: Buffer.concat(chunks) });
      response.writeHead(open.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/unguessable`;
  open.close = () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
  return open;
}
const texts = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const ensure = (known: Record<string, string> | null, url = receiver.url) =>
  bench.marketplace.ensureWebhooks!(url, known);
type Change = Partial<Parameters<NonNullable<typeof bigcommerce.readNews>>[0]>;
function readNews(webhook: unknown, change: Change, at = 0): StoreNews | null {
  const now = bench.clock.now();
  const credentials = sandboxBigcommerceCredentials;
  return bigcommerce.readNews({ ...receiver.got[at]!, webhook, credentials, app: null, now, ...change });
}

describe('ensureWebhooks', () => {
  it('registers each topic once, with a secret of our own, and has nothing to do the next day', async () => {
    const first = await ensure(null);
    expect(first.mended).toHaveLength(10);
    expect(first.mended).toContain('store/order/statusUpdated was registered');
    expect(first.keep).toMatchObject({ url: receiver.url, secret: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const again = await ensure(first.keep);
    expect(again).toEqual({ keep: first.keep, mended: [] });
    expect(bench.sandbox.state.hooks).toHaveLength(10);
  });

  it('switches on what was switched off, and registers what vanished', async () => {
    const { keep } = await ensure(null);
    bench.sandbox.state.hooks[0]!.is_active = false;
    bench.sandbox.state.hooks.splice(3, 1);
    const { mended } = await ensure(keep);
    expect(mended.sort()).toEqual(['store/order/archived was registered', 'store/order/created was switched on again']);
    expect(bench.sandbox.state.hooks.every((hook) => hook.is_active)).toBe(true);
  });

  it('puts our secret back where it was lost, and moves to a new address', async () => {
    const { keep } = await ensure(null);
    bench.sandbox.state.hooks[0]!.headers = null;
    expect((await ensure(keep)).mended).toEqual(['store/order/created has our secret again']);
    const moved = await ensure(keep, `${receiver.url}2`);
    expect(moved.keep).toEqual({ ...keep, url: `${receiver.url}2` });
    expect(bench.sandbox.state.hooks.map((hook) => hook.destination)).toEqual(
      Array.from({ length: 10 }, () => `${receiver.url}2`),
    );
  });

  it('needs no scope, and an address that BigCommerce refuses is told with its reason', async () => {
    bench.sandbox.state.tokens[0]!.scopes = [];
    expect((await ensure(null)).mended).toHaveLength(10);
    const failure = await failureOf(ensure(null, 'ftp://example.com'));
    expect(failure).toMatchObject({ code: 'request_rejected' });
    expect(failure.message).toContain('destination');
  });

  it('a hook that nobody answers is switched off by BigCommerce and on again by us', async () => {
    const { keep } = await ensure(null);
    receiver.status = 500;
    bench.sandbox.addOrders([{}]);
    await bench.sandbox.deliveries.settle();
    expect(bench.sandbox.state.hooks.filter((hook) => !hook.is_active).map((hook) => hook.scope)).toEqual([
      'store/order/created',
    ]);
    expect((await ensure(keep)).mended).toEqual(['store/order/created was switched on again']);
  });
});

describe('readNews', () => {
  let keep: Record<string, string>;
  beforeEach(async () => {
    keep = (await ensure(null)).keep;
  });

  async function announced(act: () => void): Promise<(StoreNews | null)[]> {
    await bench.sandbox.deliveries.settle();
    receiver.got.length = 0;
    act();
    await bench.sandbox.deliveries.settle();
    return receiver.got.map((_, at) => readNews(keep, {}, at));
  }

  it('R94: names the order of what was sold, changed, refunded, archived or shipped', async () => {
    const order = bench.sandbox.addOrders([{}])[0]!;
    const { life } = bench.sandbox;
    for (const act of [
      () => life.setStatus(order, 9),
      () => life.refund(order, order.lines[0]!.id, 1),
      () => life.archive(order),
    ]) {
      const news = await announced(act);
      expect(news.length).toBeGreaterThan(0);
      for (const each of news) expect(each).toMatchObject({ kind: 'orders', orderIds: [String(order.id)] });
    }
  });

  it('tells stock, an uninstall and what is none of ours apart', async () => {
    const product = bench.sandbox.addProduct({ name: 'Mug', skus: ['kit-1'], onHand: 5 });
    const [placed] = await announced(() => bench.sandbox.addOrders([{}])[0]);
    expect(placed).toMatchObject({ kind: 'stock', topic: 'store/product/inventory/order/updated', orderIds: [] });
    const [pushed] = await announced(() =>
      bench.sandbox.life.stockChanged([{ product, variant: product.variants[0]! }], false),
    );
    expect(pushed).toMatchObject({ kind: 'stock', topic: 'store/product/inventory/updated' });
    const [gone] = await announced(() => bench.sandbox.life.uninstall(sandboxBigcommerceCredentials.accessToken));
    expect(gone).toMatchObject({ kind: 'uninstalled', orderIds: [] });
  });

  it.each([
    ['store/channel/2/order/created', { type: 'order', order_id: 250 }, 'orders', ['250']],
    ['store/shipment/created', { type: 'shipment', id: 12, orderId: 251 }, 'orders', ['251']],
    ['store/sku/inventory/updated', { type: 'sku', id: 461 }, 'stock', []],
    ['store/category/created', { type: 'category', id: 1 }, 'ignored', []],
    ['store/order/updated', null, 'orders', []],
  ])('%s', (scope, data, kind, orderIds) => {
    const rawBody = Buffer.from(
      JSON.stringify({ scope, producer: 'stores/demogarden', data, hash: 'h', created_at: 1561479335, store_id: '1' }),
    );
    const headers = { 'x-waybill-webhook': keep['secret']! };
    const news = bigcommerce.readNews({
      ...{ headers, rawBody, webhook: keep, app: null, now: bench.clock.now() },
      credentials: sandboxBigcommerceCredentials,
    });
    expect(news).toEqual({ kind, orderIds, topic: scope, deliveryKey: 'h.1561479335' });
  });

  it('two deliveries of one change have one key, two changes of one order have two', async () => {
    const order = bench.sandbox.addOrders([{}])[0]!;
    bench.sandbox.deliveries.faults = { duplicate: 1 };
    const twice = await announced(() => bench.sandbox.life.archive(order));
    expect(twice).toHaveLength(2);
    expect(twice[0]!.deliveryKey).toBe(twice[1]!.deliveryKey);
    bench.clock.advance(2_000);
    const [later] = await announced(() => bench.sandbox.life.archive(order));
    expect(later!.deliveryKey).not.toBe(twice[0]!.deliveryKey);
  });

  it('a delivery that is tried again two days later counts, since its body says when it was new', async () => {
    receiver.status = 503;
    bench.sandbox.addOrders([{}]);
    await bench.sandbox.deliveries.settle();
    expect(receiver.got.length).toBeGreaterThan(1);
    const tries = receiver.got.map((_, at) => readNews(keep, {}, at)!.deliveryKey);
    expect(new Set(tries).size).toBe(1);
  });

  describe('believes nothing', () => {
    beforeEach(async () => {
      await announced(() => bench.sandbox.addOrders([{}]));
    });
    const headers = (change: Record<string, string>) => ({ headers: { ...receiver.got[0]!.headers, ...change } });

    it('and takes what is right', () => {
      expect(readNews(keep, {})).toMatchObject({ kind: 'orders' });
    });

    it.each(['', 'x', '0'.repeat(64)])('with %j in place of our secret', (secret) => {
      expect(readNews(keep, headers({ 'x-waybill-webhook': secret }))).toBeNull();
    });

    it.each([[null], [{}], [{ secret: '' }], [{ secret: 'short', url: 'x' }]])('where %j was kept', (webhook) => {
      expect(readNews(webhook, headers({ 'x-waybill-webhook': '' }))).toBeNull();
    });

    it.each([
      ['a signature of another secret', { 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` }],
      ['a signature that is none', { 'webhook-signature': 'v1,' }],
      ['an empty signature', { 'webhook-signature': '' }],
      ['another id', { 'webhook-id': 'msg_other' }],
      ['a time that is none', { 'webhook-timestamp': 'now' }],
    ])('with %s', (_what, change) => {
      expect(readNews(keep, headers(change))).toBeNull();
    });

    it('that is old, or from a clock ahead', () => {
      const at = (ms: number) => ({ now: new Date(bench.clock.now().getTime() + ms) });
      expect(readNews(keep, at(299_000))).not.toBeNull();
      expect(readNews(keep, at(302_000))).toBeNull();
      expect(readNews(keep, at(-302_000))).toBeNull();
    });

    it('whose body was changed, is none, or is of another store', () => {
      const { rawBody } = receiver.got[0]!;
      expect(readNews(keep, { rawBody: Buffer.concat([rawBody, Buffer.from(' ')]) })).toBeNull();
      const unsigned = { headers: { 'x-waybill-webhook': keep['secret']! } };
      for (const body of ['', '{', '[]', 'null', '{"scope":1}'])
        expect(readNews(keep, { ...unsigned, rawBody: Buffer.from(body) })).toBeNull();
      expect(readNews(keep, { ...unsigned, rawBody })).not.toBeNull();
      const other = { ...sandboxBigcommerceCredentials, storeHash: 'other1' };
      expect(readNews(keep, { ...unsigned, credentials: other })).toBeNull();
    });

    it('signed for another app; an installed store is checked by the secret of ours', () => {
      const { storeHash, accessToken, clientId, clientSecret } = sandboxBigcommerceCredentials;
      const credentials = { storeHash, accessToken };
      expect(readNews(keep, { credentials, app: { clientId, clientSecret } })).not.toBeNull();
      expect(readNews(keep, { credentials, app: { clientId, clientSecret: 'another-secret' } })).toBeNull();
      // Without any secret of the vendor, ours in the header is what proves it.
      expect(readNews(keep, { credentials })).not.toBeNull();
    });

    it('and is not refused for want of a signature, which not every store may send', async () => {
      bench.sandbox.state.settings.signDeliveries = false;
      await announced(() => bench.sandbox.addOrders([{}]));
      expect(receiver.got[0]!.headers['webhook-signature']).toBeUndefined();
      expect(readNews(keep, {})).not.toBeNull();
    });
  });
});
