import { storeWorkflowId, workflowTypes } from '../../domain/identifiers.js';
import { defaultStoreSettings } from '../../domain/store.js';
import type { Wakeups } from '../../database/wakeups.js';
import { startWaybill } from '../support/waybill.js';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * What a store without orders costs in a day, with its default settings: history events and calls to ClickBank, the daily
 * probe included. The clock of the long polls is wound on, so that the day takes seconds; everything else is real.
 */
export async function measureIdleStore(): Promise<{ idleStoreEventsPerDay: number; idleStoreCallsPerDay: number }> {
  const clock = dayInSeconds();
  const { pollSeconds } = defaultStoreSettings;
  const waybill = await startWaybill({ wakeups: clock.wakeups, settings: { pollSeconds } });
  const workflowId = storeWorkflowId(waybill.storeId);
  const { temporal, queues, storeId } = waybill;
  const args: [object] = [{ storeId, paused: false, fixes: [] }];
  await temporal.workflow.start(workflowTypes.store, { workflowId, taskQueue: queues.connections, args });
  await clock.dayIsOver;
  const { historyLength } = await temporal.workflow.getHandle(workflowId).describe();
  const calls = waybill.clickbank.standIn.calls.length;
  await waybill.stop();
  return { idleStoreEventsPerDay: historyLength, idleStoreCallsPerDay: calls };
}

/** A clock that jumps to the end of each wait, until a day has passed; then it waits for real. */
function dayInSeconds() {
  const startedAt = Date.now();
  let now = startedAt;
  let over: () => void;
  const dayIsOver = new Promise<void>((resolve) => (over = resolve));
  const wakeups = (real: Wakeups): Wakeups => ({
    now: () => new Date(now),
    async wait(connectionId, milliseconds, signal) {
      if (now + milliseconds - startedAt < dayMs) {
        now += milliseconds;
        return 'time';
      }
      over();
      return real.wait(connectionId, milliseconds, signal);
    },
  });
  return { wakeups, dayIsOver };
}
