import { createHash } from 'node:crypto';
import { Failure } from '../../../domain/failures.js';
import type { Http, HttpAnswer } from '../../http.js';
import type { RateLimit, RateLimiter } from '../../rate-limiter.js';
import { vendorText } from './answers.js';
import type { Clickbank, ClickbankCall, Send } from './calls.js';
import { explainRefusal } from './refusals.js';

export interface ClientOptions {
  connectionId: string;
  baseUrl: string | null;
  authorization: string;
  http: Http;
  limiter: RateLimiter;
  limits?: { perSecond: number };
}

/** Longest URL ClickBank takes; all parameters travel in it, also those of a POST (reference/clickbank.md §1). */
const longestUrl = 2_000;

export function createClient(options: ClientOptions): Clickbank {
  if (options.baseUrl !== null && !URL.canParse(options.baseUrl))
    throw new Failure('address_blocked', 'The base URL of the ClickBank connection is not a URL.');
  const limits = rateLimits(options.authorization, options.limits?.perSecond);
  const send: Send = async (call) => {
    const url = urlOf(options.baseUrl ?? 'https://api.clickbank.com', call);
    await options.limiter.take(limits, call.lane);
    return options.http({ method: call.method, url, headers: headersOf(options, call), write: call.method === 'POST' });
  };
  const pause = (ms: number) => options.limiter.block(limits[1].key, ms);
  let refusals = 0;
  return async (asked) => {
    const answer = await send(asked);
    if (answer.status === 401 || answer.status === 403)
      throw await explainRefusal({ send, pause, refusals: refusals++, connection: options.connectionId }, asked);
    refusals = 0;
    if (answer.status >= 400) throw rejection(asked, answer);
    return answer;
  };
}

/**
 * 10 a second an address: at most 2 at once and 7 a second after that are 9 in any second, the tenth is left to
 * jitter on the way. 25,000 a day an account: 5,000 at once and 20,000 a day after that never exceed it in any
 * 24 hours, whenever they are counted from (reference/clickbank.md §1). The key stands for the account, hashed.
 */
function rateLimits(secret: string, perSecond = 7): [address: RateLimit, account: RateLimit] {
  const account = createHash('sha256').update(secret).digest('hex').slice(0, 16);
  return [
    { key: 'clickbank:address', capacity: 2, perSecond },
    { key: `clickbank:account:${account}`, capacity: 5_000, perSecond: 20_000 / 86_400 },
  ];
}

function urlOf(baseUrl: string, call: Pick<ClickbankCall, 'path' | 'query'>): URL {
  const query = Object.entries(call.query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/rest/1.3/${call.path}${query && `?${query}`}`);
  if (url.href.length > longestUrl)
    throw new Failure('request_rejected', `${call.path}: its parameters make a URL longer than ClickBank takes.`);
  return url;
}

function headersOf(options: ClientOptions, call: Pick<ClickbankCall, 'page' | 'method'>): Record<string, string> {
  return {
    authorization: options.authorization,
    accept: 'application/json, text/plain;q=0.5',
    ...(call.page === undefined ? {} : { page: String(call.page) }),
    // A POST without a length is answered 400 (reference/clickbank.md §1); undici wants it said.
    ...(call.method === 'POST' ? { 'content-length': '0' } : {}),
  };
}

/** 400 is documented as a broken rule, with the reason as text; a POST that breaks one had no effect. */
function rejection(call: ClickbankCall, answer: HttpAnswer): Failure {
  const about = { path: call.path, ...(call.receipt === null ? {} : { receipt: call.receipt }) };
  const said = `ClickBank refused ${call.step}: ${vendorText(answer)}.`;
  if (call.method === 'POST') return new Failure('writeback_refused', said, about);
  return new Failure(answer.status === 404 ? 'not_found' : 'request_rejected', said, about);
}
