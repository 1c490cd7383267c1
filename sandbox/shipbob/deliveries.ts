import { createHmac, randomUUID } from 'node:crypto';
import { createSender, type Sender } from '../deliveries.js';
import { shipmentAnswer } from './order-answers.js';
import type { Order, Shipment, ShipbobState, Webhook } from './state.js';

interface Delivery {
  id: string;
  topic: string;
  url: string;
  orderId: number;
}

export interface Deliveries extends Sender<Delivery> {
  /** Sends the topic to every webhook that wants it. */
  announce(topic: string, order: Order, shipment: Shipment): void;
}

/** Calls webhooks as Standard Webhooks says: signed, and again after each of the waits until one answer is 2xx. */
export function createDeliveries(options: {
  state: ShipbobState;
  seed: number;
  retryAfterMs: number[];
  now: () => Date;
}): Deliveries {
  const { state, now, ...sending } = options;
  const sender = createSender<Delivery>({ ...sending, answerMs: 15_000, heldUntilNextIs: 'sent' });
  return Object.assign(sender, {
    announce(topic: string, order: Order, shipment: Shipment): void {
      const body = JSON.stringify(shipmentAnswer(state, order, shipment));
      for (const webhook of state.webhooks.filter((each) => each.topics.includes(topic)))
        post(webhook, topic, order.id, body);
    },
  });

  function post({ url, secret }: Webhook, topic: string, orderId: number, body: string): void {
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
    const headers = () => {
      const timestamp = String(Math.floor(now().getTime() / 1000));
      const signature = `v1,${sign(secret, `${id}.${timestamp}.${body}`)}`;
      return {
        ...{ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
        'x-webhook-topic': topic,
      };
    };
    sender.send({ id, topic, url, orderId }, { url, body, headers });
  }
}

function sign(secret: string, text: string): string {
  return createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(text)
    .digest('base64');
}
