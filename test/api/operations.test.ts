import { Client, Connection } from '@temporalio/client';
import { openDatabase } from '../../database/pool.js';
import { startHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => (harness = await startHarness()));
afterAll(() => harness.close());

it('is ready when PostgreSQL and Temporal answer', async () => {
  expect((await harness.call('nobody', 'GET', '/healthz')).body).toEqual({ alive: true });
  const ready = await harness.call('nobody', 'GET', '/readyz');
  expect([ready.status, ready.body]).toEqual([200, { ready: true, postgresql: 'ok', temporal: 'ok' }]);
});

it('names the part that is away, and is alive all the same', async () => {
  // Nobody listens on port 1; without the SDK's own retries the refusal shows at once.
  const gone = openDatabase('postgres://nobody@127.0.0.1:1/none');
  const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] });
  const { db, temporal } = harness.dependencies;
  try {
    harness.dependencies.temporal = new Client({ connection });
    expect((await harness.call('nobody', 'GET', '/readyz')).body).toEqual({
      ready: false,
      postgresql: 'ok',
      temporal: 'unreachable',
    });
    harness.dependencies.temporal = temporal;
    harness.dependencies.db = gone.db;
    const answer = await harness.call('nobody', 'GET', '/readyz');
    expect([answer.status, answer.body]).toEqual([503, { ready: false, postgresql: 'unreachable', temporal: 'ok' }]);
    expect((await harness.call('nobody', 'GET', '/healthz')).status).toBe(200);
    expect((await harness.call('operator', 'GET', '/v1/tenants')).status).toBe(500);
  } finally {
    Object.assign(harness.dependencies, { db, temporal });
    await connection.close();
    await gone.close();
  }
});

it('counts requests by route and never by address, caller or id', async () => {
  await harness.call('merchant', 'GET', '/v1/orders/ord_secret_id?');
  await harness.call('merchant', 'GET', '/v1/nowhere/ann@example.com');
  const { text } = await harness.call('nobody', 'GET', '/metrics');
  expect(text).toContain('waybill_api_requests_total{method="GET",route="/v1/orders/{id}",status="404"} 1');
  expect(text).toContain('route="unknown",status="404"');
  expect(text).not.toMatch(/ord_secret_id|ann@example|key_|ten_/);
});

it('sends the headers that keep browsers from guessing, framing and sniffing', async () => {
  const { headers } = await harness.call('nobody', 'GET', '/healthz');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(headers.get('strict-transport-security')).toContain('max-age');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('access-control-allow-origin')).toBeNull();
});
