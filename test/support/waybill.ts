import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { saveCredentials } from '../../database/credentials.js';
import { newId } from '../../database/ids.js';
import { parseKeyRing } from '../../database/key-ring.js';
import type { Wakeups } from '../../database/wakeups.js';
import { storeWorkflowId, warehouseWorkflowId, workflowTypes } from '../../domain/identifiers.js';
import type { ListingComponent } from '../../domain/listing.js';
import type { ShippingChoice, ShippingRule } from '../../domain/shipping-rule.js';
import { defaultStoreSettings, type MarketplaceName, type StoreSettings } from '../../domain/store.js';
import { createClickbankSandbox } from '../../sandbox/clickbank/sandbox.js';
import { sandboxKey } from '../../sandbox/clickbank/state.js';
import {
  createShipbobSandbox,
  sandboxShipbobToken,
  type ShipbobSandboxOptions,
} from '../../sandbox/shipbob/sandbox.js';
import { assemble } from './assemble.js';
import { freshDatabase, type FreshDatabase } from './database.js';
import { testTaskQueue } from './temporal.js';

/** Far above anything a test does: what is tested then is Waybill, not the vendor's limit. */
const liftedSandboxLimits = { clickbank: { perSecond: 10_000, perDay: 1e9 }, shipbob: { perMinute: 1e9 } };

export interface WaybillOptions {
  settings?: Partial<StoreSettings>;
  shipbob?: ShipbobSandboxOptions;
  /** Listings of the store; the sandbox's three sample products by default. */
  listings?: Record<string, ListingComponent[]>;
  rules?: ShippingRule[];
  otherwise?: (warehouseId: string) => ShippingChoice | 'attention';
  interceptors?: ActivityInterceptorsFactory[];
  /** One call's deadline: faults that never answer then cost a test little. */
  deadlineMs?: number;
  wakeups?: (real: Wakeups) => Wakeups;
  /** Workers in this process; none for tests that run them elsewhere. */
  workers?: boolean;
  /** The account that the sample store is; the ClickBank sandbox's by default. */
  store?: SampleStore;
}

export interface SampleStore {
  marketplace: MarketplaceName;
  baseUrl: string;
  credentials: Record<string, string>;
}

export type Waybill = Awaited<ReturnType<typeof startWaybill>>;

/**
 * The whole of Waybill in one process: both sandboxes over HTTP, a database of its own, workers on queues of their own,
 * one tenant with one store and one ShipBob warehouse that are ready to be enabled.
 */
export async function startWaybill(options: WaybillOptions = {}) {
  const database = await freshDatabase();
  const clickbank = createClickbankSandbox({ limits: liftedSandboxLimits.clickbank });
  const shipbob = createShipbobSandbox({ limits: liftedSandboxLimits.shipbob, ...options.shipbob });
  const urls = { clickbank: await clickbank.standIn.listen(), shipbob: await shipbob.listen() };
  for (const sku of ['WH-KIT-1', 'WH-TEA-30', 'WH-BOOK-7']) shipbob.addProduct({ sku, name: sku, onHand: 1_000_000 });
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const keyRing = parseKeyRing(keys);
  const ids = await connectSample(database, keyRing, urls, options);
  const prefix = testTaskQueue('waybill');
  const assembly = await assemble({ deadlineMs: 5_000, ...options, databaseUrl: database.url, keys, prefix });
  const { temporal, queues } = assembly;
  if (options.workers !== false) await assembly.startWorkers();

  return {
    ...{ database, db: database.db, clickbank, shipbob, urls, keys, prefix, ...ids, ...assembly },
    enable: () => enableSample({ temporal, queues, ...ids }),
    /** Ends everything this test started, workflows included. */
    async stop() {
      await assembly.stopWorkers();
      await terminateAll(temporal, ids);
      await assembly.close();
      await clickbank.standIn.close();
      await shipbob.close();
      await database.drop();
    },
  };
}

/** Starts the store's and the warehouse's workflows, as enabling them does. */
export async function enableSample(waybill: {
  temporal: Client;
  queues: { connections: string };
  storeId: string;
  warehouseId: string;
}): Promise<void> {
  const { temporal, queues, storeId, warehouseId } = waybill;
  await temporal.workflow.start(workflowTypes.warehouse, {
    workflowId: warehouseWorkflowId(warehouseId),
    taskQueue: queues.connections,
    args: [{ warehouseId, paused: false, fixes: [] }],
  });
  await temporal.workflow.start(workflowTypes.store, {
    workflowId: storeWorkflowId(storeId),
    taskQueue: queues.connections,
    args: [{ storeId, paused: false, fixes: [] }],
  });
}

async function terminateAll(temporal: Client, ids: { storeId: string; warehouseId: string }): Promise<void> {
  for (const id of [storeWorkflowId(ids.storeId), warehouseWorkflowId(ids.warehouseId)])
    await temporal.workflow
      .getHandle(id)
      .terminate('the test is over')
      .catch(() => undefined);
}

function clickbankStore(baseUrl: string): SampleStore {
  return { marketplace: 'clickbank', baseUrl, credentials: { apiKey: sandboxKey.apiKey } };
}

/** One tenant with a store and a ShipBob warehouse at these addresses, mapped and ready to be enabled. */
export async function connectSample(
  database: FreshDatabase,
  keyRing: ReturnType<typeof parseKeyRing>,
  urls: { clickbank: string; shipbob: string },
  options: WaybillOptions,
) {
  const { db } = database;
  const store = options.store ?? clickbankStore(urls.clickbank);
  const ids = { tenantId: newId('ten'), storeId: newId('sto'), warehouseId: newId('whs') };
  const settings: StoreSettings = {
    ...defaultStoreSettings,
    reviewFirstImport: false,
    pollSeconds: { busy: 1, idle: 2 },
    ...options.settings,
  };
  await db.insertInto('tenants').values({ id: ids.tenantId, name: 'Example Traders' }).execute();
  await db
    .insertInto('warehouses')
    .values({
      ...{ id: ids.warehouseId, tenant_id: ids.tenantId, name: 'Example Warehouse', system: 'shipbob', enabled: true },
      base_url: urls.shipbob,
      settings: JSON.stringify({ settleSeconds: 2 }),
      webhook_path: randomBytes(16).toString('hex'),
    })
    .execute();
  await db
    .insertInto('stores')
    .values({
      ...{ id: ids.storeId, tenant_id: ids.tenantId, name: 'Example Store', enabled: true },
      ...{ marketplace: store.marketplace, base_url: store.baseUrl },
      webhook_path: randomBytes(16).toString('hex'),
      settings: JSON.stringify(settings),
    })
    .execute();
  const secret = { tenantId: ids.tenantId, field: 'api' as const };
  await saveCredentials(db, keyRing, { ...secret, connectionId: ids.storeId, value: store.credentials });
  await saveCredentials(db, keyRing, {
    ...secret,
    connectionId: ids.warehouseId,
    value: { accessToken: sandboxShipbobToken },
  });
  await saveListings(database, ids.storeId, options.listings ?? sampleListings);
  const standard = { warehouseId: ids.warehouseId, methodCode: 'Standard', carrier: 'USPS', service: null };
  await db
    .insertInto('shipping_rule_sets')
    .values({
      ...{ store_id: ids.storeId, version: 1, saved_by: 'test' },
      rules: JSON.stringify(options.rules ?? []),
      otherwise: JSON.stringify(options.otherwise?.(ids.warehouseId) ?? standard),
    })
    .execute();
  return ids;
}

const sampleListings: Record<string, ListingComponent[]> = {
  'kit-1': [{ warehouseSku: 'WH-KIT-1', quantity: 1 }],
  'tea-30': [{ warehouseSku: 'WH-TEA-30', quantity: 1 }],
  'book-7': [{ warehouseSku: 'WH-BOOK-7', quantity: 1 }],
};

export async function saveListings(
  database: FreshDatabase,
  storeId: string,
  listings: Record<string, ListingComponent[]>,
) {
  for (const [sku, components] of Object.entries(listings))
    await database.db
      .insertInto('listings')
      .values({
        store_id: storeId,
        sku,
        version: 1,
        components: JSON.stringify(components),
        warehouse_id: null,
        saved_by: 'test',
      })
      .execute();
}
