import { createHmac } from 'node:crypto';

/** This installation's invented application. */
export const app = { clientId: 'client-id-of-ours', clientSecret: 'client-secret-of-ours' };

/** A callback as Shopify signs it: hex HMAC over the sorted query. */
export function shopifyCallback(query: Record<string, string>, secret = app.clientSecret): Record<string, string> {
  const text = new URLSearchParams(Object.entries(query).sort(([one], [other]) => (one < other ? -1 : 1))).toString();
  return { ...query, hmac: createHmac('sha256', secret).update(text).digest('hex') };
}

/** The headers of a notification as Shopify signs it: base64 HMAC over the body. */
export function shopifyHeaders(topic: string, body: string, secret = app.clientSecret): Record<string, string> {
  return {
    'x-shopify-topic': topic,
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
  };
}

/** A token as BigCommerce signs it, or a forger would. */
export function signedPayload(
  claims: Record<string, unknown>,
  forge: { header?: object; secret?: string; signature?: string } = {},
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(forge.header ?? { alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  const signature = createHmac('sha256', forge.secret ?? app.clientSecret)
    .update(text)
    .digest('base64url');
  return `${text}.${forge.signature ?? signature}`;
}

/** The claims of an authentic token made at this moment. */
export function claimsAt(now: Date, over: Record<string, unknown> = {}): Record<string, unknown> {
  const iat = Math.floor(now.getTime() / 1000);
  return { aud: app.clientId, iss: 'bc', sub: 'stores/abc123', iat, nbf: iat, exp: iat + 86_400, jti: 'j1', ...over };
}
