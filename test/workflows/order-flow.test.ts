import { orderWorkflowId } from '../../domain/identifiers.js';
import { eventually } from '../support/eventually.js';
import { startWaybill, type Waybill } from '../support/waybill.js';

let waybill: Waybill;
beforeAll(async () => {
  waybill = await startWaybill({ shipbob: { autoShip: { afterMs: 50 } } });
});
afterAll(() => waybill.stop());

it('R1: carries an order from sale to shipment with no manual step', async () => {
  const [order] = waybill.clickbank.addSamples(1, 'plain');
  await waybill.enable();
  await eventually(async () => {
    const rows = await waybill.db.selectFrom('orders').select(['state', 'attention']).execute();
    expect(rows).toEqual([{ state: 'submitted', attention: null }]);
  });
  const row = await waybill.db.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
  expect(row.external_id).toBe(order!.receipt);
  // The shipment is polled when the warehouse has one.
  await waybill.temporal.workflow.getHandle(`warehouse:${waybill.warehouseId}`).signal('pollNow');
  await waybill.db.executeQuery((await import('kysely')).sql`select pg_notify('waybill_wake', ${'yield:' + waybill.warehouseId})`.compile(waybill.db));
  await eventually(async () => {
    const { state } = await waybill.db.selectFrom('orders').select('state').executeTakeFirstOrThrow();
    expect(state).toBe('shipped');
  });
  expect(waybill.clickbank.ledger().notices).toHaveLength(1);
  const handle = waybill.temporal.workflow.getHandle(orderWorkflowId({ storeId: waybill.storeId, externalId: order!.receipt }));
  const history = await handle.fetchHistory();
  console.error(history.events!.length, history.events!.map((e) => e.eventType).join(','));
});
