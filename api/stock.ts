import { z } from 'zod';
import { listLevels, type LevelRow } from '../database/stock-levels.js';
import {
  createStockSync,
  deleteStockSync,
  listStockSyncs,
  locationClaims,
  saveStockSettings,
  setStockSyncPaused,
  wantComparison,
} from '../database/stock-syncs.js';
import type { Store } from '../database/stores.js';
import { askToYield } from '../database/webhook-inbox.js';
import { messages, stockWorkflowId } from '../domain/identifiers.js';
import { Failure, failureCatalogue } from '../domain/failures.js';
import { defaultStockSettings } from '../domain/stock-decision.js';
import { locationTaken } from '../domain/stock-location.js';
import { stockFixes } from '../domain/stock-problems.js';
import { lackingForStock } from '../domain/store.js';
import { findVisible, idParam } from './connection-door.js';
import type { Dependencies } from './dependencies.js';
import { changesSomething } from './connection-input.js';
import { cutPage, readTextCursor } from './cursor.js';
import { notFound, Problem } from './problems.js';
import { everyone, managers, route, type Route } from './route.js';
import { id, pageOf, paging, sku, text } from './schemas.js';
import { findSync, startStockSync, syncView, syncViews } from './stock-door.js';
import { newStockSync, stockLevel, stockSettingsChange, stockSync } from './stock-schemas.js';
import { storeDoor } from './store-door.js';
import { signalIfRunning } from './temporal.js';
import { warehouseDoor } from './warehouse-door.js';

const levelView = ({ problem, places, due: _, ...level }: LevelRow) => ({
  ...level,
  problem: problem && { ...problem, fix: stockFixes[problem.cause] },
  places: places.map(({ sku: __, ...place }) => place),
});

export const stockRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/stock-syncs',
    summary: 'Keep the stock of a store in step with a warehouse',
    description:
      'Starts at once with a comparison of every SKU. Refused where the marketplace keeps no stock, where the store ' +
      'lacks a permission for it, and where another store writes the same account and location. What cannot be written ' +
      'is listed by SKU with its cause.',
    access: managers,
    body: newStockSync,
    answer: { status: 201, description: 'The new stock sync.', schema: stockSync },
    async handle(call) {
      const { body, dependencies, response } = call;
      const store = await findVisible(storeDoor, call, body.storeId);
      const warehouse = await findVisible(warehouseDoor, call, body.warehouseId);
      if (warehouse.tenantId !== store.tenantId) throw notFound('warehouse', body.warehouseId);
      const { noStock } = dependencies.marketplaces[store.marketplace]!;
      if (noStock !== null) throw new Problem('unprocessable', noStock);
      refuseWithoutPermission(store);
      const location = await freeLocation(dependencies, store);
      const syncId = await createStockSync(dependencies.db, {
        tenantId: store.tenantId,
        storeId: store.id,
        warehouseId: warehouse.id,
        settings: { ...defaultStockSettings, ...body.settings },
        location,
      });
      if (!syncId) throw new Problem('conflict', 'This store and this warehouse have a stock sync already.');
      try {
        const sync = { id: syncId, storeId: store.id, warehouseId: warehouse.id, paused: false };
        // The workflow of a sync that was just deleted may still be ending.
        await startStockSync(dependencies, sync, 'TERMINATE_EXISTING');
      } catch (error) {
        await deleteStockSync(dependencies.db, syncId);
        throw error;
      }
      response.location(`/v1/stock-syncs/${syncId}`);
      return syncView(dependencies, syncId);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-syncs',
    summary: 'List stock syncs',
    access: everyone,
    query: z.strictObject({ ...paging, store: id.optional() }),
    answer: { status: 200, description: 'Oldest first, with their health.', schema: pageOf(stockSync) },
    async handle({ query, caller, dependencies }) {
      const { limit, cursor, store } = query;
      const after = readTextCursor(cursor);
      const wanted = { tenantId: caller.tenantId, storeId: store ?? null, after, limit: limit + 1 };
      const page = cutPage(await listStockSyncs(dependencies.db, wanted), limit, (last) => last.id);
      return { ...page, items: await syncViews(dependencies, page.items) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-syncs/{id}',
    summary: 'Show a stock sync',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'With its health.', schema: stockSync },
    handle: async (call) => (await syncViews(call.dependencies, [await findSync(call, call.params.id)]))[0]!,
  }),
  route({
    method: 'patch',
    path: '/v1/stock-syncs/{id}',
    summary: 'Change a stock sync',
    description: 'Only the settings given. Every SKU is compared with the store again.',
    access: managers,
    params: idParam,
    body: z.strictObject({
      settings: stockSettingsChange.refine(changesSomething, { error: 'must name at least one field to change' }),
    }),
    answer: { status: 200, description: 'The changed stock sync.', schema: stockSync },
    async handle(call) {
      const { body, dependencies } = call;
      const sync = await findSync(call, call.params.id);
      await saveStockSettings(dependencies.db, sync.id, { ...sync.settings, ...body.settings });
      await signalIfRunning(dependencies, stockWorkflowId(sync), messages.connection.settingsChanged);
      await askToYield(dependencies.db, sync.id);
      return syncView(dependencies, sync.id);
    },
  }),
  route({
    method: 'delete',
    path: '/v1/stock-syncs/{id}',
    summary: 'Delete a stock sync',
    description: 'What the store shows stays as it is; what was written and its proofs are forgotten.',
    access: managers,
    params: idParam,
    answer: { status: 204, description: 'Deleted.' },
    async handle(call) {
      const sync = await findSync(call, call.params.id);
      await signalIfRunning(call.dependencies, stockWorkflowId(sync), messages.connection.stop);
      await deleteStockSync(call.dependencies.db, sync.id);
      await askToYield(call.dependencies.db, sync.id);
    },
  }),
  pausing('pause', true, 'The store keeps the figures it has.'),
  pausing('resume', false, 'It goes on with what changed meanwhile.'),
  route({
    method: 'post',
    path: '/v1/stock-syncs/{id}/sync-now',
    summary: 'Compare every SKU now',
    description: 'With the store, and write what differs. A paused sync does so when it is resumed.',
    access: managers,
    params: idParam,
    answer: { status: 202, description: 'Asked for; see comparedAt for when it is done.' },
    async handle(call) {
      const { dependencies } = call;
      const sync = await findSync(call, call.params.id);
      await wantComparison(dependencies.db, sync.id);
      await startStockSync(dependencies, sync, 'USE_EXISTING');
      await signalIfRunning(dependencies, stockWorkflowId(sync), messages.connection.pollNow);
      await askToYield(dependencies.db, sync.id);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-syncs/{id}/levels',
    summary: 'List stock by SKU',
    description: 'With the last figure written and its proof.',
    access: everyone,
    params: idParam,
    query: z.strictObject({
      ...paging,
      cause: text(60).optional().meta({ description: 'Only SKUs that are not written: for this cause, or "any".' }),
    }),
    answer: { status: 200, description: 'By SKU.', schema: pageOf(stockLevel) },
    async handle(call) {
      const { limit, cursor, cause } = call.query;
      const sync = await findSync(call, call.params.id);
      const wanted = { sku: null, cause: cause ?? null, after: readTextCursor(cursor), limit: limit + 1 };
      const found = await listLevels(call.dependencies.db, sync.id, wanted);
      return cutPage(found.map(levelView), limit, (last) => last.sku);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-syncs/{id}/levels/{sku}',
    summary: 'Show the stock of a SKU',
    access: everyone,
    params: z.strictObject({ id, sku: sku.meta({ description: 'URL-encoded, byte for byte as in the store.' }) }),
    answer: { status: 200, description: 'With the last figures written and their proofs.', schema: stockLevel },
    async handle(call) {
      const sync = await findSync(call, call.params.id);
      const wanted = { sku: call.params.sku, cause: null, after: null, limit: 1 };
      const [level] = await listLevels(call.dependencies.db, sync.id, wanted);
      if (!level) throw notFound('SKU', call.params.sku);
      return levelView(level);
    },
  }),
];

/** Orders go without these, so the store could be enabled; a sync could not write a figure. */
function refuseWithoutPermission({ id: storeId, probe }: Store): void {
  const lacking = probe ? lackingForStock(probe) : [];
  if (lacking.length === 0) return;
  const { fix } = failureCatalogue.permission_missing;
  throw new Problem('not-tested', `The store lacks ${lacking.join('; ')}. ${fix} POST /v1/stores/${storeId}/test.`);
}

/** A marketplace that cannot be asked now keeps nobody from making a sync: its first round asks again. */
async function freeLocation(dependencies: Dependencies, store: Store): Promise<string | null> {
  const location = await dependencies.stockLocation(store.id).catch((error: unknown) => {
    if (error instanceof Failure) return null;
    throw error;
  });
  if (!location) return null;
  const claims = await locationClaims(dependencies.db, location.key, store.tenantId);
  const taken = locationTaken(location, store.id, null, claims);
  if (taken) throw new Problem('conflict', `${taken.message} ${failureCatalogue.stock_location_taken.fix}`);
  return location.key;
}

function pausing(action: 'pause' | 'resume', paused: boolean, description: string): Route {
  return route({
    method: 'post',
    path: `/v1/stock-syncs/{id}/${action}`,
    summary: `${action === 'pause' ? 'Pause' : 'Resume'} a stock sync`,
    description,
    access: managers,
    params: idParam,
    answer: { status: 200, description: 'Done.', schema: z.object({ id: z.string(), paused: z.boolean() }) },
    async handle(call) {
      const { dependencies } = call;
      const sync = await findSync(call, call.params.id);
      await setStockSyncPaused(dependencies.db, sync.id, paused);
      await signalIfRunning(dependencies, stockWorkflowId(sync), messages.connection[action]);
      await askToYield(dependencies.db, sync.id);
      return { id: sync.id, paused };
    },
  });
}
