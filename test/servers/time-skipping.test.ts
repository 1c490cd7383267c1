import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { findTimeSkippingServer } from '../../servers/time-skipping.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import type { sleeper } from './sleeper.workflow.js';
import { testTaskQueue } from '../support/temporal.js';

describe('the time-skipping test server', () => {
  let environment: TestWorkflowEnvironment;

  beforeAll(async () => {
    quietTemporal();
    const executable = await findTimeSkippingServer({ log: (line) => process.stderr.write(`${line}\n`) });
    environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  }, 600_000);
  afterAll(() => environment?.teardown());

  it('lets sixty days of timers pass in seconds', async () => {
    const taskQueue = testTaskQueue('sleeper');
    const workflowsPath = fileURLToPath(new URL('./sleeper.workflow.ts', import.meta.url));
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    });
    const realStart = Date.now();
    const slept = await worker.runUntil(() =>
      environment.client.workflow.execute<typeof sleeper>('sleeper', { taskQueue, workflowId: taskQueue, args: [60] }),
    );
    expect(slept).toBeGreaterThanOrEqual(60 * 86_400_000);
    expect(Date.now() - realStart).toBeLessThan(30_000);
  });
});
