import { z } from 'zod';
import { keepDelivery } from '../database/webhook-inbox.js';
import { keepPrivacyNotice } from './privacy-notices.js';
import { notFound, Problem } from './problems.js';
import { route } from './route.js';
import { refuseUnstorable } from './validate.js';

/** A thousand times a usual notification; a vendor that sends more is not a vendor. */
const largest = 1024 * 1024;

export const webhookRoutes = [
  route({
    method: 'post',
    path: '/webhooks/{path}',
    summary: "Take a vendor's notification",
    description:
      'The path is unguessable and belongs to one connection. The signature covers the bytes as they came. 200 means ' +
      'it is stored; a delivery that comes again changes nothing.',
    access: 'anyone',
    params: z.strictObject({ path: z.string().min(1).max(200) }),
    rawBody: true,
    bodyLimit: largest,
    answer: { status: 200, description: 'Stored.', schema: z.object({ received: z.literal(true) }) },
    async handle({ params, request, dependencies }) {
      const body: unknown = request.body;
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const delivery = await dependencies.verifyWebhook(params.path, request.headers, bytes);
      if (delivery === 'unknown_path') throw notFound('webhook address', '…');
      if (delivery === null) throw new Problem('bad-signature', 'The signature does not fit the body.');
      if ('notice' in delivery) await keepPrivacyNotice(dependencies, delivery.store, delivery.notice);
      else {
        refuseUnstorable(delivery.body);
        await keepDelivery(dependencies.db, delivery);
      }
      return { received: true as const };
    },
  }),
];
