import { Context } from '@temporalio/activity';
import type { NewsPage } from '../connectors/warehouses/port.js';
import { hasOpenFulfillments, recordPass, recordPassFailed } from '../database/connection-polls.js';
import { saveProbe } from '../database/connections.js';
import { carryOutErasures } from '../database/erasure.js';
import { overdueFulfillments } from '../database/fulfillments.js';
import { dueWebhooks, markWebhooksFailed, markWebhooksProcessed } from '../database/inbox-work.js';
import { saveShipments } from '../database/shipments.js';
import { wakeStockSyncs } from '../database/stock-syncs.js';
import { attention } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import type { ActivityDependencies, ConnectedWarehouse } from './dependencies.js';
import type { PollEnd } from './poll-store.js';
import { tellCancellations, tellMalformed, tellOrders, tellOverdue } from './tell-orders.js';

const turnMs = 60 * 60 * 1000;
/** Webhooks bring news in seconds; the poll is the backstop for those that are lost (warehouses.md §0.2). */
const pollMs = 5 * 60 * 1000;
/** A warehouse that owes us nothing is still asked now and then: goods may leave for orders long closed. */
const idlePollMs = 60 * 60 * 1000;
const probeEveryMs = 24 * 60 * 60 * 1000;

/**
 * Watches one warehouse for an hour: webhooks as they arrive, a poll as backstop. Every shipment is stored first and
 * told to its order's workflow after; what was stored and not told is told in the next round.
 */
export async function watchWarehouse(deps: ActivityDependencies, request: { warehouseId: string }): Promise<PollEnd> {
  const { cancellationSignal } = Context.current();
  const end = deps.wakeups.now().getTime() + turnMs;
  let polledAt = 0;
  for (let failures = 0; ;) {
    const round = await oneRound(deps, request.warehouseId, polledAt);
    if (round.gone) return { ended: 'gone' };
    failures = round.failed ? failures + 1 : 0;
    polledAt = round.polledAt;
    const wait = round.failed ? Math.max(round.retryAfterMs, Math.min(15_000 * 2 ** (failures - 1), pollMs)) : pollMs;
    const waking = await deps.wakeups.wait(request.warehouseId, wait, cancellationSignal);
    if (waking === 'yield' || waking === 'cancelled') return { ended: 'yield' };
    if (deps.wakeups.now().getTime() >= end) return { ended: 'turn' };
  }
}

interface Round {
  gone: boolean;
  failed: boolean;
  retryAfterMs: number;
  polledAt: number;
}

async function oneRound(deps: ActivityDependencies, warehouseId: string, polledAt: number): Promise<Round> {
  // Where every store is paused, the warehouse still makes their orders final.
  await carryOutErasures(deps.db, deps.wakeups.now());
  try {
    const connected = await deps.connectWarehouse(warehouseId);
    await probeDaily(deps, connected);
    await readInbox(deps, connected);
    const polled = await pollIfDue(deps, connected, polledAt);
    return { gone: false, failed: false, retryAfterMs: 0, polledAt: polled };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'not_found' && error.about['warehouse'] === warehouseId)
      return { gone: true, failed: true, retryAfterMs: 0, polledAt };
    const waitsFor = error.outcome === 'rejected' ? waitKeys.connection(warehouseId) : null;
    const problem = attention(error.code, error.message, error.about, waitsFor);
    await recordPassFailed(deps.db, 'warehouses', warehouseId, problem, deps.wakeups.now());
    return { gone: false, failed: true, retryAfterMs: error.retryAfterMs ?? 0, polledAt };
  }
}

/** Webhooks read together: as many orders as one call to the warehouse may name. */
const inboxBatch = 100;

/** A webhook is a hint: the orders it names are fetched, and what is fetched counts. */
async function readInbox(deps: ActivityDependencies, connected: ConnectedWarehouse): Promise<void> {
  for (;;) {
    const rows = await dueWebhooks(deps.db, connected.row.id, inboxBatch);
    if (rows.length === 0) return;
    const ids = rows.map((row) => row.id);
    try {
      const orderIds = [...new Set(rows.flatMap((row) => row.orderIds))];
      await keepNews(deps, connected, await connected.warehouse.fetchNews(orderIds));
      await markWebhooksProcessed(deps.db, ids);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await markWebhooksFailed(deps.db, ids, `${error.code}: ${error.message}`);
    }
    await tellOrders(deps, connected.row.id);
    if (rows.length < inboxBatch) return;
  }
}

async function pollIfDue(deps: ActivityDependencies, connected: ConnectedWarehouse, polledAt: number): Promise<number> {
  const { row, warehouse } = connected;
  const startedAt = deps.wakeups.now();
  const age = startedAt.getTime() - polledAt;
  if (age < pollMs || (age < idlePollMs && !(await hasOpenFulfillments(deps.db, row.id)))) return polledAt;
  const since = (row.cursorAt ?? row.createdAt).toISOString();
  let page: string | null = null;
  const seen = new Set<string>();
  do {
    const news = await warehouse.listNews({ since, page });
    await keepNews(deps, connected, news);
    page = news.nextPage;
    if (page !== null && seen.has(page))
      throw new Failure('answer_malformed', `The warehouse repeats page ${page}.`, { page });
    if (page !== null) seen.add(page);
  } while (page !== null);
  await recordPass(deps.db, 'warehouses', row.id, startedAt, deps.wakeups.now());
  // Shipments stored by a round that broke off are told now.
  await tellOrders(deps, row.id);
  await tellOverdue(deps, await overdueFulfillments(deps.db, row.id));
  return startedAt.getTime();
}

/** What cannot be understood is raised on its order, where it is one of ours; the rest of the page goes on. */
async function keepNews(deps: ActivityDependencies, { row }: ConnectedWarehouse, news: NewsPage): Promise<void> {
  const shipped = await saveShipments(deps.db, row.id, news.shipments);
  // Goods that left, or are free again.
  if (shipped > 0 || news.cancellations.length > 0) await wakeStockSyncs(deps.db, { warehouseId: row.id });
  await tellCancellations(deps, row.id, news.cancellations);
  await tellMalformed(deps, row.id, news.malformed);
}

async function probeDaily(deps: ActivityDependencies, { row, warehouse }: ConnectedWarehouse): Promise<void> {
  const now = deps.wakeups.now();
  if (row.probedAt && now.getTime() - row.probedAt.getTime() < probeEveryMs) return;
  await saveProbe(deps.db, 'warehouses', row.id, await warehouse.probe(), now);
}
