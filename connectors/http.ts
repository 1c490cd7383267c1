import { BlockList, isIP } from 'node:net';
import { lookup as resolve } from 'node:dns';
import { Agent, buildConnector, request } from 'undici';
import { Failure } from '../domain/failures.js';

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** A write whose outcome matters: anything that may have reached the vendor becomes `outcome_unknown`. */
  write: boolean;
}

export interface HttpAnswer {
  status: number;
  /** Lower-case names; a repeated header is joined by a comma. */
  headers: Record<string, string>;
  text: string;
}

/** Makes one call. Retries are Temporal's business, not this client's. */
export type Http = (call: HttpCall) => Promise<HttpAnswer>;

/** One call in all, body included; shorter than the 30 s lease of a write intent, so that two senders never overlap. */
export const callDeadlineMs = 20_000;
/** Far above a page of 250 orders; a larger answer is a fault or an attack. */
const bodyLimitBytes = 8 * 1024 * 1024;

/**
 * The only way out to vendors. Guards against SSRF: a base URL may name only public addresses over https, or an
 * address on the allow-list (sandbox, proxies), by name, literal or redirect. Redirects are not followed.
 * @param allowed addresses or CIDR blocks, e.g. "127.0.0.1", "10.1.0.0/16", "::1"
 */
export function createHttp(options: { allowed: string[]; deadlineMs?: number }): {
  http: Http;
  close(): Promise<void>;
} {
  const deadlineMs = options.deadlineMs ?? callDeadlineMs;
  const neverSent = new WeakSet<object>();
  const agent = new Agent({ connect: guardedConnector(blockList(options.allowed), neverSent), connections: 32 });
  return { http: (call) => makeCall({ agent, deadlineMs, neverSent }, call), close: () => agent.destroy() };
}

interface Wire {
  agent: Agent;
  deadlineMs: number;
  /** Errors of connecting, TLS and names included: they prove that no request left this machine. */
  neverSent: WeakSet<object>;
}

async function makeCall(wire: Wire, call: HttpCall): Promise<HttpAnswer> {
  try {
    const response = await request(call.url, {
      method: call.method,
      headers: call.headers,
      body: call.body ?? null,
      dispatcher: wire.agent,
      // The deadline covers a server that trickles its body, which bodyTimeout alone does not stop.
      signal: AbortSignal.timeout(wire.deadlineMs),
    });
    const text = await readBody(response.body, call);
    return judge(call, { status: response.statusCode, headers: flatten(response.headers), text });
  } catch (error) {
    throw error instanceof Failure ? error : transportFailure(wire, call, error);
  }
}

async function readBody(body: AsyncIterable<Buffer>, call: HttpCall): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > bodyLimitBytes)
      throw new Failure(
        call.write ? 'outcome_unknown' : 'answer_malformed',
        `${place(call)} answered with more than ${bodyLimitBytes} bytes.`,
        at(call),
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** 429 and 503 are documented as "not carried out"; any other 5xx after a write leaves its outcome open. */
function judge(call: HttpCall, answer: HttpAnswer): HttpAnswer {
  if (answer.status === 429)
    throw new Failure('rate_limited', `${place(call)} answered 429.`, at(call), retryAfter(answer.headers));
  if (answer.status === 503)
    throw new Failure('unavailable', `${place(call)} answered 503.`, at(call), retryAfter(answer.headers));
  if (answer.status >= 500)
    throw new Failure(
      call.write ? 'outcome_unknown' : 'unavailable',
      `${place(call)} answered ${answer.status}.`,
      at(call),
    );
  if (answer.status >= 300 && answer.status < 400)
    throw new Failure('request_rejected', `${place(call)} redirects, which is not followed.`, at(call));
  return answer;
}

function transportFailure(wire: Wire, call: HttpCall, error: unknown): Failure {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const connected = !wire.neverSent.has(error as object);
  const late = name === 'TimeoutError';
  const reason = late ? `no whole answer in ${wire.deadlineMs} ms` : typeof code === 'string' ? code : String(name);
  return new Failure(
    call.write && connected ? 'outcome_unknown' : 'unavailable',
    `${place(call)} failed: ${reason}.`,
    at(call),
  );
}

/** Method and path without the query, which may hold people's data. */
function place(call: HttpCall): string {
  return `${call.method} ${call.url.host}${call.url.pathname}`;
}

function at(call: HttpCall): Record<string, string> {
  return { host: call.url.host, path: call.url.pathname };
}

/**
 * Retry-After in seconds or as a date; x-retry-after is ShipBob's spelling and at times BigCommerce's, which otherwise
 * tells the milliseconds left in its window. Clamped to an hour.
 */
function retryAfter(headers: Record<string, string>): { retryAfterMs?: number } {
  const window = headers['x-rate-limit-time-reset-ms'];
  const text = headers['retry-after'] ?? headers['x-retry-after'] ?? (window && String(Number(window) / 1000));
  if (text === undefined) return {};
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.min(Math.max(ms, 0), 3_600_000) } : {};
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** Everything that is not the public internet (RFC 6890), carrier NAT and the cloud metadata address among them. */
const privateBlocks = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
  '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24',
  '224.0.0.0/4', '240.0.0.0/4', '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32',
  '2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8',
]; // prettier-ignore
const notPublic = blockList(privateBlocks);

function blockList(entries: string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) throw new Error(`"${entry}" is not an address or a CIDR block`);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function literal(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/**
 * Literals never reach `lookup`, so they are checked here; names are resolved once, every address is checked, and the
 * checked address is the one connected to, so that a second resolution cannot differ (reference/reliability.md §7.2).
 * Plain http would show the credentials on the way, so it goes to allow-listed addresses only.
 */
function guardedConnector(allowed: BlockList, neverSent: WeakSet<object>): buildConnector.connector {
  const listed = (address: string) => allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const open = (address: string) => listed(address) || !notPublic.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const connect = { 'https:': checkedConnector(open), 'http:': checkedConnector(listed) };
  return (target, callback) => {
    const secure = target.protocol === 'https:';
    const host = literal(target.hostname);
    if (isIP(host) !== 0 && !(secure ? open(host) : listed(host)))
      return callback(new Failure('address_blocked', `${host} is not an allowed address.`, { host }), null);
    return connect[secure ? 'https:' : 'http:'](target, (...result) => {
      if (result[0]) neverSent.add(result[0]);
      callback(...result);
    });
  };
}

function checkedConnector(isAllowed: (address: string) => boolean): buildConnector.connector {
  return buildConnector({
    timeout: 5_000,
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, []);
        if (!addresses.every(({ address }) => isAllowed(address)))
          return callback(
            new Failure('address_blocked', `${hostname} resolves to an address that is not allowed.`, {
              host: hostname,
            }),
            [],
          );
        const first = addresses[0]!;
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      });
    },
  });
}
