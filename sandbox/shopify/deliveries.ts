import { createHmac, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { seededRandom } from '../stand-in.js';
import { adminSchema } from './graphql/schema.js';
import { moment, type Shop, type Subscription } from './state/shop.js';
import { sandboxShopDomain } from './state/tokens.js';

export interface DeliveryFaults {
  /** Shares of deliveries, 0 to 1. */
  drop?: number;
  duplicate?: number;
  /** Holds each delivery back until the next one has been taken. */
  reorder?: boolean;
}

export interface DeliveryRecord {
  webhookId: string;
  eventId: string;
  topic: string;
  uri: string;
  /** The answer to each try; null where there was none. */
  statuses: (number | null)[];
  dropped: boolean;
  /** Held back until a later one had gone. */
  reordered: boolean;
}

export interface Deliveries {
  readonly sent: DeliveryRecord[];
  faults: DeliveryFaults;
  /** To every subscription of the topic. */
  announce(topic: string, body: object): void;
  /** To an address that is no subscription's: what the app's configuration names, a service's callback. */
  post(topic: string, uri: string, body: object): void;
  /** Resolves when nothing is under way or held back any more. */
  settle(): Promise<void>;
  close(): void;
}

/** An answer counts within five seconds; a subscription is deleted after so many bad ones in a row (reference/shopify.md §8). */
const answerMs = 5_000;
const badInARow = 8;

type Target = Pick<Subscription, 'uri' | 'name' | 'includeFields' | 'failures'>;

/** Calls subscribers: signed over the very bytes sent, and again with the same bytes after each of the waits. */
export function createDeliveries(options: { shop: Shop; seed: number; retryAfterMs: number[] }): Deliveries {
  const { shop } = options;
  const random = seededRandom(options.seed);
  const running = new Set<Promise<unknown>>();
  const stop = new AbortController();
  // Every delivery under way listens to it.
  setMaxListeners(0, stop.signal);
  let held: (() => Promise<unknown>) | null = null;
  const deliveries: Deliveries = {
    sent: [],
    faults: {},
    announce(topic, body) {
      const wanted = shop.subscriptions.filter((each) => each.topic === topic);
      const eventId = randomUUID();
      for (const each of wanted) send(each, adminSchema().topic(topic).slug, body, eventId);
    },
    post: (topic, uri, body) => send({ uri, name: null, includeFields: [], failures: 0 }, topic, body, randomUUID()),
    settle: async () => {
      while (running.size > 0 || held) {
        if (running.size === 0) releaseHeld();
        await Promise.all(running);
      }
    },
    close: () => stop.abort(),
  };
  return deliveries;

  function send(target: Target, topic: string, body: object, eventId: string): void {
    const { drop = 0, duplicate = 0, reorder = false } = deliveries.faults;
    const dropped = random() < drop;
    const { uri } = target;
    const reordered = !dropped && reorder && held === null;
    const record: DeliveryRecord = { webhookId: randomUUID(), eventId, topic, uri, statuses: [], dropped, reordered };
    deliveries.sent.push(record);
    if (dropped) return;
    const text = JSON.stringify(only(target.includeFields, body));
    const headers = headersOf(shop, record, target.name, text);
    const times = random() < duplicate ? 2 : 1;
    const start = () => {
      const copies = Array.from({ length: times }, () => tryUntilTaken(target, record, headers, text));
      return track(Promise.all(copies));
    };
    if (reordered) held = start;
    else {
      const waiting = held;
      held = null;
      void track(start().then(() => waiting?.()));
    }
  }

  function releaseHeld(): void {
    const waiting = held;
    held = null;
    if (waiting) void waiting();
  }

  function track(work: Promise<unknown>): Promise<unknown> {
    running.add(work);
    return work.finally(() => running.delete(work));
  }

  async function tryUntilTaken(
    target: Target,
    record: DeliveryRecord,
    headers: Record<string, string>,
    body: string,
  ): Promise<void> {
    for (const wait of [0, ...options.retryAfterMs]) {
      if (wait > 0) await pause(wait, stop.signal);
      if (stop.signal.aborted) return;
      const status = await tryOnce(target.uri, headers, body);
      record.statuses.push(status);
      if (status !== null && status >= 200 && status < 300) return void (target.failures = 0);
      target.failures += 1;
      if (target.failures >= badInARow) shop.subscriptions = shop.subscriptions.filter((each) => each !== target);
    }
  }

  async function tryOnce(uri: string, headers: Record<string, string>, body: string): Promise<number | null> {
    try {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(answerMs)]);
      const response = await fetch(uri, { method: 'POST', headers, body, redirect: 'manual', signal });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return null;
    }
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

function headersOf(shop: Shop, record: DeliveryRecord, name: string | null, body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
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

/** Ends early when the sandbox closes. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
