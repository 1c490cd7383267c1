import { createHmac, randomUUID } from 'node:crypto';
import { accountUuid, owner } from './app.js';
import type { SandboxState } from './state.js';

/**
 * The owner presses Install: gives the address of the auth callback that the control panel then opens in its frame. No
 * state of the app's comes back, and nothing is signed (reference/bigcommerce.md §1, App install).
 */
export function openInstall({ app, storeHash }: SandboxState, callback: string): string {
  const code = randomUUID().replaceAll('-', '');
  const scope = [...app.scopes, 'store_v2_default'].join(' ');
  app.grants.push({ code, scope, callback });
  const query = new URLSearchParams({ code, scope, context: `stores/${storeHash}`, account_uuid: accountUuid });
  return `${callback}?${query.toString()}`;
}

/** The address that is called when a user opens the app, is taken off it, or uninstalls it: signed, good for a day. */
export function openSigned({ app, storeHash, now }: SandboxState, callback: string): string {
  const iat = Math.floor(now().getTime() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({
    ...{ aud: app.clientId, iss: 'bc', iat, nbf: iat - 5, exp: iat + 86_400, jti: randomUUID() },
    ...{ sub: `stores/${storeHash}`, user: { ...owner, locale: 'en-US' }, owner, url: '/', channel_id: null },
  })}`;
  const signature = createHmac('sha256', app.clientSecret).update(text).digest('base64url');
  return `${callback}?signed_payload_jwt=${text}.${signature}`;
}
