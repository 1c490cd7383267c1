import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino, type Logger } from 'pino';
import { createHttp } from '../connectors/http.js';
import { marketplaces } from '../connectors/marketplaces/registry.js';
import { warehouseSystems } from '../connectors/warehouses/registry.js';
import { saveCredentials } from '../database/credentials.js';
import { openDatabase, type Database } from '../database/pool.js';
import { createRateLimiter } from '../database/rate-limits.js';
import { findWarehouse } from '../database/warehouses.js';
import { taskQueues } from '../domain/identifiers.js';
import { appsOf } from '../worker/apps.js';
import { readConfiguration, type Configuration } from '../worker/configuration.js';
import { createConnections } from '../worker/connections.js';
import { createPayloadCodec } from '../worker/payload-codec.js';
import { createInstallers } from '../worker/installers.js';
import { liveQueueMs } from '../worker/queue-time.js';
import { createClient } from '../worker/temporal.js';
import { createWebhookVerifier } from '../worker/webhooks.js';
import { createApi } from './app.js';

export interface RunningApi {
  /** Where it listens, as this machine reaches it. */
  url: string;
  /** Takes no new requests, lets those under way end, then closes what it opened. */
  stop(): Promise<void>;
}

/** A request to Temporal may take 10 s (temporal.ts); whoever stops us waits longer than that. */
const graceMs = 12_000;

/**
 * Puts the API together and listens.
 * @throws Error that says what to do when the port cannot be had
 */
export async function startApi(configuration: Configuration, logger: Logger): Promise<RunningApi> {
  const {
    keyRing,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_UI_URL: uiUrl,
    WAYBILL_PUBLIC_URL: publicUrl,
  } = configuration;
  const database = openDatabase(configuration.DATABASE_URL, {
    name: 'waybill api',
    onLost: (lost) => logger.warn({ ...lost }, 'PostgreSQL connection lost'),
  });
  const { db } = database;
  const outside = createHttp({ allowed: configuration.WAYBILL_ALLOWED_ADDRESSES });
  const { http } = outside;
  const apps = appsOf(configuration);
  const connections = createConnections({ db, keyRing, http, limiter: createRateLimiter(db, liveQueueMs), apps });
  const temporal = await createClient(configuration);
  const parts = { db, keyRing, connections };
  const server = createServer(
    createApi({
      ...{ db, temporal, namespace, keyRing, logger, marketplaces, warehouseSystems },
      installers: createInstallers(marketplaces, configuration, http),
      publicUrl: publicUrl ?? null,
      taskQueues: taskQueues(configuration.WAYBILL_TASK_QUEUE_PREFIX),
      temporalUiUrl: uiUrl ?? null,
      codecOrigin: uiUrl ? new URL(uiUrl).origin : null,
      pepper: configuration.WAYBILL_API_KEY_PEPPER,
      codec: createPayloadCodec(keyRing, namespace),
      trustedProxies: configuration.WAYBILL_TRUSTED_PROXIES,
      probe: async (kind, id) =>
        kind === 'store'
          ? (await connections.connectStore(id)).marketplace.probe()
          : (await connections.connectWarehouse(id)).warehouse.probe(),
      stockLocation: async (id) => (await connections.connectStore(id)).marketplace.stock!.location(),
      verifyWebhook: createWebhookVerifier({ db, keyRing, marketplaces, warehouseSystems, apps }),
      ...(publicUrl && { registerWebhook: (id: string) => registerWebhook(parts, publicUrl, id) }),
    }),
  );
  const close = async () => {
    await outside.close();
    await database.close();
    await temporal.connection.close();
  };
  const { HOST: host, PORT: port } = configuration;
  const url = await listen(server, host, port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    url,
    async stop() {
      await closeServer(server);
      await close();
    },
  };
}

interface WebhookParts {
  db: Database;
  keyRing: Configuration['keyRing'];
  connections: ReturnType<typeof createConnections>;
}

/** The address is known to the vendor and to us alone; the secret that signs its calls is kept like a credential. */
async function registerWebhook(parts: WebhookParts, publicUrl: string, warehouseId: string): Promise<void> {
  const row = await findWarehouse(parts.db, warehouseId);
  if (!row) return;
  const { warehouse } = await parts.connections.connectWarehouse(warehouseId);
  const { secret } = await warehouse.registerWebhook(`${publicUrl.replace(/\/$/, '')}/webhooks/${row.webhookPath}`);
  const place = { tenantId: row.tenantId, connectionId: row.id, field: 'webhook' as const };
  await saveCredentials(parts.db, parts.keyRing, { ...place, value: { secret } });
}

/** Listens and gives back the address. A port of 0 takes a free one. */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
      reject(new Error(`Port ${port} on ${host} ${why}. Stop that program, or choose another port, e.g. PORT=8081.`));
    });
    server.listen(port, host, () => {
      const { address, family, port: taken } = server.address() as AddressInfo;
      // "All addresses" is nothing one can open.
      const reachable = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
      resolve(`http://${family === 'IPv6' && reachable === address ? `[${address}]` : reachable}:${taken}`);
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(late);
}

/** The API process: runs until SIGINT or SIGTERM, and ends it. */
export async function runApiProcess(env: NodeJS.ProcessEnv): Promise<never> {
  const configuration = readConfiguration(env);
  const logger = pino({ level: configuration.LOG_LEVEL, name: 'api' });
  const api = await startApi(configuration, logger);
  logger.info({ url: api.url }, 'API started');
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  await api.stop();
  logger.info('API stopped');
  // Where Temporal was away, its client may still wait to try again, and would throw to find its channel closed.
  process.exit(0);
}
