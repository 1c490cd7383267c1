import { saveShipments } from '../../database/shipments.js';
import { keepDelivery } from '../../database/webhook-inbox.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { saveListings, startWaybill, type Waybill } from '../support/waybill.js';
import { findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  waybill = await startWaybill({ deadlineMs: 2_000 });
  flow = flowOf(waybill);
  waybill.shipbob.addProduct({ sku: 'WH-CUP', onHand: 1_000 });
  await saveListings(waybill.database, waybill.storeId, {
    'gift-set': [
      { warehouseSku: 'WH-TEA-30', quantity: 1 },
      { warehouseSku: 'WH-CUP', quantity: 2 },
    ],
  });
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterAll(() => waybill.stop());

const kitAndTea = { lines: [{ quantity: 2 }, { itemNo: 'tea-30', title: 'Tea' }] };
const told = (receipt: string) =>
  flow
    .notices(receipt)
    .map((each) => [each.itemNo, each.trackingId])
    .sort();

async function submitted(spec: Parameters<Flow['buy']>[0] = {}): Promise<string> {
  const receipt = await flow.buy(spec);
  await flow.until(receipt, 'submitted');
  return receipt;
}

describe('the happy path', () => {
  it('R1, R3, R5: costs one workflow, 24 events and 8 KB of encrypted history', async () => {
    const receipt = await submitted();
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
    expect(await flow.handle(receipt).result()).toBe('shipped');
    const { workflowExecutionInfo: info } = (await flow.handle(receipt).describe()).raw;
    expect(Number(info!.historyLength)).toBeLessThanOrEqual(24);
    expect(Number(info!.historySizeBytes)).toBeLessThanOrEqual(8 * 1024);
    expect(await flow.events(receipt)).toEqual(['imported', 'submitted', 'written_back']);
  });
});

describe('shipments', () => {
  it('R5: tells the marketplace of each package with the items in it, and follows the quantities', async () => {
    const receipt = await submitted(kitAndTea);
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'T-1' }]);
    await flow.until(receipt, 'partially_shipped');
    expect(told(receipt)).toEqual([['kit-1', 'T-1']]);

    const rest = [
      { items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'T-2' },
      { items: [{ sku: 'WH-TEA-30', quantity: 1 }], trackingNumber: 'T-3' },
    ];
    await flow.ship(receipt, rest);
    await flow.until(receipt, 'shipped');
    expect(told(receipt)).toEqual([
      ['kit-1', 'T-1'],
      ['kit-1', 'T-2'],
      ['tea-30', 'T-3'],
    ]);
    const shipments = await waybill.db
      .selectFrom('shipments as s')
      .innerJoin('fulfillments as f', 'f.reference', 's.reference')
      .innerJoin('orders as o', 'o.id', 'f.order_id')
      .select('s.lines')
      .where('o.external_id', '=', receipt)
      .orderBy('s.received_at')
      .execute();
    expect(shipments.map((each) => each.lines)).toEqual(
      expect.arrayContaining([
        [{ lineId: 'kit-1', quantity: 1 }],
        [{ lineId: 'kit-1', quantity: 1 }],
        [{ lineId: 'tea-30', quantity: 1 }],
      ]),
    );
  });

  it('R5: one package with two items is two notices under one number', async () => {
    const receipt = await submitted(kitAndTea);
    await flow.ship(receipt, [{ trackingNumber: 'T-BOTH' }]);
    await flow.until(receipt, 'shipped');
    expect(told(receipt)).toEqual([
      ['kit-1', 'T-BOTH'],
      ['tea-30', 'T-BOTH'],
    ]);
  });

  it('R5: tells of each carton of one shipment', async () => {
    const receipt = await submitted({ lines: [{ quantity: 3 }] });
    await flow.ship(receipt, [{ cartons: [[{ sku: 'WH-KIT-1', quantity: 2 }], [{ sku: 'WH-KIT-1', quantity: 1 }]] }]);
    const row = await flow.until(receipt, 'shipped');
    // One tracking number for both: the marketplace, which knows item and number, is told once.
    expect(flow.notices(receipt)).toHaveLength(1);
    expect(row.ledger).toMatchObject([{ ordered: 3, shipped: 3 }]);
  });

  it('R105: counts a bundle whose components leave in two shipments', async () => {
    const receipt = await submitted({ lines: [{ itemNo: 'gift-set', title: 'Gift set' }] });
    await flow.ship(receipt, [{ items: [{ sku: 'WH-TEA-30', quantity: 1 }], trackingNumber: 'B-1' }]);
    await flow.until(receipt, 'partially_shipped');
    await flow.ship(receipt, [{ items: [{ sku: 'WH-CUP', quantity: 2 }], trackingNumber: 'B-2' }]);
    const row = await flow.until(receipt, 'shipped');
    expect(told(receipt)).toEqual([
      ['gift-set', 'B-1'],
      ['gift-set', 'B-2'],
    ]);
    expect(row.ledger.map((each) => [each.ordered, each.shipped])).toEqual(
      expect.arrayContaining([
        [1, 1],
        [2, 2],
      ]),
    );
  });

  it('hears of a shipment by webhook within two seconds', async () => {
    const receipt = await submitted();
    const [order] = flow.warehouseOrders(receipt);
    waybill.shipbob.ship(flow.reference(receipt));
    const started = Date.now();
    const delivery = {
      connectionId: waybill.warehouseId,
      topic: 'order.shipped',
      body: { orderIds: [String(order!['id'])] },
    };
    await keepDelivery(waybill.db, { ...delivery, deliveryKey: `msg_${receipt}` });
    await flow.until(receipt, 'shipped');
    expect(Date.now() - started).toBeLessThan(2_000);
    // The same content under a new id, and the poll that finds it too: no second notice.
    await keepDelivery(waybill.db, { ...delivery, deliveryKey: `msg_${receipt}_again` });
    await flow.pollWarehouse();
    await eventually(async () => {
      const inbox = await waybill.db.selectFrom('webhook_inbox').select(['processed_at', 'problem']).execute();
      expect(inbox.filter((each) => each.processed_at === null || each.problem !== null)).toEqual([]);
    });
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('a webhook that names an unknown order keeps up no other', async () => {
    const receipt = await submitted();
    const [order] = flow.warehouseOrders(receipt);
    waybill.shipbob.ship(flow.reference(receipt));
    const to = { connectionId: waybill.warehouseId, topic: 'order.shipped' };
    await keepDelivery(waybill.db, { ...to, deliveryKey: 'msg_unknown', body: { orderIds: ['999999999'] } });
    await keepDelivery(waybill.db, {
      ...to,
      deliveryKey: `msg_${receipt}`,
      body: { orderIds: [String(order!['id'])] },
    });
    await flow.until(receipt, 'shipped');
  });

  it('knows a shipment that is reported twice, by its id', async () => {
    const receipt = await submitted({ lines: [{ quantity: 2 }] });
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }] }]);
    await flow.until(receipt, 'partially_shipped');
    const { id } = await waybill.db
      .selectFrom('shipments')
      .select('id')
      .where('reference', '=', flow.reference(receipt))
      .executeTakeFirstOrThrow();
    const again = {
      fulfillment: flow.reference(receipt),
      shipmentId: id,
      packages: [{ packageId: 'x', items: [{ warehouseSku: 'WH-KIT-1', quantity: 1 }] }],
    };
    await flow.handle(receipt).signal('shipmentReported', again);
    await flow.handle(receipt).signal('shipmentReported', again);
    expect(await flow.query(receipt)).toMatchObject({ state: 'partially_shipped', waitingWritebacks: [] });
    expect(flow.notices(receipt)).toHaveLength(1);
  });
});

describe('shipments that come late', () => {
  it('I3: one whose teller died after telling is not taken for a second one when the order has ended', async () => {
    const receipt = await submitted();
    const fulfillment = flow.reference(receipt);
    const items = [{ warehouseSku: 'WH-KIT-1', quantity: 1 }];
    const box = { packageId: 'b1', trackingNumber: 'T-DEAD', trackingUrl: null, items };
    const sent = { externalId: 's1', reference: fulfillment, shippedAt: new Date().toISOString() };
    const shipment = { ...sent, carrier: 'USPS', service: null, packages: [box] };
    await saveShipments(waybill.db, waybill.warehouseId, [shipment]);
    const of = waybill.db.selectFrom('shipments').select('id').where('reference', '=', fulfillment);
    const { id: shipmentId } = await of.executeTakeFirstOrThrow();
    // Told, and not marked as told.
    const news = { fulfillment, shipmentId, packages: [{ packageId: 'b1', items }] };
    await flow.handle(receipt).signal('shipmentReported', news);
    await flow.handle(receipt).result();
    const { runId } = await flow.handle(receipt).describe();
    await settledRound();
    expect(await flow.row(receipt)).toMatchObject({ state: 'shipped', attention: null });
    expect((await flow.handle(receipt).describe()).runId).toBe(runId);
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('opens a shipped order again and raises goods that nobody ordered', async () => {
    const receipt = await submitted();
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
    await flow.handle(receipt).result();
    const [order] = waybill.shipbob.state.orders.filter((each) => each.reference === flow.reference(receipt));
    order!.shipments.push({ ...structuredClone(order!.shipments[0]!), id: waybill.shipbob.state.nextId() });
    order!.updatedAt = new Date();
    await flow.pollWarehouse();
    const attention = await flow.untilAttention(receipt, 'shipment_unexpected');
    expect(attention.message).toContain('1 × WH-KIT-1');
    expect(await flow.query(receipt)).toMatchObject({ state: 'needs_attention' });
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'shipped');
    expect(await flow.handle(receipt).result()).toBe('shipped');
  });

  /** Cancelled at the warehouse, which sends it all the same. */
  async function shippedAfterCancel(): Promise<string> {
    const receipt = await submitted();
    expect(await flow.cancel(receipt)).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(await flow.handle(receipt).result()).toBe('cancelled');
    const [order] = waybill.shipbob.state.orders.filter((each) => each.reference === flow.reference(receipt));
    order!.shipments[0]!.status = 'Processing';
    await flow.ship(receipt);
    const attention = await flow.untilAttention(receipt, 'shipped_after_cancel');
    expect(attention).toMatchObject({ about: { reference: flow.reference(receipt) } });
    expect(flow.notices(receipt)).toEqual([]);
    return receipt;
  }

  it('I4: raises what shipped after a cancellation, and a retry tells the marketplace', async () => {
    const receipt = await shippedAfterCancel();
    await flow.act(receipt, 'retry');
    const row = await flow.until(receipt, 'shipped');
    expect(flow.notices(receipt)).toHaveLength(1);
    expect(row.ledger).toMatchObject([{ ordered: 1, shipped: 1, cancelled: 0 }]);
    expect((await flow.events(receipt)).slice(-4)).toEqual(['cancel_stopped', 'attention', 'retried', 'written_back']);
  });

  it('keeps quiet when a person marks it as shipped elsewhere instead', async () => {
    const receipt = await shippedAfterCancel();
    await flow.act(receipt, 'markShippedElsewhere', { note: 'The customer was told by phone.' });
    await flow.until(receipt, 'closed');
    expect(await flow.handle(receipt).result()).toBe('closed');
    expect(flow.notices(receipt)).toEqual([]);
    const last = (await flow.timeline(receipt)).at(-1);
    expect(last).toMatchObject({ event: 'shipped_elsewhere', actor: 'key:tester' });
  });
});

describe('what the warehouse does by itself', () => {
  it('raises its cancellation, and a retry sends a new request under a new reference', async () => {
    const receipt = await submitted();
    waybill.shipbob.cancelByWarehouse(flow.reference(receipt));
    await flow.pollWarehouse();
    await flow.untilAttention(receipt, 'cancelled_at_warehouse');
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'submitted');
    const references = flow.warehouseOrders(receipt).map((each) => [each['reference_id'], each['status']]);
    expect(references).toEqual([
      [flow.reference(receipt, 1, 1), 'Cancelled'],
      [flow.reference(receipt, 1, 2), 'Processing'],
    ]);
    await flow.ship(receipt, undefined, 2);
    const row = await flow.until(receipt, 'shipped');
    expect(row.generation).toBe(2);
    const rows = waybill.db.selectFrom('fulfillments').select(['generation', 'state']).where('order_id', '=', row.id);
    expect(await rows.orderBy('generation').execute()).toEqual([
      { generation: 1, state: 'cancelled' },
      { generation: 2, state: 'shipped' },
    ]);
  });

  it('raises a shipment that is overdue once, goes on after a retry, and settles when it ships', async () => {
    const receipt = await submitted();
    const longAgo = new Date(Date.now() - 11 * 86_400_000);
    const change = waybill.db.updateTable('fulfillments').set({ submitted_at: longAgo });
    await change.where('reference', '=', flow.reference(receipt)).execute();
    await flow.pollWarehouse();
    const attention = await flow.untilAttention(receipt, 'shipment_overdue');
    expect(attention.message).toContain('10 days');
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'submitted');
    // A person has seen it: it is not raised again.
    await settledRound();
    expect((await flow.row(receipt)).state).toBe('submitted');
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
  });

  it('hears of the cancellation of an order that is in attention already', async () => {
    const receipt = await submitted();
    const longAgo = new Date(Date.now() - 11 * 86_400_000);
    const change = waybill.db.updateTable('fulfillments').set({ submitted_at: longAgo });
    await change.where('reference', '=', flow.reference(receipt)).execute();
    await flow.pollWarehouse();
    await flow.untilAttention(receipt, 'shipment_overdue');
    waybill.shipbob.cancelByWarehouse(flow.reference(receipt));
    await flow.pollWarehouse();
    await flow.untilAttention(receipt, 'cancelled_at_warehouse');
    expect(await flow.cancel(receipt)).toMatchObject({ outcome: 'stopped', state: 'cancelled' });
  });

  it('raises goods that were not ordered and writes back what fits', async () => {
    const receipt = await submitted({ lines: [{ quantity: 2 }] });
    const parcel = {
      items: [
        { sku: 'WH-KIT-1', quantity: 2 },
        { sku: 'WH-BOOK-7', quantity: 3 },
      ],
    };
    await flow.ship(receipt, [parcel]);
    const attention = await flow.untilAttention(receipt, 'shipment_unexpected');
    expect(attention.message).toContain('3 × WH-BOOK-7');
    expect(told(receipt)).toHaveLength(1);
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'shipped');
  });

  it('raises a shipment that cannot be understood on its order', async () => {
    const receipt = await submitted();
    const [order] = waybill.shipbob.state.orders.filter((each) => each.reference === flow.reference(receipt));
    order!.shipments[0]!.status = 'Teleported' as never;
    order!.updatedAt = new Date();
    await flow.pollWarehouse();
    const attention = await flow.untilAttention(receipt, 'shipment_unreadable');
    expect(attention.message).toContain('Teleported');
    order!.shipments[0]!.status = 'Processing';
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
  });
});

/** One full round of the warehouse's watch, begun after now and over. */
async function settledRound(): Promise<void> {
  const before = new Date();
  await flow.pollWarehouse();
  await eventually(async () => {
    const { last_poll_at: last } = await waybill.db
      .selectFrom('warehouses')
      .select('last_poll_at')
      .where('id', '=', waybill.warehouseId)
      .executeTakeFirstOrThrow();
    expect(last!.getTime()).toBeGreaterThan(before.getTime());
  });
  // The row is written before orders are told of what is overdue: a second round begins after the first is over.
  const again = new Date();
  await flow.pollWarehouse();
  await eventually(async () => {
    const { last_poll_at: last } = await waybill.db
      .selectFrom('warehouses')
      .select('last_poll_at')
      .where('id', '=', waybill.warehouseId)
      .executeTakeFirstOrThrow();
    expect(last!.getTime()).toBeGreaterThan(again.getTime());
  });
}

describe('after all of this', () => {
  it('I6: every change of state has exactly one timeline row, written with it', async () => {
    expect(await timelineProblems(waybill.db)).toEqual([]);
  });

  it('I8: no history holds people or secrets, and none is stored in the clear', async () => {
    const leaks = await findLeaks(waybill);
    expect(leaks).toMatchObject({ canaries: [], plain: [] });
    expect(leaks.workflows).toBeGreaterThan(10);
    expect(leaks.payloads).toBeGreaterThan(100);
  });
});
