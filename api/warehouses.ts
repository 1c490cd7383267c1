import { z } from 'zod';
import { forgetProbe } from '../database/connections.js';
import {
  createWarehouse,
  findWarehouse,
  listWarehouses,
  updateWarehouse,
  type Warehouse,
} from '../database/warehouses.js';
import { waitKeys } from '../domain/identifiers.js';
import type { WarehouseSystem } from '../domain/store.js';
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
import { pageOf, paging, text } from './schemas.js';
import { parseForm } from './validate.js';
import { tellFixSaved } from './wake.js';
import { warehouseDoor } from './warehouse-door.js';

const warehouseView = z
  .object({ ...connectionShape, system: z.string(), settings: z.record(z.string(), z.unknown()) })
  .meta({ id: 'Warehouse' });

/** The webhook path is left out: who knows it could send notifications. */
async function views(dependencies: Dependencies, warehouses: Warehouse[]) {
  const shared = await connectionViews(warehouseDoor, dependencies, warehouses);
  return warehouses.map(({ system, settings }, index) => ({ ...shared[index]!, system, settings }));
}

async function view(dependencies: Dependencies, warehouseId: string) {
  const warehouse = await findWarehouse(dependencies.db, warehouseId);
  return (await views(dependencies, [warehouse!]))[0]!;
}

const settings = z
  .record(z.string(), z.unknown())
  .meta({ description: 'What only this system knows; GET /v1/connectors describes it.' });

function checked(forms: ConnectorForms, value: Record<string, unknown>): Record<string, unknown> {
  return parseForm(forms.settings, value, '/settings') as Record<string, unknown>;
}

export const warehouseRoutes = [
  route({
    method: 'post',
    path: '/v1/warehouses',
    summary: 'Add a warehouse',
    description: 'It starts disabled. Next: save its credentials, test it, enable it.',
    access: managers,
    body: z.strictObject({ ...newConnectionShape, system: text(40), settings: settings.default({}) }),
    answer: { status: 201, description: 'The new warehouse.', schema: warehouseView },
    async handle(call) {
      const { body, caller, dependencies, response } = call;
      refuseBaseUrl(caller, body.baseUrl, null);
      const forms = formsOf(dependencies.warehouseSystems, body.system, 'system');
      const warehouse = await createWarehouse(dependencies.db, {
        tenantId: await owningTenant(call, body.tenantId),
        name: body.name,
        // Checked a line above: the registry is keyed by the systems there are.
        system: body.system as WarehouseSystem,
        baseUrl: body.baseUrl,
        settings: checked(forms, body.settings),
      });
      response.location(`/v1/warehouses/${warehouse.id}`);
      return view(dependencies, warehouse.id);
    },
  }),
  route({
    method: 'get',
    path: '/v1/warehouses',
    summary: 'List warehouses',
    access: everyone,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'Oldest first, with their health.', schema: pageOf(warehouseView) },
    async handle({ query, caller, dependencies }) {
      const after = readTextCursor(query.cursor);
      const wanted = { tenantId: caller.tenantId, after, limit: query.limit + 1 };
      const page = cutPage(await listWarehouses(dependencies.db, wanted), query.limit, (last) => last.id);
      return { ...page, items: await views(dependencies, page.items) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/warehouses/{id}',
    summary: 'Show a warehouse',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'With its health.', schema: warehouseView },
    async handle(call) {
      const warehouse = await findVisible(warehouseDoor, call, call.params.id);
      return (await views(call.dependencies, [warehouse]))[0]!;
    },
  }),
  route({
    method: 'patch',
    path: '/v1/warehouses/{id}',
    summary: 'Change a warehouse',
    description: 'Only the fields given; settings are replaced whole. A new base URL needs a new test.',
    access: managers,
    params: idParam,
    body: z
      .strictObject({ ...connectionChangeShape, settings: settings.optional() })
      .refine(changesSomething, { error: 'must name at least one field to change' }),
    answer: { status: 200, description: 'The changed warehouse.', schema: warehouseView },
    async handle(call) {
      const { body, caller, dependencies } = call;
      const warehouse = await findVisible(warehouseDoor, call, call.params.id);
      refuseBaseUrl(caller, body.baseUrl, warehouse.baseUrl);
      const next = body.settings && checked(warehouseDoor.forms(dependencies, warehouse), body.settings);
      await updateWarehouse(dependencies.db, warehouse.id, { ...body, settings: next });
      if (body.baseUrl !== undefined && body.baseUrl !== warehouse.baseUrl)
        await forgetProbe(dependencies.db, 'warehouses', warehouse.id);
      await tellFixSaved(dependencies, located(warehouseDoor, warehouse), {
        key: waitKeys.connection(warehouse.id),
        settingsChanged: true,
      });
      return view(dependencies, warehouse.id);
    },
  }),
  ...credentialRoutes(warehouseDoor),
  ...lifeRoutes(warehouseDoor),
];
