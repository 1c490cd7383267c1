import { createHmac, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { request } from 'undici';
import { seededRandom } from '../stand-in.js';
import { shipmentAnswer } from './order-answers.js';
import type { Order, Shipment, ShipbobState, Webhook } from './state.js';

export interface DeliveryFaults {
  /** Shares of deliveries, 0 to 1. */
  drop?: number;
  duplicate?: number;
  /** Holds each delivery back until the next one has gone. */
  reorder?: boolean;
}

export interface DeliveryRecord {
  id: string;
  topic: string;
  url: string;
  orderId: number;
  /** The answer to each try; null where there was none. */
  statuses: (number | null)[];
  dropped: boolean;
}

export interface Deliveries {
  readonly sent: DeliveryRecord[];
  faults: DeliveryFaults;
  /** Sends the topic to every webhook that wants it. */
  announce(topic: string, order: Order, shipment: Shipment): void;
  /** Resolves when nothing is under way or held back any more. */
  settle(): Promise<void>;
  close(): void;
}

/** ShipBob waits 15 s for an answer. */
const answerMs = 15_000;

/** Calls webhooks as Standard Webhooks says: signed, and again after each of the waits until one answer is 2xx. */
export function createDeliveries(options: {
  state: ShipbobState;
  seed: number;
  retryAfterMs: number[];
  now: () => Date;
}): Deliveries {
  const random = seededRandom(options.seed);
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  // Every delivery under way listens to it.
  setMaxListeners(0, stop.signal);
  let held: (() => void) | null = null;
  const deliveries: Deliveries = {
    sent: [],
    faults: {},
    announce: (topic, order, shipment) => {
      for (const webhook of options.state.webhooks.filter((each) => each.topics.includes(topic)))
        post(webhook, topic, order, JSON.stringify(shipmentAnswer(options.state, order, shipment)));
    },
    settle: async () => {
      releaseHeld();
      while (running.size > 0) await Promise.all(running);
    },
    close: () => stop.abort(),
  };
  return deliveries;

  function post(webhook: Webhook, topic: string, order: Order, body: string): void {
    const faults = deliveries.faults;
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
    const dropped = random() < (faults.drop ?? 0);
    const record = { id, topic, url: webhook.url, orderId: order.id, statuses: [], dropped };
    deliveries.sent.push(record);
    if (dropped) return;
    const times = random() < (faults.duplicate ?? 0) ? 2 : 1;
    const start = () => {
      for (let copy = 0; copy < times; copy += 1) track(tryUntilTaken(webhook, record, body));
    };
    if (faults.reorder && !held) held = start;
    else {
      start();
      releaseHeld();
    }
  }

  function releaseHeld(): void {
    const waiting = held;
    held = null;
    waiting?.();
  }

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function tryUntilTaken(webhook: Webhook, record: DeliveryRecord, body: string): Promise<void> {
    for (const wait of [0, ...options.retryAfterMs]) {
      if (wait > 0) await pause(wait, stop.signal);
      if (stop.signal.aborted) return;
      const status = await tryOnce(webhook, record, body);
      record.statuses.push(status);
      if (status !== null && status < 300) return;
    }
  }

  async function tryOnce(webhook: Webhook, record: DeliveryRecord, body: string): Promise<number | null> {
    const timestamp = Math.floor(options.now().getTime() / 1000);
    try {
      const response = await request(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': record.id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': `v1,${sign(webhook.secret, `${record.id}.${timestamp}.${body}`)}`,
          'x-webhook-topic': record.topic,
        },
        body,
        headersTimeout: answerMs,
        bodyTimeout: answerMs,
        signal: stop.signal,
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      return null;
    }
  }
}

function sign(secret: string, text: string): string {
  return createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(text)
    .digest('base64');
}

/** Ends early when the sandbox closes. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
