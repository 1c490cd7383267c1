import type { NewsPage, Warehouse, WarehouseOrder } from '../connectors/warehouses/port.js';
import {
  cancelledFulfillmentsOf,
  fulfillmentsNamed,
  openFulfillmentsOf,
  warehousesOf,
} from '../database/reconciliation-ledger.js';
import { advanceRun, loadRun, type Run } from '../database/reconciliations.js';
import { saveShipments } from '../database/shipments.js';
import { Failure } from '../domain/failures.js';
import type { ReconciliationInput } from '../domain/messages.js';
import { compareCancelled, compareFulfillment, compareShipment, type Difference } from '../domain/reconciliation.js';
import { cancelFulfillment } from './cancel-fulfillment.js';
import type { ActivityDependencies } from './dependencies.js';
import { settleDifferences } from './settle-differences.js';
import { tellCancellations, tellOrders } from './tell-orders.js';

/** One call a fulfillment: a batch is what a run that breaks off repeats at most. */
const batch = 20;

/** What the warehouses have of a store's orders, against ours: what happened first, then what is still open. */
export async function reconcileWarehouses(deps: ActivityDependencies, { runId }: ReconciliationInput): Promise<void> {
  const run = await loadRun(deps.db, runId);
  for (const warehouseId of await warehousesOf(deps.db, run.storeId)) {
    const { warehouse } = await deps.connectWarehouse(warehouseId, 'backfill');
    await compareNews(deps, run, warehouseId, warehouse);
    await compareOpen(deps, run, warehouseId, warehouse);
    await compareGivenUp(deps, run, warehouseId, warehouse);
  }
}

async function compareNews(deps: ActivityDependencies, run: Run, warehouseId: string, warehouse: Warehouse) {
  const name = `news:${warehouseId}`;
  // An empty place means that the last page was compared.
  let page = run.places[name] ?? null;
  const seen = new Set<string>();
  while (page !== '') {
    const news: NewsPage = await warehouse.listNews({ since: run.from.toISOString(), page });
    await comparePage(deps, run, warehouseId, news);
    page = news.nextPage ?? '';
    if (seen.has(page)) throw new Failure('answer_malformed', `The warehouse repeats page ${page}.`, { page });
    seen.add(page);
    const compared = news.shipments.length + news.cancellations.length;
    await advanceRun(deps.db, run, { name, place: page, ledger: 'warehouseNews', compared });
  }
}

/** Ours are read after the page, so that what the watch heard meanwhile is no difference. */
async function comparePage(deps: ActivityDependencies, run: Run, warehouseId: string, news: NewsPage): Promise<void> {
  const shipments = news.shipments.filter((each) => Date.parse(each.shippedAt) <= run.to.getTime());
  const references = [...shipments, ...news.cancellations].map((each) => each.reference);
  const ours = await fulfillmentsNamed(deps.db, run.storeId, warehouseId, references);
  const shipped = shipments.flatMap((there) => {
    const here = ours.get(there.reference);
    const kept = here?.shipments.find((each) => each.externalId === there.externalId);
    return here ? compareShipment(there, here, kept ?? null) : [];
  });
  const cancelled = news.cancellations.flatMap(({ reference }) => {
    const here = ours.get(reference);
    return here?.open ? compareFulfillment(here, { items: here.items, cancelled: true }) : [];
  });
  await settleDifferences(deps, run, [...shipped, ...cancelled], async (safe) => {
    const missing = new Set(safe.filter((each) => each.kind === 'shipment_missing_here').map((each) => each.subject));
    const save = shipments.filter((each) => missing.has(`${each.reference}/${each.externalId}`));
    await saveShipments(deps.db, warehouseId, save);
    await tellOrders(deps, warehouseId);
    await tellCancelled(deps, warehouseId, safe, news.cancellations);
  });
}

async function tellCancelled(
  deps: ActivityDependencies,
  warehouseId: string,
  safe: Difference[],
  said: NewsPage['cancellations'],
): Promise<void> {
  const cancelled = safe.filter((each) => each.kind === 'cancelled_at_warehouse').map((each) => each.subject);
  const reasonOf = (reference: string) => said.find((each) => each.reference === reference)?.reason;
  await tellCancellations(
    deps,
    warehouseId,
    cancelled.map((reference) => ({ reference, reason: reasonOf(reference) ?? 'found as cancelled there.' })),
  );
}

async function compareOpen(deps: ActivityDependencies, run: Run, warehouseId: string, warehouse: Warehouse) {
  const name = `open:${warehouseId}`;
  for (;;) {
    const fulfillments = await openFulfillmentsOf(deps.db, {
      run,
      warehouseId,
      after: run.places[name] ?? '',
      limit: batch,
    });
    const there = new Map<string, WarehouseOrder | null>();
    for (const { reference } of fulfillments) there.set(reference, await warehouse.findByReference(reference));
    // Ours are read again: what was cancelled or shipped while the warehouse was asked is no difference.
    const ours = await fulfillmentsNamed(deps.db, run.storeId, warehouseId, [...there.keys()]);
    const found = [...ours.values()]
      .filter((here) => here.open)
      .flatMap((here) => compareFulfillment(here, there.get(here.reference) ?? null));
    await settleDifferences(deps, run, found, (safe) => tellCancelled(deps, warehouseId, safe, []));
    const place = fulfillments.at(-1)?.reference;
    if (place === undefined) return;
    await advanceRun(deps.db, run, { name, place, ledger: 'openFulfillments', compared: fulfillments.length });
  }
}

/** A stop that was answered may not have lasted, and a request thought lost may have come through after it. */
async function compareGivenUp(deps: ActivityDependencies, run: Run, warehouseId: string, warehouse: Warehouse) {
  const name = `cancelled:${warehouseId}`;
  for (;;) {
    const fulfillments = await cancelledFulfillmentsOf(deps.db, {
      run,
      warehouseId,
      after: run.places[name] ?? '',
      limit: batch,
    });
    const found: Difference[] = [];
    for (const here of fulfillments)
      found.push(...compareCancelled(here, await warehouse.findByReference(here.reference)));
    await settleDifferences(deps, run, found, (safe) => stopAgain(deps, safe));
    const place = fulfillments.at(-1)?.reference;
    if (place === undefined) return;
    await advanceRun(deps.db, run, { name, place, ledger: 'cancelledFulfillments', compared: fulfillments.length });
  }
}

/** What it can no longer stop is left to a person; should it ship, its order is told. */
async function stopAgain(deps: ActivityDependencies, safe: Difference[]): Promise<Difference[]> {
  const stopped: Difference[] = [];
  for (const each of safe) {
    const { outcome } = await cancelFulfillment(deps, { reference: each.subject });
    if (outcome === 'stopped') stopped.push(each);
  }
  return stopped;
}
