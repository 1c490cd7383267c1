import type { Attention } from '../domain/attention.js';
import type { Mend } from '../domain/reconciliation.js';
import type { Api } from './api-client.js';
import { shortened, table, when } from './table.js';

/** What is shown of a run; GET /v1/reconciliations/{id} has more. */
interface Reconciliation {
  id: string;
  from: string;
  to: string;
  mend: boolean;
  state: 'running' | 'finished' | 'failed';
  compared: Record<string, number>;
  differences: number;
  mended: number;
  problem: Attention | null;
}

interface Difference {
  kind: string;
  externalId: string | null;
  message: string;
  mend: Mend | null;
  mendedAt: string | null;
}

/** A run of a small store ends within seconds; a large one is shown by its id later. */
const pollMs = 500;
const patienceMs = 60_000;

/** Starts a run and waits for it, a minute at most. */
export async function runReconciliation(
  api: Api,
  storeId: string,
  wanted: { from: string; to?: string; mend: boolean },
): Promise<{ report: Reconciliation; differences: Difference[] }> {
  let report = await api.call<Reconciliation>('POST', `/v1/stores/${storeId}/reconciliations`, wanted);
  const end = Date.now() + patienceMs;
  while (report.state === 'running' && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    report = await api.call<Reconciliation>('GET', `/v1/reconciliations/${report.id}`);
  }
  const { items } = await api.list<Difference>(`/v1/reconciliations/${report.id}/differences`, {});
  return { report, differences: items };
}

/** The report in plain words. */
export function reportLines(report: Reconciliation, differences: Difference[]): string[] {
  const compared = Object.entries(report.compared).map(([ledger, count]) => `${count} ${spaced(ledger)}`);
  const rows = differences.map((each) => [spaced(each.kind), outcome(each), shortened(each.message, 140)]);
  const mended = report.mended === report.differences ? 'all' : `${report.mended} of them`;
  return [
    `Reconciliation ${report.id}: ${report.state}, ${when(report.from)} to ${when(report.to)}.`,
    `Compared: ${compared.join(', ') || 'nothing yet'}.`,
    ...(report.problem ? [`Problem: ${report.problem.message}`, `What to do: ${report.problem.fix}`] : []),
    report.differences === 0
      ? 'No difference.'
      : `${report.differences} ${report.differences === 1 ? 'difference' : 'differences'}, ${mended} mended.`,
    ...(rows.length > 0 ? ['', ...table(['DIFFERENCE', 'OUTCOME', 'WHAT'], rows)] : []),
  ];
}

function outcome({ mend, mendedAt }: Difference): string {
  if (mendedAt !== null) return 'mended';
  return mend === null ? 'for a person' : 'can be mended';
}

/** "order_missing_here" and "openOrders" as people write them. */
function spaced(name: string): string {
  return name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
