import { applyAddressEdit, recordTransition, type Transition } from '../database/order-progress.js';
import { closeReconciliation } from '../database/reconciliations.js';
import type { Attention } from '../domain/attention.js';
import type { FixSaved, ReconciliationInput } from '../domain/messages.js';
import { cancelFulfillment } from './cancel-fulfillment.js';
import type { ActivityDependencies } from './dependencies.js';
import { lookAtMarketplace, type LookRequest } from './look-at-marketplace.js';
import { planOrder, type PlanRequest } from './plan-order.js';
import { pollStore } from './poll-store.js';
import { reconcileMarketplace } from './reconcile-marketplace.js';
import { reconcileNotices } from './reconcile-notices.js';
import { reconcileWarehouses } from './reconcile-warehouses.js';
import { reconcileWorkflows } from './reconcile-workflows.js';
import { submitFulfillment, type SubmitRequest } from './submit-fulfillment.js';
import { syncStock } from './sync-stock.js';
import { wakeOrders } from './tell-orders.js';
import { watchWarehouse } from './watch-warehouse.js';
import { repeatNotices, writeBackShipment, type WriteBackRequest } from './write-back.js';

/** Every side effect that workflows call, by the name they call it. */
export function createActivities(deps: ActivityDependencies) {
  return {
    planOrder: (request: PlanRequest) => planOrder(deps, request),
    submitFulfillment: (request: SubmitRequest) => submitFulfillment(deps, request),
    lookAtMarketplace: (request: LookRequest) => lookAtMarketplace(deps, request),
    writeBackShipment: (request: WriteBackRequest) => writeBackShipment(deps, request),
    repeatNotices: (request: { storeId: string; shipmentId: string }) => repeatNotices(deps, request),
    cancelFulfillment: (request: { reference: string }) => cancelFulfillment(deps, request),
    recordTransition: (change: Transition) => recordTransition(deps.db, change),
    applyAddressEdit: (edit: { orderId: string; editId: string }) =>
      applyAddressEdit(deps.db, edit.orderId, edit.editId),
    pollStore: (request: { storeId: string }) => pollStore(deps, request),
    syncStock: (request: { syncId: string }) => syncStock(deps, request),
    watchWarehouse: (request: { warehouseId: string }) => watchWarehouse(deps, request),
    wakeOrders: (fix: FixSaved) => wakeOrders(deps, fix),
    reconcileMarketplace: (run: ReconciliationInput) => reconcileMarketplace(deps, run),
    reconcileWorkflows: (run: ReconciliationInput) => reconcileWorkflows(deps, run),
    reconcileNotices: (run: ReconciliationInput) => reconcileNotices(deps, run),
    reconcileWarehouses: (run: ReconciliationInput) => reconcileWarehouses(deps, run),
    closeReconciliation: ({ runId, problem }: ReconciliationInput & { problem: Attention | null }) =>
      closeReconciliation(deps.db, runId, problem),
  };
}

export type Activities = ReturnType<typeof createActivities>;
