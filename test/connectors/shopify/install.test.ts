import { install } from '../../../connectors/marketplaces/shopify/install.js';
import { app, shopifyCallback, shopifyHeaders } from '../../support/install-calls.js';

const now = new Date('2026-11-27T12:00:00Z');
const seconds = (offset: number) => String(now.getTime() / 1000 + offset);
const authentic = {
  code: 'once-only-code',
  host: 'YWRtaW4',
  shop: 'example.myshopify.com',
  state: 's1',
  timestamp: seconds(-5),
};
const read = (query: Record<string, string>) => install.readCallback(query, app, now);

it.each([
  ['example', 'example.myshopify.com'],
  [' Example-Shop.MyShopify.com ', 'example-shop.myshopify.com'],
  ['https://example.myshopify.com/admin', 'example.myshopify.com'],
])('R132: reads "%s" as the shop %s', (text, shop) => {
  expect(install.accountOf(text)).toBe(shop);
});

it.each([
  '',
  'example.com',
  'example.myshopify.com.evil.example',
  'evil.example/.myshopify.com',
  'a@b',
  '-x',
  '127.0.0.1',
])('R132: takes "%s" for no shop', (text) => {
  expect(install.accountOf(text)).toBeNull();
});

it('R133: sends the browser to the shop itself, with our state and without our secret', () => {
  const { url } = install.authorize({
    ...{ app, account: 'example.myshopify.com', state: 's1', baseUrl: null },
    redirectUrl: 'https://waybill.example.com/oauth/shopify/callback',
  });
  const parsed = new URL(url);
  expect(parsed.origin + parsed.pathname).toBe('https://example.myshopify.com/admin/oauth/authorize');
  expect(Object.fromEntries(parsed.searchParams)).toMatchObject({
    ...{ client_id: app.clientId, state: 's1', redirect_uri: 'https://waybill.example.com/oauth/shopify/callback' },
    scope: expect.stringContaining('write_merchant_managed_fulfillment_orders') as string,
  });
  expect(url).not.toContain(app.clientSecret);
});

it('R133: believes a callback that is signed, fresh and of a shop', () => {
  const proven = { proven: true, account: 'example.myshopify.com', state: 's1', code: 'once-only-code', scope: null };
  expect(read(shopifyCallback(authentic))).toEqual(proven);
  // An old parameter that is no part of what is signed.
  expect(read({ ...shopifyCallback(authentic), signature: 'x' })).toEqual(proven);
  expect(read(shopifyCallback({ ...authentic, timestamp: seconds(-90) }))).toEqual(proven);
  expect(read(shopifyCallback({ ...authentic, timestamp: seconds(90) }))).toEqual(proven);
});

it.each([
  ['unsigned', authentic, 'signature'],
  ['signed with another secret', shopifyCallback(authentic, 'other'), 'signature'],
  ['of another shop than was signed', { ...shopifyCallback(authentic), shop: 'evil.myshopify.com' }, 'signature'],
  ['with something added', { ...shopifyCallback(authentic), more: '1' }, 'signature'],
  ['with half a signature', { ...shopifyCallback(authentic), hmac: 'ab' }, 'signature'],
  ['with a signature that is no hex', { ...shopifyCallback(authentic), hmac: 'zz'.repeat(32) }, 'signature'],
  ['older than 90 seconds', shopifyCallback({ ...authentic, timestamp: seconds(-91) }), '90 seconds'],
  ['from the future', shopifyCallback({ ...authentic, timestamp: seconds(91) }), '90 seconds'],
  ['without a time', shopifyCallback({ ...authentic, timestamp: 'soon' }), '90 seconds'],
  ['of a foreign host', shopifyCallback({ ...authentic, shop: 'evil.example' }), 'myshopify.com'],
  [
    'of a host that only begins well',
    shopifyCallback({ ...authentic, shop: 'a.myshopify.com.evil.example' }),
    'myshopify.com',
  ],
  ['of a host with a path', shopifyCallback({ ...authentic, shop: 'evil.example/a.myshopify.com' }), 'myshopify.com'],
  ['without a code', shopifyCallback({ ...authentic, code: '' }), 'code'],
  ['without a state', shopifyCallback({ ...authentic, state: '' }), 'state'],
])('R133: does not believe a callback %s', (_what, query, why) => {
  expect(read(query)).toEqual({ proven: false, reason: expect.stringContaining(why) as string });
});

describe('notifications to the application', () => {
  const body = (over: object = {}) =>
    JSON.stringify({
      ...{ shop_id: 1, shop_domain: 'example.myshopify.com', orders_to_redact: [5_000_000_000_001, 2] },
      customer: { id: 7, email: 'ann@example.com', phone: '555' },
      ...over,
    });
  const notice = (topic: string, text: string, headers = shopifyHeaders(topic, text)) =>
    install.readNotice({ headers, rawBody: Buffer.from(text), app });

  it('say whose data and which orders, read from the body alone, because headers are not signed', () => {
    const headers = { ...shopifyHeaders('customers/redact', body()), 'x-shopify-shop-domain': 'evil.myshopify.com' };
    expect(notice('customers/redact', body(), headers)).toMatchObject({
      ...{ account: 'example.myshopify.com', kind: 'customer_erasure', email: 'ann@example.com' },
      orderIds: ['5000000000001', '2'],
    });
  });

  it.each([
    ['customers/data_request', 'customer_data_request'],
    ['shop/redact', 'store_erasure'],
    ['app/uninstalled', 'uninstalled'],
    ['orders/create', 'ignored'],
  ])('%s means %s', (topic, kind) => {
    expect(notice(topic, body())?.kind).toBe(kind);
  });

  it('name the shop as app/uninstalled does too, and the same delivery by the same key', () => {
    const text = JSON.stringify({ id: 1, myshopify_domain: 'Example.myshopify.com' });
    expect(notice('app/uninstalled', text)).toMatchObject({
      account: 'example.myshopify.com',
      orderIds: [],
      email: null,
    });
    expect(notice('shop/redact', body())?.deliveryKey).toBe(notice('shop/redact', body())?.deliveryKey);
  });

  it.each([
    ['unsigned', {}],
    ['signed otherwise', shopifyHeaders('shop/redact', body(), 'other')],
    ['with half a signature', { 'x-shopify-hmac-sha256': 'YWI=' }],
  ])('are refused %s', (_what, headers) => {
    expect(notice('shop/redact', body(), headers)).toBeNull();
  });

  it('are refused when they are no JSON or name no shop', () => {
    for (const text of ['', '[]', '{"shop_id":1}', 'null', '{"shop_domain":7}'])
      expect(notice('shop/redact', text)).toBeNull();
  });
});
