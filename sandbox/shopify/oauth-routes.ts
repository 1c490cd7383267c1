import { createHmac, randomUUID } from 'node:crypto';
import express, { Router, type Request, type Response } from 'express';
import type { Shop } from './state/shop.js';
import { sandboxShopDomain, type Token } from './state/tokens.js';

/** Installing the app and keeping its token alive (reference/shopify.md §2). The merchant of the stand-in always agrees. */
export function oauthRoutes(shop: Shop): Router {
  const router = Router();
  router.get('/admin/oauth/authorize', (request, response) => authorize(shop, request, response));
  router.post('/admin/oauth/access_token', express.urlencoded({ extended: false }), (request, response) =>
    exchange(shop, (request.body ?? {}) as Record<string, string>, response),
  );
  return router;
}

function authorize(shop: Shop, request: Request, response: Response): void {
  const { client_id, scope, redirect_uri, state } = request.query as Record<string, string | undefined>;
  if (client_id !== shop.app.clientId) return refuse(response, 'invalid_client', 'Could not find the app.');
  if (redirect_uri === undefined || !URL.canParse(redirect_uri))
    return refuse(response, 'invalid_request', 'The redirect_uri is not whitelisted');
  const asked = (scope ?? '').split(',').filter((each) => each !== '');
  const granted = shop.settings.grantsOnly;
  const code = randomUUID().replaceAll('-', '');
  shop.grants.push({ code, scopes: granted === null ? asked : asked.filter((each) => granted.includes(each)) });
  const query = signed(shop, {
    code,
    host: Buffer.from(`${sandboxShopDomain}/admin`).toString('base64url'),
    shop: sandboxShopDomain,
    ...(state === undefined ? {} : { state }),
    timestamp: String(Math.floor(shop.now().getTime() / 1_000)),
  });
  response.redirect(302, `${redirect_uri}${redirect_uri.includes('?') ? '&' : '?'}${query}`);
}

/** Sorted by name and joined as a query; the signature is over that text. */
export function signed(shop: Shop, parameters: Record<string, string>): string {
  const names = Object.keys(parameters).sort();
  const query = names.map((name) => `${name}=${encodeURIComponent(parameters[name]!)}`).join('&');
  return `${query}&hmac=${createHmac('sha256', shop.app.clientSecret).update(query).digest('hex')}`;
}

function exchange(shop: Shop, body: Record<string, string>, response: Response): void {
  if (body['client_id'] !== shop.app.clientId || body['client_secret'] !== shop.app.clientSecret)
    return refuse(response, 'invalid_client', 'The client credentials are invalid.');
  if (body['grant_type'] === 'refresh_token') return refresh(shop, body['refresh_token'], response);
  const grant = shop.grants.find((each) => each.code === body['code']);
  if (!grant) return refuse(response, 'invalid_request', 'The authorization code was not found or was already used');
  shop.grants.splice(shop.grants.indexOf(grant), 1);
  const token = issue(shop, grant.scopes, body['expiring'] === '1');
  response.json(tokenAnswer(shop, token));
}

/**
 * Gives a new pair. The old access token ends at once, the old refresh token after the grace of the settings, within
 * which it gives yet another pair. Shopify does not say how long either lives on; this is the harsher reading.
 */
function refresh(shop: Shop, refreshToken: string | undefined, response: Response): void {
  const now = shop.now().getTime();
  const old = shop.tokens.find((each) => each.refreshToken !== null && each.refreshToken === refreshToken);
  const until = [
    old?.refreshExpiresAt,
    old?.refreshedAt && new Date(Date.parse(old.refreshedAt) + shop.settings.refreshGraceSeconds * 1_000).toISOString(),
  ];
  if (!old || old.revoked || until.some((each) => each != null && Date.parse(each) <= now))
    return refuse(response, 'invalid_grant', 'This request requires an active refresh_token');
  old.refreshedAt ??= shop.now().toISOString();
  response.json(tokenAnswer(shop, issue(shop, old.scopes, true)));
}

const ninetyDaysSeconds = 90 * 86_400;

export function issue(shop: Shop, scopes: string[], expiring: boolean): Token {
  const after = (seconds: number) => new Date(shop.now().getTime() + seconds * 1_000).toISOString();
  const token: Token = {
    accessToken: `shpat_${randomUUID().replaceAll('-', '')}`,
    scopes,
    expiresAt: expiring ? after(shop.settings.tokenLifeSeconds) : null,
    refreshToken: expiring ? `shprt_${randomUUID().replaceAll('-', '')}` : null,
    refreshExpiresAt: expiring ? after(ninetyDaysSeconds) : null,
    refreshedAt: null,
    revoked: false,
  };
  shop.tokens.push(token);
  return token;
}

function tokenAnswer(shop: Shop, token: Token): object {
  const base = { access_token: token.accessToken, scope: token.scopes.join(',') };
  if (token.refreshToken === null) return base;
  return {
    ...base,
    expires_in: shop.settings.tokenLifeSeconds,
    refresh_token: token.refreshToken,
    refresh_token_expires_in: ninetyDaysSeconds,
  };
}

function refuse(response: Response, error: string, description: string): void {
  response.status(400).json({ error, error_description: description });
}
