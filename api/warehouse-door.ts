import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { countOpenFulfillments, findWarehouse, type Warehouse } from '../database/warehouses.js';
import { searchAttributes, warehouseWorkflowId, workflowTypes } from '../domain/identifiers.js';
import type { WarehouseInput } from '../domain/messages.js';
import type { ConnectionDoor } from './connection-door.js';
import { formsOf } from './connection-input.js';
import { describe } from './errors.js';
import { asking } from './temporal.js';

export const warehouseDoor: ConnectionDoor<Warehouse> = {
  kind: 'warehouse',
  table: 'warehouses',
  find: findWarehouse,
  forms: (dependencies, warehouse) => formsOf(dependencies.warehouseSystems, warehouse.system, 'system'),
  workflowId: warehouseWorkflowId,
  async start(dependencies, warehouse) {
    const input: WarehouseInput = { warehouseId: warehouse.id, paused: warehouse.paused, fixes: [] };
    const key = defineSearchAttributeKey(searchAttributes.warehouse, SearchAttributeType.KEYWORD);
    await asking(dependencies, () =>
      dependencies.temporal.workflow.start(workflowTypes.warehouse, {
        workflowId: warehouseWorkflowId(warehouse.id),
        taskQueue: dependencies.taskQueues.connections,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        typedSearchAttributes: [{ key, value: warehouse.id }],
      }),
    );
  },
  async openWork(db, warehouseId) {
    const count = await countOpenFulfillments(db, warehouseId);
    return count === 0 ? null : `${count} open fulfillment${count === 1 ? '' : 's'}`;
  },
  async enabled(dependencies, warehouse) {
    try {
      await dependencies.registerWebhook?.(warehouse.id);
    } catch (error) {
      // Polling finds the same shipments, only later: no reason to keep the warehouse from working.
      dependencies.logger.warn({ warehouse: warehouse.id, fault: describe(error) }, 'webhook was not registered');
    }
  },
};
