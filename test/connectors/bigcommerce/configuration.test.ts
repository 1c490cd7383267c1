import { z } from 'zod';
import { bigcommerce } from '../../../connectors/marketplaces/bigcommerce/bigcommerce.js';
import { marketplaces } from '../../../connectors/marketplaces/registry.js';
import type { Failure } from '../../../domain/failures.js';
import { sandboxBigcommerceCredentials } from '../../../sandbox/bigcommerce/state.js';
import { openBench } from './support.js';

const { credentials, settings } = marketplaces.bigcommerce;
const problems = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map((each) => each.message);

describe('credentials', () => {
  it('R100, R102: takes the four values of a store-level API account, cleaned of what copying adds', () => {
    const pasted = {
      storeHash: ' Abc123XY\n',
      clientId: '\u200bclient0001 ',
      clientSecret: 'secret0001\r\n',
      accessToken: ' token0001\ufeff',
    };
    expect(credentials.parse(pasted)).toEqual({
      storeHash: 'abc123xy',
      clientId: 'client0001',
      clientSecret: 'secret0001',
      accessToken: 'token0001',
    });
  });

  it('D3: takes what an app install saved, with all that it keeps beside', () => {
    const installed = { storeHash: 'abc123', accessToken: 'token0001', scope: 'store_v2_orders', ownerId: 4 };
    expect(credentials.parse(installed)).toEqual(installed);
  });

  it.each([
    'https://api.bigcommerce.com/stores/abc123/v3/',
    'api.bigcommerce.com/stores/abc123',
    'https://store-abc123.mybigcommerce.com/manage',
    'store-abc123.mybigcommerce.com',
  ])('R103: finds the store hash in %s', (storeHash) => {
    expect(credentials.parse({ storeHash, accessToken: 'token0001' })).toMatchObject({ storeHash: 'abc123' });
  });

  it.each([
    { storeHash: 'https://store-abc123.mybigcommerce.com/api/v2/', accessToken: 'token0001' },
    { username: 'orders', apiPath: 'https://store-abc123.mybigcommerce.com/api/v2/', apiToken: 'token0001' },
    { storeHash: 'abc123', accessToken: 'token0001', username: 'orders' },
  ])('R112: refuses a legacy account and says why: %j', (legacy) => {
    const said = problems(credentials, legacy)!.join('\n');
    expect(said).toContain('legacy API account');
    expect(said).toContain('V2/V3');
    expect(said).not.toContain('token0001');
  });

  it.each([{}, { storeHash: 'abc123' }, { storeHash: 'a b/c', accessToken: 'token0001' }, { storeHash: 'abc123', accessToken: '' }, null, 'x'])(
    'refuses %j without repeating it', (value) => {
      expect(credentials.safeParse(value).success).toBe(false);
    }); // prettier-ignore

  it('R99, R110: the form says who makes them, where, and with which scopes', () => {
    const form = JSON.stringify(z.toJSONSchema(credentials, { io: 'input', unrepresentable: 'any' }));
    for (const word of ['store owner', 'Orders: modify', 'Store Inventory: modify', 'storeHash'])
      expect(form).toContain(word);
  });

  it('saved ones that no longer fit are refused when the connection is opened, without a word of them', async () => {
    const bench = await openBench();
    const open = (change: { credentials?: unknown; settings?: unknown }) => {
      try {
        return bench.connect(change);
      } catch (error) {
        return error as Failure;
      }
    };
    expect(open({ credentials: { accessToken: 'token0001' } })).toMatchObject({ code: 'credentials_refused' });
    expect(open({ settings: { statuses: 'eleven' } })).toMatchObject({ code: 'internal' });
    await bench.close();
  });
});

describe('settings', () => {
  it('R95: Awaiting Fulfillment is monitored unless another is chosen', () => {
    expect(settings.parse({})).toEqual({ statuses: [11], channel: null, stockLocation: null });
    expect(bigcommerce.rules({})).toMatchObject({ statuses: ['11'], vendor: null, partlyShipped: true });
  });

  it('R103, R114: any statuses may be chosen by id, and one channel', () => {
    expect(bigcommerce.rules({ statuses: [9, 3], channel: 2 })).toMatchObject({
      statuses: ['9', '3'],
      vendor: 'channel 2',
    });
  });

  it.each([{ statuses: [0] }, { statuses: [] }, { statuses: ['Awaiting Fulfillment'] }, { statuses: [11.5] }, { status: [11] }])(
    'refuses %j', (value) => {
      expect(settings.safeParse(value).success).toBe(false);
    }); // prettier-ignore

  it('R116: the form explains each status, and why Incomplete cannot be chosen', () => {
    const form = JSON.stringify(z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }));
    for (const status of ['11 Awaiting Fulfillment', '3 Partially Shipped', '12 Manual Verification Required'])
      expect(form).toContain(status);
    expect(problems(settings, { statuses: [0] })![0]).toContain('never paid for');
  });
});

it('the sandbox speaks of an invented store', () => {
  expect(credentials.parse(sandboxBigcommerceCredentials)).toEqual(sandboxBigcommerceCredentials);
});
