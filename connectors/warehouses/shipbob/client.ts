import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { Http, HttpAnswer, HttpCall } from '../../http.js';
import type { RateLimit, RateLimiter } from '../../rate-limiter.js';
import { refusal, type CallFacts } from './errors.js';
import { wirePage } from './wire.js';

/** Versions live about a year; the answers we read are those of this one (reference/warehouses.md §2.5). */
export const apiVersion = '2026-01';
const vendorUrl = 'https://api.shipbob.com';
/** Sliding, by user and application (reference/warehouses.md §2.5, Limits). */
const vendorRequestsPerMinute = 150;
/** Where a 429 does not say how long. */
const defaultBlockMs = 10_000;
/** Far above any list we walk: 250 rows a page. */
const pageCap = 200;

export interface ShipbobCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the version, e.g. "/order". */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** ShipBob's name of the permission the call needs. */
  permission: string;
  /** Sent as shipbob_channel_id, which writes of orders need. */
  channelId?: string;
  /** People's data in the body, kept out of failures. */
  people?: string[];
}

/** Speaks to one ShipBob account: under its limit, with its token, every bad answer a Failure. */
export interface ShipbobClient {
  /** Makes one call and reads its answer; `answer_malformed` (a read) or `outcome_unknown` (a write) if it cannot. */
  call<Answer extends z.ZodType>(call: ShipbobCall, answer: Answer): Promise<z.infer<Answer>>;
  /** Follows the cursor links of a GET and hands out each page's items until `done` or the last page. */
  walk<Item extends z.ZodType>(call: ShipbobCall, item: Item, done: (items: z.infer<Item>[]) => boolean): Promise<void>;
}

export function createClient(options: {
  baseUrl: string | null;
  accessToken: string;
  http: Http;
  limiter: RateLimiter;
  requestsPerMinute: number | undefined;
}): ShipbobClient {
  const base = `${(options.baseUrl ?? vendorUrl).replace(/\/+$/, '')}/${apiVersion}`;
  const limit = rateLimit(options.accessToken, options.requestsPerMinute ?? vendorRequestsPerMinute);
  const send = (call: ShipbobCall) => sendUnderLimit(options, limit, base, call);
  const client: ShipbobClient = {
    call: async (call, schema) => read(call, await send(call), schema),
    walk: async (call, item, done) => {
      const seen = new Set<string>();
      let query = call.query;
      for (;;) {
        const page = await client.call({ ...call, ...(query ? { query } : {}) }, wirePage(item));
        const items = page.items ?? [];
        if (done(items) || items.length === 0 || !page.next) return;
        if (seen.has(page.next) || seen.size >= pageCap)
          throw new Failure('answer_malformed', `${place(call)}: the page links lead in a circle.`);
        seen.add(page.next);
        // Only the query of the link is followed: it may name ShipBob's own host, and our base URL may be a proxy.
        query = Object.fromEntries(new URL(page.next, vendorUrl).searchParams);
      }
    },
  };
  return client;
}

/**
 * A fifth of the minute's calls at once and the other four fifths spread over the minute: together never more than
 * the sliding limit. The token itself never leaves as a key.
 */
export function rateLimit(accessToken: string, requestsPerMinute: number): RateLimit {
  const capacity = Math.max(1, Math.floor(requestsPerMinute / 5));
  return {
    key: `shipbob:${createHash('sha256').update(accessToken).digest('hex').slice(0, 16)}`,
    capacity,
    perSecond: Math.max(requestsPerMinute - capacity, 1) / 60,
  };
}

async function sendUnderLimit(
  options: { accessToken: string; http: Http; limiter: RateLimiter },
  limit: RateLimit,
  base: string,
  call: ShipbobCall,
): Promise<HttpAnswer> {
  await options.limiter.take([limit], 'live');
  try {
    return await options.http(httpCall(base, options.accessToken, call));
  } catch (error) {
    if (error instanceof Failure && error.code === 'rate_limited')
      await options.limiter.block(limit.key, error.retryAfterMs ?? defaultBlockMs);
    throw error;
  }
}

function httpCall(base: string, accessToken: string, call: ShipbobCall): HttpCall {
  const url = new URL(base + call.path);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  return {
    method: call.method,
    url,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${accessToken}`,
      ...(call.channelId === undefined ? {} : { shipbob_channel_id: call.channelId }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    write: isWrite(call),
  };
}

function read<Answer extends z.ZodType>(call: ShipbobCall, answer: HttpAnswer, schema: Answer): z.infer<Answer> {
  if (answer.status >= 400) throw refusal(facts(call), answer);
  const parsed = schema.safeParse(json(answer.text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure(
    isWrite(call) ? 'outcome_unknown' : 'answer_malformed',
    `${place(call)} answered ${answer.status} with something else than expected (${issue?.path.join('.') || 'body'}).`,
    { path: place(call) },
  );
}

/** Undefined for what is not JSON; an empty body (a delete) is undefined too. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isWrite = (call: ShipbobCall) => call.method !== 'GET';
const place = (call: ShipbobCall) => `${call.method} ${call.path}`;

function facts(call: ShipbobCall): CallFacts {
  return { place: place(call), write: isWrite(call), permission: call.permission, people: call.people ?? [] };
}
