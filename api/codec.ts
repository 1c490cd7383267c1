import type { Payload } from '@temporalio/common';
import type { Response } from 'express';
import { z } from 'zod';
import type { Dependencies } from './dependencies.js';
import { Problem } from './problems.js';
import { operators, route } from './route.js';

/** Protobuf's JSON form, as the Temporal UI and command line send it: bytes are base64. */
const payload = z.looseObject({
  metadata: z.record(z.string(), z.base64()).optional(),
  data: z.base64().optional(),
});
const payloads = z.looseObject({ payloads: z.array(payload).max(10_000) });

/** Only the Temporal UI's own origin may read the answer in a browser; there is no wildcard and no cookie. */
function allowUi(dependencies: Dependencies, origin: string | undefined, response: Response): void {
  response.vary('Origin');
  if (dependencies.codecOrigin === null || origin !== dependencies.codecOrigin) return;
  response.set({
    'Access-Control-Allow-Origin': dependencies.codecOrigin,
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'X-Namespace, Content-Type, Authorization',
    'Access-Control-Max-Age': '600',
  });
}

function toPayload(given: z.output<typeof payload>): Payload {
  const metadata = Object.entries(given.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>,
    data: Buffer.from(given.data ?? '', 'base64'),
  };
}

function fromPayload(decoded: Payload) {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const metadata = Object.entries(decoded.metadata ?? {}).map(([key, value]) => [key, base64(value)]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, string>,
    data: base64(decoded.data ?? Buffer.alloc(0)),
  };
}

export const codecRoutes = [
  route({
    method: 'post',
    path: '/codec/decode',
    summary: 'Decrypt payloads for the Temporal UI',
    description: 'Decodes only; nothing can be encrypted here.',
    access: operators,
    body: payloads,
    // A page of a history: 2 MB is the most one payload may have.
    bodyLimit: 8 * 1024 * 1024,
    answer: { status: 200, description: 'In the order they were sent.', schema: payloads },
    async handle({ body, request, response, dependencies }) {
      allowUi(dependencies, request.headers.origin, response);
      try {
        const decoded = await dependencies.codec.decode(body.payloads.map(toPayload));
        return { payloads: decoded.map(fromPayload) };
      } catch {
        throw new Problem('unprocessable', 'A payload does not decrypt: it was changed, or its key left the ring.');
      }
    },
  }),
  route({
    method: 'options',
    path: '/codec/decode',
    summary: "Answer the Temporal UI's preflight",
    access: 'anyone',
    answer: { status: 204, description: 'With the headers that allow it, for its origin only.' },
    async handle({ request, response, dependencies }) {
      allowUi(dependencies, request.headers.origin, response);
    },
  }),
];
