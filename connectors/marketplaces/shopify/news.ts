import { z } from 'zod';
import { isPrivacyKind, type PrivacyKind, type PrivacyNotice } from '../../../domain/privacy.js';
import { storableOrNull } from '../../storable-json.js';
import type { NewsRequest, StoreNews } from '../port.js';
import { sayingOf, signatureHolds } from './app-notices.js';
import { credentials } from './configuration.js';
import { kindOf } from './topics.js';

/**
 * Base64 HMAC-SHA-256 of the raw body, under the secret of the app that registered the webhook: this installation's, or
 * the one the merchant made (reference/shopify.md §8). The secret of an app is the same for all shops, so the shop has
 * to be ours as well. Webhooks made by hand in the admin are signed with another secret, and fail.
 */
export function readNews(delivery: NewsRequest): StoreNews | PrivacyNotice | null {
  const { headers, rawBody } = delivery;
  const saved = credentials.safeParse(delivery.credentials);
  if (!saved.success || headers['x-shopify-shop-domain']?.toLowerCase() !== saved.data.shop) return null;
  const secrets = [delivery.app?.clientSecret, 'apiSecret' in saved.data ? saved.data.apiSecret : undefined];
  if (
    !secrets.some(
      (secret) => secret !== undefined && signatureHolds(rawBody, headers['x-shopify-hmac-sha256'] ?? '', secret),
    )
  )
    return null;
  const topic = headers['x-shopify-topic'] ?? '';
  const kind = kindOf(topic);
  if (isPrivacyKind(kind)) return privacyNotice(kind, rawBody, saved.data.shop);
  return { deliveryKey: deliveryKey(headers, topic), topic, kind, orderIds: orderIdsIn(kind, rawBody) };
}

/** An app that the merchant made has one address for everything. The body is signed, so it says whose data it is about. */
function privacyNotice(kind: PrivacyKind, rawBody: Buffer, shop: string): PrivacyNotice | null {
  const said = sayingOf(rawBody);
  if (said?.account !== shop) return null;
  const { deliveryKey, orderIds, email } = said;
  return { kind, deliveryKey, orderIds, email };
}

/**
 * One event sets off several topics and, where two subscriptions name one topic, several deliveries; a retry repeats
 * all of these. Shopify's pages differ on which id tells a duplicate (reference/shopify.md §8): the event's, else the
 * delivery's.
 */
function deliveryKey(headers: NewsRequest['headers'], topic: string): string {
  const id = headers['x-shopify-event-id'] ?? headers['x-shopify-webhook-id'] ?? '';
  return [id, topic, headers['x-shopify-name'] ?? ''].join(':');
}

const id = z.union([z.int().positive().transform(String), z.string().regex(/^\d+$/)]);
const body = z.object({
  id: id.optional().catch(undefined),
  order_id: id.optional().catch(undefined),
  order: z.object({ id }).optional().catch(undefined),
});

/** Fulfillment orders are announced without their order; then the store is polled, which finds what they changed. */
function orderIdsIn(kind: StoreNews['kind'], rawBody: Buffer): string[] {
  const said = body.safeParse(storableOrNull(rawBody.toString('utf8')));
  if (!said.success) return [];
  const { id, order_id, order } = said.data;
  if (kind !== 'orders' && kind !== 'returns') return [];
  // A return's own id is not its order's.
  const named = order_id ?? order?.id ?? (kind === 'orders' ? id : undefined);
  return named === undefined ? [] : [named];
}
