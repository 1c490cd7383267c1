import { createHmac } from 'node:crypto';
import pg from 'pg';
import { wakeChannel, wakes } from '../../domain/identifiers.js';
import { startHarness, type Harness } from './harness.js';

const secret = 'shared with the vendor';
const path = 'k3yK3yK3y-unguessable';
const sign = (body: string | Buffer) => createHmac('sha256', secret).update(body).digest('hex');

let harness: Harness;
let listener: pg.Client;
const woken: string[] = [];
beforeAll(async () => {
  harness = await startHarness({
    async verifyWebhook(webhookPath, headers, rawBody) {
      if (webhookPath !== path) return 'unknown_path';
      if (headers['x-signature'] !== sign(rawBody)) return null;
      const body = JSON.parse(rawBody.toString('utf8')) as { id: string };
      return { connectionId: 'whs_1', deliveryKey: body.id, topic: 'order.shipped', body: { ...body } };
    },
  });
  listener = new pg.Client({ connectionString: harness.database.url });
  listener.on('notification', ({ payload }) => woken.push(payload ?? ''));
  await listener.connect();
  await listener.query(`listen ${wakeChannel}`);
});
afterAll(async () => {
  await listener.end();
  await harness.close();
});

const deliver = (raw: string | Buffer, headers: Record<string, string> = { 'x-signature': sign(raw) }, to = path) =>
  harness.call('nobody', 'POST', `/webhooks/${to}`, { raw, headers });
const inbox = () =>
  harness.database.db.selectFrom('webhook_inbox').select(['delivery_key', 'body']).orderBy('id').execute();

it('stores a signed delivery as it came, wakes the connection, and takes it once however often it comes', async () => {
  // Spaces and key order are covered by the signature, so the bytes must reach it untouched.
  const raw = '{ "id" : "d1",   "order": 7 }';
  const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(raw)));
  expect(answers.map((each) => each.status)).toEqual([200, 200, 200, 200, 200]);
  expect(await inbox()).toEqual([{ delivery_key: 'd1', body: { id: 'd1', order: 7 } }]);
  // A round trip on the listening connection: what was notified before has arrived by its end.
  await listener.query('select 1');
  expect(woken).toEqual([wakes.inbox('whs_1')]);
});

it('refuses what is not signed, signed for other bytes or sent to an unknown path, and stores none of it', async () => {
  const before = (await inbox()).length;
  const raw = '{"id":"d2"}';
  expect((await deliver(raw, {})).status).toBe(401);
  expect((await deliver(raw, { 'x-signature': 'short' })).status).toBe(401);
  expect((await deliver(raw, { 'x-signature': sign(`${raw} `) })).status).toBe(401);
  expect((await deliver(raw, { 'x-signature': sign(raw) }, 'guess')).status).toBe(404);
  expect((await harness.call('nobody', 'GET', `/webhooks/${path}`)).status).toBe(405);
  expect((await inbox()).length).toBe(before);
});

it('refuses more than a megabyte, and what could not be stored', async () => {
  expect((await deliver(JSON.stringify({ id: 'd3', fill: 'x'.repeat(1024 * 1024) }))).status).toBe(413);
  expect((await deliver('{"id":"d4","note":"a\\u0000b"}')).status).toBe(400);
});

it('takes any content type, since only the bytes count', async () => {
  const raw = '{"id":"d5"}';
  expect((await deliver(raw, { 'x-signature': sign(raw), 'content-type': 'text/plain' })).status).toBe(200);
});

it('never logs the path, which is a secret between vendor and connection', () => {
  expect(harness.log.length).toBeGreaterThan(0);
  expect(harness.log.join()).not.toContain(path);
});
