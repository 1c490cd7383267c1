import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { FaultRule } from '../../sandbox/stand-in.js';
import { pollNow } from '../support/poke.js';
import { startWaybill, type Waybill } from '../support/waybill.js';

const orders = 200;
const deadlineMs = 1_500;

/** What goes wrong at each vendor, as shares of its calls. `after` kinds are the ones that make duplicates. */
const faults = {
  shipbob: [
    { kind: 'timeout_after', rate: 0.04, method: 'POST', path: '/order$' },
    { kind: 'reset_after', rate: 0.05, method: 'POST', path: '/order$' },
    { kind: 'truncated', rate: 0.04, method: 'POST', path: '/order$' },
    { kind: 'timeout_before', rate: 0.02 },
    { kind: 'status', rate: 0.05, status: 429, headers: { 'x-retry-after': '1' } },
    { kind: 'status', rate: 0.04, status: 500 },
  ],
  clickbank: [
    { kind: 'timeout_after', rate: 0.04, method: 'POST' },
    { kind: 'reset_after', rate: 0.05, method: 'POST' },
    { kind: 'malformed', rate: 0.03, method: 'POST' },
    { kind: 'status', rate: 0.04, status: 500 },
    { kind: 'status', rate: 0.02, status: 429, headers: { 'retry-after': '1' } },
    { kind: 'truncated', rate: 0.03, method: 'GET' },
    { kind: 'shifting_pages', rate: 0.3 },
    { kind: 'duplicates', rate: 0.3 },
  ],
} satisfies Record<string, FaultRule[]>;

let waybill: Waybill;
let worker: ChildProcess | null = null;
let lostCompletions = 0;

beforeAll(async () => {
  waybill = await startWaybill({
    workers: false,
    // Our own protocol alone must keep duplicates out: the stand-in would take a reference twice.
    shipbob: { autoShip: { afterMs: 200 }, webhookRetryMs: [], acceptDuplicates: true },
    settings: { pollSeconds: { busy: 1, idle: 2 } },
  });
});
afterAll(async () => {
  if (worker) await kill(worker);
  await waybill.stop();
});

it('I1–I3, I13: carries 200 orders through kills, lost completions, time-outs after the write and 429s', async () => {
  waybill.clickbank.addSamples(orders, 'plain');
  waybill.clickbank.standIn.faults = faults.clickbank;
  waybill.shipbob.faults = faults.shipbob;
  await waybill.enable();

  let kills = 0;
  for (const doneBefore of [20, 80, 140]) {
    worker = await startWorker(kills);
    await until(async () => (await countFinal()) >= doneBefore, 90);
    await kill(worker);
    kills += 1;
  }
  worker = await startWorker(kills);
  await until(async () => (await countFinal()) >= orders * 0.9, 120);
  // I13: when the faults stop, every order reaches its end.
  waybill.clickbank.standIn.faults = [];
  waybill.shipbob.faults = [];
  await until(async () => (await countFinal()) === orders, 120);

  const figures = { ...(await verdict()), kills, lostCompletions, faults: countFaults() };
  console.log(`faults suite, ClickBank and ShipBob: ${JSON.stringify(figures)}`);
  expect(figures).toMatchObject({
    orders,
    lost: 0,
    warehouseDuplicates: 0,
    noticeDuplicates: 0,
    missingNotices: 0,
    stuck: 0,
  });
  // A suite whose faults never happened shows nothing.
  expect(lostCompletions).toBeGreaterThan(0);
  for (const count of Object.values(figures.faults)) expect(count).toBeGreaterThan(0);
}, 480_000);

async function startWorker(seed: number): Promise<ChildProcess> {
  const options = {
    ...{ databaseUrl: waybill.database.url, keys: waybill.keys, prefix: waybill.prefix, deadlineMs },
    ...{ lossRate: 0.1, seed },
  };
  const script = fileURLToPath(new URL('../../dist/test/support/worker-process.js', import.meta.url));
  const child = fork(script, [JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => void (line === 'lost' && (lostCompletions += 1)));
  await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the worker process ended at its start'))),
  ]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Waits for a condition of the outside world, and has the warehouse polled meanwhile: no webhooks here. */
async function until(condition: () => Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not there after ${seconds} s: ${JSON.stringify(await states())}`);
    await pollNow(waybill, { warehouseId: waybill.warehouseId });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function states(): Promise<Record<string, number>> {
  const rows = await waybill.db
    .selectFrom('orders')
    .select(['state', (eb) => eb.fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

async function countFinal(): Promise<number> {
  const { shipped = 0, needs_attention = 0 } = await states();
  return shipped + needs_attention;
}

/** Counted in the vendors' own ledgers, which are the truth. */
async function verdict() {
  const references = waybill.shipbob.ledger().orders.map((order) => order.reference_id);
  const { notices } = waybill.clickbank.ledger();
  const noticeKeys = notices.map((notice) => `${notice.receipt}|${notice.itemNo}|${notice.trackingId}`);
  const { shipped = 0, needs_attention = 0 } = await states();
  const imported = await waybill.db.selectFrom('orders').select('external_id').execute();
  return {
    orders,
    shipped,
    inAttention: needs_attention,
    stuck: orders - shipped - needs_attention,
    lost: orders - imported.length,
    warehouseDuplicates: references.length - new Set(references).size,
    noticeDuplicates: noticeKeys.length - new Set(noticeKeys).size,
    missingNotices: shipped - new Set(notices.map((notice) => notice.receipt)).size,
  };
}

function countFaults(): Record<string, number> {
  const counts: Record<string, number> = { shipbob: 0, clickbank: 0, timeoutsAfterWrite: 0, status429: 0 };
  for (const [vendor, calls] of Object.entries({
    shipbob: waybill.shipbob.calls,
    clickbank: waybill.clickbank.standIn.calls,
  }))
    for (const call of calls) {
      if (call.fault) counts[vendor]! += 1;
      if (call.fault === 'timeout_after') counts['timeoutsAfterWrite']! += 1;
      if (call.status === 429) counts['status429']! += 1;
    }
  return counts;
}
