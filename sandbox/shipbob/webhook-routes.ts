import { randomBytes, randomUUID } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import { webhookAnswer } from './catalogue-answers.js';
import { linked } from './catalogue-routes.js';
import { needs } from './gate.js';
import type { ShipbobState, Webhook } from './state.js';

const subscription = z.object({
  url: z.url(),
  topics: z
    .array(
      z.enum([
        'order.shipped',
        'order.shipment.delivered',
        'order.shipment.exception',
        'order.shipment.on_hold',
        'order.shipment.cancelled',
        'return.created',
        'return.updated',
        'return.completed',
        'billing.charge.created',
        'billing.refund.created',
        'billing.credit.created',
      ]),
    )
    .min(1),
  description: z.string().nullish(),
  secret: z
    .string()
    .regex(/^whsec_[a-zA-Z0-9+/]{32}$/)
    .nullish(),
});

/** Subscriptions. Unlike ShipBob it takes plain http, for receivers on this machine. */
export function webhookRoutes(state: ShipbobState, now: () => Date): Router {
  const router = Router();
  router.get('/webhook', needs(state, 'webhooks_read'), (request, response) => {
    const { items, next, prev } = linked(request, state.webhooks, webhookAnswer);
    response.json({ items, next, prev });
  });
  router.post('/webhook', needs(state, 'webhooks_write'), (request, response) => {
    const parsed = subscription.safeParse(request.body);
    if (!parsed.success)
      return void response.status(422).json({ errors: parsed.error.issues.map((each) => each.message) });
    const webhook: Webhook = {
      id: randomUUID(),
      url: parsed.data.url,
      topics: parsed.data.topics,
      description: parsed.data.description ?? null,
      // 24 bytes are just the 32 characters of the published pattern.
      secret: parsed.data.secret ?? `whsec_${randomBytes(24).toString('base64')}`,
      createdAt: now(),
    };
    state.webhooks.push(webhook);
    const { id, url, topics, description, secret } = webhook;
    response.json({ id, url, topics, description, secret, created_at: webhook.createdAt.toISOString() });
  });
  router.delete('/webhook/:id', needs(state, 'webhooks_write'), (request, response) => {
    const index = state.webhooks.findIndex((each) => each.id === request.params['id']);
    if (index < 0) return void response.status(404).end();
    state.webhooks.splice(index, 1);
    response.status(204).end();
  });
  return router;
}
