import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const shape = /^[A-Za-z0-9._-]{8,64}$/;

/** A caller's own id is taken over if it is harmless, so that both logs can be joined. */
export function takeRequestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && shape.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}

/** The id the request got when it came in. */
export function requestId(request: IncomingMessage): string {
  return request.id as string;
}
