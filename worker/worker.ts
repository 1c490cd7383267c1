import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createActivities } from '../activities/create-activities.js';
import { callDeadlineMs, createHttp } from '../connectors/http.js';
import { openDatabase, type LostConnection } from '../database/pool.js';
import { createRateLimiter } from '../database/rate-limits.js';
import { listenForWakes } from '../database/wakeups.js';
import { taskQueues } from '../domain/identifiers.js';
import { appsOf } from './apps.js';
import type { Configuration } from './configuration.js';
import { createConnections } from './connections.js';
import { createDataConverter } from './data-converter.js';
import { liveQueueMs } from './queue-time.js';
import { connectNative, workflowBundle } from './temporal.js';
import { createWorkers } from './workers.js';

export interface RunningWorker {
  /** Settles when the workers have ended: after `stop`, or with the error that ended them. */
  ended: Promise<void>;
  /** Takes no new work, lets running calls end, then closes what it opened. */
  stop(): Promise<void>;
}

/** Starts the workers of one process and everything they act with. */
export async function startWorker(configuration: Configuration, logger: Logger): Promise<RunningWorker> {
  const onLost = (lost: LostConnection) => logger.warn({ ...lost }, 'PostgreSQL connection lost');
  const database = openDatabase(configuration.DATABASE_URL, { name: 'waybill worker', onLost });
  const outside = createHttp({ allowed: configuration.WAYBILL_ALLOWED_ADDRESSES });
  const limiter = createRateLimiter(database.db, liveQueueMs);
  const connections = createConnections({
    db: database.db,
    keyRing: configuration.keyRing,
    http: outside.http,
    limiter,
    apps: appsOf(configuration),
  });
  const wakeups = listenForWakes(configuration.DATABASE_URL, onLost, connections.forget);
  const native = await connectNative(configuration);
  const dataConverter = createDataConverter(configuration.keyRing, configuration.TEMPORAL_NAMESPACE);
  // On the workers' own connection: only so can the server hand an order's first task back with its start.
  const temporal = new Client({ connection: native, namespace: configuration.TEMPORAL_NAMESPACE, dataConverter });
  const queues = taskQueues(configuration.WAYBILL_TASK_QUEUE_PREFIX);
  const workers = await createWorkers({
    connection: native,
    namespace: configuration.TEMPORAL_NAMESPACE,
    dataConverter,
    workflowBundle,
    queues,
    activities: createActivities({
      db: database.db,
      keyRing: configuration.keyRing,
      publicUrl: configuration.WAYBILL_PUBLIC_URL?.replace(/\/$/, '') ?? null,
      temporal,
      ordersQueue: queues.orders,
      callDeadlineMs,
      wakeups,
      ...connections,
    }),
  });
  const close = async () => {
    await wakeups.close();
    await native.close();
    await outside.close();
    await database.close();
  };
  const ended = Promise.all(workers.map((worker) => worker.run())).then(close, async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    ended,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      // Long polls are woken to end their turn: without it they would use up the whole grace time.
      wakeups.release();
      await ended;
    },
  };
}
