import type { Attention } from '../domain/attention.js';
import type { ProbeReport, WebhookHealth } from '../domain/store.js';
import { attentionLines } from './attention-lines.js';
import { table, when } from './table.js';

/** What is shown of a store; GET /v1/stores has more. */
export interface Store {
  id: string;
  name: string;
  marketplace: string;
  enabled: boolean;
  paused: boolean;
  health: {
    lastSuccessAt: string | null;
    attention: Attention | null;
    probe: TestReport | null;
    webhooks: WebhookHealth | null;
  };
}

export type TestReport = ProbeReport & { at: string; passes: boolean; fix: string | null };

export const stateOf = ({ enabled, paused }: Store) => (!enabled ? 'not enabled' : paused ? 'paused' : 'enabled');

/** Whether a store works, and if not, why and what to do. */
export function storeHealth(store: Store): string[] {
  const { lastSuccessAt, attention, probe, webhooks } = store.health;
  return [
    `${store.name} (${store.id}) at ${store.marketplace}: ${stateOf(store)}, last good poll ${when(lastSuccessAt)}.`,
    ...attentionLines(attention),
    ...(webhooks?.problem ? [`Its webhooks, without which orders come by polling: ${webhooks.problem}`] : []),
    '',
    ...(probe
      ? [`Last test, ${when(probe.at)}:`, ...testLines(store, probe)]
      : ['Not tested since its credentials were saved.']),
  ];
}

export function testLines(store: Pick<Store, 'name'>, report: TestReport): string[] {
  const permissions = report.permissions.map((each) => [each.permission, each.standing, each.neededFor]);
  return [
    `${store.name} ${report.passes ? 'passes its test' : 'does not pass its test'}.`,
    ...(report.accounts.length > 0 ? [`The credentials open: ${report.accounts.join(', ')}`] : []),
    ...report.problems.map((problem) => `Problem: ${problem}`),
    ...(report.fix === null ? [] : [`What to do: ${report.fix}`]),
    ...(permissions.length > 0 ? ['', ...table(['PERMISSION', 'STANDING', 'NEEDED FOR'], permissions)] : []),
  ];
}
