import { pino } from 'pino';
import { startApi } from '../../api/main.js';
import { createBigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { freePorts } from '../../servers/ports.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { apiConfiguration } from '../support/api-configuration.js';
import { until } from './import.js';

const orders = 30;
const everyMs = 1_000;

/**
 * From the moment BigCommerce sends the notification of a new order until ShipBob receives the call that creates it, at
 * one order a second: through the real API, PostgreSQL, Temporal and worker. No poll can help: the next one is an hour
 * away. A percentile is the figure at its rank, so p99 of 30 orders is the slowest. The first order is not counted: it
 * pays for code that is still cold.
 */
export async function measureWebhookLatency() {
  const bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  const [port] = await freePorts(1);
  const waybill = await startWaybill({
    publicUrl: `http://127.0.0.1:${port}`,
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
    store: {
      marketplace: 'bigcommerce',
      baseUrl: await bigcommerce.standIn.listen(),
      credentials: sandboxBigcommerceCredentials,
    },
  });
  const configuration = apiConfiguration({ databaseUrl: waybill.database.url, ...waybill }, port);
  const api = await startApi(configuration, pino({ level: 'silent' }));
  await waybill.enable();
  await until(() => isListening(waybill));

  const soldAt = new Map<string, number>();
  const sell = () => {
    const at = Date.now();
    soldAt.set(String(bigcommerce.addOrders([{}])[0]!.id), at);
  };
  sell();
  await until(async () => createCalls(waybill).length === 1);
  for (let sold = 0; sold < orders; sold++) {
    sell();
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  await until(async () => createCalls(waybill).length === orders + 1);
  const latencies = (await createdAt(waybill)).map(({ externalId, at }) => at - soldAt.get(externalId)!).slice(1);

  await api.stop();
  await waybill.stop();
  await bigcommerce.close();
  return { webhookToWarehouseP50Ms: percentile(latencies, 50), webhookToWarehouseP99Ms: percentile(latencies, 99) };
}

/** Its webhooks are registered and its first pass is done. */
async function isListening({ db }: Waybill): Promise<boolean> {
  const store = await db.selectFrom('stores').select(['webhooks', 'last_success_at']).executeTakeFirstOrThrow();
  return store.webhooks !== null && store.last_success_at !== null;
}

function createCalls({ shipbob }: Waybill) {
  return shipbob.calls.filter((call) => call.method === 'POST' && /\/order$/.test(call.path));
}

/** When ShipBob was asked for each order, in that order; milliseconds since 1970. */
async function createdAt(waybill: Waybill): Promise<{ externalId: string; at: number }[]> {
  const rows = await waybill.db
    .selectFrom('fulfillments')
    .innerJoin('orders', 'orders.id', 'fulfillments.order_id')
    .select(['orders.external_id as externalId', 'fulfillments.reference'])
    .execute();
  return createCalls(waybill).map(({ at, body }) => {
    const { reference_id: reference } = body as { reference_id: string };
    return { externalId: rows.find((row) => row.reference === reference)!.externalId, at: Date.parse(at) };
  });
}

function percentile(figures: number[], percent: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1]!;
}
