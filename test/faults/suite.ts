import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RecordedCall } from '../../sandbox/stand-in.js';
import { pollNow } from '../support/poke.js';
import type { Waybill } from '../support/waybill.js';

/** What every fault suite carries through its faults. */
export const orders = 200;

/** One call's deadline: faults that never answer then cost a suite little. */
const deadlineMs = 1_500;

export type Workers = ReturnType<typeof workersOf>;

/** Worker processes of a Waybill, one at a time; each throws away one completion in ten. */
export function workersOf(waybill: Waybill, publicUrl?: string) {
  let running: ChildProcess | null = null;
  const counted = { kills: 0, lostCompletions: 0 };
  return {
    counted,
    async start(): Promise<void> {
      const options = {
        ...{ databaseUrl: waybill.database.url, keys: waybill.keys, prefix: waybill.prefix, deadlineMs, publicUrl },
        ...{ lossRate: 0.1, seed: counted.kills },
      };
      const script = fileURLToPath(new URL('../../dist/test/support/worker-process.js', import.meta.url));
      const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
      running = fork(script, [JSON.stringify(options)], { stdio: [...stdio], execArgv: [] });
      const lines = createInterface({ input: running.stdout! });
      lines.on('line', (line) => void (line === 'lost' && (counted.lostCompletions += 1)));
      await Promise.race([
        once(lines, 'line'),
        once(running, 'exit').then(() => Promise.reject(new Error('the worker process ended at its start'))),
      ]);
    },
    /** As the machine does that loses its power. */
    async kill(): Promise<void> {
      if (!running) return;
      const gone = once(running, 'exit');
      running.kill('SIGKILL');
      running = null;
      await gone;
      counted.kills += 1;
    },
  };
}

/** Waits for a condition of the outside world, and has the warehouse polled meanwhile: it sends no webhooks here. */
export async function until(waybill: Waybill, condition: () => Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`not there after ${seconds} s: ${JSON.stringify(await states(waybill))}`);
    await pollNow(waybill, { warehouseId: waybill.warehouseId });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** How many orders are in each state. */
export async function states({ db }: Waybill): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('orders')
    .select(['state', (eb) => eb.fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

/** One telling of a package, as the marketplace's own ledger has it. Two of one key are one too many. */
export interface LedgerNotice {
  order: string;
  key: string;
}

/** Counted in the vendors' own ledgers, which are the truth. */
export async function verdict(waybill: Waybill, notices: LedgerNotice[]) {
  const references = waybill.shipbob.ledger().orders.map((order) => order.reference_id);
  const { shipped = 0, needs_attention = 0 } = await states(waybill);
  const imported = await waybill.db.selectFrom('orders').select('external_id').execute();
  return {
    orders,
    shipped,
    inAttention: needs_attention,
    stuck: orders - shipped - needs_attention,
    lost: orders - imported.length,
    warehouseDuplicates: repeats(references),
    noticeDuplicates: repeats(notices.map((notice) => notice.key)),
    missingNotices: shipped - new Set(notices.map((notice) => notice.order)).size,
  };
}

/** How many of them were there before. */
export function repeats(keys: unknown[]): number {
  return keys.length - new Set(keys).size;
}

/** Faults that happened, by vendor and of the kinds that make duplicates or waits. */
export function countFaults(vendors: Record<string, RecordedCall[]>): Record<string, number> {
  const calls = Object.values(vendors).flat();
  return {
    ...Object.fromEntries(
      Object.entries(vendors).map(([vendor, own]) => [vendor, own.filter((call) => call.fault).length]),
    ),
    timeoutsAfterWrite: calls.filter((call) => call.fault === 'timeout_after').length,
    status429: calls.filter((call) => call.status === 429).length,
  };
}
