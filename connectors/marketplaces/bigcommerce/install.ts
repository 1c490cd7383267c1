import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { CallbackReading, Installed } from '../../../domain/install.js';
import type { HttpAnswer } from '../../http.js';
import type { MarketplaceInstall } from '../install-port.js';
import { jsonOf } from './answers.js';
import { credentials, storeHash } from './configuration.js';
import { readSignedCall } from './signed-call.js';

const loginHost = 'https://login.bigcommerce.com';
/** The permanent short id of a store, as BigCommerce itself writes it (reference/bigcommerce.md §1). */
const context = /^stores\/([a-z0-9]{1,20})$/;

/**
 * Installing our application in a store's control panel (bigcommerce.md §1, App install). The merchant starts there,
 * so no state of ours comes back; that the code can be traded under our client secret is the proof.
 */
export const install: MarketplaceInstall = {
  bringsState: false,
  // The control panel shows the callback's page and the app's own in a frame.
  framedBy: 'https://*.mybigcommerce.com',
  accountOf: (text) => storeHash.safeParse(text).data ?? null,
  accountIn: (saved) => credentials.safeParse(saved).data?.storeHash ?? null,
  authorize: ({ account, baseUrl }) => ({
    url: `${baseUrl?.replace(/\/$/, '') ?? `https://store-${account}.mybigcommerce.com`}/manage`,
    instructions:
      `Sign in to the control panel of store ${account} as the store owner, open Apps, choose the app and install ` +
      'it. At the end, type the code that came with these words. All must happen before the wish runs out.',
  }),
  readCallback,
  exchange,
  readOpening: (query, app, now) => readSignedCall(query['signed_payload_jwt'] ?? '', app, now),
  readSignedCall,
  // What an account-wide hook would say comes as a signed call.
  readNotice: () => null,
};

function readCallback(query: Record<string, string>): CallbackReading {
  const account = context.exec(query['context'] ?? '')?.[1];
  if (account === undefined) return { proven: false, reason: 'its context names no store' };
  const code = query['code'] ?? '';
  if (code === '') return { proven: false, reason: 'it lacks the code' };
  return { proven: true, account, state: null, code, scope: query['scope'] ?? null };
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  scope: z.string(),
  context: z.string(),
});

async function exchange(request: Parameters<MarketplaceInstall['exchange']>[0]): Promise<Installed> {
  const { app, callback, redirectUrl, baseUrl, http } = request;
  const answer = await http({
    method: 'POST',
    url: new URL(`${baseUrl?.replace(/\/$/, '') ?? loginHost}/oauth2/token`),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      ...{ client_id: app.clientId, client_secret: app.clientSecret, code: callback.code },
      ...{ context: `stores/${callback.account}`, grant_type: 'authorization_code', redirect_uri: redirectUrl },
      // As it came: BigCommerce compares it with what the merchant agreed to.
      scope: callback.scope ?? '',
    }),
    // A lost answer costs nothing but another click: the code is spent and the merchant installs anew.
    write: false,
  });
  const token = readToken(answer, callback.account);
  return {
    account: callback.account,
    credentials: { storeHash: callback.account, accessToken: token.access_token, scope: token.scope },
  };
}

function readToken(answer: HttpAnswer, hash: string): z.infer<typeof tokenAnswer> {
  if (answer.status !== 200)
    throw new Failure(
      'credentials_refused',
      `BigCommerce refused the code for store ${hash} (${answer.status}): it was used before, or ` +
        'WAYBILL_BIGCOMMERCE_CLIENT_ID and WAYBILL_BIGCOMMERCE_CLIENT_SECRET are not those of one application.',
      { store: hash },
    );
  const parsed = tokenAnswer.safeParse(jsonOf(answer));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'the body';
    throw new Failure('answer_malformed', `BigCommerce's token answer cannot be read: ${field}.`, { field });
  }
  if (parsed.data.context !== `stores/${hash}`)
    throw new Failure('request_rejected', `BigCommerce gave a token for another store than ${hash}.`, { store: hash });
  return parsed.data;
}
