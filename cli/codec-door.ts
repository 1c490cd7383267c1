import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
// A CommonJS package whose names Node cannot see from an ES module.
import proto from '@temporalio/proto';
import { listen } from '../api/main.js';

const { Payloads } = proto.temporal.api.common.v1;

/** A page of a history: 2 MB is the most one payload may have. */
const largest = 8 * 1024 * 1024;

/**
 * Decrypts payloads for the Temporal UI that `waybill up` starts. The API's own /codec/decode asks for an operator's
 * key, and that UI, which knows no login, has none to send (it forwards a token only over https, after a login). So this
 * door is for this machine alone: on 127.0.0.1, read by browsers only from the UI's own origin.
 */
export async function openCodecDoor(options: {
  codec: PayloadCodec;
  port: number;
  origin: string;
}): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.writeHead(400).end());
  });
  const url = await listen(server, '127.0.0.1', options.port);
  return {
    url,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  { codec, origin, port }: { codec: PayloadCodec; origin: string; port: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Another host name that points here is a foreign page's attempt to pass for us.
  if (request.headers.host !== `127.0.0.1:${port}` || request.url !== '/decode')
    return void response.writeHead(404).end();
  if (request.headers.origin !== origin) return void response.writeHead(403).end();
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type, X-Namespace, Authorization');
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  const asked = Payloads.fromObject(JSON.parse(await readText(request)) as Record<string, unknown>);
  const payloads = await codec.decode(asked.payloads);
  const decoded = Payloads.toObject(Payloads.create({ payloads }), { bytes: String });
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(decoded));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
