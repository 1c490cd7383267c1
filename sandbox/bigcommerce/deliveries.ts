import { createHash, createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { seededRandom } from '../stand-in.js';
import type { SandboxHook, SandboxState } from './state.js';

export interface DeliveryFaults {
  /** Shares of deliveries, 0 to 1. */
  drop?: number;
  duplicate?: number;
  /** Holds each delivery back until the next one has gone. */
  reorder?: boolean;
}

export interface DeliveryRecord {
  scope: string;
  destination: string;
  hash: string;
  /** The answer to each try; null where there was none. */
  statuses: (number | null)[];
  dropped: boolean;
  /** Held back until a later one had gone. */
  reordered: boolean;
}

export interface Deliveries {
  readonly sent: DeliveryRecord[];
  faults: DeliveryFaults;
  /** Calls every active hook of the scope. */
  announce(scope: string, data: { type: string; id: number } & Record<string, unknown>): void;
  /** Resolves when nothing is under way or held back any more. */
  settle(): Promise<void>;
  close(): void;
}

const answerMs = 10_000;

/**
 * Calls hooks as BigCommerce does: with the headers given at registration, signed as Standard Webhooks with the client
 * secret, and again after each of the waits; a hook whose last try fails is switched off.
 */
export function createDeliveries(options: { state: SandboxState; seed: number; retryAfterMs: number[] }): Deliveries {
  const { state } = options;
  const random = seededRandom(options.seed);
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  let held: (() => void) | null = null;
  const deliveries: Deliveries = {
    sent: [],
    faults: {},
    announce(scope, data) {
      for (const hook of state.hooks.filter((each) => each.is_active && each.scope === scope)) post(hook, data);
    },
    async settle() {
      releaseHeld();
      while (running.size > 0) await Promise.all(running);
    },
    close: () => stop.abort(),
  };
  return deliveries;

  function post(hook: SandboxHook, data: { type: string; id: number }): void {
    const { faults } = deliveries;
    // Of type and id alone, so that it repeats with every change of one order (reference/bigcommerce.md §7).
    const hash = createHash('sha1').update(`${hook.scope}:${data.type}:${data.id}`).digest('hex');
    const dropped = random() < (faults.drop ?? 0);
    const reordered = !dropped && faults.reorder === true && held === null;
    const record = { scope: hook.scope, destination: hook.destination, hash, statuses: [], dropped, reordered };
    deliveries.sent.push(record);
    if (dropped) return;
    const body = JSON.stringify({
      scope: hook.scope,
      store_id: '1025646',
      data,
      hash,
      created_at: Math.floor(state.now().getTime() / 1000),
      producer: `stores/${state.storeHash}`,
    });
    const times = random() < (faults.duplicate ?? 0) ? 2 : 1;
    const start = () => {
      for (let copy = 0; copy < times; copy += 1) track(tryUntilTaken(hook, record, body));
    };
    if (reordered) held = start;
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

  async function tryUntilTaken(hook: SandboxHook, record: DeliveryRecord, body: string): Promise<void> {
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
    for (const wait of [0, ...options.retryAfterMs]) {
      if (wait > 0) await pause(wait, stop.signal);
      if (stop.signal.aborted) return;
      const status = await tryOnce(hook, id, body);
      record.statuses.push(status);
      if (status !== null && status >= 200 && status < 300) return;
    }
    hook.is_active = false;
  }

  async function tryOnce(hook: SandboxHook, id: string, body: string): Promise<number | null> {
    const timestamp = Math.floor(state.now().getTime() / 1000);
    const secret = state.tokens.find((token) => token.clientId === hook.clientId)?.clientSecret ?? '';
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    const signed = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
    try {
      const response = await request(hook.destination, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...hook.headers,
          ...(state.settings.signDeliveries ? signed : {}),
        },
        body,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(answerMs)]),
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      return null;
    }
  }
}

/** Ends early when the sandbox closes. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
