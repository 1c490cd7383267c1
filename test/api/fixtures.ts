import { openFirstImport } from '../../database/stores.js';
import { saveListing } from '../../database/listings.js';
import { saveNewOrders, saveSkipped } from '../../database/orders-import.js';
import { closeReconciliation, openReconciliation } from '../../database/reconciliations.js';
import { saveShippingRules } from '../../database/shipping-rules.js';
import { keepPrivacyRequest } from '../../database/privacy-requests.js';
import { createStore } from '../../database/stores.js';
import { createWarehouse } from '../../database/warehouses.js';
import type { Database } from '../../database/pool.js';
import { saveLevels } from '../../database/stock-levels.js';
import { preparePushes, settlePushes } from '../../database/stock-pushes.js';
import { createStockSync } from '../../database/stock-syncs.js';
import type { MarketplaceOrder } from '../../domain/order.js';
import type { OrderState } from '../../domain/order-states.js';
import { defaultStockSettings } from '../../domain/stock-decision.js';
import { defaultStoreSettings } from '../../domain/store.js';
import { anOrder } from '../domain/given.js';

export async function aStore(db: Database, tenantId: string): Promise<string> {
  const store = await createStore(db, {
    tenantId,
    name: 'A store',
    marketplace: 'clickbank',
    baseUrl: null,
    settings: defaultStoreSettings,
  });
  await openFirstImport(db, store.id);
  return store.id;
}

export async function aWarehouse(db: Database, tenantId: string): Promise<string> {
  const wanted = { tenantId, name: 'A warehouse', system: 'shipbob' as const, baseUrl: null, settings: {} };
  return (await createWarehouse(db, wanted)).id;
}

/** Imports an order as the store's poll would, and returns our id of it. */
export async function anImportedOrder(
  db: Database,
  tenantId: string,
  storeId: string,
  over: Partial<MarketplaceOrder> = {},
  state: OrderState = 'queued',
): Promise<string> {
  const order = anOrder(over);
  await saveNewOrders(db, { id: storeId, tenantId }, [{ order, state, hold: null, reason: 'Imported.' }]);
  const row = await db
    .selectFrom('orders')
    .select('id')
    .where('store_id', '=', storeId)
    .where('external_id', '=', order.externalId)
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function aSkippedOrder(db: Database, tenantId: string, storeId: string, key = 'SKIP1'): Promise<string> {
  const raw = { lineItemData: [{ quantity: 'x' }] };
  const reason = 'lineItemData[0].quantity: expected a whole number';
  await saveSkipped(db, { id: storeId, tenantId }, [
    { skipKey: key, externalId: key, lineId: null, cause: 'order_malformed', reason, raw },
  ]);
  const row = await db.selectFrom('skipped_orders').select('id').where('skip_key', '=', key).executeTakeFirstOrThrow();
  return row.id;
}

export async function aPrivacyRequest(db: Database, tenantId: string, storeId: string): Promise<string> {
  const kept = await keepPrivacyRequest(db, {
    ...{ store: { id: storeId, tenantId }, kind: 'customer_data_request', requestKey: 'r1', externalIds: ['NONE'] },
    ...{ subject: null, now: new Date() },
  });
  return kept!.id;
}

/** A stock sync with one SKU that two warehouses claim and one that is written. */
export async function aStockSync(db: Database, of: { tenantId: string; storeId: string; warehouseId: string }) {
  const syncId = (await createStockSync(db, { ...of, settings: defaultStockSettings, location: null }))!;
  const place = { placeId: 'p1', title: 'Kit', level: 3, committed: 0, refusal: null };
  const some = { waiting: 0, due: false };
  const conflict = { cause: 'conflict' as const, message: 'SKU "tea-30" is mapped to this warehouse and to another.' };
  const levels = [
    { ...some, sku: 'kit-1', sellable: 7, problem: null, places: [{ ...place, sku: 'kit-1' }] },
    { ...some, sku: 'tea-30', sellable: 4, problem: conflict, places: [] },
  ];
  await saveLevels(db, syncId, levels, new Date());
  const [push] = await preparePushes(db, syncId, [{ sku: 'kit-1', placeId: 'p1', quantity: 7, was: 3 }], new Date());
  await settlePushes(db, syncId, [{ ...push!, state: 'accepted', note: 'transaction 1' }]);
  return syncId;
}

/** One that has ended, so that another may begin. */
async function aReconciliation(db: Database, tenantId: string, storeId: string): Promise<string> {
  const [from, to] = [new Date('2026-11-20T00:00:00Z'), new Date('2026-11-21T00:00:00Z')];
  const wanted = { tenantId, storeId, from, to, mend: false, requestedBy: 'schedule', at: to };
  const run = await openReconciliation(db, wanted);
  await closeReconciliation(db, run!.id, null);
  return run!.id;
}

/** What stands for each path parameter in a tenant that has one of everything. */
export async function oneOfEach(db: Database, tenantId: string) {
  const storeId = await aStore(db, tenantId);
  const warehouseId = await aWarehouse(db, tenantId);
  await saveListing(
    db,
    storeId,
    { sku: 'kit-1', components: [{ warehouseSku: 'W', quantity: 1 }], warehouseId: null },
    'key',
  );
  const then = { warehouseId, methodCode: 'GROUND', carrier: null, service: null };
  await saveShippingRules(db, storeId, { rules: [], otherwise: then }, 'key');
  const orderId = await anImportedOrder(db, tenantId, storeId);
  const skippedId = await aSkippedOrder(db, tenantId, storeId, `SKIP-${storeId}`);
  const privacyRequestId = await aPrivacyRequest(db, tenantId, storeId);
  const syncId = await aStockSync(db, { tenantId, storeId, warehouseId });
  const reconciliationId = await aReconciliation(db, tenantId, storeId);
  return { storeId, warehouseId, orderId, skippedId, privacyRequestId, syncId, reconciliationId };
}
