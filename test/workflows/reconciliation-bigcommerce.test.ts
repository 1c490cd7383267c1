import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import type { SandboxOrder } from '../../sandbox/bigcommerce/state.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import type { Waybill } from '../support/waybill.js';
import { startBigcommerceStore } from './bigcommerce-store.js';
import { flowOf, type Flow } from './flow.js';
import { bringsInWhatPollsMissed, letSettle, reconcile } from './reconcile.js';

quietTemporal();
let bigcommerce: BigcommerceSandbox;
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  waybill = await startBigcommerceStore(bigcommerce, {
    // An hour between polls: what is found before that was found by reconciling.
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
  });
  flow = flowOf(waybill);
  await waybill.enable();
  await eventually(async () => expect((await flow.store()).last_success_at).not.toBeNull());
});
afterAll(async () => {
  await waybill.stop();
  await bigcommerce.close();
});

const aTime = expect.any(Date) as unknown;
const mend = () => reconcile(waybill, { mend: true });
const shipmentsOf = (order: SandboxOrder) => bigcommerce.ledger().shipments.filter((each) => each.orderId === order.id);

/** As in the control panel: its pieces are open again, and the order waits to be sent. */
function deleteShipments(order: SandboxOrder): void {
  const { state, life } = bigcommerce;
  state.shipments = state.shipments.filter((each) => each.orderId !== order.id);
  life.edit(order, () => {
    for (const line of order.lines) line.shipped = 0;
    order.shippedAt = null;
  });
  life.setStatus(order, 11);
}

async function submitted(): Promise<{ order: SandboxOrder; id: string }> {
  const [order] = bigcommerce.addOrders([{}]);
  await flow.pollStore();
  await flow.until(String(order!.id), 'submitted');
  return { order: order!, id: String(order!.id) };
}

it('an order that no poll brought is imported; what all agree on is no difference, shipped orders included', () => {
  const [order] = bigcommerce.addOrders([{}]);
  return bringsInWhatPollsMissed(waybill, flow, String(order!.id), '1ZBC0001');
});

it('an order cancelled there is told so, and stopped at the warehouse', async () => {
  const { order, id } = await submitted();
  bigcommerce.life.setStatus(order, 5);
  // Told, the order stops its warehouse at once: the same run may see that before our row says so.
  expect((await mend()).of(id)).toContainEqual(
    expect.objectContaining({ kind: 'changed_at_marketplace', mended_at: aTime }),
  );
  await flow.until(id, 'cancelled');
});

it('a shipment that was deleted there is made again, once, with the number it had', async () => {
  const { order, id } = await submitted();
  await flow.ship(id, [{ carrier: 'UPS', trackingNumber: '1ZBC0002' }]);
  await flow.until(id, 'shipped');
  deleteShipments(order);
  expect((await mend()).of(id)).toEqual([
    expect.objectContaining({ kind: 'notice_missing_at_marketplace', mended_at: aTime }),
  ]);
  await eventually(async () => {
    await letSettle(waybill);
    expect(shipmentsOf(order)).toMatchObject([{ trackingNumber: '1ZBC0002' }]);
  });
  await flow.handle(id).result();
  expect((await mend()).of(id)).toEqual([]);
  expect(shipmentsOf(order)).toHaveLength(1);
});
