import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';

/** One call a stand-in received, for tests that count or inspect. Authorization headers are left out. */
export interface RecordedCall {
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** Null while unanswered, or when a fault swallowed the answer. */
  status: number | null;
  fault: FaultKind | null;
}

/**
 * What can be made to go wrong. `before` kinds leave the vendor untouched; `after` kinds let it do the work and then
 * spoil the answer: those are the ones that make duplicates.
 */
export const faultKinds = [
  'status',
  'timeout_before',
  'timeout_after',
  'reset_before',
  'reset_after',
  'malformed',
  'truncated',
  'trickle',
  // Faults of a vendor's own data; its routes look for them with `StandIn.roll`.
  'shifting_pages',
  'duplicates',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultRule {
  kind: FaultKind;
  /** Share of matching calls, 0 to 1. */
  rate: number;
  /** Only calls of this method. */
  method?: string;
  /** Only calls whose path matches this regular expression. */
  path?: string;
  /** Only calls whose body matches this regular expression: GraphQL has one path for everything. */
  sent?: string;
  /** Stop after so many. */
  times?: number;
  /** For `status`. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * The shell every stand-in shares: real HTTP on 127.0.0.1, faults, a record of all calls, and admin routes under
 * /_sandbox. The vendor's own routes are added by its folder.
 */
export interface StandIn {
  readonly app: Express;
  readonly calls: RecordedCall[];
  faults: FaultRule[];
  /** Whether a fault of the vendor's own data should show in this call. */
  roll(kind: FaultKind, request: Request): boolean;
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
}

export function createStandIn(options: { seed?: number } = {}): StandIn {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  const random = seededRandom(options.seed ?? 1);
  const calls: RecordedCall[] = [];
  const server = createServer(app);
  const standIn: StandIn = {
    app,
    calls,
    faults: [],
    roll: (kind, request) => pickFault(standIn, request, random, (each) => each === kind) !== null,
    listen: (port = 0) => listen(server, port),
    close: () => close(server),
  };
  app.use(express.json({ limit: '5mb' }));
  app.get('/_sandbox/calls', (_request, response) => void response.json(calls));
  app.put('/_sandbox/faults', (request, response) => {
    standIn.faults = request.body as FaultRule[];
    response.status(204).end();
  });
  app.use((request, response, next) => injectFault(standIn, random, request, response, next));
  return standIn;
}

function injectFault(
  standIn: StandIn,
  random: () => number,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (request.path.startsWith('/_sandbox')) return next();
  const fault = pickFault(standIn, request, random, (kind) => kind !== 'shifting_pages' && kind !== 'duplicates');
  const call = record(standIn, request, response, fault?.kind ?? null);
  if (!fault) return next();
  switch (fault.kind) {
    case 'status':
      response
        .set(fault.headers ?? {})
        .status(fault.status ?? 500)
        .send(fault.body ?? 'sandbox fault');
      return;
    case 'timeout_before':
      // Never answered: the caller's deadline ends it.
      return;
    case 'reset_before':
      request.socket.destroy();
      return;
    default:
      spoilAnswer(fault.kind, request, response, call);
      return next();
  }
}

function record(standIn: StandIn, request: Request, response: Response, fault: FaultKind | null): RecordedCall {
  const call: RecordedCall = {
    at: new Date().toISOString(),
    method: request.method,
    path: request.path,
    query: request.query as Record<string, string>,
    body: request.body,
    status: null,
    fault,
  };
  standIn.calls.push(call);
  response.on('finish', () => (call.status = response.statusCode));
  return call;
}

/** The vendor's routes run as always; only what they send is caught. */
function spoilAnswer(kind: FaultKind, request: Request, response: Response, call: RecordedCall): void {
  const end = response.end.bind(response);
  response.end = ((chunk?: string | Buffer) => {
    const body = chunk === undefined ? '' : chunk.toString();
    call.status = response.statusCode;
    if (kind === 'reset_after') request.socket.destroy();
    else if (kind === 'malformed') {
      // The length of the true answer would keep the caller waiting for the rest.
      response.removeHeader('content-length');
      end('<html>not what you asked for</html>');
    } else if (kind === 'truncated') {
      response.write(body.slice(0, Math.floor(body.length / 2)));
      setTimeout(() => request.socket.destroy(), 5).unref();
    } else if (kind === 'trickle') trickle(body, response);
    return response;
  }) as typeof response.end;
}

function trickle(body: string, response: Response): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (response.destroyed || sent >= body.length) return clearInterval(timer);
    response.write(body[sent++]);
  }, 300);
  timer.unref();
}

function pickFault(
  standIn: StandIn,
  request: Request,
  random: () => number,
  isKind: (kind: FaultKind) => boolean,
): FaultRule | null {
  for (const rule of standIn.faults) {
    if (!isKind(rule.kind) || rule.times === 0) continue;
    if (rule.method && rule.method !== request.method) continue;
    if (rule.path && !new RegExp(rule.path).test(request.path)) continue;
    if (rule.sent && !new RegExp(rule.sent).test(JSON.stringify(request.body ?? null))) continue;
    if (random() >= rule.rate) continue;
    if (rule.times !== undefined) rule.times -= 1;
    return rule;
  }
  return null;
}

/** Mulberry32: one seed gives one run, so that a failing fault test can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
