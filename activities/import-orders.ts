import { createHash } from 'node:crypto';
import type { WorkflowStartOptions } from '@temporalio/client';
import {
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
  defineSearchAttributeKey,
} from '@temporalio/common';
import type { OrderPage } from '../connectors/marketplaces/port.js';
import { recordNewOrders } from '../database/connection-polls.js';
import {
  knownOrders,
  markStarted,
  ordersToStart,
  saveNewOrders,
  saveSkipped,
  type NewOrder,
  type OrderToStart,
  type SkippedOrder,
} from '../database/orders-import.js';
import { wakeStockSyncs } from '../database/stock-syncs.js';
import { orderWorkflowId, searchAttributes, workflowTypes } from '../domain/identifiers.js';
import { decideImport, type LeftOutLine } from '../domain/import-decision.js';
import type { OrderInput } from '../domain/messages.js';
import type { MalformedOrder, MarketplaceOrder } from '../domain/order.js';
import { soldBeforeImport } from '../domain/stock.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { tellChanges } from './tell-changes.js';

/**
 * One page of a store: orders that are new become rows, those we have hear of what changed. Returns how many were new;
 * startOrders gives them their workflows.
 */
export async function importPage(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  page: OrderPage,
): Promise<number> {
  const { store } = connected;
  const known = await knownOrders(
    deps.db,
    store.id,
    page.orders.map((order) => order.externalId),
  );
  const created: NewOrder[] = [];
  const skipped: SkippedOrder[] = page.malformed.map(malformedRow);
  for (const order of page.orders.filter((each) => !known.has(each.externalId))) {
    const decision = judge(deps, connected, order);
    if (decision.import) created.push({ ...decision, takes: connected.rules });
    else
      skipped.push({
        ...{ skipKey: order.externalId, externalId: order.externalId, lineId: null, raw: null, ...decision },
        sold: soldBeforeImport(order, decision.cause),
      });
    if (decision.import) skipped.push(...decision.leftOut.map((line) => leftOutRow(order.externalId, line)));
  }
  const saved = await saveEach(deps, store, created, skipped);
  await saveSkipped(deps.db, store, skipped);
  if (saved > 0) await recordNewOrders(deps.db, store.id, deps.wakeups.now());
  const old = page.orders.filter((each) => known.has(each.externalId));
  await tellChanges(
    deps,
    connected,
    old.map((order) => ({ externalId: order.externalId, order })),
  );
  // What was sold here must not be offered elsewhere.
  if (saved > 0) await wakeStockSyncs(deps.db, { tenantId: store.tenantId });
  return saved;
}

/** Whether the store takes an order, under its present settings. */
export function judge(deps: ActivityDependencies, { store, rules }: ConnectedStore, order: MarketplaceOrder) {
  const { id: storeId, firstImportOpen } = store;
  return decideImport(order, store.settings, {
    ...{ storeId, firstImportOpen, rules },
    now: deps.wakeups.now().toISOString(),
  });
}

function leftOutRow(externalId: string, line: LeftOutLine): SkippedOrder {
  return { skipKey: `${externalId}#${line.lineId}`, externalId, ...line, raw: null };
}

/** The page is stored at once; when PostgreSQL refuses it, order by order, so that one bad order stops no other. */
async function saveEach(
  deps: ActivityDependencies,
  store: ConnectedStore['store'],
  created: NewOrder[],
  skipped: SkippedOrder[],
): Promise<number> {
  try {
    return await saveNewOrders(deps.db, store, created);
  } catch (error) {
    if (!isDataError(error)) throw error;
  }
  let saved = 0;
  for (const each of created) {
    try {
      saved += await saveNewOrders(deps.db, store, [each]);
    } catch (error) {
      if (!isDataError(error)) throw error;
      const problem = `cannot be stored: ${error.message}`;
      skipped.push(malformedRow({ externalId: each.order.externalId, problem, raw: each.order }));
    }
  }
  return saved;
}

/** SQLSTATE classes 22 (data) and 23 (constraint): the order is at fault, not the database. */
function isDataError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}

function malformedRow(order: MalformedOrder): SkippedOrder {
  // PostgreSQL's jsonb refuses U+0000; a visible mark keeps the rest of the body.
  const raw = JSON.stringify(order.raw ?? null).replaceAll('\\u0000', '\\ufffd');
  return {
    skipKey: order.externalId ?? createHash('sha256').update(raw).digest('hex'),
    externalId: order.externalId,
    lineId: null,
    cause: 'order_malformed',
    reason: order.problem.replaceAll('\u0000', '\ufffd'),
    raw: JSON.parse(raw) as unknown,
  };
}

/** Temporal takes this many starts at once without queueing on the connection; measured no faster above. */
const startsAtOnce = 16;

/** Starts the workflows of orders that have none: those just stored, and those a crash left behind. */
export async function startOrders(deps: ActivityDependencies, store: ConnectedStore['store']): Promise<void> {
  for (;;) {
    const orders = await ordersToStart(deps.db, store.id, 100);
    for (let first = 0; first < orders.length; first += startsAtOnce) {
      const batch = orders.slice(first, first + startsAtOnce);
      await Promise.all(batch.map((order) => startOrder(deps, store, order)));
      await markStarted(
        deps.db,
        batch.map((order) => order.id),
      );
    }
    if (orders.length < 100) return;
  }
}

async function startOrder(
  deps: ActivityDependencies,
  store: ConnectedStore['store'],
  order: OrderToStart,
): Promise<void> {
  const input: OrderInput = {
    orderId: order.id,
    storeId: store.id,
    externalId: order.externalId,
    start: { state: order.state, hold: order.hold },
    reopened: null,
  };
  try {
    await deps.temporal.workflow.start(workflowTypes.order, {
      ...orderStartOptions(deps, input),
      // Temporal forgets closed ids after its retention; the unique row does not (rule 1).
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      // Saves the server one hand-over of the first task, where a worker of this process can take it.
      requestEagerStart: true,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

const stateKey = defineSearchAttributeKey(searchAttributes.state, SearchAttributeType.KEYWORD);
const storeKey = defineSearchAttributeKey(searchAttributes.store, SearchAttributeType.KEYWORD);

/** How an order's workflow is started, by an import or by a shipment that opens it again. */
export function orderStartOptions(
  deps: Pick<ActivityDependencies, 'ordersQueue'>,
  input: OrderInput,
): WorkflowStartOptions & { args: [OrderInput] } {
  return {
    workflowId: orderWorkflowId(input),
    taskQueue: deps.ordersQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: new TypedSearchAttributes([
      { key: stateKey, value: input.start.state },
      { key: storeKey, value: input.storeId },
    ]),
    args: [input],
  };
}
