import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { marketplaces } from '../../connectors/marketplaces/registry.js';
import { warehouseSystems } from '../../connectors/warehouses/registry.js';
import type { OrderSpec } from '../../sandbox/bigcommerce/orders.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import type { SandboxOrder } from '../../sandbox/bigcommerce/state.js';
import { createWebhookVerifier } from '../../worker/webhooks.js';
import { startHarness, type Harness } from '../api/harness.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import type { Waybill } from '../support/waybill.js';
import { startBigcommerceStore } from './bigcommerce-store.js';
import { flowOf, type Flow } from './flow.js';

quietTemporal();
let bigcommerce: BigcommerceSandbox;
let waybill: Waybill;
let harness: Harness;
let flow: Flow;
let front: Server;
beforeAll(async () => {
  bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  // The public address is known before the API has one of its own.
  front = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      void fetch(`${harness.url}${request.url}`, { method: 'POST', body: Buffer.concat(body), headers }).then(
        (answer) => response.writeHead(answer.status).end(),
        () => response.writeHead(502).end(),
      );
    });
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  waybill = await startBigcommerceStore(bigcommerce, {
    deadlineMs: 2_000,
    publicUrl: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
  });
  const { db, keyRing, database } = waybill;
  const verifyWebhook = createWebhookVerifier({ db, keyRing, marketplaces, warehouseSystems });
  harness = await startHarness({ keyRing, verifyWebhook }, database);
  flow = flowOf(waybill);
  await waybill.enable();
  await eventually(async () => expect((await flow.store()).last_success_at).not.toBeNull());
}, 60_000);
afterAll(async () => {
  await harness.close();
  await waybill.stop();
  await bigcommerce.close();
  await new Promise((resolve) => front.close(resolve));
});

const lists = () => bigcommerce.standIn.calls.filter((call) => /v2\/orders$/.test(call.path)).length;
/** Sold, and heard of by webhook alone. */
async function sell(spec: OrderSpec = {}): Promise<{ order: SandboxOrder; id: string }> {
  const before = lists();
  const [order] = bigcommerce.addOrders([spec]);
  const id = String(order!.id);
  await flow.until(id, 'submitted');
  expect(lists()).toBe(before);
  return { order: order!, id };
}

it('R94: an order is imported by the webhook of its status, with what registration kept as its proof', async () => {
  const { id } = await sell();
  expect(await flow.events(id)).toEqual(['imported', 'submitted']);
  const health = (await flow.store()).webhooks!;
  expect(health).toMatchObject({ problem: null });
  expect(health.mended.length).toBeGreaterThan(5);
  const rows = waybill.db.selectFrom('webhook_inbox').select('body').where('connection_id', '=', waybill.storeId);
  expect(await rows.execute()).toContainEqual({ body: { kind: 'orders', orderIds: [id] } });
});

it('a refund of the whole order stops the warehouse', async () => {
  const { order, id } = await sell();
  bigcommerce.life.refund(order);
  await flow.until(id, 'cancelled');
  expect(flow.warehouseOrders(id)).toMatchObject([{ status: 'Cancelled' }]);
  expect((await flow.timeline(id)).at(-1)).toMatchObject({ event: 'cancel_stopped', actor: 'marketplace' });
});

it('a refund of a part is shown with the line, from and to', async () => {
  const { order, id } = await sell({ lines: [{ quantity: 2 }] });
  const line = order.lines[0]!;
  bigcommerce.life.refund(order, line.id, 1);
  const attention = await flow.untilAttention(id, 'changed_at_marketplace');
  expect(attention.about['change']).toBe(`line ${line.id} (SKU ${line.sku}): 2 → 1`);
});

it('an archived order is cancelled, and one that needs a manual check waits for it', async () => {
  await flow.settings({ reviewEveryOrder: true });
  const archived = bigcommerce.addOrders([{}])[0]!;
  const checked = bigcommerce.addOrders([{}])[0]!;
  await flow.until(String(archived.id), 'held');
  await flow.until(String(checked.id), 'held');
  await flow.settings({ reviewEveryOrder: false });
  bigcommerce.life.archive(archived);
  await flow.until(String(archived.id), 'cancelled');
  bigcommerce.life.setStatus(checked, 12);
  await flow.act(String(checked.id), 'release');
  await eventually(async () =>
    expect((await flow.row(String(checked.id))).hold).toMatchObject({ reason: 'held_at_marketplace' }),
  );
  bigcommerce.life.setStatus(checked, 11);
  await flow.until(String(checked.id), 'submitted');
});

it('a shipment of our own comes back as news and changes nothing', async () => {
  const { order, id } = await sell({ lines: [{ quantity: 2 }, { sku: 'tea-30' }] });
  await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 2 }] }, { items: [{ sku: 'WH-TEA-30', quantity: 1 }] }]);
  await flow.until(id, 'shipped');
  await bigcommerce.deliveries.settle();
  const open = waybill.db.selectFrom('webhook_inbox').select('id').where('processed_at', 'is', null);
  const ours = open.where('connection_id', '=', waybill.storeId).where('body', '@>', { kind: 'orders' } as never);
  await eventually(async () => expect(await ours.execute()).toEqual([]));
  expect(order.statusId).toBe(2);
  expect(await flow.events(id)).toEqual(expect.not.arrayContaining(['changed', 'attention', 'shipped_elsewhere']));
});
