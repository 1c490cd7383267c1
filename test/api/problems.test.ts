import { Failure } from '../../domain/failures.js';
import { aStore, anImportedOrder, oneOfEach } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';

const canary = 'CANARY-in-an-error';
let harness: Harness;
let probe: () => Promise<never>;
beforeAll(async () => {
  harness = await startHarness({ probe: () => probe() });
});
afterAll(() => harness.close());

const post = (path: string, send: Parameters<Harness['call']>[3]) => harness.call('operator', 'POST', path, send);
const get = (path: string) => harness.call('operator', 'GET', path);

describe('every error is a problem that names what is wrong', () => {
  it('an address nobody serves', async () => {
    expect((await get('/v1/nothing')).body).toMatchObject({ status: 404, type: 'urn:waybill:problem:not-found' });
    expect((await harness.call('nobody', 'GET', '/')).status).toBe(404);
  });

  it('a method an address does not take', async () => {
    const answer = await harness.call('nobody', 'PUT', '/v1/orders');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await harness.call('operator', 'OPTIONS', '/v1/stores')).headers.get('allow')).toBe('POST, GET, HEAD');
  });

  it('a body that is not JSON', async () => {
    expect((await post('/v1/tenants', { raw: '{"name": ' })).body.type).toBe('urn:waybill:problem:malformed-json');
  });

  it('no body, null, a list and a text where an object is needed', async () => {
    for (const raw of [undefined, 'null', '[]', '"x"']) {
      const answer = await post('/v1/tenants', { ...(raw && { raw }) });
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toMatch(/^The body: /);
    }
  });

  it('a body that is too large', async () => {
    expect((await post('/v1/tenants', { body: { name: 'x'.repeat(300_000) } })).status).toBe(413);
  });

  it('a body of another type', async () => {
    const form = { raw: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await post('/v1/tenants', form)).status).toBe(415);
    const charset = { raw: '{}', headers: { 'content-type': 'application/json; charset=latin-9' } };
    expect((await post('/v1/tenants', charset)).status).toBe(415);
  });

  it('a field that is missing, wrong or unknown, each with its pointer', async () => {
    const answer = await post('/v1/stores', {
      body: { marketplace: 7, settings: { delayMinutes: -1, 'a/b~c': 1 }, colour: 'red' },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer).sort()).toEqual([
      '/colour',
      '/marketplace',
      '/name',
      '/settings/a~1b~0c',
      '/settings/delayMinutes',
    ]);
    expect(answer.body.detail).toMatch(/"\w+(\.\w+)?" in the body: .* \(and 4 more, see errors\)\.$/);
  });

  it('a query value that is given twice, wrong or unknown', async () => {
    expect((await get('/v1/orders?limit=5&limit=6')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/limit', detail: 'is given more than once' }],
    });
    for (const [query, pointer] of [
      ['limit=0', '/limit'],
      ['limit=201', '/limit'],
      ['limit=ten', '/limit'],
      ['state=asleep', '/state'],
      ['colour=red', '/colour'],
      ['__proto__=x', '/__proto__'],
      ['cursor=nonsense', '/cursor'],
      [
        `cursor=${Buffer.from('{"importedAt":"2026-13-45T99:00:00.000000Z","id":"x"}').toString('base64url')}`,
        '/cursor',
      ],
    ] as const)
      expect([query, (await get(`/v1/orders?${query}`)).body.errors?.[0]?.pointer]).toEqual([query, pointer]);
  });

  it('an address that is badly encoded', async () => {
    expect((await get('/v1/orders/%E0%A4%A')).status).toBe(400);
  });

  it.each([
    ['a NUL', { name: 'a\0b' }],
    ['half a surrogate pair', { name: 'a\ud800b' }],
  ])('%s, which PostgreSQL could not store', async (_what, body) => {
    expect((await post('/v1/tenants', { body })).body).toMatchObject({ status: 400, errors: [{ pointer: '/name' }] });
    expect((await get('/v1/orders?q=a%00b')).body).toMatchObject({ status: 400, errors: [{ pointer: '/q' }] });
    expect((await get('/v1/orders/a%00b')).status).toBe(400);
  });

  it('a body nested so deep that it is only meant to harm', async () => {
    const raw = `{"name":"x","settings":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect((await post('/v1/stores', { raw })).status).toBe(400);
  });

  it('an unknown marketplace, listing those there are', async () => {
    const body = { name: 'New', marketplace: 'constructor', tenantId: harness.tenant };
    const answer = await post('/v1/stores', { body });
    expect(answer.body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/marketplace', detail: 'must be one of: clickbank' }],
    });
  });

  it('a field that only the connector knows', async () => {
    const body = {
      name: 'New',
      marketplace: 'clickbank',
      tenantId: harness.tenant,
      settings: { marketplace: { vendr: 'acme' } },
    };
    expect((await post('/v1/stores', { body })).body.errors).toEqual([
      { pointer: '/settings/marketplace/vendr', detail: 'is not a known field' },
    ]);
  });

  it('a change that names nothing', async () => {
    const { storeId, warehouseId } = await oneOfEach(harness.database.db, harness.tenant);
    for (const path of [`/v1/stores/${storeId}`, `/v1/warehouses/${warehouseId}`])
      expect((await harness.call('operator', 'PATCH', path, { body: {} })).status).toBe(400);
  });
});

describe('shipping rules are refused by the field that is wrong', () => {
  const choice = { warehouseId: 'whs_1', methodCode: 'GROUND' };
  const rule = (over: object) => ({ name: 'one', conditions: [], then: choice, ...over });
  it.each([
    ['/otherwise', { rules: [] }],
    ['/otherwise', { rules: [], otherwise: 'drop' }],
    ['/rules/1/name', { rules: [rule({}), rule({})], otherwise: 'attention' }],
    ['/rules/0/name', { rules: [rule({ name: 'otherwise' })], otherwise: 'attention' }],
    [
      '/rules/0/conditions/0/value',
      { rules: [rule({ conditions: [{ field: 'total', operator: 'below', value: '1e3' }] })], otherwise: 'attention' },
    ],
    [
      '/rules/0/conditions/0/value',
      {
        rules: [rule({ conditions: [{ field: 'weight', operator: 'below', value: -1, unit: 'g' }] })],
        otherwise: 'attention',
      },
    ],
    [
      '/rules/0/conditions/0/values/0',
      {
        rules: [rule({ conditions: [{ field: 'country', operator: 'one_of', values: ['us'] }] })],
        otherwise: 'attention',
      },
    ],
    [
      '/rules/0/conditions/0/field',
      { rules: [rule({ conditions: [{ field: 'mood', operator: 'equals', value: 'x' }] })], otherwise: 'attention' },
    ],
    ['/rules/0/then/methodCode', { rules: [rule({ then: { warehouseId: 'whs_1' } })], otherwise: 'attention' }],
  ])('%s', async (pointer, body) => {
    const storeId = await aStore(harness.database.db, harness.tenant);
    const answer = await harness.call('merchant', 'PUT', `/v1/stores/${storeId}/shipping-rules`, { body });
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer]);
  });
});

describe('a vendor that fails a test', () => {
  const test = async (error: Error) => {
    probe = () => Promise.reject(error);
    const storeId = await aStore(harness.database.db, harness.tenant);
    await harness.call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { body: { apiKey: 'long enough' } });
    return harness.call('merchant', 'POST', `/v1/stores/${storeId}/test`);
  };

  it('is away: asked to come back after the time the vendor gave', async () => {
    const answer = await test(new Failure('rate_limited', 'Slow down.', {}, { retryAfterMs: 90_500 }));
    expect([answer.status, answer.headers.get('retry-after'), answer.body.cause.code]).toEqual([
      502,
      '91',
      'rate_limited',
    ]);
  });

  it('refuses: that is a finding, not an error', async () => {
    const answer = await test(new Failure('credentials_refused', 'ClickBank refused the key.'));
    expect(answer.body).toMatchObject({ passes: false, problems: ['ClickBank refused the key.'] });
  });

  it('a fault of ours is answered without detail, and logged without people or keys', async () => {
    const answer = await test(new Error(`${canary}: ann@example.com used wb_o_0123_secret`));
    expect([answer.status, answer.body.detail]).toEqual([500, 'See the log for this request id.']);
    expect(answer.text).not.toContain(canary);
    const logged = harness.log.find((line) => line.includes(canary))!;
    expect(logged).toContain(answer.body.instance);
    expect(logged).not.toMatch(/ann@example|wb_o_0123/);
  });
});

it('gives every answer a request id, and takes over a harmless one of the caller', async () => {
  const own = await harness.call('operator', 'GET', '/v1/orders', { headers: { 'x-request-id': 'caller-0001' } });
  expect(own.headers.get('x-request-id')).toBe('caller-0001');
  const odd = await harness.call('operator', 'GET', '/v1/orders', { headers: { 'x-request-id': 'a b"c<>' } });
  expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('logs one line for each request, with route and key and without address, query or token', async () => {
  await anImportedOrder(harness.database.db, harness.tenant, await aStore(harness.database.db, harness.tenant));
  harness.log.length = 0;
  await harness.call('merchant', 'GET', '/v1/orders?email=ann@example.com');
  expect(harness.log).toHaveLength(1);
  expect(JSON.parse(harness.log[0]!)).toMatchObject({
    method: 'GET',
    route: '/v1/orders',
    status: 200,
    key: harness.keyIds.merchant,
  });
  expect(harness.log[0]).not.toMatch(/ann@|wb_m_|authorization/i);
});

it('turns floods away, but never those who watch the service', async () => {
  const small = await startHarness({ requestsPerMinute: 3 });
  try {
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await small.call('operator', 'GET', '/v1/tenants')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await small.call('operator', 'GET', '/v1/tenants');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await small.call('nobody', 'GET', '/healthz')).status).toBe(200);
  } finally {
    await small.close();
  }
});
