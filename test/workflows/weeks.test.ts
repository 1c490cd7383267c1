import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/create-activities.js';
import type { Hold } from '../../domain/hold.js';
import { orderWorkflowId, searchAttributes } from '../../domain/identifiers.js';
import type { OrderInput, ShipmentReported } from '../../domain/messages.js';
import { findTimeSkippingServer } from '../../servers/time-skipping.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { testTaskQueue, workflowBundle } from '../support/temporal.js';
import type { order } from '../../workflows/order.js';
import { stubActivities, stubReference } from './stub-activities.js';

quietTemporal();
const hour = 3_600_000;
const day = 24 * hour;

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  const executable = await findTimeSkippingServer({ log: (line) => process.stderr.write(`${line}\n`) });
  environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  // This server can add them but not list them. 2 is Keyword.
  const names = Object.fromEntries(Object.values(searchAttributes).map((name) => [name, 2]));
  await environment.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes: names });
}, 600_000);
afterAll(() => environment?.teardown());

/** The server's clock: the process's own, which activities see, does not skip. The first try knows no other. */
async function serverTime(): Promise<number> {
  const { isLocal, currentAttemptScheduledTimestampMs } = Context.current().info;
  return isLocal ? environment.currentTimeMs() : currentAttemptScheduledTimestampMs;
}

/** Runs an order to its end. Its warehouse ships as soon as it is asked, unless the test says otherwise. */
async function runOrder(own: Partial<Activities>, hold: Hold | null = null) {
  const externalId = testTaskQueue('R');
  const workflowId = orderWorkflowId({ storeId: 'sto_1', externalId });
  const handle = environment.client.workflow.getHandle(workflowId);
  const shipment: ShipmentReported = {
    fulfillment: stubReference,
    shipmentId: 'shp_1',
    packages: [{ packageId: '1', items: [{ warehouseSku: 'WH-KIT-1', quantity: 1 }] }],
  };
  const submit = own.submitFulfillment ?? stubActivities().activities.submitFulfillment;
  const { activities, timeline } = stubActivities({
    ...own,
    async submitFulfillment(request) {
      const answer = await submit(request);
      if (answer.outcome === 'submitted') await handle.signal('shipmentReported', shipment);
      return answer;
    },
  });
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: externalId,
    workflowBundle: workflowBundle(),
    activities,
  });
  const started = await environment.currentTimeMs();
  const input: OrderInput = {
    ...{ orderId: 'ord_1', storeId: 'sto_1', externalId },
    ...{ start: { state: hold ? 'held' : 'queued', hold }, reopened: null },
  };
  const end = await worker.runUntil(
    environment.client.workflow.execute<typeof order>('order', { workflowId, taskQueue: externalId, args: [input] }),
  );
  const { startTime, closeTime, historyLength } = await handle.describe();
  const tookMs = closeTime!.getTime() - startTime.getTime();
  return { end, timeline, started, tookMs, historyLength };
}

it('a delay of three weeks ends when it should', async () => {
  const releaseAt = new Date((await environment.currentTimeMs()) + 21 * day).toISOString();
  const hold: Hold = { reason: 'delay', owner: 'store settings', note: null, releaseAt, waitsFor: null };
  const { end, tookMs, timeline } = await runOrder({}, hold);
  expect(end).toBe('shipped');
  expect(tookMs / day).toBeCloseTo(21, 1);
  expect(timeline).toMatchObject([{ event: 'released', actor: 'timer', from: 'held', to: 'queued' }]);
});

it('an outage of two weeks is shown once, tried again with growing patience, and over when it is over', async () => {
  const attempts: number[] = [];
  let begin = 0;
  const { end, timeline, historyLength } = await runOrder({
    submitFulfillment: async () => {
      const now = await serverTime();
      begin ||= now;
      attempts.push((now - begin) / hour);
      if (now - begin < 14 * day) throw ApplicationFailure.retryable('The warehouse answered 503.', 'unavailable');
      return { outcome: 'submitted' };
    },
  });
  expect(end).toBe('shipped');
  expect(timeline).toMatchObject([{ event: 'attention', attention: { cause: 'unavailable', waitsFor: null } }]);
  // Pauses between the hours of attempts: a quarter of an hour, doubling up to six hours.
  const pauses = attempts
    .slice(1)
    .map((at, index) => at - attempts[index]!)
    .filter((pause) => pause > 0.2);
  expect(pauses.slice(0, 6).map((pause) => Math.round(pause * 4) / 4)).toEqual([0.25, 0.5, 1, 2, 4, 6]);
  expect(Math.max(...pauses)).toBeLessThan(6.1);
  expect(attempts.at(-1)).toBeLessThan(14 * 24 + 7);
  expect(historyLength).toBeLessThan(1_000);
}, 60_000);

it('a refund that is pending for a week is looked at once a day, and then the order goes', async () => {
  const looks: number[] = [];
  let begin = 0;
  const { end, timeline } = await runOrder({
    submitFulfillment: async () => {
      const now = await serverTime();
      begin ||= now;
      looks.push(Math.round((now - begin) / day));
      if (looks.length <= 7) return { outcome: 'refund_pending', reason: 'A refund is pending for line kit-1.' };
      return { outcome: 'submitted' };
    },
  });
  expect(end).toBe('shipped');
  expect(looks).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(timeline.map((each) => each.event)).toEqual(Array.from({ length: 7 }, () => ['held', 'released']).flat());
  for (const each of timeline.filter((one) => one.event === 'held'))
    expect(each).toMatchObject({ hold: { reason: 'refund_pending' }, actor: 'marketplace' });
});

it('a store whose every poll fails for three days goes on by itself', async () => {
  const taskQueue = testTaskQueue('store');
  let begin = 0;
  let attempts = 0;
  const { activities } = stubActivities({
    pollStore: async () => {
      const now = await serverTime();
      begin ||= now;
      attempts += 1;
      if (now - begin < 3 * day) throw new Error('PostgreSQL is away');
      return { ended: 'gone' };
    },
  });
  const connection = environment.nativeConnection;
  const worker = await Worker.create({ connection, taskQueue, workflowBundle: workflowBundle(), activities });
  const handle = environment.client.workflow.getHandle(taskQueue);
  await worker.runUntil(
    environment.client.workflow.execute('store', {
      ...{ workflowId: taskQueue, taskQueue },
      args: [{ storeId: 'sto_1', paused: false, fixes: [] }],
    }),
  );
  // Every five minutes, so that orders are seen soon after; retries leave nothing in the history.
  expect(attempts).toBeGreaterThan((3 * day) / (5 * 60_000) - 5);
  expect((await handle.describe()).historyLength).toBeLessThan(20);
}, 60_000);

it('a store survives a turn that may not be tried again', async () => {
  const taskQueue = testTaskQueue('store');
  const turns: number[] = [];
  const { activities } = stubActivities({
    pollStore: async () => {
      turns.push(await serverTime());
      if (turns.length < 3) throw ApplicationFailure.nonRetryable('A fault of our own.', 'internal');
      return { ended: 'gone' };
    },
  });
  const connection = environment.nativeConnection;
  const worker = await Worker.create({ connection, taskQueue, workflowBundle: workflowBundle(), activities });
  await worker.runUntil(
    environment.client.workflow.execute('store', {
      ...{ workflowId: taskQueue, taskQueue },
      args: [{ storeId: 'sto_1', paused: false, fixes: [] }],
    }),
  );
  // Five minutes between two turns: no orders are seen late, and no loop runs hot.
  expect(turns.map((at) => Math.round((at - turns[0]!) / 60_000))).toEqual([0, 5, 10]);
});

it('a store polls for four weeks, hour after hour, in histories that stay short', async () => {
  const taskQueue = testTaskQueue('store');
  const lengths: number[] = [];
  const runs = new Set<string>();
  let turns = 0;
  const { activities } = stubActivities({
    pollStore: () => {
      runs.add(Context.current().info.workflowExecution!.runId);
      turns += 1;
      return Promise.resolve({ ended: turns < 28 * 24 ? 'turn' : 'gone' });
    },
  });
  const connection = environment.nativeConnection;
  const worker = await Worker.create({ connection, taskQueue, workflowBundle: workflowBundle(), activities });
  await worker.runUntil(
    environment.client.workflow.execute('store', {
      ...{ workflowId: taskQueue, taskQueue },
      args: [{ storeId: 'sto_1', paused: false, fixes: [] }],
    }),
  );
  for (const runId of runs)
    lengths.push((await environment.client.workflow.getHandle(taskQueue, runId).describe()).historyLength);
  expect(turns).toBe(28 * 24);
  expect(runs.size).toBeGreaterThan(3);
  expect(Math.max(...lengths)).toBeLessThan(900);
}, 60_000);
