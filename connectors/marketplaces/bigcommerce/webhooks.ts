import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { WebhooksEnsured } from '../port.js';
import { v3List } from './answers.js';
import type { Bigcommerce, BigcommerceCall } from './calls.js';

/** Comes back with every call (reference/bigcommerce.md §7, Authenticity). */
export const secretHeader = 'x-waybill-webhook';

/**
 * What we want to hear of. `updated` is any change of an order, our own shipments included; `created` brings orders that
 * another tool made in the monitored status at once.
 */
const topics = [
  'store/order/created',
  'store/order/updated',
  'store/order/statusUpdated',
  'store/order/archived',
  'store/order/refund/created',
  'store/product/inventory/updated',
  'store/product/inventory/order/updated',
  'store/sku/inventory/updated',
  'store/sku/inventory/order/updated',
  'store/app/uninstalled',
];

/** What is kept between two looks, like a credential. */
export const keptWebhooks = z.object({ secret: z.string().min(32), url: z.string() });

const hookRow = z.object({
  id: z.int(),
  scope: z.string(),
  destination: z.string(),
  is_active: z.boolean(),
  headers: z.record(z.string(), z.string()).nullish(),
});
type Hook = z.infer<typeof hookRow>;

/**
 * Registers what is missing, switches on what was switched off after failed deliveries or 90 idle days, and takes away
 * what still calls an older address of ours.
 */
export async function ensureWebhooks(call: Bigcommerce, url: string, known: unknown): Promise<WebhooksEnsured> {
  const kept = keptWebhooks.safeParse(known).data ?? null;
  const keep = { secret: kept?.secret ?? randomBytes(32).toString('hex'), url };
  const hooks = await listHooks(call);
  const mended: string[] = [];
  for (const old of hooks.filter((hook) => kept && kept.url !== url && hook.destination === kept.url)) {
    await call(manage('DELETE', old.id), z.unknown());
    mended.push(`${old.scope} no longer calls the former address`);
  }
  for (const scope of topics) {
    const done = await ensureTopic(call, scope, { hooks, keep });
    if (done) mended.push(done);
  }
  return { keep, mended };
}

async function ensureTopic(
  call: Bigcommerce,
  scope: string,
  { hooks, keep }: { hooks: Hook[]; keep: { secret: string; url: string } },
): Promise<string | null> {
  const headers = { [secretHeader]: keep.secret };
  const hook = hooks.find((each) => each.scope === scope && each.destination === keep.url);
  if (!hook) {
    await call({ ...manage('POST'), body: { scope, destination: keep.url, is_active: true, headers } }, z.unknown());
    return `${scope} was registered`;
  }
  const sameSecret = hook.headers?.[secretHeader] === keep.secret;
  if (hook.is_active && sameSecret) return null;
  await call({ ...manage('PUT', hook.id), body: { is_active: true, headers } }, z.unknown());
  return hook.is_active ? `${scope} has our secret again` : `${scope} was switched on again`;
}

/** Only those of this token's account are shown. */
async function listHooks(call: Bigcommerce): Promise<Hook[]> {
  const hooks: Hook[] = [];
  for (let page = 1; ; page++) {
    const query = { page: String(page), limit: '50' };
    const { rows, more } = await call({ ...manage('GET'), query }, v3List(hookRow));
    hooks.push(...rows);
    if (!more) return hooks;
  }
}

function manage(method: BigcommerceCall['method'], id?: number): BigcommerceCall {
  return { method, path: id === undefined ? 'v3/hooks' : `v3/hooks/${id}`, scope: null, step: 'managing webhooks' };
}
