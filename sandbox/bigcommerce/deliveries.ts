import { createHash, createHmac } from 'node:crypto';
import { createSender, type Sender } from '../deliveries.js';
import type { SandboxHook, SandboxState } from './state.js';

interface Delivery {
  scope: string;
  destination: string;
  hash: string;
}

export interface Deliveries extends Sender<Delivery> {
  /** Calls every active hook of the scope. */
  announce(scope: string, data: { type: string; id: number } & Record<string, unknown>): void;
}

/**
 * Calls hooks as BigCommerce does: with the headers given at registration, signed as Standard Webhooks with the client
 * secret, and again after each of the waits; a hook whose last try fails is switched off.
 */
export function createDeliveries(options: { state: SandboxState; seed: number; retryAfterMs: number[] }): Deliveries {
  const { state, ...sending } = options;
  const sender = createSender<Delivery>({ ...sending, answerMs: 10_000, heldUntilNextIs: 'sent' });
  return Object.assign(sender, {
    announce(scope: string, data: { type: string; id: number }): void {
      for (const hook of state.hooks.filter((each) => each.is_active && each.scope === scope)) post(hook, data);
    },
  });

  function post(hook: SandboxHook, data: { type: string; id: number }): void {
    const { scope, destination } = hook;
    // Of type and id alone, so that it repeats with every change of one order (reference/bigcommerce.md §7).
    const hash = createHash('sha1').update(`${scope}:${data.type}:${data.id}`).digest('hex');
    const body = JSON.stringify({
      ...{ scope, store_id: '1025646', data, hash, created_at: Math.floor(state.now().getTime() / 1000) },
      producer: `stores/${state.storeHash}`,
    });
    sender.send(
      { scope, destination, hash },
      {
        url: destination,
        body,
        headers: (copyId) => ({
          ...hook.headers,
          ...(state.settings.signDeliveries && signed(hook, `msg_${copyId.replaceAll('-', '')}`, body)),
        }),
        givenUp: () => (hook.is_active = false),
      },
    );
  }

  function signed(hook: SandboxHook, id: string, body: string): Record<string, string> {
    const timestamp = Math.floor(state.now().getTime() / 1000);
    const secret = state.tokens.find((token) => token.clientId === hook.clientId)?.clientSecret ?? '';
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
  }
}
