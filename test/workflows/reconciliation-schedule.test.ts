import type { Wakeups } from '../../database/wakeups.js';
import { reconciliationWorkflowId, storeWorkflowId } from '../../domain/identifiers.js';
import { defaultStoreSettings } from '../../domain/store.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf } from './flow.js';

quietTemporal();
const minute = 60_000;
const day = 24 * 60 * minute;

/** A clock that runs as fast as the store polls, up to an end. */
function fastClock() {
  const begin = Date.now() - 4 * day;
  const clock = { begin, now: begin, end: begin };
  const wakeups = (real: Wakeups): Wakeups => ({
    now: () => new Date(clock.now),
    async wait(connectionId, milliseconds, signal) {
      if (clock.now >= clock.end) return real.wait(connectionId, day, signal);
      clock.now += milliseconds;
      return real.wait(connectionId, 0, signal);
    },
  });
  return { clock, wakeups };
}

const { clock, wakeups } = fastClock();
let waybill: Waybill;
beforeAll(async () => {
  waybill = await startWaybill({ wakeups, settings: { pollSeconds: defaultStoreSettings.pollSeconds } });
  await waybill.db
    .updateTable('stores')
    .set({ created_at: new Date(clock.begin - day) } as object)
    .execute();
});
afterAll(() => waybill.stop());

const runs = () => waybill.db.selectFrom('reconciliations').selectAll().orderBy('id').execute();

it('a store is reconciled once a day, and stays within its budget of 300 events and 300 calls', async () => {
  const { temporal, queues, storeId } = waybill;
  // The day's last poll, and not the first of the next.
  clock.end = clock.begin + day - 5 * minute;
  const store = await temporal.workflow.start('store', {
    ...{ workflowId: storeWorkflowId(storeId), taskQueue: queues.connections },
    args: [{ storeId, paused: false, fixes: [] }],
  });
  await eventually(() => expect(clock.now).toBeGreaterThanOrEqual(clock.end), 40);
  const reconciliation = temporal.workflow.getHandle(reconciliationWorkflowId(storeId));
  await reconciliation.result();
  const lengths = await Promise.all([store, reconciliation].map(async (each) => (await each.describe()).historyLength));
  expect(lengths[0]! + lengths[1]!).toBeLessThanOrEqual(300);
  expect(waybill.clickbank.standIn.calls.length).toBeLessThanOrEqual(300);

  clock.end = clock.begin + day + 60 * minute;
  await flowOf(waybill).pollStore();
  const all = await eventually(async () => {
    const found = await runs();
    expect(found.map((each) => each.state)).toEqual(['finished', 'finished']);
    return found;
  });
  expect(all).toEqual(all.map(() => expect.objectContaining({ requested_by: 'schedule', mend: true }) as unknown));
  const [first, second] = all;
  // Each moment is looked at twice, and what is just happening is left for the next day.
  expect(second!.window_from.getTime()).toBe(first!.window_to.getTime() - day);
  expect(second!.created_at.getTime() - second!.window_to.getTime()).toBe(15 * minute);
}, 60_000);

it('a run whose start was lost is started by the next pass', async () => {
  const { db } = waybill;
  await db
    .updateTable('reconciliations')
    .set({ workflow_started_at: null, state: 'running' })
    .where('id', '=', (await runs())[0]!.id)
    .execute();
  await flowOf(waybill).pollStore();
  await eventually(async () => expect((await runs()).map((each) => each.state)).toEqual(['finished', 'finished']));
});

it('a store that says so is left alone', async () => {
  const flow = flowOf(waybill);
  await flow.settings({ reconciliation: 'off' });
  clock.end += 1.1 * day;
  await flow.pollStore();
  await eventually(() => expect(clock.now).toBeGreaterThanOrEqual(clock.end), 40);
  expect(await runs()).toHaveLength(2);
}, 60_000);
