import type { ActivityDependencies, ConnectedStore } from '../activities/dependencies.js';
import type { App } from '../connectors/connect-options.js';
import type { Http } from '../connectors/http.js';
import { backfillOnly, type RateLimiter } from '../connectors/rate-limiter.js';
import { marketplaces } from '../connectors/marketplaces/registry.js';
import type { Warehouse } from '../connectors/warehouses/port.js';
import { warehouseSystems } from '../connectors/warehouses/registry.js';
import { loadStore, loadWarehouse } from '../database/connection-polls.js';
import { readCredentials, renewCredentials } from '../database/credentials.js';
import type { KeyRing } from '../database/key-ring.js';
import type { Database } from '../database/pool.js';
import { findStoreAccount } from '../database/store-accounts.js';
import { Failure } from '../domain/failures.js';
import { uninstalledFailure } from '../domain/install.js';

export interface ConnectionParts {
  db: Database;
  keyRing: KeyRing;
  http: Http;
  limiter: RateLimiter;
  /** This installation's applications at marketplaces, for stores that are connected by OAuth. */
  apps?: Record<string, App>;
  /** In place of the vendors' own limits, for load tests against the sandbox. */
  limits?: { marketplacePerSecond: number; warehousePerMinute: number };
}

type Connections = Pick<
  ActivityDependencies,
  'connectStore' | 'connectWarehouse' | 'storeOf' | 'marketplaceOf' | 'warehouseOf'
>;

/** Orders share a connection this long; a change of settings or credentials drops it at once (see `forget`). */
const sharedForMs = 30_000;

/** Opens connections to vendors: row, decrypted credentials and connector. Secrets live only in the connector. */
export function createConnections(parts: ConnectionParts): Connections & { forget: (connectionId: string) => void } {
  const inBackfill = { ...parts, limiter: backfillOnly(parts.limiter) };
  const stores = shared<ConnectedStore>((id) => connectStore(parts, id));
  const warehouses = shared<Warehouse>(async (id) => (await connectWarehouse(parts, id)).warehouse);
  return {
    connectStore: (id, lane) => connectStore(lane ? inBackfill : parts, id),
    connectWarehouse: (id, lane) => connectWarehouse(lane ? inBackfill : parts, id),
    storeOf: stores.get,
    marketplaceOf: async (id) => (await stores.get(id)).marketplace,
    warehouseOf: warehouses.get,
    forget: (id) => {
      stores.forget(id);
      warehouses.forget(id);
    },
  };
}

async function connectStore(parts: ConnectionParts, storeId: string): Promise<ConnectedStore> {
  const store = await loadStore(parts.db, storeId);
  if (!store) throw new Failure('not_found', `Store ${storeId} was deleted.`, { store: storeId });
  const definition = marketplaces[store.marketplace];
  const marketplace = definition.connect({
    connectionId: store.id,
    baseUrl: store.baseUrl,
    credentials: await storeCredentials(parts, store.id),
    settings: store.settings.marketplace,
    http: parts.http,
    limiter: parts.limiter,
    now: () => new Date(),
    app: parts.apps?.[store.marketplace] ?? null,
    renewCredentials: (renew) => renewCredentials(parts.db, parts.keyRing, store, renew),
    ...(parts.limits && { limits: { perSecond: parts.limits.marketplacePerSecond } }),
  });
  return { store, marketplace, rules: definition.rules(store.settings.marketplace) };
}

async function connectWarehouse(parts: ConnectionParts, warehouseId: string) {
  const row = await loadWarehouse(parts.db, warehouseId);
  if (!row) throw new Failure('not_found', `Warehouse ${warehouseId} was deleted.`, { warehouse: warehouseId });
  const warehouse = warehouseSystems[row.system].connect({
    connectionId: row.id,
    baseUrl: row.baseUrl,
    credentials: await credentialsOf(parts, row.id),
    settings: row.settings,
    http: parts.http,
    limiter: parts.limiter,
    now: () => new Date(),
    app: null,
    renewCredentials: (renew) => renewCredentials(parts.db, parts.keyRing, row, renew),
    ...(parts.limits && { limits: { requestsPerMinute: parts.limits.warehousePerMinute } }),
  });
  return { row, warehouse };
}

/** None are left of a store whose application was uninstalled: then no call is tried, and a person is told why. */
async function storeCredentials(parts: ConnectionParts, storeId: string): Promise<unknown> {
  try {
    return await credentialsOf(parts, storeId);
  } catch (error) {
    const { uninstalledAt } = await findStoreAccount(parts.db, storeId);
    throw uninstalledAt ? uninstalledFailure(storeId) : error;
  }
}

async function credentialsOf(parts: ConnectionParts, connectionId: string): Promise<unknown> {
  const credentials = await readCredentials(parts.db, parts.keyRing, connectionId, 'api');
  if (credentials) return credentials;
  throw new Failure('credentials_refused', `Connection ${connectionId} has no credentials yet.`, {
    connection: connectionId,
  });
}

/** One value for each key, made once and kept for a while; a failure is not kept. */
function shared<Value>(make: (id: string) => Promise<Value>) {
  const kept = new Map<string, { value: Promise<Value>; until: number }>();
  const get = (id: string): Promise<Value> => {
    const held = kept.get(id);
    if (held && held.until > Date.now()) return held.value;
    const value = make(id);
    kept.set(id, { value, until: Date.now() + sharedForMs });
    value.catch(() => kept.delete(id));
    return value;
  };
  return { get, forget: (id: string) => void kept.delete(id) };
}
