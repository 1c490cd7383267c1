import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { startApi } from '../../api/main.js';
import { saveCredentials } from '../../database/credentials.js';
import { orderWorkflowId } from '../../domain/identifiers.js';
import type { RateLimiter } from '../../connectors/rate-limiter.js';
import type { RecordedCall } from '../../sandbox/stand-in.js';
import { apiConfiguration } from '../support/api-configuration.js';
import { assemble } from '../support/assemble.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { testTaskQueue } from '../support/temporal.js';
import { connectSample, enableSample } from '../support/waybill.js';

const lifted: RateLimiter = {
  take: async () => undefined,
  block: async () => undefined,
  giveBack: async () => undefined,
};

type Urls = { clickbank: string; shipbob: string };

/**
 * Orders from import to the proven ship notice, through the real API, worker, PostgreSQL, Temporal and both sandboxes
 * over HTTP; the warehouse tells by webhook. Counted until the last order is shipped. The vendors' limits are lifted, or
 * the figure would be ClickBank's ten calls a second and not this machine's.
 */
export async function measureEndToEnd(count: number) {
  const sandboxes = await startSandboxes();
  const database = await freshDatabase();
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const prefix = testTaskQueue('bench');
  const waybill = await assemble({ databaseUrl: database.url, keys, prefix, deadlineMs: 20_000, limiter: lifted });
  const settings = { pollSeconds: { busy: 60, idle: 295 } };
  const ids = await connectSample(database, waybill.keyRing, sandboxes.urls, { settings });
  const api = await startApi(apiConfiguration({ databaseUrl: database.url, keys, prefix }), pino({ level: 'silent' }));
  await registerWebhook(database, waybill, ids, api.url);
  await post(`${sandboxes.urls.clickbank}/_sandbox/samples`, { count, kind: 'plain' });
  await waybill.startWorkers();

  const startedAt = performance.now();
  await enableSample({ ...waybill, ...ids });
  while ((await countShipped(database)) < count) await new Promise((resolve) => setTimeout(resolve, 50));
  const ordersPerSecond = count / ((performance.now() - startedAt) / 1000);

  const result = {
    ...(await readHistories(database, waybill, ids.storeId)),
    ...(await countCalls(sandboxes.urls, count)),
    ordersPerSecond,
  };
  await api.stop();
  await waybill.stopWorkers();
  await waybill.close();
  await database.drop();
  sandboxes.process.disconnect();
  return result;
}

async function startSandboxes(): Promise<{ process: ChildProcess; urls: Urls }> {
  const script = fileURLToPath(new URL('./sandboxes.js', import.meta.url));
  const child = fork(script, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return { process: child, urls: JSON.parse(line) as Urls };
}

type Assembled = Awaited<ReturnType<typeof assemble>>;
type Ids = Awaited<ReturnType<typeof connectSample>>;

async function registerWebhook(database: FreshDatabase, waybill: Assembled, ids: Ids, apiUrl: string): Promise<void> {
  const row = await database.db.selectFrom('warehouses').select('webhook_path').executeTakeFirstOrThrow();
  const warehouse = await waybill.connections.warehouseOf(ids.warehouseId);
  const { secret } = await warehouse.registerWebhook(`${apiUrl}/webhooks/${row.webhook_path}`);
  const place = { tenantId: ids.tenantId, connectionId: ids.warehouseId, field: 'webhook' as const };
  await saveCredentials(database.db, waybill.keyRing, { ...place, value: { secret } });
}

async function countShipped({ db }: FreshDatabase): Promise<number> {
  const { count } = await db
    .selectFrom('orders')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('state', '=', 'shipped')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Means over all orders, as the server counts them; workflows are those of type order. */
async function readHistories({ db }: FreshDatabase, { temporal }: Assembled, storeId: string) {
  const orders = await db.selectFrom('orders').select('external_id as externalId').execute();
  let [events, bytes] = [0, 0];
  for (const { externalId } of orders) {
    const handle = temporal.workflow.getHandle(orderWorkflowId({ storeId, externalId }));
    await handle.result();
    const { historyLength, historySize } = await handle.describe();
    events += historyLength;
    bytes += historySize ?? 0;
  }
  return {
    eventsPerOrder: round(events / orders.length),
    bytesPerOrder: Math.round(bytes / orders.length),
    workflowsPerOrder: round((await countWorkflows(temporal, storeId)) / orders.length),
  };
}

/** Every workflow but the two of the connections carries the store; visibility lags, so it is asked until it stands. */
async function countWorkflows(temporal: Assembled['temporal'], storeId: string): Promise<number> {
  const query = `WaybillStore = '${storeId}' and WorkflowType != 'store' and ExecutionStatus = 'Completed'`;
  for (let before = -1; ;) {
    const { count } = await temporal.workflow.count(query);
    if (count === before) return count;
    before = count;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** Without the calls that connect and probe, which are once for each connection and not for each order. */
async function countCalls(urls: Urls, count: number) {
  const calls = (await (await fetch(`${urls.shipbob}/_sandbox/calls`)).json()) as RecordedCall[];
  const ofOrders = calls.filter((call) => /\/order(\/|$)/.test(call.path));
  return { warehouseCallsPerOrder: round(ofOrders.length / count) };
}

async function post(url: string, body: object): Promise<void> {
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}
