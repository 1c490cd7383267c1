import { messages, storeWorkflowId, waitKeys } from '../../domain/identifiers.js';
import type { ConnectionSnapshot } from '../../domain/messages.js';
import { eventually } from '../support/eventually.js';
import { pollNow } from '../support/poke.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from './flow.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  waybill = await startWaybill({ deadlineMs: 1_000, settings: { pollSeconds: { busy: 3_600, idle: 3_600 } } });
  flow = flowOf(waybill);
  await waybill.enable();
});
afterAll(() => waybill.stop());

const workflow = () => waybill.temporal.workflow.getHandle(storeWorkflowId(waybill.storeId));
const state = () => workflow().query<ConnectionSnapshot>(messages.connection.state);
const step = (wanted: string) => eventually(async () => expect(await state()).toMatchObject({ step: wanted }));
const calls = () => waybill.clickbank.standIn.calls.length;
/** Until the pass that runs is over. */
const passOver = (before: Date) =>
  eventually(async () => expect((await flow.store()).last_poll_at?.getTime()).toBeGreaterThan(before.getTime()));

it('"poll now" does not wait for the hour to be over', async () => {
  const receipt = await flow.buy();
  await flow.until(receipt, 'submitted', 5);
});

it('pause makes no call until it is resumed, and then catches up', async () => {
  await flow.tellStore('pause');
  await step('paused');
  const before = calls();
  const [order] = waybill.clickbank.addOrders([{}]);
  await flow.pollStore();
  await flow.tellStore('settingsChanged');
  expect(await state()).toMatchObject({ paused: true, step: 'paused' });
  expect(calls()).toBe(before);
  // What orders wait for is told all the same.
  await flow.saved(waitKeys.listing(waybill.storeId, 'nothing'));
  await step('paused');
  expect(calls()).toBe(before);
  await flow.tellStore('resume');
  await flow.until(order!.receipt, 'submitted', 5);
});

it('changed settings count at once', async () => {
  await flow.settings({ reviewEveryOrder: true });
  const receipt = await flow.buy();
  await flow.until(receipt, 'held');
  await flow.settings({ reviewEveryOrder: false });
  await flow.act(receipt, 'release');
  await flow.until(receipt, 'submitted');
});

it('a marketplace that is down for a while is shown on the store, which goes on trying and catches up', async () => {
  await flow.settings({ pollSeconds: { busy: 1, idle: 1 } });
  waybill.clickbank.standIn.faults = [{ kind: 'status', rate: 1, status: 500 }];
  await flow.pollStore();
  const down = await eventually(async () => {
    const row = await flow.store();
    expect(row.attention).toMatchObject({ cause: 'unavailable', waitsFor: null });
    return row;
  });
  expect(down.enabled).toBe(true);
  const [order] = waybill.clickbank.addOrders([{}]);
  const before = calls();
  await eventually(() => expect(calls()).toBeGreaterThan(before + 1));
  expect(await state()).toMatchObject({ paused: false, step: 'polling' });
  waybill.clickbank.standIn.faults = [];
  await flow.until(order!.receipt, 'submitted');
  expect(await flow.store()).toMatchObject({ attention: null, enabled: true });
}, 30_000);

it('a refused key is shown with what to do, and the saved one is used at once', async () => {
  const [key] = waybill.clickbank.state.keys;
  waybill.clickbank.state.keys = [];
  const [order] = waybill.clickbank.addOrders([{}]);
  await flow.pollStore();
  await eventually(async () =>
    expect((await flow.store()).attention).toMatchObject({
      cause: 'credentials_refused',
      waitsFor: waitKeys.connection(waybill.storeId),
    }),
  );
  waybill.clickbank.state.keys = [key!];
  await flow.saved(waitKeys.connection(waybill.storeId));
  await flow.until(order!.receipt, 'submitted');
  expect((await flow.store()).attention).toBeNull();
}, 30_000);

it('nothing is lost while PostgreSQL refuses: the pass is made again', async () => {
  await waybill.db.schema.alterTable('orders').renameTo('orders_away').execute();
  const [order] = waybill.clickbank.addOrders([{}]);
  await flow.pollStore();
  await eventually(async () => {
    const { raw } = await workflow().describe();
    expect(raw.pendingActivities?.[0]?.attempt).toBeGreaterThan(1);
  });
  await waybill.db.schema.alterTable('orders_away').renameTo('orders').execute();
  await flow.until(order!.receipt, 'submitted');
}, 30_000);

it('I12, R2: a pass that shows the same pages again changes nothing', async () => {
  const orders = () => waybill.db.selectFrom('orders').selectAll().orderBy('id').execute();
  const before = await orders();
  const since = new Date();
  await flow.lookBack();
  await passOver(since);
  expect(await orders()).toEqual(before);
});

it('D6: the credentials are looked at again once a day', async () => {
  const probed = async () => (await flow.store()).probed_at!;
  await waybill.db
    .updateTable('stores')
    .set({ probed_at: new Date(Date.now() - 25 * 3_600_000) })
    .execute();
  waybill.clickbank.state.keys[0]!.roles = ['api_order_read'];
  const since = new Date();
  await flow.pollStore();
  await eventually(async () => expect((await probed()).getTime()).toBeGreaterThanOrEqual(since.getTime()));
  const { probe } = await flow.store();
  expect(probe!.permissions.filter((each) => each.standing === 'missing')).toEqual([
    {
      permission: 'Orders/Tickets Read/Write',
      standing: 'missing',
      neededFor: 'writing tracking numbers back as ship notices',
    },
  ]);
  waybill.clickbank.state.keys[0]!.roles = ['api_order_read', 'api_order_write'];
});

it('only deleting it ends it, by a message or by the missing row', async () => {
  await flow.tellStore('stop');
  await workflow().result();
  const again = await waybill.temporal.workflow.start('store', {
    workflowId: storeWorkflowId(waybill.storeId),
    taskQueue: waybill.queues.connections,
    args: [{ storeId: waybill.storeId, paused: true, fixes: [] }],
  });
  await step('paused');
  await waybill.db.updateTable('stores').set({ deleted_at: new Date() }).execute();
  await flow.tellStore('resume');
  await pollNow(waybill, { storeId: waybill.storeId }).catch(() => undefined);
  await again.result();
});
