import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { z } from 'zod';
import {
  countOpenOrders,
  createStore,
  findStore,
  listStores,
  openFirstImport,
  updateStore,
  type Store,
} from '../database/stores.js';
import { forgetProbe } from '../database/connections.js';
import { searchAttributes, storeWorkflowId, waitKeys, workflowTypes } from '../domain/identifiers.js';
import type { StoreInput } from '../domain/messages.js';
import { defaultStoreSettings, type MarketplaceName, type StoreSettings } from '../domain/store.js';
import {
  changesSomething,
  connectionChangeShape,
  connectionShape,
  connectionViews,
  findVisible,
  formsOf,
  newConnectionShape,
  owningTenant,
  refuseBaseUrl,
  type ConnectionDoor,
} from './connection.js';
import { connectionRoutes } from './connection-routes.js';
import { cutPage, readTextCursor } from './cursor.js';
import type { ConnectorForms, Dependencies } from './dependencies.js';
import { everyone, managers, route } from './route.js';
import { id, pageOf, paging, text, maybeTime } from './schemas.js';
import { settingsChange, settingsView } from './store-settings.js';
import { asking } from './temporal.js';
import { parseForm } from './validate.js';
import { tellFixSaved } from './wake.js';

export const storeDoor: ConnectionDoor<Store> = {
  kind: 'store',
  table: 'stores',
  find: findStore,
  forms: (dependencies, store) => formsOf(dependencies.marketplaces, store.marketplace, 'marketplace'),
  workflowId: storeWorkflowId,
  async start(dependencies, store) {
    const input: StoreInput = { storeId: store.id, paused: store.paused, fixes: [] };
    await asking(dependencies, () =>
      dependencies.temporal.workflow.start(workflowTypes.store, {
        workflowId: storeWorkflowId(store.id),
        taskQueue: dependencies.taskQueues.connections,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        typedSearchAttributes: [
          { key: defineSearchAttributeKey(searchAttributes.store, SearchAttributeType.KEYWORD), value: store.id },
        ],
      }),
    );
  },
  async openWork(db, storeId) {
    const count = await countOpenOrders(db, storeId);
    return count === 0 ? null : `${count} open order${count === 1 ? '' : 's'}`;
  },
};

const storeView = z
  .object({
    ...connectionShape,
    marketplace: z.string(),
    settings: settingsView,
    firstImportOpenedAt: maybeTime.meta({ description: 'Null while the first import waits for the merchant.' }),
  })
  .meta({ id: 'Store' });

async function views(dependencies: Dependencies, stores: Store[]) {
  const shared = await connectionViews(storeDoor, dependencies, stores);
  return stores.map((store, index) => ({
    ...shared[index]!,
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

const idParam = z.strictObject({ id });

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
      if (body.baseUrl !== undefined && body.baseUrl !== store.baseUrl)
        await forgetProbe(dependencies.db, 'stores', store.id);
      await tellFixSaved(
        dependencies,
        { ...store, workflowId: storeWorkflowId(store.id) },
        { key: waitKeys.connection(store.id), settingsChanged: true },
      );
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
      await tellFixSaved(
        dependencies,
        { ...store, workflowId: storeWorkflowId(store.id) },
        { key: waitKeys.firstImport(store.id), settingsChanged: true },
      );
      return view(dependencies, store.id);
    },
  }),
  ...connectionRoutes(storeDoor),
];
