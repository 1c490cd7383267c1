import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { CallbackReading, Installed, SignedCall } from '../../../domain/install.js';
import type { App } from '../../connect-options.js';
import type { HttpAnswer } from '../../http.js';
import { storableOrNull } from '../../storable-json.js';
import type { MarketplaceInstall } from '../install-port.js';
import { readNotice } from './app-notices.js';
import { credentials, shop } from './configuration.js';
import { wantedScopes } from './scopes.js';

/** reference/shopify.md §2, step 3; the host is what our calls go to, so nothing else may pass. */
const shopHost = /^[a-z0-9][a-z0-9-_]*\.myshopify\.com$/;
/** The official library refuses an older callback (shopify.md §2, step 3). */
const callbackMaxAgeMs = 90_000;

/** Connecting a shop by the authorization code grant, with expiring offline tokens (shopify.md §2). */
export const install: MarketplaceInstall = {
  bringsState: true,
  framedBy: null,
  accountOf: (text) => shop.safeParse(text).data ?? null,
  accountIn: (saved) => credentials.safeParse(saved).data?.shop ?? null,
  authorize({ app, account, state, redirectUrl, baseUrl }) {
    const url = new URL(`${origin(account, baseUrl)}/admin/oauth/authorize`);
    const query = { client_id: app.clientId, scope: wantedScopes.join(','), redirect_uri: redirectUrl, state };
    url.search = new URLSearchParams(query).toString();
    return { url: url.href, instructions: `Sign in to ${account} as its owner and install the app there.` };
  },
  readCallback,
  exchange,
  readOpening,
  // Shopify signs its notifications instead; see readNotice.
  readSignedCall: () => null,
  readNotice,
};

function origin(account: string, baseUrl: string | null): string {
  return baseUrl?.replace(/\/$/, '') ?? `https://${account}`;
}

function readCallback(query: Record<string, string>, app: App, now: Date): CallbackReading {
  const signed = readSigned(query, app, now);
  if ('reason' in signed) return refused(signed.reason);
  const { state = '', code = '' } = query;
  if (state === '' || code === '') return refused('it lacks the state or the code');
  return { proven: true, account: signed.account, state, code, scope: null };
}

/** Shopify signs what it adds to the address of our application as it signs a callback (shopify.md §2, step 1). */
function readOpening(query: Record<string, string>, app: App, now: Date): SignedCall | null {
  const signed = readSigned(query, app, now);
  return 'reason' in signed ? null : signed;
}

function readSigned(query: Record<string, string>, app: App, now: Date): SignedCall | { reason: string } {
  const { hmac = '', signature: _, ...signed } = query;
  if (!signatureHolds(signed, hmac, app.clientSecret)) return { reason: "Shopify's signature does not hold" };
  const sentAt = Number(signed['timestamp']) * 1000;
  if (!(Math.abs(now.getTime() - sentAt) <= callbackMaxAgeMs)) return { reason: 'it is older than 90 seconds' };
  const { shop: account = '' } = signed;
  if (!shopHost.test(account)) return { reason: 'it names no shop at myshopify.com' };
  return { account, at: new Date(sentAt).toISOString() };
}

function refused(reason: string): CallbackReading {
  return { proven: false, reason };
}

/** Hex HMAC over the other parameters, sorted by name and joined as a query string (shopify.md §2, step 3). */
function signatureHolds(signed: Record<string, string>, hmac: string, secret: string): boolean {
  const sorted = Object.entries(signed).sort(([one], [other]) => (one < other ? -1 : 1));
  const expected = createHmac('sha256', secret).update(new URLSearchParams(sorted).toString()).digest();
  // Unequal lengths would throw (reference/reliability.md §7.1).
  const given = Buffer.from(hmac, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** An expiring token comes with a refresh token of 90 days; the connector renews it (shopify.md §2, Expiring). */
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  scope: z.string(),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1),
});

type Exchange = Parameters<MarketplaceInstall['exchange']>[0];

async function exchange(request: Exchange): Promise<Installed> {
  const { app, callback, baseUrl, http } = request;
  const answer = await http({
    method: 'POST',
    url: new URL(`${origin(callback.account, baseUrl)}/admin/oauth/access_token`),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      ...{ client_id: app.clientId, client_secret: app.clientSecret, code: callback.code },
      // Required of every public app from 2027-01-01 (shopify.md §2, Expiring).
      expiring: '1',
    }),
    // A lost answer costs nothing but another click: the code is spent and the merchant authorizes anew.
    write: false,
  });
  const token = readToken(answer, callback.account);
  return { account: callback.account, credentials: credentialsOf(request, token) };
}

function readToken(answer: HttpAnswer, account: string): z.infer<typeof tokenAnswer> {
  if (answer.status !== 200)
    throw new Failure(
      'credentials_refused',
      `Shopify refused the code for ${account} (${answer.status}): it was used before, or WAYBILL_SHOPIFY_CLIENT_ID and ` +
        'WAYBILL_SHOPIFY_CLIENT_SECRET are not those of one application.',
      { shop: account },
    );
  const parsed = tokenAnswer.safeParse(storableOrNull(answer.text));
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') || 'the body';
  throw new Failure('answer_malformed', `Shopify's token answer for ${account} cannot be read: ${field}.`, { field });
}

/** As the connector keeps and renews them; what a person entered beside the token stays. */
function credentialsOf(
  { callback, present, now }: Exchange,
  token: z.infer<typeof tokenAnswer>,
): Record<string, string> {
  return {
    ...z.object({ returnMagicApiKey: z.string() }).safeParse(present).data,
    shop: callback.account,
    accessToken: token.access_token,
    refreshToken: token.refresh_token,
    expiresAt: new Date(now.getTime() + token.expires_in * 1000).toISOString(),
    scope: token.scope,
  };
}
