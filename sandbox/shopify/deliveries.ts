import { createHmac, randomUUID } from 'node:crypto';
import { createSender, type Sender } from '../deliveries.js';
import { adminSchema } from './graphql/schema.js';
import { moment, type Shop, type Subscription } from './state/shop.js';
import { sandboxShopDomain } from './state/tokens.js';

interface Delivery {
  webhookId: string;
  eventId: string;
  topic: string;
  uri: string;
}

export type DeliveryRecord = Deliveries['sent'][number];

export interface Deliveries extends Sender<Delivery> {
  /** To every subscription of the topic. */
  announce(topic: string, body: object): void;
  /** To an address that is no subscription's: what the app's configuration names, a service's callback. */
  post(topic: string, uri: string, body: object): void;
}

/** An answer counts within five seconds; a subscription is deleted after so many bad ones in a row (reference/shopify.md §8). */
const answerMs = 5_000;
const badInARow = 8;

type Target = Pick<Subscription, 'uri' | 'name' | 'includeFields' | 'failures'>;

/** Calls subscribers: signed over the very bytes sent, and again with the same bytes after each of the waits. */
export function createDeliveries(options: { shop: Shop; seed: number; retryAfterMs: number[] }): Deliveries {
  const { shop, ...sending } = options;
  const sender = createSender<Delivery>({ ...sending, answerMs, heldUntilNextIs: 'taken' });
  return Object.assign(sender, {
    announce(topic: string, body: object): void {
      const eventId = randomUUID();
      for (const each of shop.subscriptions.filter((subscription) => subscription.topic === topic))
        notify(each, adminSchema().topic(topic).slug, body, eventId);
    },
    post(topic: string, uri: string, body: object): void {
      notify({ uri, name: null, includeFields: [], failures: 0 }, topic, body, randomUUID());
    },
  });

  function notify(target: Target, topic: string, body: object, eventId: string): void {
    const delivery = { webhookId: randomUUID(), eventId, topic, uri: target.uri };
    const text = JSON.stringify(only(target.includeFields, body));
    const headers = headersOf(shop, delivery, target.name, text);
    sender.send(delivery, {
      url: target.uri,
      body: text,
      headers: () => headers,
      tried(taken) {
        target.failures = taken ? 0 : target.failures + 1;
        if (target.failures >= badInARow) shop.subscriptions = shop.subscriptions.filter((each) => each !== target);
      },
    });
  }
}

/** With `includeFields` a subscription gets those of the body and no others; "order.id" names one inside another. */
function only(fields: string[], body: object): object {
  if (fields.length === 0) return body;
  const kept = Object.entries(body).flatMap(([key, value]: [string, unknown]) => {
    if (fields.includes(key)) return [[key, value]];
    const inner = fields.flatMap((field) => (field.startsWith(`${key}.`) ? field.slice(key.length + 1) : []));
    return inner.length > 0 && typeof value === 'object' && value !== null ? [[key, only(inner, value)]] : [];
  });
  return Object.fromEntries(kept) as object;
}

function headersOf(shop: Shop, record: Delivery, name: string | null, body: string): Record<string, string> {
  return {
    'x-shopify-topic': record.topic,
    'x-shopify-shop-domain': sandboxShopDomain,
    'x-shopify-api-version': shop.settings.versions.at(-1)!,
    'x-shopify-webhook-id': record.webhookId,
    'x-shopify-event-id': record.eventId,
    'x-shopify-triggered-at': moment(shop),
    'x-shopify-hmac-sha256': createHmac('sha256', shop.app.clientSecret).update(body).digest('base64'),
    ...(name === null ? {} : { 'x-shopify-name': name }),
  };
}
