import { WorkflowNotFoundError } from '@temporalio/common';
import type { NewsPage } from '../connectors/warehouses/port.js';
import { openFulfillments } from '../database/fulfillments.js';
import { ordersWaitingFor } from '../database/orders-import.js';
import { markShipmentsTold, untoldShipments, type UntoldShipment } from '../database/shipments.js';
import { messages, orderWorkflowId, workflowTypes } from '../domain/identifiers.js';
import type {
  FixSaved,
  FulfillmentCancelled,
  OrderInput,
  ShipmentOverdue,
  ShipmentReported,
  ShipmentUnreadable,
} from '../domain/messages.js';
import type { WarehouseCancellation } from '../domain/shipment.js';
import type { ActivityDependencies } from './dependencies.js';
import { orderStartOptions } from './import-orders.js';

const atOnce = 16;

/**
 * Tells each order of the shipments stored for it. An order that has ended is opened again, with the ledger it was
 * left with: no end state ignores a shipment (rule 6). Telling twice is harmless: the order knows its shipments.
 */
export async function tellOrders(deps: ActivityDependencies, warehouseId: string): Promise<void> {
  for (;;) {
    const shipments = await untoldShipments(deps.db, warehouseId, 100);
    for (let first = 0; first < shipments.length; first += atOnce) {
      const batch = shipments.slice(first, first + atOnce);
      await Promise.all(batch.map((shipment) => tellShipment(deps, shipment)));
      await markShipmentsTold(
        deps.db,
        batch.map((shipment) => shipment.shipmentId),
      );
    }
    if (shipments.length < 100) return;
  }
}

/** Almost every order still runs: only one that has ended is sent what opens it again. */
async function tellShipment(deps: ActivityDependencies, shipment: UntoldShipment): Promise<void> {
  const news: ShipmentReported = {
    fulfillment: shipment.reference,
    shipmentId: shipment.shipmentId,
    packages: shipment.packages,
  };
  if (!(await signal(deps, shipment.order, messages.order.shipmentReported, news)))
    await openAgain(deps, shipment.order, news);
}

async function openAgain(
  deps: ActivityDependencies,
  order: UntoldShipment['order'],
  news: ShipmentReported,
): Promise<void> {
  const input: OrderInput = {
    orderId: order.id,
    storeId: order.storeId,
    externalId: order.externalId,
    start: { state: order.state, hold: order.hold },
    reopened: { ledger: order.ledger, generation: order.generation },
  };
  await deps.temporal.workflow.signalWithStart(workflowTypes.order, {
    ...orderStartOptions(deps, input),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    signal: messages.order.shipmentReported,
    signalArgs: [news],
  });
}

/** A warehouse that gave up a fulfillment we still count on: its order has to know. */
export async function tellCancellations(
  deps: ActivityDependencies,
  warehouseId: string,
  cancellations: WarehouseCancellation[],
): Promise<void> {
  const news = await openFulfillments(
    deps.db,
    warehouseId,
    cancellations.map((each) => each.reference),
  );
  for (const order of news) {
    const reason = cancellations.find((each) => each.reference === order.reference)?.reason ?? '';
    const message: FulfillmentCancelled = { fulfillment: order.reference, reason };
    await signal(deps, order, messages.order.fulfillmentCancelled, message);
  }
}

/** Each problem is told once: the order keeps showing it. */
export async function tellMalformed(
  deps: ActivityDependencies,
  warehouseId: string,
  malformed: NewsPage['malformed'],
): Promise<void> {
  const references = malformed.flatMap((each) => each.reference ?? []);
  for (const order of await openFulfillments(deps.db, warehouseId, references)) {
    const problem = malformed.find((each) => each.reference === order.reference)?.problem ?? '';
    const message: ShipmentUnreadable = { fulfillment: order.reference, problem };
    await signal(deps, order, messages.order.shipmentUnreadable, message);
  }
}

export async function tellOverdue(
  deps: ActivityDependencies,
  overdue: { reference: string; storeId: string; externalId: string; days: number }[],
): Promise<void> {
  for (const order of overdue) {
    const message: ShipmentOverdue = { fulfillment: order.reference, days: order.days };
    await signal(deps, order, messages.order.shipmentOverdue, message);
  }
}

/** Wakes every order that waits for what was just saved. Returns how many were told. */
export async function wakeOrders(deps: ActivityDependencies, fix: FixSaved): Promise<number> {
  let told = 0;
  let after = '';
  for (;;) {
    const orders = await ordersWaitingFor(deps.db, fix.key, 100, after);
    for (const order of orders) await signal(deps, order, messages.order.fixSaved, fix);
    told += orders.length;
    after = orders.at(-1)?.id ?? after;
    if (orders.length < 100) return told;
  }
}

/** False for an order whose workflow has ended: most news is nothing to it any more. */
async function signal(
  deps: ActivityDependencies,
  order: { storeId: string; externalId: string },
  name: string,
  message: FixSaved | FulfillmentCancelled | ShipmentOverdue | ShipmentReported | ShipmentUnreadable,
): Promise<boolean> {
  try {
    await deps.temporal.workflow.getHandle(orderWorkflowId(order)).signal(name, message);
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return false;
  }
}
