import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Wakeups } from '../../database/wakeups.js';
import { messages, storeWorkflowId } from '../../domain/identifiers.js';
import type { ConnectionSnapshot } from '../../domain/messages.js';
import { defaultStoreSettings } from '../../domain/store.js';
import { eventually } from '../support/eventually.js';
import { pollNow } from '../support/poke.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { temporalAddress, testTaskQueue, workflowBundle } from '../support/temporal.js';
import { startWaybill } from '../support/waybill.js';
import { stubActivities } from './stub-activities.js';

quietTemporal();
const hour = 3_600_000;
const day = 24 * hour;

/** A clock that runs as fast as the store polls, up to an end. */
function fastClock(daysBack: number) {
  const begin = Date.now() - daysBack * day;
  const clock = { now: begin, end: begin };
  const wakeups = (real: Wakeups): Wakeups => ({
    now: () => new Date(clock.now),
    async wait(connectionId, milliseconds, signal) {
      if (clock.now >= clock.end) return real.wait(connectionId, hour, signal);
      clock.now += milliseconds;
      return real.wait(connectionId, 0, signal);
    },
  });
  return { clock, wakeups };
}

it('an idle store costs at most 300 events and 300 calls a day, and still sees an order within five minutes', async () => {
  const { clock, wakeups } = fastClock(2);
  const waybill = await startWaybill({ wakeups, settings: { pollSeconds: defaultStoreSettings.pollSeconds } });
  const calls = () => waybill.clickbank.standIn.calls.length;
  try {
    const { temporal, queues, storeId } = waybill;
    clock.end = clock.now + day;
    const handle = await temporal.workflow.start('store', {
      ...{ workflowId: storeWorkflowId(storeId), taskQueue: queues.connections },
      args: [{ storeId, paused: false, fixes: [] }],
    });
    await eventually(() => expect(clock.now).toBeGreaterThanOrEqual(clock.end), 40);
    expect((await handle.describe()).historyLength).toBeLessThanOrEqual(300);
    expect(calls()).toBeLessThanOrEqual(300);
    expect(calls()).toBeGreaterThan(day / (5 * 60_000));

    const [order] = waybill.clickbank.addOrders([{}]);
    clock.end += 5 * 60_000;
    await pollNow(waybill, { storeId });
    await eventually(async () => {
      const rows = await waybill.db.selectFrom('orders').select('external_id').execute();
      expect(rows).toEqual([{ external_id: order!.receipt }]);
    });
  } finally {
    await waybill.stop();
  }
}, 60_000);

it('no message is lost while the store starts its history anew', async () => {
  const taskQueue = testTaskQueue('roll');
  const woken: string[] = [];
  const { activities } = stubActivities({
    wakeOrders: ({ key }) => Promise.resolve(woken.push(key)),
    // A turn that is over at once: the history grows as fast as it can.
    pollStore: () => Promise.resolve({ ended: 'turn' }),
  });
  const connection = await Connection.connect({ address: temporalAddress() });
  const native = await NativeConnection.connect({ address: temporalAddress() });
  const { workflow } = new Client({ connection });
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: workflowBundle(), activities });
  const running = worker.run();
  try {
    const first = await workflow.start('store', {
      ...{ workflowId: taskQueue, taskQueue },
      args: [{ storeId: 'sto_1', paused: false, fixes: [] }],
    });
    const handle = workflow.getHandle(taskQueue);
    const sent: string[] = [];
    const runs = new Set<string>([first.firstExecutionRunId]);
    for (let number = 0; runs.size < 3; number += 1) {
      const key = `listing:sto_1:${number}`;
      await handle.signal(messages.connection.fixSaved, { key });
      sent.push(key);
      runs.add((await handle.describe()).runId);
      // A few at once, but no backlog that grows: what counts is that some arrive at every moment of the change.
      await eventually(() => expect(sent.length - woken.length).toBeLessThan(5));
    }
    // A pause outlives the change of runs too.
    await handle.signal(messages.connection.pause);
    await eventually(() => expect(woken).toHaveLength(sent.length), 30);
    expect(woken).toEqual(sent);
    await eventually(async () =>
      expect(await handle.query<ConnectionSnapshot>(messages.connection.state)).toMatchObject({ step: 'paused' }),
    );
    await handle.signal(messages.connection.stop);
    await handle.result();
  } finally {
    worker.shutdown();
    await running;
    await native.close();
    await connection.close();
  }
}, 120_000);
