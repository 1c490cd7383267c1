import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { parseKeyRing } from '../../database/key-ring.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';
import { codecOrigin, startHarness, type Harness } from './harness.js';

const ring = (id: string) => parseKeyRing(`${id}:${randomBytes(32).toString('base64')}`);
const codec = createPayloadCodec(ring('k1'), 'default');
let harness: Harness;
beforeAll(async () => (harness = await startHarness({ codec })));
afterAll(() => harness.close());

/** A payload as the Temporal UI sends it. */
const wire = (payload: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(payload.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(payload.data!).toString('base64'),
});
const encrypted = async (value: unknown, by = codec) =>
  wire((await by.encode([defaultPayloadConverter.toPayload(value)]))[0]!);
const decode = (payloads: object[], headers: Record<string, string> = {}) =>
  harness.call('operator', 'POST', '/codec/decode', { body: { payloads }, headers });

it('decrypts what the worker encrypted, in order, and passes what is plain', async () => {
  const plain = wire(defaultPayloadConverter.toPayload('plain'));
  const { body } = await decode([await encrypted({ orderId: 'ord_1' }), plain]);
  const texts = body.payloads.map((each: { data: string }) => Buffer.from(each.data, 'base64').toString());
  expect(texts).toEqual(['{"orderId":"ord_1"}', '"plain"']);
  expect(body.payloads[0]?.metadata.encoding).toBe(Buffer.from('json/plain').toString('base64'));
});

it('says so when a payload was changed or its key left the ring', async () => {
  const foreign = await encrypted('x', createPayloadCodec(ring('k2'), 'default'));
  expect((await decode([foreign])).status).toBe(422);
  const changed = await encrypted('x');
  expect((await decode([{ ...changed, data: Buffer.alloc(40).toString('base64') }])).status).toBe(422);
  expect((await decode([{ data: 'not base64!' }])).body.errors[0]?.pointer).toBe('/payloads/0/data');
});

it('offers no way to encrypt', async () => {
  expect((await harness.call('operator', 'POST', '/codec/encode', { body: { payloads: [] } })).status).toBe(404);
});

it('lets only the origin of the Temporal UI read an answer in a browser', async () => {
  const preflight = (origin: string) => harness.call('nobody', 'OPTIONS', '/codec/decode', { headers: { origin } });
  const allowed = await preflight(codecOrigin);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(codecOrigin);
  expect(allowed.headers.get('access-control-allow-headers')).toBe('X-Namespace, Content-Type, Authorization');
  for (const origin of ['http://evil.test', `${codecOrigin}.evil.test`, 'null'])
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  const answer = await decode([], { origin: codecOrigin });
  expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([
    codecOrigin,
    'Origin',
  ]);
});
