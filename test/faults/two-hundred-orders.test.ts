import type { FaultRule } from '../../sandbox/stand-in.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { countFaults, orders, states, until, verdict, workersOf, type Workers } from './suite.js';

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
let workers: Workers;

beforeAll(async () => {
  waybill = await startWaybill({
    workers: false,
    // Our own protocol alone must keep duplicates out: the stand-in would take a reference twice.
    shipbob: { autoShip: { afterMs: 200 }, webhookRetryMs: [], acceptDuplicates: true },
    settings: { pollSeconds: { busy: 1, idle: 2 } },
  });
  workers = workersOf(waybill);
});
afterAll(async () => {
  await workers.kill();
  await waybill.stop();
});

it('I1–I3, I13: carries 200 orders through kills, lost completions, time-outs after the write and 429s', async () => {
  waybill.clickbank.addSamples(orders, 'plain');
  waybill.clickbank.standIn.faults = faults.clickbank;
  waybill.shipbob.faults = faults.shipbob;
  await waybill.enable();

  for (const doneBefore of [20, 80, 140]) {
    await workers.start();
    await until(waybill, async () => (await countFinal()) >= doneBefore, 90);
    await workers.kill();
  }
  await workers.start();
  await until(waybill, async () => (await countFinal()) >= orders * 0.9, 120);
  // I13: when the faults stop, every order reaches its end.
  waybill.clickbank.standIn.faults = [];
  waybill.shipbob.faults = [];
  await until(waybill, async () => (await countFinal()) === orders, 120);

  const { notices } = waybill.clickbank.ledger();
  const told = notices.map(({ receipt, itemNo, trackingId }) => {
    return { order: receipt, key: `${receipt}|${itemNo}|${trackingId}` };
  });
  const faulty = countFaults({ shipbob: waybill.shipbob.calls, clickbank: waybill.clickbank.standIn.calls });
  const figures = { ...(await verdict(waybill, told)), ...workers.counted, faults: faulty };
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
  expect(figures.lostCompletions).toBeGreaterThan(0);
  for (const count of Object.values(figures.faults)) expect(count).toBeGreaterThan(0);
}, 480_000);

async function countFinal(): Promise<number> {
  const { shipped = 0, needs_attention = 0 } = await states(waybill);
  return shipped + needs_attention;
}
