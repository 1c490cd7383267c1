import { install } from '../../../connectors/marketplaces/bigcommerce/install.js';
import { app, claimsAt, signedPayload } from '../../support/install-calls.js';

const now = new Date('2026-11-27T12:00:00Z');
const second = now.getTime() / 1000;

it.each([
  ['abc123', 'abc123'],
  [' ABC123 ', 'abc123'],
  ['https://api.bigcommerce.com/stores/abc123/v3/', 'abc123'],
  ['https://store-abc123.mybigcommerce.com/manage', 'abc123'],
])('R103: reads "%s" as the store hash %s', (text, hash) => {
  expect(install.accountOf(text)).toBe(hash);
});

it.each(['', 'a/b', 'www.example.com', '../x', 'a'.repeat(30)])('R103: takes "%s" for no store hash', (text) => {
  expect(install.accountOf(text)).toBeNull();
});

it('R103: reads the store from the context of a callback', () => {
  const query = { code: 'once-only-code', scope: 'store_v2_orders', context: 'stores/abc123', account_uuid: 'u' };
  expect(install.readCallback(query, app, now)).toEqual({
    ...{ proven: true, account: 'abc123', state: null, code: 'once-only-code', scope: 'store_v2_orders' },
  });
  for (const context of ['', 'abc123', 'stores/', 'stores/../x', 'stores/abc/def', 'evil/stores/abc'])
    expect(install.readCallback({ ...query, context }, app, now).proven).toBe(false);
  expect(install.readCallback({ ...query, code: '' }, app, now).proven).toBe(false);
});

it('R99: tells that the store owner must sign in, and where', () => {
  const { url, instructions } = install.authorize({
    ...{ app, account: 'abc123', state: 's', redirectUrl: 'https://waybill.example.com/x', baseUrl: null },
  });
  expect(url).toBe('https://store-abc123.mybigcommerce.com/manage');
  expect(instructions).toContain('store owner');
});

describe('signed_payload_jwt', () => {
  const read = (token: string) => install.readSignedCall(token, app, now);

  it('is believed for the store it is about, for a day', () => {
    expect(read(signedPayload(claimsAt(now)))).toEqual({ account: 'abc123', at: now.toISOString() });
    expect(read(signedPayload(claimsAt(now, { iat: second - 86_399, exp: second + 1 })))).not.toBeNull();
    // Two clocks.
    expect(read(signedPayload(claimsAt(now, { iat: second + 30, nbf: second + 30 })))).not.toBeNull();
  });

  it.each([
    ['of algorithm none', signedPayload(claimsAt(now), { header: { alg: 'none' }, signature: '' })],
    ['of algorithm none, signed all the same', signedPayload(claimsAt(now), { header: { alg: 'none' } })],
    ['of algorithm NoNe', signedPayload(claimsAt(now), { header: { alg: 'NoNe' }, signature: '' })],
    ['of another algorithm', signedPayload(claimsAt(now), { header: { alg: 'HS512' } })],
    ['of an algorithm with a public key', signedPayload(claimsAt(now), { header: { alg: 'RS256' } })],
    ['without an algorithm', signedPayload(claimsAt(now), { header: {} })],
    ['signed with another secret', signedPayload(claimsAt(now), { secret: 'other' })],
    ['without a signature', signedPayload(claimsAt(now), { signature: '' })],
    ['with half a signature', signedPayload(claimsAt(now), { signature: 'YWI' })],
    ['for another application', signedPayload(claimsAt(now, { aud: 'somebody-else' }))],
    ['for several applications', signedPayload(claimsAt(now, { aud: [app.clientId] }))],
    ['about no store', signedPayload(claimsAt(now, { sub: 'users/1' }))],
    ['about a store with a path', signedPayload(claimsAt(now, { sub: 'stores/abc/../def' }))],
    ['that has expired', signedPayload(claimsAt(now, { exp: second }))],
    ['older than a day, whatever it says', signedPayload(claimsAt(now, { iat: second - 86_400, exp: second + 9e9 }))],
    ['that is not good yet', signedPayload(claimsAt(now, { nbf: second + 3_600 }))],
    ['from the future', signedPayload(claimsAt(now, { iat: second + 3_600 }))],
    ['without a time', signedPayload(claimsAt(now, { iat: undefined }))],
    ['without an end', signedPayload(claimsAt(now, { exp: undefined }))],
    ['of four parts', `${signedPayload(claimsAt(now))}.x`],
    ['that is none', 'nothing'],
    ['that is empty', ''],
  ])('is refused %s', (_what, token) => {
    expect(read(token)).toBeNull();
  });

  it('is refused with any other claim put in under its signature', () => {
    const [head, , signature] = signedPayload(claimsAt(now)).split('.');
    const claims = Buffer.from(JSON.stringify(claimsAt(now, { sub: 'stores/evil' }))).toString('base64url');
    expect(read(`${head}.${claims}.${signature}`)).toBeNull();
  });
});
