import { recordPassFailed, saveWebhookHealth } from '../database/connection-polls.js';
import { saveProbe } from '../database/connections.js';
import { readCredentials, saveCredentials } from '../database/credentials.js';
import { attention, probeProblem } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import { webhooksDue, type WebhookHealth } from '../domain/store.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';

const probeEveryMs = 24 * 60 * 60 * 1000;

/** Permissions can be taken away at any time: looked at once a day, so that it shows before an order needs them (D6). */
export async function probeDaily(deps: ActivityDependencies, connected: ConnectedStore): Promise<void> {
  const { probedAt } = connected.store;
  if (probedAt && deps.wakeups.now().getTime() - probedAt.getTime() < probeEveryMs) return;
  await probeStore(deps, connected);
}

/** What is missing shows on the store until a probe finds it. */
export async function probeStore(deps: ActivityDependencies, { store, marketplace }: ConnectedStore): Promise<void> {
  const now = deps.wakeups.now();
  store.probe = await marketplace.probe();
  await saveProbe(deps.db, 'stores', store.id, store.probe, now);
  const problem = probeProblem(store.probe, store.id);
  if (problem) await recordPassFailed(deps.db, 'stores', store.id, problem, now);
}

/** A call that went wrong is shown on the store; nothing switches off. */
export async function showOnStore(deps: ActivityDependencies, storeId: string, failure: Failure): Promise<void> {
  const waitsFor = failure.outcome === 'rejected' ? waitKeys.connection(storeId) : null;
  const problem = attention(failure.code, failure.message, failure.about, waitsFor);
  await recordPassFailed(deps.db, 'stores', storeId, problem, deps.wakeups.now());
}

/**
 * Has the marketplace call us: when the store is enabled, once a day after, because marketplaces switch webhooks off or
 * delete them after failures (lessons 12, 15), and an hour after it failed. What happened while they were off is found
 * by the pass that follows: its window reaches back to the last full pass, with the overlap that the connector adds.
 */
export async function ensureWebhooks(
  deps: ActivityDependencies,
  { store, marketplace }: ConnectedStore,
): Promise<void> {
  const now = deps.wakeups.now();
  if (deps.publicUrl === null || !marketplace.ensureWebhooks || !webhooksDue(store.webhooks, now.getTime())) return;
  const url = `${deps.publicUrl}/webhooks/${store.webhookPath}`;
  const found = { checkedAt: now.toISOString(), mendedAt: store.webhooks?.mendedAt ?? null };
  let health: WebhookHealth;
  try {
    const known = (await readCredentials(deps.db, deps.keyRing, store.id, 'webhook')) as Record<string, string> | null;
    const { keep, mended } = await marketplace.ensureWebhooks(url, known);
    if (JSON.stringify(keep) !== JSON.stringify(known)) {
      const place = { tenantId: store.tenantId, connectionId: store.id, field: 'webhook' as const };
      await saveCredentials(deps.db, deps.keyRing, { ...place, value: keep });
    }
    health = { ...found, mended: store.webhooks?.mended ?? [], problem: null };
    if (mended.length > 0) health = { ...health, mended, mendedAt: found.checkedAt };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Polling finds the same orders, only later: no reason to keep the store from working.
    health = { ...found, mended: store.webhooks?.mended ?? [], problem: error.message };
  }
  await saveWebhookHealth(deps.db, store.id, health);
}
