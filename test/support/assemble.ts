import { Client } from '@temporalio/client';
import { NativeConnection, type ActivityInterceptorsFactory, type Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.js';
import { createHttp } from '../../connectors/http.js';
import type { Marketplace } from '../../connectors/marketplaces/port.js';
import type { RateLimiter } from '../../connectors/rate-limiter.js';
import { parseKeyRing } from '../../database/key-ring.js';
import { openDatabase } from '../../database/pool.js';
import { createRateLimiter } from '../../database/rate-limits.js';
import { listenForWakes, type Wakeups } from '../../database/wakeups.js';
import { taskQueues } from '../../domain/identifiers.js';
import { createConnections } from '../../worker/connections.js';
import { createDataConverter } from '../../worker/data-converter.js';
import { liveQueueMs } from '../../worker/queue-time.js';
import { uncompressed } from '../../worker/temporal.js';
import { createWorkers } from '../../worker/workers.js';
import { temporalAddress, workflowBundle } from './temporal.js';

/** Far above anything a test does: what is tested then is Waybill, not the vendor's limit. */
const liftedLimits = { marketplacePerSecond: 10_000, warehousePerMinute: 600_000 };

export interface Assembly {
  databaseUrl: string;
  /** WAYBILL_ENCRYPTION_KEYS */
  keys: string;
  /** WAYBILL_TASK_QUEUE_PREFIX */
  prefix: string;
  /** One call's deadline: faults that never answer then cost a test little. */
  deadlineMs: number;
  interceptors?: ActivityInterceptorsFactory[];
  /** In place of the shared one: the bench lifts the vendors' limits altogether. */
  limiter?: RateLimiter;
  wakeups?: (real: Wakeups) => Wakeups;
  /** What activities get in place of a store's marketplace, e.g. with a stock of its own. */
  marketplace?: (real: Marketplace, storeId: string) => Marketplace;
  /** WAYBILL_PUBLIC_URL */
  publicUrl?: string;
}

/** What worker/worker.ts puts together, with the vendors' limits lifted and room for a test's interceptors. */
export async function assemble(options: Assembly) {
  const database = openDatabase(options.databaseUrl, { name: 'waybill test worker' });
  const keyRing = parseKeyRing(options.keys);
  const queues = taskQueues(options.prefix);
  const dataConverter = createDataConverter(keyRing, 'default');
  const native = await NativeConnection.connect({ address: temporalAddress(), ...uncompressed });
  // As the product's worker does, on the workers' connection.
  const temporal = new Client({ connection: native, dataConverter });
  const outside = createHttp({ allowed: ['127.0.0.1'], deadlineMs: options.deadlineMs });
  const { http } = outside;
  const limiter = options.limiter ?? createRateLimiter(database.db, liveQueueMs);
  const opened = createConnections({ db: database.db, keyRing, http, limiter, limits: liftedLimits });
  const connections = options.marketplace ? { ...opened, ...changedMarketplaces(opened, options.marketplace) } : opened;
  const real = listenForWakes(options.databaseUrl, () => undefined, connections.forget);
  const activities = createActivities({
    ...{ db: database.db, keyRing, publicUrl: options.publicUrl ?? null },
    ...{ temporal, ordersQueue: queues.orders, callDeadlineMs: options.deadlineMs },
    wakeups: options.wakeups?.(real) ?? real,
    ...connections,
  });
  let workers: Worker[] = [];
  let running: Promise<unknown> = Promise.resolve();
  return {
    ...{ temporal, keyRing, queues, dataConverter, activities, connections, http, limiter },
    async startWorkers() {
      workers = await createWorkers({
        ...{ connection: native, namespace: 'default', dataConverter, queues, activities },
        workflowBundle: workflowBundle(),
        interceptors: options.interceptors ?? [],
      });
      running = Promise.all(workers.map((worker) => worker.run()));
    },
    async stopWorkers() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      real.release();
      await running;
    },
    async close() {
      await real.close();
      await outside.close();
      await native.close();
      await database.close();
    },
  };
}

/** Every store opened with another account in place of its own, and with the rules of its own connector. */
function changedMarketplaces(
  opened: ReturnType<typeof createConnections>,
  change: NonNullable<Assembly['marketplace']>,
) {
  const connect = async (id: string, lane?: 'backfill') => {
    const connected = await opened.connectStore(id, lane);
    return { ...connected, marketplace: change(connected.marketplace, id) };
  };
  return {
    connectStore: connect,
    storeOf: connect,
    marketplaceOf: async (id: string) => change(await opened.marketplaceOf(id), id),
  };
}
