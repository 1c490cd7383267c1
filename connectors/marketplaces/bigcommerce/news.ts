import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { NewsRequest, StoreNews } from '../port.js';
import { credentials } from './configuration.js';
import { id } from './scalars.js';
import { keptWebhooks, secretHeader } from './webhooks.js';

/** Standard Webhooks: older or newer calls are replays or wrong clocks. */
const toleranceSeconds = 5 * 60;

const delivery = z.object({
  scope: z.string(),
  producer: z.string(),
  hash: z.string().nullish(),
  created_at: z.union([z.number(), z.string()]).nullish(),
  // Orders of a channel say order_id, shipments orderId.
  data: z.object({ type: z.string().nullish(), id, order_id: id, orderId: id }).nullish(),
});
type Delivery = z.infer<typeof delivery>;

/**
 * Null for whatever did not come from BigCommerce for this store. Our secret must be in its header always; a signature is
 * checked where there is one, because whether every delivery is signed is not documented (reference/bigcommerce.md §7).
 * The body's own time is not judged: a delivery is tried again for two days.
 */
export function readNews(request: NewsRequest): StoreNews | null {
  const kept = keptWebhooks.safeParse(request.webhook).data;
  if (!kept || !same(request.headers[secretHeader] ?? '', kept.secret)) return null;
  const account = credentials.safeParse(request.credentials).data;
  if (!account) return null;
  const clientSecret = account.clientSecret ?? request.app?.clientSecret ?? null;
  if (clientSecret !== null && !signatureHolds(request, clientSecret)) return null;
  const read = delivery.safeParse(jsonIn(request.rawBody)).data;
  if (!read || read.producer !== `stores/${account.storeHash}`) return null;
  return { deliveryKey: keyOf(read, request.rawBody), topic: read.scope, ...about(read) };
}

/** Key = the bytes of the client secret, over id, time and raw body. */
function signatureHolds({ headers, rawBody, now }: NewsRequest, clientSecret: string): boolean {
  const given = headers['webhook-signature'];
  if (given === undefined) return true;
  const [id = '', timestamp = ''] = [headers['webhook-id'], headers['webhook-timestamp']];
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const expected = createHmac('sha256', clientSecret)
    .update(Buffer.concat([Buffer.from(`${id}.${timestamp}.`), rawBody]))
    .digest('base64');
  return given.split(' ').some((each) => same(each, `v1,${expected}`));
}

/** In constant time whatever the lengths. */
function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function jsonIn(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return null;
  }
}

/** Two changes of one order can have one hash, since it covers no more than type and id: the time tells them apart. */
function keyOf({ hash, created_at: createdAt }: Delivery, rawBody: Buffer): string {
  if (hash && createdAt) return `${hash}.${createdAt}`;
  return createHash('sha256').update(rawBody).digest('hex');
}

function about({ scope, data }: Delivery): Pick<StoreNews, 'kind' | 'orderIds'> {
  if (scope === 'store/app/uninstalled') return { kind: 'uninstalled', orderIds: [] };
  if (/^store\/(?:channel\/\d+\/)?(?:order|shipment)\//.test(scope)) {
    const order = data?.order_id ?? data?.orderId ?? (data?.type === 'shipment' ? null : data?.id) ?? null;
    return { kind: 'orders', orderIds: order === null ? [] : [order] };
  }
  return { kind: /\/inventory\//.test(scope) ? 'stock' : 'ignored', orderIds: [] };
}
