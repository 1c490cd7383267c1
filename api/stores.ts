import { z } from 'zod';
import { forgetProbe } from '../database/connections.js';
import { forgetStockLocation } from '../database/stock-syncs.js';
import { createStore, findStore, listStores, openFirstImport, updateStore, type Store } from '../database/stores.js';
import { waitKeys } from '../domain/identifiers.js';
import { defaultStoreSettings, type MarketplaceName, type StoreSettings } from '../domain/store.js';
import { authorizeStore } from './authorize-store.js';
import { credentialRoutes } from './connection-credentials.js';
import { findVisible, idParam, located } from './connection-door.js';
import {
  changesSomething,
  connectionChangeShape,
  formsOf,
  newConnectionShape,
  owningTenant,
  refuseBaseUrl,
} from './connection-input.js';
import { lifeRoutes } from './connection-life.js';
import { connectionShape, connectionViews } from './connection-view.js';
import { cutPage, readTextCursor } from './cursor.js';
import type { ConnectorForms, Dependencies } from './dependencies.js';
import { everyone, managers, route } from './route.js';
import { maybeTime, pageOf, paging, text, time } from './schemas.js';
import { storeDoor } from './store-door.js';
import { settingsChange, settingsView } from './store-settings.js';
import { parseForm } from './validate.js';
import { tellFixSaved } from './wake.js';

const storeView = z
  .object({
    ...connectionShape,
    health: connectionShape.health.extend({
      webhooks: z
        .object({ checkedAt: time, mended: z.array(z.string()), mendedAt: maybeTime, problem: z.string().nullable() })
        .nullable()
        .meta({
          description: 'What the daily check of its webhooks found; null before the first, or where it has none.',
        }),
    }),
    marketplace: z.string(),
    settings: settingsView,
    firstImportOpenedAt: maybeTime.meta({ description: 'Null while the first import waits for the merchant.' }),
  })
  .meta({ id: 'Store' });

async function views(dependencies: Dependencies, stores: Store[]) {
  const shared = await connectionViews(storeDoor, dependencies, stores);
  return stores.map((store, index) => ({
    ...shared[index]!,
    health: { ...shared[index]!.health, webhooks: store.webhooks },
    marketplace: store.marketplace,
    settings: store.settings,
    firstImportOpenedAt: store.firstImportOpenedAt,
  }));
}

async function view(dependencies: Dependencies, storeId: string) {
  const store = await findStore(dependencies.db, storeId);
  return (await views(dependencies, [store!]))[0]!;
}

/** Lays a change over settings; the marketplace's own part is replaced whole and checked by its connector. */
function changed(forms: ConnectorForms, before: StoreSettings, change: z.output<typeof settingsChange>): StoreSettings {
  const next = { ...before, ...change };
  const marketplace = parseForm(forms.settings, next.marketplace, '/settings/marketplace');
  return { ...next, marketplace: marketplace as StoreSettings['marketplace'] };
}

export const storeRoutes = [
  route({
    method: 'post',
    path: '/v1/stores',
    summary: 'Add a store',
    description:
      'It starts disabled. Next: save its credentials, test it, save shipping rules and listings, enable it, look at ' +
      'the first import and open it.',
    access: managers,
    body: z.strictObject({ ...newConnectionShape, marketplace: text(40), settings: settingsChange.default({}) }),
    answer: { status: 201, description: 'The new store.', schema: storeView },
    async handle(call) {
      const { body, caller, dependencies, response } = call;
      refuseBaseUrl(caller, body.baseUrl, null);
      const forms = formsOf(dependencies.marketplaces, body.marketplace, 'marketplace');
      const store = await createStore(dependencies.db, {
        tenantId: await owningTenant(call, body.tenantId),
        name: body.name,
        // Checked a line above: the registry is keyed by the marketplaces there are.
        marketplace: body.marketplace as MarketplaceName,
        baseUrl: body.baseUrl,
        settings: changed(forms, defaultStoreSettings, body.settings),
      });
      response.location(`/v1/stores/${store.id}`);
      return view(dependencies, store.id);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stores',
    summary: 'List stores',
    access: everyone,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'Oldest first, with their health.', schema: pageOf(storeView) },
    async handle({ query, caller, dependencies }) {
      const after = readTextCursor(query.cursor);
      const wanted = { tenantId: caller.tenantId, after, limit: query.limit + 1 };
      const page = cutPage(await listStores(dependencies.db, wanted), query.limit, (last) => last.id);
      return { ...page, items: await views(dependencies, page.items) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/stores/{id}',
    summary: 'Show a store',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'With its health.', schema: storeView },
    async handle(call) {
      const store = await findVisible(storeDoor, call, call.params.id);
      return (await views(call.dependencies, [store]))[0]!;
    },
  }),
  route({
    method: 'patch',
    path: '/v1/stores/{id}',
    summary: 'Change a store',
    description: 'Only the fields given. settings.marketplace is replaced whole. A new base URL needs a new test.',
    access: managers,
    params: idParam,
    body: z
      .strictObject({ ...connectionChangeShape, settings: settingsChange.optional() })
      .refine(changesSomething, { error: 'must name at least one field to change' }),
    answer: { status: 200, description: 'The changed store.', schema: storeView },
    async handle(call) {
      const { body, caller, dependencies } = call;
      const store = await findVisible(storeDoor, call, call.params.id);
      refuseBaseUrl(caller, body.baseUrl, store.baseUrl);
      const settings = body.settings && changed(storeDoor.forms(dependencies, store), store.settings, body.settings);
      await updateStore(dependencies.db, store.id, { ...body, settings });
      if (settings) await forgetStockLocation(dependencies.db, store.id);
      if (body.baseUrl !== undefined && body.baseUrl !== store.baseUrl)
        await forgetProbe(dependencies.db, 'stores', store.id);
      await tellFixSaved(dependencies, located(storeDoor, store), {
        key: waitKeys.connection(store.id),
        settingsChanged: true,
      });
      return view(dependencies, store.id);
    },
  }),
  route({
    method: 'post',
    path: '/v1/stores/{id}/open-first-import',
    summary: 'Open the first import',
    description: 'The merchant has looked at what was imported: its orders go on, and later ones no longer wait.',
    access: managers,
    params: idParam,
    answer: { status: 200, description: 'The store, with the time it was opened.', schema: storeView },
    async handle(call) {
      const { dependencies } = call;
      const store = await findVisible(storeDoor, call, call.params.id);
      await openFirstImport(dependencies.db, store.id);
      await tellFixSaved(dependencies, located(storeDoor, store), {
        key: waitKeys.firstImport(store.id),
        settingsChanged: true,
      });
      return view(dependencies, store.id);
    },
  }),
  authorizeStore,
  ...credentialRoutes(storeDoor),
  ...lifeRoutes(storeDoor),
];
