/** Records the histories of test/histories anew. Not a test of its own: `node scripts/record-histories.mjs` runs it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { stageAddressEdit } from '../../database/address-edits.js';
import {
  messages,
  reconciliationWorkflowId,
  storeWorkflowId,
  waitKeys,
  warehouseWorkflowId,
} from '../../domain/identifiers.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { testTaskQueue, workflowBundle } from '../support/temporal.js';
import { createScriptedStock } from '../support/scripted-stock.js';
import { saveListings, startWaybill, type Waybill } from '../support/waybill.js';
import { sampleAddress } from '../workflows/addresses.js';
import { flowOf, type Flow } from '../workflows/flow.js';
import { reconcile } from '../workflows/reconcile.js';
import { startStockSync } from '../workflows/stock-flow.js';
import { stubActivities } from '../workflows/stub-activities.js';
import { historiesFolder, historyKeyRing, writeHistory } from './recorded.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  const { port: stock } = createScriptedStock();
  waybill = await startWaybill({ deadlineMs: 1_500, marketplace: (real) => ({ ...real, stock }) });
  flow = flowOf(waybill);
  await rm(historiesFolder, { recursive: true, force: true });
  await waybill.enable();
}, 60_000);
afterEach(() => {
  waybill.shipbob.faults = [];
});
afterAll(() => waybill.stop());

/** Writes one run of a workflow; its payloads are encrypted anew under the key that is committed. */
async function record(name: string, workflowId: string, runId?: string): Promise<void> {
  const history = await waybill.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const codecs = [createPayloadCodec(waybill.keyRing, 'default'), createPayloadCodec(historyKeyRing, 'default')];
  await recode(history, async (payload) => {
    if (Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== 'binary/encrypted') return payload;
    const [plain] = await codecs[0]!.decode([payload]);
    const [encrypted] = await codecs[1]!.encode([plain!]);
    return encrypted!;
  });
  const file = `${historiesFolder}/${name}.json`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, writeHistory({ workflowId, history }));
}

async function recode(value: unknown, change: (payload: Payload) => Promise<Payload>): Promise<void> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  for (const [key, inner] of Object.entries(value)) {
    if (isPayload(inner)) Object.assign(value, { [key]: await change(inner) });
    else await recode(inner, change);
  }
}

const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && 'metadata' in value && 'data' in value;

const recordOrder = (name: string, receipt: string, runId?: string) =>
  record(`order/${name}`, flow.handle(receipt).workflowId, runId);

async function submitted(lines: Parameters<Flow['buy']>[0] = {}): Promise<string> {
  const receipt = await flow.buy(lines);
  await flow.until(receipt, 'submitted');
  return receipt;
}

async function held(spec: Parameters<Flow['buy']>[0] = {}): Promise<string> {
  await flow.settings({ reviewEveryOrder: true });
  const receipt = await flow.buy(spec);
  await flow.until(receipt, 'held');
  await flow.settings({ reviewEveryOrder: false });
  return receipt;
}

describe('order', () => {
  it('happy path', async () => {
    const receipt = await submitted();
    await flow.ship(receipt);
    await flow.handle(receipt).result();
    await recordOrder('happy-path', receipt);
  });

  it('attention that a saved listing ends', async () => {
    const receipt = await flow.buy({ lines: [{ itemNo: 'mug-1' }] });
    await flow.untilAttention(receipt, 'listing_missing');
    waybill.shipbob.addProduct({ sku: 'WH-MUG' });
    await saveListings(waybill.database, waybill.storeId, { 'mug-1': [{ warehouseSku: 'WH-MUG', quantity: 1 }] });
    await flow.saved(waitKeys.listing(waybill.storeId, 'mug-1'));
    await flow.until(receipt, 'submitted');
    await flow.ship(receipt);
    await flow.handle(receipt).result();
    await recordOrder('attention-fixed', receipt);
  });

  it('held, edited, held until a time', async () => {
    const receipt = await held();
    const { id } = await flow.row(receipt);
    const editId = await stageAddressEdit(waybill.db, id, 'main', sampleAddress);
    await flow.act(receipt, 'editAddress', { editId });
    await flow.act(receipt, 'hold', { releaseAt: new Date(Date.now() + 1_000).toISOString() });
    await flow.until(receipt, 'submitted');
    await recordOrder('held-and-edited', receipt);
  });

  it('cancelled in time and too late', async () => {
    const stopped = await submitted();
    await flow.cancel(stopped);
    await flow.handle(stopped).result();
    await recordOrder('cancel-stopped', stopped);
    const tooLate = await submitted();
    waybill.shipbob.ship(flow.reference(tooLate), [{ labelOnly: true }]);
    await flow.cancel(tooLate);
    await flow.ship(tooLate, []);
    await flow.handle(tooLate).result();
    await recordOrder('cancel-too-late', tooLate);
  });

  it('cancelled while the warehouse is down', async () => {
    const receipt = await held();
    waybill.shipbob.faults = [{ kind: 'status', rate: 1, status: 503 }];
    await flow.act(receipt, 'release');
    const before = waybill.shipbob.calls.length;
    await eventually(() => expect(waybill.shipbob.calls.length).toBeGreaterThan(before + 1));
    await flow.cancel(receipt);
    await flow.handle(receipt).result();
    await recordOrder('cancel-during-outage', receipt);
  });

  it('opened again by a late shipment', async () => {
    const receipt = await submitted();
    await flow.cancel(receipt);
    await flow.handle(receipt).result();
    const order = waybill.shipbob.state.orders.find((each) => each.reference === flow.reference(receipt))!;
    order.shipments[0]!.status = 'Processing';
    await flow.ship(receipt);
    await flow.untilAttention(receipt, 'shipped_after_cancel');
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'shipped');
    await flow.handle(receipt).result();
    await recordOrder('late-shipment', receipt);
  });

  it('in several shipments, with goods nobody ordered', async () => {
    const receipt = await submitted({ lines: [{ quantity: 2 }, { itemNo: 'tea-30' }] });
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }] }]);
    await flow.until(receipt, 'partially_shipped');
    const rest = [
      { sku: 'WH-KIT-1', quantity: 1 },
      { sku: 'WH-TEA-30', quantity: 1 },
      { sku: 'WH-BOOK-7', quantity: 1 },
    ];
    await flow.ship(receipt, [{ items: rest }]);
    await flow.untilAttention(receipt, 'shipment_unexpected');
    await flow.act(receipt, 'retry');
    await flow.handle(receipt).result();
    await recordOrder('partial-shipments', receipt);
  });

  it('given up by the warehouse and sent anew', async () => {
    const receipt = await submitted();
    waybill.shipbob.cancelByWarehouse(flow.reference(receipt));
    await flow.pollWarehouse();
    await flow.untilAttention(receipt, 'cancelled_at_warehouse');
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'submitted');
    await recordOrder('second-generation', receipt);
  });

  it('held for a refund, and shipped elsewhere in the end', async () => {
    const receipt = await held();
    waybill.clickbank.state.orders.find((each) => each.receipt === receipt)!.lines[0]!.refundPending = true;
    await flow.act(receipt, 'release');
    await eventually(async () => expect((await flow.row(receipt)).hold?.reason).toBe('refund_pending'));
    await flow.act(receipt, 'markShippedElsewhere');
    await flow.handle(receipt).result();
    await recordOrder('refund-then-elsewhere', receipt);
  });

  it('changed at the marketplace before it is sent, after, and cancelled there', async () => {
    const change = (receipt: string, line: number) => {
      waybill.clickbank.state.orders.find((each) => each.receipt === receipt)!.lines[line]!.refunded = true;
    };
    const tell = (receipt: string) => flow.handle(receipt).signal(messages.order.marketplaceChanged, { seen: 'other' });
    const before = await held({ lines: [{}, { itemNo: 'tea-30' }] });
    change(before, 1);
    await flow.act(before, 'release');
    await flow.until(before, 'submitted');
    await flow.ship(before);
    await flow.handle(before).result();
    await recordOrder('changed-before-submit', before);

    const after = await submitted({ lines: [{}, { itemNo: 'tea-30' }] });
    change(after, 1);
    await tell(after);
    await flow.untilAttention(after, 'changed_at_marketplace');
    await flow.act(after, 'retry');
    await flow.ship(after);
    await flow.handle(after).result();
    await recordOrder('changed-after-submit', after);

    const cancelled = await submitted();
    change(cancelled, 0);
    await tell(cancelled);
    await flow.handle(cancelled).result();
    await recordOrder('cancelled-at-marketplace', cancelled);
  });

  it('sent in spite of an answer that was lost', async () => {
    waybill.shipbob.faults = [{ kind: 'reset_after', rate: 1, times: 1, method: 'POST', path: '/order$' }];
    const receipt = await flow.buy();
    await flow.until(receipt, 'submitted', 30);
    await flow.ship(receipt);
    await flow.handle(receipt).result();
    await recordOrder('answer-lost', receipt);
  }, 60_000);
});

describe('reconciliation', () => {
  it('that finds a lost notice, and the order that posts it again', async () => {
    const receipt = await submitted();
    await flow.ship(receipt);
    await flow.handle(receipt).result();
    waybill.clickbank.state.notices = [];
    await reconcile(waybill, { mend: true });
    await eventually(async () => {
      // As if ClickBank had had its two minutes to show it.
      const sentAt = new Date(Date.now() - 120_000);
      await waybill.db.updateTable('write_intents').set({ sent_at: sentAt }).where('state', '=', 'unknown').execute();
      expect(flow.notices(receipt)).toHaveLength(1);
    });
    await flow.handle(receipt).result();
    await recordOrder('notices-repeated', receipt);
    await record('reconciliation/mended', reconciliationWorkflowId(waybill.storeId));
  });

  it('of a store whose warehouse cannot be asked', async () => {
    await submitted();
    waybill.shipbob.faults = [{ kind: 'status', rate: 1, status: 401 }];
    await reconcile(waybill);
    await record('reconciliation/failed', reconciliationWorkflowId(waybill.storeId));
  });
});

describe('connections', () => {
  it('as they ran meanwhile', async () => {
    await flow.tellStore('pause');
    await flow.tellStore('resume');
    await record('store/messages', storeWorkflowId(waybill.storeId));
    await record('warehouse/messages', warehouseWorkflowId(waybill.warehouseId));
  });

  it('a stock sync, paused, resumed and stopped', async () => {
    const sync = await startStockSync(waybill);
    await sync.round();
    await sync.tell('pause');
    await sync.tell('resume');
    await sync.round();
    await sync.stop();
    await record('stock/messages', sync.handle.workflowId);
  });

  it('a store that starts its history anew', async () => {
    const taskQueue = testTaskQueue('roll');
    const { temporal, dataConverter } = waybill;
    const worker = await Worker.create({
      connection: temporal.connection as NativeConnection,
      ...{ taskQueue, dataConverter, workflowBundle: workflowBundle(), activities: stubActivities().activities },
    });
    const client = new Client({ connection: temporal.connection, dataConverter });
    const first = await client.workflow.start('store', {
      ...{ workflowId: taskQueue, taskQueue },
      args: [{ storeId: waybill.storeId, paused: false, fixes: [] }],
    });
    await worker.runUntil(async () => {
      const handle = client.workflow.getHandle(taskQueue);
      await eventually(async () => expect((await handle.describe()).runId).not.toBe(first.firstExecutionRunId), 60);
      await handle.signal(messages.connection.stop);
      await handle.result();
    });
    await record('store/continue-as-new', taskQueue, first.firstExecutionRunId);
  }, 120_000);
});
