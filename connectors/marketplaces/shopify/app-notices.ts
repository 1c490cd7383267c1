import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { AppNotice } from '../../../domain/install.js';
import { isPrivacyKind } from '../../../domain/privacy.js';
import { storableOrNull } from '../../storable-json.js';
import type { MarketplaceInstall } from '../install-port.js';
import { kindOf } from './topics.js';

/** Numbers in the payload: kept as text like every id. */
const id = z.union([z.number().int(), z.string()]).transform(String);

/**
 * The notifications an application gets at its own address: what privacy law asks, and that a shop has left
 * (reference/shopify.md §8, Compliance). The shop is read from the body, because headers are not signed; the body of
 * app/uninstalled is the shop itself and names it otherwise.
 */
const payload = z.object({
  shop_domain: z.string().optional(),
  myshopify_domain: z.string().optional(),
  customer: z.object({ email: z.string().nullish() }).nullish(),
  orders_requested: z.array(id).nullish(),
  orders_to_redact: z.array(id).nullish(),
});

/** What reaches the application; the other topics have the store's own address. */
export function readNotice({
  headers,
  rawBody,
  app,
}: Parameters<MarketplaceInstall['readNotice']>[0]): AppNotice | null {
  if (!signatureHolds(rawBody, headers['x-shopify-hmac-sha256'] ?? '', app.clientSecret)) return null;
  const said = sayingOf(rawBody);
  const kind = kindOf(headers['x-shopify-topic'] ?? '');
  return said && { ...said, kind: kind === 'uninstalled' || isPrivacyKind(kind) ? kind : 'ignored' };
}

/** What an authentic body says, whatever its topic; null where it names no shop. */
export function sayingOf(rawBody: Buffer): Omit<AppNotice, 'kind'> | null {
  const body = payload.safeParse(storableOrNull(rawBody.toString('utf8')));
  const account = body.data?.shop_domain ?? body.data?.myshopify_domain;
  if (!body.success || account === undefined) return null;
  return {
    account: account.toLowerCase(),
    // Signed, unlike the header with the delivery's id: a replay under another id is still the same.
    deliveryKey: createHash('sha256').update(rawBody).digest('hex'),
    orderIds: body.data.orders_to_redact ?? body.data.orders_requested ?? [],
    email: body.data.customer?.email ?? null,
  };
}

/** Base64 HMAC over the bytes as they came (shopify.md §8, Headers). */
export function signatureHolds(rawBody: Buffer, given: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(rawBody).digest();
  const bytes = Buffer.from(given, 'base64');
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
