import type { IncomingHttpHeaders } from 'node:http';
import type { MarketplaceDefinition } from '../connectors/marketplaces/registry.js';
import type { WarehouseDefinition } from '../connectors/warehouses/registry.js';
import { readCredentials } from '../database/credentials.js';
import type { KeyRing } from '../database/key-ring.js';
import type { Database } from '../database/pool.js';
import { findStoreByWebhookPath } from '../database/stores.js';
import { findWarehouseByWebhookPath } from '../database/warehouses.js';
import type { Delivery } from '../database/webhook-inbox.js';
import type { PrivacyDelivery } from '../domain/privacy.js';
import type { MarketplaceName, WarehouseSystem } from '../domain/store.js';
import type { ConnectionParts } from './connections.js';

export interface WebhookParts {
  db: Database;
  keyRing: KeyRing;
  marketplaces: Partial<Record<MarketplaceName, Pick<MarketplaceDefinition, 'readNews'>>>;
  warehouseSystems: Record<WarehouseSystem, Pick<WarehouseDefinition, 'verifyWebhook'>>;
  apps?: ConnectionParts['apps'];
  now?: () => Date;
}

/** Kept for its connection's next round; or a request of privacy law, to be seen to at once and never kept as it came. */
type Verified = Delivery | PrivacyDelivery;

type Verify = (
  path: string,
  headers: IncomingHttpHeaders,
  rawBody: Buffer,
) => Promise<Verified | null | 'unknown_path'>;

/** Checks notifications that come to one connection's address; gives null for one that is not authentic. */
interface Door {
  read(headers: Record<string, string>, rawBody: Buffer): Verified | null;
}

/** A vendor sends many notifications in a row: a door is remembered so long and not read and decrypted for each. */
const doorKeptMs = 10_000;

/**
 * Tells whose notification it is and whether it is authentic. What a remembered door does not let in is checked against
 * the present one: a new secret counts at once.
 */
export function createWebhookVerifier(parts: WebhookParts): Verify {
  const timed = { ...parts, now: parts.now ?? (() => new Date()) };
  const nowMs = () => timed.now().getTime();
  const doors = new Map<string, { door: Door; until: number }>();
  return async (path, rawHeaders, rawBody) => {
    const headers = plain(rawHeaders);
    const remembered = doors.get(path);
    const known = remembered && remembered.until > nowMs() ? remembered.door.read(headers, rawBody) : null;
    if (known) return known;
    doors.delete(path);
    const door = (await warehouseDoor(timed, path)) ?? (await storeDoor(timed, path));
    if (!door) return 'unknown_path';
    const delivery = door.read(headers, rawBody);
    if (delivery) doors.set(path, { door, until: nowMs() + doorKeptMs });
    return delivery;
  };
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

type Timed = WebhookParts & { now: () => Date };

async function warehouseDoor({ db, keyRing, warehouseSystems, now }: Timed, path: string): Promise<Door | null> {
  const warehouse = await findWarehouseByWebhookPath(db, path);
  if (!warehouse) return null;
  const saved = await readCredentials(db, keyRing, warehouse.id, 'webhook');
  const secrets = typeof saved?.['secret'] === 'string' ? [saved['secret']] : [];
  const { verifyWebhook } = warehouseSystems[warehouse.system];
  return {
    read(headers, rawBody) {
      const verified = secrets.length > 0 && verifyWebhook({ headers, rawBody, secrets, now: now() });
      if (!verified) return null;
      const { deliveryKey, topic, orderIds } = verified;
      return { connectionId: warehouse.id, deliveryKey, topic, body: { orderIds } };
    },
  };
}

/** Of a notification only its kind and the orders it names are kept: it is a hint, and the rest may be people's data. */
async function storeDoor({ db, keyRing, marketplaces, apps, now }: Timed, path: string): Promise<Door | null> {
  const store = await findStoreByWebhookPath(db, path);
  const readNews = store && marketplaces[store.marketplace]?.readNews;
  if (!store || !readNews) return null;
  const webhook = await readCredentials(db, keyRing, store.id, 'webhook');
  const credentials = await readCredentials(db, keyRing, store.id, 'api');
  const app = apps?.[store.marketplace] ?? null;
  return {
    read(headers, rawBody) {
      const news = readNews({ headers, rawBody, webhook, credentials, app, now: now() });
      if (!news) return null;
      if ('email' in news) return { store: { id: store.id, tenantId: store.tenantId }, notice: news };
      const { deliveryKey, topic, kind, orderIds } = news;
      return { connectionId: store.id, deliveryKey, topic, body: { kind, orderIds } };
    },
  };
}
