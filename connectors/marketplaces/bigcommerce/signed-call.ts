import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { SignedCall } from '../../../domain/install.js';
import type { App } from '../../connect-options.js';

/** A token is good for a day, whatever its own `exp` says (reference/bigcommerce.md §1, App install). */
const maxAgeSeconds = 24 * 60 * 60;
/** Clocks of two houses. */
const skewSeconds = 60;

const header = z.object({ alg: z.literal('HS256') });
const claims = z.object({
  aud: z.string(),
  sub: z.string().regex(/^stores\/[a-z0-9]{1,20}$/),
  iat: z.number(),
  nbf: z.number().optional(),
  exp: z.number(),
});

/**
 * Reads `signed_payload_jwt` of the load, uninstall and remove_user callbacks. HS256 under the client secret (the
 * algorithm is from memory in bigcommerce.md §1): any other algorithm is refused, "none" above all.
 */
export function readSignedCall(token: string, app: App, now: Date): SignedCall | null {
  const parts = token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  if (parts.length !== 3 || !header.safeParse(decoded(head)).success) return null;
  const expected = createHmac('sha256', app.clientSecret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const parsed = claims.safeParse(decoded(body));
  if (!parsed.success || parsed.data.aud !== app.clientId || !isCurrent(parsed.data, now)) return null;
  return {
    account: parsed.data.sub.slice('stores/'.length),
    at: new Date(parsed.data.iat * 1000).toISOString(),
  };
}

function isCurrent(times: { iat: number; nbf?: number | undefined; exp: number }, now: Date): boolean {
  const second = now.getTime() / 1000;
  const begins = Math.max(times.iat, times.nbf ?? times.iat);
  const ends = Math.min(times.exp, times.iat + maxAgeSeconds);
  return begins - skewSeconds <= second && second < ends;
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
