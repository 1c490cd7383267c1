import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { pino } from 'pino';
import { startApi, type RunningApi } from '../../api/main.js';
import { waitKeys } from '../../domain/identifiers.js';
import type { FaultRule, StandIn } from '../../sandbox/stand-in.js';
import { apiConfiguration } from '../support/api-configuration.js';
import { eventually } from '../support/eventually.js';
import { startWaybill, type SampleStore, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from '../workflows/flow.js';
import { startStockSync } from '../workflows/stock-flow.js';
import {
  countFaults,
  orders,
  repeats,
  states,
  until,
  verdict,
  workersOf,
  type LedgerNotice,
  type Workers,
} from './suite.js';

/** A marketplace that sends notifications and keeps stock, as its stand-in. */
export interface FaultyStore {
  name: string;
  standIn: StandIn;
  deliveries: {
    sent: { statuses: (number | null)[]; dropped: boolean; reordered: boolean }[];
    faults: { drop?: number; duplicate?: number; reorder?: boolean };
    settle(): Promise<void>;
  };
  /** What goes wrong in its answers. */
  faults: FaultRule[];
  sell(count: number): void;
  setTokenAlive(alive: boolean): void;
  /** Every package it was told of. */
  notices(): LedgerNotice[];
  /** The order of every mail that went to a customer. */
  mails(): unknown[];
  /** Pieces that it has for sale, by the SKU of the warehouse. */
  offered(): Record<string, number>;
}

/** The warehouse lies too: orders it has taken seem lost. */
const warehouseFaults: FaultRule[] = [
  { kind: 'timeout_after', rate: 0.03, method: 'POST', path: '/order$' },
  { kind: 'reset_after', rate: 0.03, method: 'POST', path: '/order$' },
  { kind: 'status', rate: 0.02, status: 429, headers: { 'x-retry-after': '1' } },
  { kind: 'status', rate: 0.02, status: 500 },
];
const deliveryFaults = { drop: 0.3, duplicate: 0.3, reorder: true };
const warehouseSkus = ['WH-KIT-1', 'WH-TEA-30', 'WH-BOOK-7'];
const waves = 4;

export interface StoreSuite {
  waybill: Waybill;
  run(): Promise<Figures>;
  stop(): Promise<void>;
}
export type Figures = Awaited<ReturnType<typeof carry>> & Workers['counted'];

/**
 * Waybill with the store, its worker in a process of its own and its real API in this one, which takes the store's
 * notifications.
 */
export async function startStoreSuite(
  store: FaultyStore,
  account: SampleStore,
  options: Pick<NonNullable<Parameters<typeof startWaybill>[0]>, 'listings' | 'settings'> = {},
): Promise<StoreSuite> {
  const waybill = await startWaybill({
    ...options,
    workers: false,
    // Our own protocol alone must keep duplicates out: the stand-in would take a reference twice.
    shipbob: { autoShip: { afterMs: 200 }, webhookRetryMs: [], acceptDuplicates: true },
    // Seldom enough that most orders are first heard of by a notification, often enough for those that were dropped.
    settings: { ...options.settings, pollSeconds: { busy: 5, idle: 5 } },
    store: account,
  });
  for (const sku of warehouseSkus) waybill.shipbob.setStock(sku, 700);
  const configuration = apiConfiguration({ databaseUrl: waybill.database.url, ...waybill });
  const api: RunningApi = await startApi(configuration, pino({ level: 'silent' }));
  const workers = workersOf(waybill, api.url);
  return {
    waybill,
    async run() {
      await waybill.enable();
      await workers.start();
      const figures = { ...(await carry(waybill, store, workers)), ...workers.counted };
      console.log(`faults suite, ${store.name} and ShipBob: ${JSON.stringify(figures)}`);
      return figures;
    },
    async stop() {
      await workers.kill();
      await api.stop();
      await waybill.stop();
    },
  };
}

/** Sells in waves while everything goes wrong, then lets the faults stop and counts. */
async function carry(waybill: Waybill, store: FaultyStore, workers: Workers) {
  const flow = flowOf(waybill);
  await eventually(async () => expect((await flow.store()).webhooks).toMatchObject({ problem: null }), 60);
  const sync = await startStockSync(waybill);
  await eventually(async () => expect((await sync.row()).comparedAt).not.toBeNull(), 60);
  store.standIn.faults = store.faults;
  waybill.shipbob.faults = warehouseFaults;
  store.deliveries.faults = deliveryFaults;

  let revocations = 0;
  for (let wave = 1; wave <= waves; wave += 1) {
    await sell(store, orders / waves);
    // Notifications wait until Temporal misses the turn that died with it; orders under way go on at once.
    if (wave === 3) {
      await workers.kill();
      await workers.start();
    }
    if (wave % 2 === 0) {
      await loseToken(waybill, flow, store);
      revocations += 1;
    }
    // Goods arrive meanwhile.
    if (wave === 2) waybill.shipbob.setStock('WH-TEA-30', 5_000);
    const sold = (orders / waves) * wave;
    await until(waybill, async () => (await countShipped(waybill)) >= sold * 0.7, 90);
  }
  store.standIn.faults = [];
  waybill.shipbob.faults = [];
  store.deliveries.faults = {};
  await store.deliveries.settle();
  await flow.pollStore();
  const retried = await finish(waybill, flow);
  await sync.compare();

  const { sent } = store.deliveries;
  return {
    ...(await verdict(waybill, store.notices())),
    mailDuplicates: repeats(store.mails()),
    retried,
    deliveriesNotTaken: sent.flatMap((each) => each.statuses).filter((status) => status !== 200).length,
    stock: { store: store.offered(), warehouse: freeAtWarehouse(waybill) },
    faults: {
      ...countFaults({ shipbob: waybill.shipbob.calls, store: store.standIn.calls }),
      dropped: sent.filter((each) => each.dropped).length,
      doubled: sent.filter((each) => each.statuses.filter((status) => status === 200).length > 1).length,
      reordered: sent.filter((each) => each.reordered).length,
      revocations,
      status401: store.standIn.calls.filter((call) => call.status === 401).length,
    },
  };
}

/** No faster than the notifications are taken: a burst that outlasts their deadline would only have them switched off. */
async function sell(store: FaultyStore, count: number): Promise<void> {
  for (let sold = 0; sold < count; sold += 10) {
    store.sell(10);
    await store.deliveries.settle();
  }
}

/**
 * The token is dead until orders show it; then it is as before, and saved again as a person does. It dies under orders
 * that are under way: a store that is not read just then, its worker dead, would have none to show it.
 */
async function loseToken(waybill: Waybill, flow: Flow, store: FaultyStore): Promise<void> {
  await until(waybill, async () => Object.keys(await states(waybill)).some((state) => state !== 'shipped'), 60);
  store.setTokenAlive(false);
  await until(waybill, async () => ((await states(waybill))['needs_attention'] ?? 0) > 0, 60);
  store.setTokenAlive(true);
  await flow.saved(waitKeys.connection(waybill.storeId));
}

/** Waits for the last order; what stands with a person is retried, and counted by its cause. */
async function finish(waybill: Waybill, flow: Flow): Promise<Record<string, number>> {
  const retried: Record<string, number> = {};
  const everyOrderShipped = async () => {
    const standing = await waybill.db
      .selectFrom('orders')
      .select(['external_id', 'attention'])
      .where('state', '=', 'needs_attention')
      .execute();
    for (const { external_id, attention } of standing) {
      const cause = attention?.cause ?? 'unknown';
      retried[cause] = (retried[cause] ?? 0) + 1;
      await retry(waybill, flow, external_id);
    }
    return (await countShipped(waybill)) === orders;
  };
  await until(waybill, everyOrderShipped, 120);
  return retried;
}

/** An order that was woken meanwhile may have ended since it was read: then its row says so. One that waits must listen. */
async function retry({ db }: Waybill, flow: Flow, externalId: string): Promise<void> {
  try {
    await flow.act(externalId, 'retry');
  } catch (error) {
    // It went on by itself between the look at its row and here; the next look says how far.
    if (error instanceof WorkflowUpdateFailedError && isRefusal(error.cause)) return;
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const row = await db
      .selectFrom('orders')
      .select('state')
      .where('external_id', '=', externalId)
      .executeTakeFirstOrThrow();
    if (row.state === 'needs_attention') throw error;
  }
}

const isRefusal = (cause: unknown) => cause instanceof ApplicationFailure && cause.type === 'action_refused';

async function countShipped(waybill: Waybill): Promise<number> {
  return (await states(waybill))['shipped'] ?? 0;
}

function freeAtWarehouse({ shipbob }: Waybill): Record<string, number> {
  const known = shipbob.state.products.filter((product) => warehouseSkus.includes(product.sku));
  return Object.fromEntries(known.map((product) => [product.sku, product.onHand - product.committed]));
}

/** 0 lost, 0 duplicates, equal stock; and a suite whose faults never happened shows nothing. */
export function expectNothingLost(figures: Figures): void {
  expect(figures).toMatchObject({
    ...{ shipped: orders, stuck: 0, lost: 0, inAttention: 0 },
    ...{ warehouseDuplicates: 0, noticeDuplicates: 0, missingNotices: 0, mailDuplicates: 0 },
  });
  expect(figures.stock.store).toEqual(figures.stock.warehouse);
  for (const count of [figures.kills, figures.lostCompletions]) expect(count).toBeGreaterThan(0);
  for (const count of Object.values(figures.faults)) expect(count).toBeGreaterThan(0);
}
