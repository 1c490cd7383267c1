import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { countOpenOrders, findStore, type Store } from '../database/stores.js';
import { searchAttributes, storeWorkflowId, workflowTypes } from '../domain/identifiers.js';
import type { StoreInput } from '../domain/messages.js';
import type { ConnectionDoor } from './connection-door.js';
import { formsOf } from './connection-input.js';
import { asking } from './temporal.js';

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
