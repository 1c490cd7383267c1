import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from './flow.js';
import { letSettle, reconcile } from './reconcile.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  // An hour between polls: what is found before that was found by reconciling.
  waybill = await startWaybill({ deadlineMs: 1_000, settings: { pollSeconds: { busy: 3_600, idle: 3_600 } } });
  flow = flowOf(waybill);
  await waybill.enable();
  await eventually(async () => expect((await flow.store()).last_success_at).not.toBeNull());
});
afterAll(() => waybill.stop());

const aTime = expect.any(Date) as unknown;
const report = () => reconcile(waybill);
const mend = () => reconcile(waybill, { mend: true });
const row = (receipt: string) =>
  waybill.db.selectFrom('orders').where('external_id', '=', receipt).selectAll().execute();

async function submitted(spec: Parameters<Flow['buy']>[0] = {}): Promise<string> {
  const receipt = await flow.buy(spec);
  await flow.until(receipt, 'submitted');
  return receipt;
}

async function shipped(): Promise<string> {
  const receipt = await submitted();
  await flow.ship(receipt);
  await flow.until(receipt, 'shipped');
  await flow.handle(receipt).result();
  return receipt;
}

/** What `temporal workflow delete` does; the server removes it a moment later. */
async function forgetWorkflow(receipt: string): Promise<void> {
  const handle = flow.handle(receipt);
  const { workflowId } = handle;
  await waybill.temporal.workflowService.deleteWorkflowExecution({
    ...{ namespace: 'default', workflowExecution: { workflowId } },
  });
  await eventually(() => expect(handle.describe()).rejects.toThrow());
}

const warehouseOrder = (receipt: string) =>
  waybill.shipbob.state.orders.find((each) => each.reference === flow.reference(receipt))!;

describe('what all three agree on', () => {
  it('is no difference, and the report counts what was looked at', async () => {
    const [open, done] = [await submitted(), await shipped()];
    const { row, differences } = await mend();
    expect(differences).toEqual([]);
    expect(row).toMatchObject({ state: 'finished', problem: null, requested_by: 'key:tester' });
    expect(row.compared).toMatchObject({ marketplaceOrders: 2, openOrders: 1, openFulfillments: 1, notices: 1 });
    expect(flow.warehouseOrders(open)).toHaveLength(1);
    expect(flow.notices(done)).toHaveLength(1);
  });
});

describe('marketplace and Waybill', () => {
  it('an order that no poll brought is named, and imported when mending is asked for', async () => {
    const [order] = waybill.clickbank.addOrders([{}]);
    const { receipt } = order!;
    const expected = { kind: 'order_missing_here', mend: 'import', order_id: null };
    expect((await report()).of(receipt)).toEqual([expect.objectContaining({ ...expected, mended_at: null })]);
    expect(await row(receipt)).toEqual([]);
    expect((await mend()).of(receipt)).toEqual([expect.objectContaining({ ...expected, mended_at: aTime })]);
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
    expect((await report()).of(receipt)).toEqual([]);
  });

  it('one that the store leaves out becomes a skipped order with its cause', async () => {
    const [order] = waybill.clickbank.addOrders([{ lines: [{ refunded: true }] }]);
    const [found] = (await mend()).of(order!.receipt);
    expect(found!.message).toContain('The store leaves it out: Every physical line is refunded');
    const skipped = await waybill.db.selectFrom('skipped_orders').selectAll().execute();
    expect(skipped).toEqual([expect.objectContaining({ external_id: order!.receipt, cause: 'refunded' })]);
    expect((await report()).of(order!.receipt)).toEqual([]);
  });

  it('one that cannot be understood is kept raw', async () => {
    const [order] = waybill.clickbank.addOrders([{ rawShipping: { quantity: 'many', lineItemData: 'none' } }]);
    const [found] = (await mend()).of(order!.receipt);
    expect(found).toMatchObject({ kind: 'order_missing_here', mended_at: aTime });
    expect((await report()).of(order!.receipt)).toEqual([]);
  });

  it('one from before the first import is for a person to decide', async () => {
    const placedAt = new Date(Date.now() - 40 * 86_400_000).toISOString();
    const [order] = waybill.clickbank.addOrders([{ placedAt }]);
    const { of } = await reconcile(waybill, { mend: true, hours: 41 * 24 });
    expect(of(order!.receipt)).toEqual([expect.objectContaining({ kind: 'order_missing_here', mend: null })]);
    expect(await row(order!.receipt)).toEqual([]);
  });

  it('an order that vanished there is named', async () => {
    const receipt = await submitted();
    waybill.clickbank.state.orders = waybill.clickbank.state.orders.filter((each) => each.receipt !== receipt);
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'order_missing_at_marketplace', mend: null }),
    ]);
  });

  it('a refund there of what is open here is told to the order, which is cancelled', async () => {
    const receipt = await submitted();
    waybill.clickbank.state.orders.find((each) => each.receipt === receipt)!.lines[0]!.refunded = true;
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'changed_at_marketplace', mended_at: aTime }),
    ]);
    await flow.until(receipt, 'cancelled');
    expect((await report()).of(receipt)).toEqual([]);
  });

  it('what somebody else shipped is named', async () => {
    const receipt = await submitted();
    const notice = { receipt, itemNo: 'kit-1', shipDate: '2026-11-20', carrier: 'UPS', trackingId: 'T-OTHER' };
    waybill.clickbank.state.notices.push({ ...notice, comments: null, generated: false });
    expect((await mend()).of(receipt)).toEqual([expect.objectContaining({ kind: 'shipped_at_marketplace_only' })]);
  });
});

describe('an order and its workflow', () => {
  it('is started when it has none, and nothing is sent twice', async () => {
    const receipt = await submitted();
    await forgetWorkflow(receipt);
    expect((await report()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'workflow_missing', mend: 'start', mended_at: null }),
    ]);
    await mend();
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('one that was ended by hand is only named', async () => {
    const receipt = await submitted();
    await flow.handle(receipt).terminate('by hand');
    const [found] = (await mend()).of(receipt);
    expect(found).toMatchObject({ kind: 'workflow_missing', mend: null });
    expect(found!.message).toContain('ended as terminated');
  });
});

describe('warehouse and Waybill', () => {
  it('what was submitted and is not there is named', async () => {
    const receipt = await submitted();
    waybill.shipbob.state.orders = waybill.shipbob.state.orders.filter((each) => each !== warehouseOrder(receipt));
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({
        kind: 'fulfillment_missing_at_warehouse',
        subject: flow.reference(receipt),
        mend: null,
      }),
    ]);
  });

  it('what was cancelled there is told to its order, once', async () => {
    const receipt = await submitted();
    waybill.shipbob.cancelByWarehouse(flow.reference(receipt));
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'cancelled_at_warehouse', mended_at: aTime }),
    ]);
    await flow.untilAttention(receipt, 'cancelled_at_warehouse');
    expect((await report()).of(receipt)).toEqual([]);
  });

  it('what was cancelled here and lives there is asked to stop again; what it can no longer stop is left to a person', async () => {
    const [revived, packed] = [await submitted(), await submitted()];
    for (const receipt of [revived, packed]) {
      await flow.cancel(receipt);
      await flow.until(receipt, 'cancelled');
      for (const shipment of warehouseOrder(receipt).shipments) shipment.status = 'Processing';
    }
    waybill.shipbob.ship(flow.reference(packed), [{ labelOnly: true }]);
    const named = { kind: 'cancelled_here_only', subject: flow.reference(revived), mend: 'stop_again' };
    expect((await report()).of(revived)).toEqual([expect.objectContaining({ ...named, mended_at: null })]);
    expect(flow.warehouseOrders(revived)).toMatchObject([{ status: 'Processing' }]);
    const run = await mend();
    expect(run.of(revived)).toEqual([expect.objectContaining({ ...named, mended_at: aTime })]);
    expect(run.of(packed)).toEqual([expect.objectContaining({ kind: 'cancelled_here_only', mended_at: null })]);
    expect(flow.warehouseOrders(revived)).toMatchObject([{ status: 'Cancelled' }]);
    expect((await report()).of(revived)).toEqual([]);
  });

  it('what shipped unseen is saved, told and written back once', async () => {
    const receipt = await submitted();
    waybill.shipbob.ship(flow.reference(receipt));
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'shipment_missing_here', mended_at: aTime }),
    ]);
    await flow.until(receipt, 'shipped');
    await flow.pollWarehouse();
    expect((await report()).of(receipt)).toEqual([]);
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('another tracking number and other goods are named', async () => {
    const receipt = await shipped();
    const [shipment] = warehouseOrder(receipt).shipments;
    shipment!.tracking!.number = 'T-CORRECTED';
    shipment!.contents.set('WH-KIT-1', 2);
    warehouseOrder(receipt).updatedAt = new Date();
    const found = (await mend()).of(receipt);
    expect(found.map((each) => each.kind)).toEqual(['tracking_differs', 'quantities_differ']);
    expect(found[0]!.message).toContain('T-CORRECTED');
    expect(found[1]!.message).toContain('2 × WH-KIT-1');
  });
});

describe('a notice that the marketplace lost', () => {
  const lose = (receipt: string) => {
    waybill.clickbank.state.notices = waybill.clickbank.state.notices.filter((each) => each.receipt !== receipt);
  };

  it('is posted again by its order, which has ended, and once', async () => {
    const receipt = await shipped();
    const before = flow.notices(receipt);
    lose(receipt);
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'notice_missing_at_marketplace', mend: 'write_back_again' }),
    ]);
    await eventually(async () => {
      await letSettle(waybill);
      expect(await flow.events(receipt)).toContain('notices_repeated');
    });
    expect(flow.notices(receipt)).toEqual(before);
    await flow.handle(receipt).result();
    expect(await flow.row(receipt)).toMatchObject({ state: 'shipped' });
    expect((await mend()).of(receipt)).toEqual([]);
    expect(flow.notices(receipt)).toEqual(before);
  });

  it('is posted again by an order that still runs', async () => {
    const receipt = await submitted({ lines: [{ quantity: 2 }] });
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'T-1' }]);
    await flow.until(receipt, 'partially_shipped');
    lose(receipt);
    await mend();
    await eventually(async () => {
      await letSettle(waybill);
      expect(flow.notices(receipt).map((each) => each.trackingId)).toEqual(['T-1']);
    });
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'T-2' }]);
    await flow.until(receipt, 'shipped');
    expect(flow.notices(receipt).map((each) => each.trackingId)).toEqual(['T-1', 'T-2']);
  });

  it('stays away where the order does not stand any more', async () => {
    const receipt = await shipped();
    lose(receipt);
    waybill.clickbank.state.orders.find((each) => each.receipt === receipt)!.lines[0]!.refunded = true;
    expect((await mend()).of(receipt)).toEqual([
      expect.objectContaining({ kind: 'notice_missing_at_marketplace', mend: null }),
    ]);
    expect(flow.notices(receipt)).toEqual([]);
  });
});

describe('a run', () => {
  it('goes on with the other ledgers when one cannot be read, and says why', async () => {
    const [order] = waybill.clickbank.addOrders([{}]);
    waybill.shipbob.faults = [{ kind: 'status', rate: 1, status: 401 }];
    const { row, of } = await report();
    waybill.shipbob.faults = [];
    expect(row).toMatchObject({ state: 'failed', problem: { cause: 'credentials_refused' } });
    expect(of(order!.receipt)).toEqual([expect.objectContaining({ kind: 'order_missing_here' })]);
    expect(row.compared).toHaveProperty('notices');
  });
});
