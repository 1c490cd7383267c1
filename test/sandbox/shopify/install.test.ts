import { createHmac } from 'node:crypto';
import { sandboxShopDomain, sandboxShopifyApp } from '../../../sandbox/shopify/state/tokens.js';
import { type Answer, at, sandbox, base, clock, open, close, wait, post } from './support.js';

afterEach(close);

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
    wait(3_600_000);
    expect(await works(first['access_token']!)).toBe(false);
    const refresh = { grant_type: 'refresh_token', refresh_token: first['refresh_token'] };
    const { body: second } = await token(refresh);
    expect(await works(second['access_token']!)).toBe(true);
    expect((await token(refresh)).body['error']).toBe('invalid_grant');
    sandbox.shop.settings.refreshGraceSeconds = 60;
    expect((await token(refresh)).status).toBe(200);
    wait(60_000);
    expect((await token(refresh)).status).toBe(400);
  });

  it('ends every token with the app', async () => {
    const { body } = await token({ code: (await authorize()).get('code'), expiring: '1' });
    sandbox.uninstall();
    expect(await works(body['access_token']!)).toBe(false);
    expect((await token({ grant_type: 'refresh_token', refresh_token: body['refresh_token'] })).status).toBe(400);
  });
});
