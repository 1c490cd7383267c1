import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { ConnectOptions } from '../../connect-options.js';
import { storableOrNull } from '../../storable-json.js';
import { vendorText } from './answers.js';
import { credentials, type Credentials, type InstalledCredentials } from './configuration.js';

/** A call takes 20 s at most; the rest is for clocks that differ. Tokens live an hour (reference/shopify.md §2). */
const renewBeforeMs = 5 * 60_000;

export interface AccessToken {
  /** The token to call with now, renewed before it expires. */
  present(): Promise<string>;
  /** After a 401: the token that another process has put in its place meanwhile, null where there is none. */
  replaced(refused: string): Promise<string | null>;
}

type TokenOptions = Pick<ConnectOptions<unknown>, 'app' | 'http' | 'now' | 'renewCredentials'> & { baseUrl: string };

export function createAccessToken(options: TokenOptions, saved: Credentials): AccessToken {
  let held = saved;
  let renewal: Promise<void> | null = null;
  const isFresh = (each: Credentials) =>
    !('expiresAt' in each) || Date.parse(each.expiresAt) - options.now().getTime() > renewBeforeMs;
  /** One exchange for all callers of this process; renewCredentials makes it one for all processes. */
  const renew = async () => {
    const kept = await options.renewCredentials(async (current) => {
      const parsed = credentials.safeParse(current);
      if (!parsed.success || isFresh(parsed.data) || !('refreshToken' in parsed.data)) return null;
      return exchange(options, parsed.data);
    });
    held = readKept(kept, held.shop);
  };
  return {
    async present() {
      if (!isFresh(held)) await (renewal ??= renew().finally(() => (renewal = null)));
      return held.accessToken;
    },
    async replaced(refused) {
      if (!('refreshToken' in held)) return null;
      if (held.accessToken === refused) held = readKept(await options.renewCredentials(async () => null), held.shop);
      return held.accessToken === refused ? null : held.accessToken;
    },
  };
}

function readKept(kept: unknown, shop: string): Credentials {
  const parsed = credentials.safeParse(kept);
  if (parsed.success) return parsed.data;
  throw new Failure('credentials_refused', `The credentials of ${shop} were removed or do not fit this version.`, {
    shop,
  });
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  scope: z.string().optional(),
});

/**
 * The refresh token is used up by this call, so the pair is kept together, at once. An exchange whose answer is lost is
 * tried again with the same refresh token: whether Shopify allows a second use is not documented (reference/shopify.md
 * §2); if not, the shop has to be connected again.
 */
async function exchange(options: TokenOptions, current: InstalledCredentials): Promise<Record<string, string>> {
  const { shop } = current;
  if (!options.app)
    throw new Failure(
      'credentials_refused',
      `This installation has no Shopify app to renew the token of ${shop} with.`,
      {
        shop,
      },
    );
  const answer = await options.http({
    method: 'POST',
    url: new URL(`${options.baseUrl}/admin/oauth/access_token`),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_id: options.app.clientId,
      client_secret: options.app.clientSecret,
      grant_type: 'refresh_token',
      refresh_token: current.refreshToken,
    }),
    write: false,
  });
  if (answer.status >= 400)
    throw new Failure(
      'credentials_refused',
      `Shopify does not renew the token of ${shop} (${answer.status} ${errorName(answer.text)}): connect the shop again.`,
      { shop },
    );
  const renewed = tokenAnswer.safeParse(storableOrNull(answer.text));
  if (!renewed.success)
    throw new Failure('answer_malformed', `Shopify's answer to the token renewal of ${shop} cannot be read.`, { shop });
  const { access_token, refresh_token, expires_in, scope } = renewed.data;
  return {
    ...current,
    accessToken: access_token,
    refreshToken: refresh_token,
    expiresAt: new Date(options.now().getTime() + expires_in * 1000).toISOString(),
    scope: scope ?? current.scope,
  };
}

/** The name of the error only: its description may quote the token. */
function errorName(text: string): string {
  const body = z.object({ error: z.string() }).safeParse(storableOrNull(text));
  return body.success ? vendorText(body.data.error.slice(0, 60)) : 'without a reason';
}
