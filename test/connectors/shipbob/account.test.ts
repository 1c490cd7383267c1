import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rateLimit } from '../../../connectors/warehouses/shipbob/client.js';
import type { RateLimiter } from '../../../connectors/rate-limiter.js';
import { probePasses } from '../../../domain/store.js';
import { tokenChannel } from '../../../sandbox/shipbob/state.js';
import { failureOf, openBench, request, type Bench } from './support.js';

describe('ShipBob account', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  it('D6: the probe proves reads by reading, takes writes from the scopes, and costs four calls', async () => {
    bench = await openBench();
    const report = await bench.warehouse.probe();
    expect(bench.calls()).toEqual(['GET /channel', 'GET /order', 'GET /product', 'GET /inventory-level']);
    expect(probePasses(report)).toBe(true);
    expect(report.accounts).toEqual(['ShipBob Default', 'Sandbox token']);
    expect(report.permissions.map((each) => each.standing)).toEqual(report.permissions.map(() => 'granted'));
  });

  it.each(['channels_read', 'orders_read', 'products_read', 'inventory_read', 'webhooks_read', 'webhooks_write'])(
    'D6: a missing %s is named with the step that would fail',
    async (permission) => {
      bench = await openBench();
      const channel = tokenChannel(bench.sandbox.state);
      channel.scopes = channel.scopes.filter((each) => each !== permission);
      const report = await bench.warehouse.probe();
      const missing = report.permissions.filter((each) => each.standing === 'missing');
      expect(missing.map((each) => each.permission)).toEqual([permission]);
      expect(missing[0]!.neededFor).not.toBe('');
      expect(probePasses(report)).toBe(false);
    },
  );

  it('D6: write permissions that no scope shows stay unproven', async () => {
    bench = await openBench();
    const channel = tokenChannel(bench.sandbox.state);
    const settings = { channelId: String(channel.id) };
    bench.sandbox.faults = [
      {
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ id: channel.id, name: 'Sandbox token', scopes: null }], next: null }),
        path: '/channel$',
        rate: 1,
      },
    ];
    const report = await bench.connect({ settings }).probe();
    const unproven = report.permissions.filter((each) => each.standing === 'unproven');
    expect(unproven.map((each) => each.permission)).toEqual(['orders_write', 'webhooks_read', 'webhooks_write']);
    expect(probePasses(report)).toBe(true);
  });

  it('says what is wrong with the channel: none that takes writes, or not the one of the settings', async () => {
    bench = await openBench();
    expect((await bench.connect({ settings: { channelId: '5' } }).probe()).problems[0]).toContain('channel 5');
    const channel = tokenChannel(bench.sandbox.state);
    channel.scopes = channel.scopes.filter((each) => each !== 'orders_write');
    expect((await bench.warehouse.probe()).problems[0]).toContain('none of its channels');
    expect(await failureOf(bench.warehouse.create(request('store.A1.1g1')))).toMatchObject({
      code: 'permission_missing',
      about: { permission: 'orders_write' },
    });
  });

  it('refuses a wrong token, and credentials or settings that do not parse', async () => {
    bench = await openBench();
    const wrong = bench.connect({ accessToken: 'another-token' });
    const failure = await failureOf(wrong.probe());
    expect(failure.code).toBe('credentials_refused');
    expect(failure.message).not.toContain('another-token');
    expect(() => bench.connect({ accessToken: '' })).toThrow('accessToken');
    expect(() => bench.connect({ settings: { channelId: 'main' } })).toThrow('channelId');
  });

  it('reads stock by SKU exactly, one by one for few and by walking the pages for many', async () => {
    bench = await openBench();
    for (let number = 0; number < 300; number += 1) bench.sandbox.addProduct({ sku: `PEN-${number}`, onHand: number });
    bench.sandbox.setStock('MUG', 10);
    await bench.warehouse.create(
      request('store.A1.1g1', { items: [{ warehouseSku: 'MUG', quantity: 4, title: 'Mug' }] }),
    );
    bench.calls();
    expect(await bench.warehouse.inventory(['MUG', 'PEN-1'])).toEqual([
      { warehouseSku: 'MUG', onHand: 10, available: 6 },
      { warehouseSku: 'PEN-1', onHand: 1, available: 1 },
    ]);
    expect(await bench.warehouse.inventory(['NONE'])).toEqual([]);
    expect(bench.calls()).toHaveLength(3);
    const many = await bench.warehouse.inventory(['MUG', 'PEN-1', 'PEN-298', 'PEN-299']);
    expect(many.map((each) => each.onHand)).toEqual([10, 1, 298, 299]);
    expect(bench.calls()).toHaveLength(2);
  });

  it('does not follow page links that lead in a circle', async () => {
    bench = await openBench();
    const body = JSON.stringify({ items: [{ id: 1, scopes: [] }, { id: 2 }], next: '/2026-01/webhook?cursor=x' });
    const headers = { 'content-type': 'application/json' };
    const urls = body.replaceAll('"scopes":[]', '"url":"https://a.example"').replace('{"id":2}', '{"id":2,"url":"b"}');
    bench.sandbox.faults = [{ kind: 'status', status: 200, headers, body: urls, path: '/webhook$', rate: 1 }];
    const failure = await failureOf(bench.warehouse.registerWebhook('https://c.example'));
    expect(failure.code).toBe('answer_malformed');
  });

  it('sends the token only to its own base URL, even where a link names another host', async () => {
    bench = await openBench();
    let strayCalls = 0;
    const stray = createServer((_request, response) => {
      strayCalls += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => stray.listen(0, '127.0.0.1', resolve));
    const strayUrl = `http://127.0.0.1:${(stray.address() as AddressInfo).port}/2026-01/channel?cursor=x`;
    const body = JSON.stringify({ items: [{ id: 1, scopes: [] }], next: strayUrl });
    const headers = { 'content-type': 'application/json' };
    bench.sandbox.faults = [{ kind: 'status', status: 200, headers, body, path: '/channel$', rate: 1, times: 2 }];
    await bench.warehouse.probe();
    expect(strayCalls).toBe(0);
    stray.close();
  });
});

describe('ShipBob limit', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  it('passes on how long ShipBob wants to be left alone, and blocks the account for all', async () => {
    bench = await openBench({ limits: { perMinute: 2 } });
    await bench.warehouse.shippingMethods();
    await bench.warehouse.shippingMethods();
    const failure = await failureOf(bench.warehouse.shippingMethods());
    expect(failure.code).toBe('rate_limited');
    expect(failure.retryAfterMs).toBeGreaterThan(0);
    expect(bench.limiter.blocked).toEqual([{ key: bench.limiter.taken[0]!.key, milliseconds: failure.retryAfterMs }]);
    expect(bench.limiter.taken[0]!.key).toMatch(/^shipbob:[0-9a-f]{16}$/);
  });

  it('keeps 500 calls in a row within the sliding limit of 150 a minute', async () => {
    let milliseconds = Date.parse('2026-11-20T12:00:00Z');
    bench = await openBench({ now: () => new Date(milliseconds), limits: { perMinute: 150 } });
    // A token bucket on a clock of its own: waiting moves the clock, for the vendor too.
    const limit = rateLimit('x', 150);
    let level = limit.capacity;
    let at = milliseconds;
    const bucket: RateLimiter = {
      take: async () => {
        level = Math.min(limit.capacity, level + ((milliseconds - at) / 1000) * limit.perSecond);
        at = milliseconds;
        if (level < 1) {
          milliseconds += ((1 - level) / limit.perSecond) * 1000;
          at = milliseconds;
          level = 1;
        }
        level -= 1;
      },
      block: async () => undefined,
      giveBack: async () => undefined,
    };
    const warehouse = bench.connect({ limiter: bucket });
    for (let call = 0; call < 500; call += 1) await warehouse.shippingMethods();
    expect(bench.sandbox.calls.filter((call) => call.status !== 200)).toEqual([]);
    expect(limit).toMatchObject({ capacity: 30, perSecond: 2 });
  });
});
