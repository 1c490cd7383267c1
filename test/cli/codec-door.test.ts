import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { openCodecDoor } from '../../cli/codec-door.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { freePorts } from '../../servers/ports.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';

const origin = 'http://127.0.0.1:8233';
const codec = createPayloadCodec(parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), 'default');
let door: Awaited<ReturnType<typeof openCodecDoor>>;

beforeAll(async () => {
  const [port] = (await freePorts(1)) as [number];
  door = await openCodecDoor({ codec, port, origin });
});
afterAll(() => door?.stop());

/** As the UI sends it: protobuf's JSON form. fetch would not let us name a Host or an Origin. */
async function ask(headers: Record<string, string>, method = 'POST', body = '') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request(`${door.url}/decode`, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}

const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');

function asJson({ metadata, data }: Payload) {
  const encoded = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return { metadata: Object.fromEntries(encoded) as object, data: base64(data) };
}

it('decrypts for the Temporal UI', async () => {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload({ state: 'shipped' })]);
  const body = JSON.stringify({ payloads: [asJson(payload!)] });
  expect(Buffer.from(payload!.data!).toString()).not.toContain('shipped');
  const answer = await ask({ origin }, 'POST', body);
  expect(answer.status).toBe(200);
  expect(answer.headers['access-control-allow-origin']).toBe(origin);
  const { payloads } = JSON.parse(answer.text) as { payloads: { data: string; metadata: { encoding: string } }[] };
  expect(Buffer.from(payloads[0]!.data, 'base64').toString()).toBe('{"state":"shipped"}');
  expect(Buffer.from(payloads[0]!.metadata.encoding, 'base64').toString()).toBe('json/plain');
});

it("answers the browser's question beforehand", async () => {
  const answer = await ask({ origin, 'access-control-request-method': 'POST' }, 'OPTIONS');
  expect([answer.status, answer.headers['access-control-allow-headers']]).toEqual([
    204,
    'Content-Type, X-Namespace, Authorization',
  ]);
});

it('is closed to other pages, to other names of this machine, and to what does not decrypt', async () => {
  const refused = await ask({ origin: 'http://evil.example' }, 'POST', '{"payloads":[]}');
  expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  expect((await ask({ origin, host: 'evil.example' }, 'POST', '{"payloads":[]}')).status).toBe(404);
  expect((await ask({ origin }, 'POST', 'not json')).status).toBe(400);
});
