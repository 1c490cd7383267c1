import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { uncompressed } from '../../worker/temporal.js';

/** As many at once as Waybill starts orders and tells them of shipments. */
const atOnce = 16;

/**
 * Orders a second that Temporal alone could carry here: bare workflows of two activities and one signal, with the
 * default converter and the same connection and worker settings, counted until the last second activity is done.
 */
export async function measureBare(address: string, count: number): Promise<number> {
  const taskQueue = `bare-${randomBytes(4).toString('hex')}`;
  const native = await NativeConnection.connect({ address, ...uncompressed });
  const { workflow } = new Client({ connection: native });
  let finished = 0;
  const waiting: string[] = [];
  let wake: () => void = () => undefined;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./bare-workflow.js', import.meta.url)),
      logger: new DefaultLogger('WARN'),
    }),
    activities: { step: async ({ number }: { number: number }) => void (number === 2 && (finished += 1)) },
    maxCachedWorkflows: 1_000,
    maxConcurrentActivityTaskExecutions: 100,
  });
  const running = worker.run();
  const startedAt = performance.now();
  const signalled = drain(async (id) => workflow.getHandle(id).signal('told'));
  for (let first = 0; first < count; first += atOnce) {
    const ids = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => `${taskQueue}-${first + index}`);
    await Promise.all(ids.map((workflowId) => workflow.start('bare', { workflowId, taskQueue, args: [] })));
    waiting.push(...ids);
    wake();
  }
  await signalled;
  while (finished < count) await new Promise((resolve) => setTimeout(resolve, 5));
  const perSecond = count / ((performance.now() - startedAt) / 1000);
  worker.shutdown();
  await running;
  await native.close();
  return perSecond;

  async function drain(signal: (id: string) => Promise<void>): Promise<void> {
    for (let done = 0; done < count;) {
      const ids = waiting.splice(0, atOnce);
      if (ids.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      await Promise.all(ids.map(signal));
      done += ids.length;
    }
  }
}
