import { waitKeys } from '../../domain/identifiers.js';
import { Failure } from '../../domain/failures.js';
import { readCredentials, saveCredentials } from '../../database/credentials.js';
import { recordInstalled } from '../../database/store-accounts.js';
import { aLine } from '../domain/given.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { scriptedShop } from '../support/scripted-marketplace.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from './flow.js';

quietTemporal();
const shop = scriptedShop();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  shop.webhooks.mended = ['store/order/created was missing'];
  waybill = await startWaybill({
    marketplace: () => shop.marketplace,
    publicUrl: 'https://waybill.example.com',
    settings: { pollSeconds: { busy: 3_600, idle: 3_600 } },
  });
  flow = flowOf(waybill);
  await waybill.enable();
  await eventually(async () => expect((await flow.store()).webhooks).not.toBeNull());
});
afterAll(() => waybill.stop());

const kit = (over = {}) => aLine({ lineId: '11', sku: 'kit-1', ...over });
const inbox = () =>
  waybill.db
    .selectFrom('webhook_inbox')
    .select(['processed_at', 'attempts', 'problem'])
    .orderBy('id', 'desc')
    .execute();
const processed = () =>
  eventually(async () => expect((await inbox()).filter((each) => each.processed_at === null)).toEqual([]));
const lists = () => shop.calls.filter((each) => each === 'listOrders').length;
const poll = async () => {
  const since = Date.now();
  await flow.pollStore();
  await eventually(async () => expect((await flow.store()).last_poll_at!.getTime()).toBeGreaterThan(since));
};

it('R94: an order that a notification names is at the warehouse at once, without a poll', async () => {
  const before = lists();
  const id = shop.sell({ lines: [kit()] });
  const since = Date.now();
  await flow.announce('orders', [id]);
  await flow.until(id, 'submitted');
  const { submitted_at } = await waybill.db
    .selectFrom('fulfillments')
    .select('submitted_at')
    .where('reference', '=', flow.reference(id))
    .executeTakeFirstOrThrow();
  expect(submitted_at!.getTime() - since).toBeLessThan(5_000);
  await processed();
  expect(lists()).toBe(before);
});

it('a known order hears of what changed, and one that vanished is cancelled', async () => {
  const [changed, gone] = [shop.sell({ lines: [kit()] }), shop.sell({ lines: [kit()] })];
  await flow.announce('orders', [changed, gone]);
  await flow.until(changed, 'submitted');
  await flow.until(gone, 'submitted');
  shop.change(changed, { lines: [kit({ quantity: 2, wanted: 2 })] });
  shop.orders.delete(gone);
  await flow.announce('orders', [changed, gone]);
  await flow.untilAttention(changed, 'changed_at_marketplace');
  await flow.until(gone, 'cancelled');
});

it('news that comes twice, late or of an order nobody has changes nothing', async () => {
  const id = shop.sell({ lines: [kit()] });
  await flow.announce('orders', [id, 'never-was']);
  await flow.announce('orders', [id]);
  await flow.announce('ignored');
  await flow.until(id, 'submitted');
  await flow.announce('orders', [id]);
  await processed();
  expect(await flow.events(id)).toEqual(['imported', 'submitted']);
  expect(flow.warehouseOrders(id)).toHaveLength(1);
});

it('one order that cannot be fetched stops no other, and is tried again later', async () => {
  const [bad, malformed, good] = [shop.sell({ lines: [kit()] }), shop.sell(), shop.sell({ lines: [kit()] })];
  shop.refused.set(bad, new Failure('unavailable', 'The shop answered 503.'));
  shop.refused.set(malformed, new Failure('order_malformed', 'lines[0]: expected a number.'));
  await Promise.all([
    flow.announce('orders', [bad]),
    flow.announce('orders', [malformed]),
    flow.announce('orders', [good]),
  ]);
  await flow.until(good, 'submitted');
  const skipped = waybill.db.selectFrom('skipped_orders').select(['cause', 'reason']);
  await eventually(async () =>
    expect(await skipped.where('external_id', '=', malformed).execute()).toEqual([
      { cause: 'order_malformed', reason: 'lines[0]: expected a number.' },
    ]),
  );
  const open = () => waybill.db.selectFrom('webhook_inbox').selectAll().where('processed_at', 'is', null).execute();
  const [failed, ...rest] = await eventually(async () => {
    const rows = await open();
    expect(rows.map((each) => each.problem)).toEqual(['unavailable: The shop answered 503.']);
    return rows;
  });
  expect(rest).toEqual([]);
  expect(failed!.next_attempt_at.getTime() - Date.now()).toBeGreaterThan(20_000);
  shop.refused.clear();
  await waybill.db.updateTable('webhook_inbox').set({ next_attempt_at: new Date() }).execute();
  await flow.announce('ignored');
  await flow.until(bad, 'submitted');
  await processed();
});

it('D6, R113: access that changed is probed at once, and what is missing stays on the store until it is back', async () => {
  const permission = { permission: 'write_fulfillments', standing: 'missing' as const, neededFor: 'shipment notices' };
  shop.probe = { ...shop.probe, permissions: [permission] };
  await flow.announce('scopes');
  const shown = { cause: 'permission_missing', waitsFor: waitKeys.connection(waybill.storeId) };
  await eventually(async () => expect((await flow.store()).attention).toMatchObject(shown));
  await poll();
  expect((await flow.store()).attention).toMatchObject({
    ...shown,
    message: 'write_fulfillments (shipment notices).',
  });
  shop.probe = { ...shop.probe, permissions: [] };
  await flow.announce('scopes');
  await processed();
  await poll();
  expect((await flow.store()).attention).toBeNull();
});

describe('registration', () => {
  const webhooks = async () => (await flow.store()).webhooks!;

  it('is made when the store is enabled, kept like a credential, and what was mended is shown', async () => {
    const { webhook_path } = await flow.store();
    expect(shop.webhooks.registered).toEqual([`https://waybill.example.com/webhooks/${webhook_path}`]);
    const kept = await readCredentials(waybill.db, waybill.keyRing, waybill.storeId, 'webhook');
    expect(kept).toEqual({ secret: 'a secret of the shop' });
    expect(await webhooks()).toMatchObject({ mended: ['store/order/created was missing'], problem: null });
    expect((await webhooks()).mendedAt).toBe((await webhooks()).checkedAt);
  });

  it('is looked at again once a day, and an hour after it failed; the store goes on meanwhile', async () => {
    const checked = async (hoursAgo: number) => {
      const checkedAt = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
      const health = { ...(await webhooks()), checkedAt };
      await waybill.db
        .updateTable('stores')
        .set({ webhooks: JSON.stringify(health) })
        .execute();
      await poll();
      return shop.webhooks.registered.length;
    };
    expect(await checked(23)).toBe(1);
    expect(await checked(25)).toBe(2);
    shop.webhooks.problem = new Failure('unavailable', 'The shop answered 500.');
    expect(await checked(25)).toBe(2);
    expect(await webhooks()).toMatchObject({ problem: 'The shop answered 500.', mended: [expect.any(String)] });
    expect((await flow.store()).attention).toBeNull();
    shop.webhooks.problem = null;
    expect(await checked(0.5)).toBe(2);
    expect(await checked(1.1)).toBe(3);
    expect(await webhooks()).toMatchObject({ problem: null });
  });
});

it('an app that is removed shows at once; orders queue and are caught up when it is back', async () => {
  const held = shop.sell({ lines: [kit()] });
  shop.down = new Failure('credentials_refused', 'The shop refused the token.');
  await flow.announce('uninstalled');
  await eventually(async () =>
    expect((await flow.store()).attention).toMatchObject({
      cause: 'app_uninstalled',
      waitsFor: waitKeys.connection(waybill.storeId),
    }),
  );
  expect((await flow.store()).enabled).toBe(true);
  shop.down = null;
  const place = { tenantId: waybill.tenantId, connectionId: waybill.storeId, field: 'api' as const };
  await saveCredentials(waybill.db, waybill.keyRing, { ...place, value: { apiKey: 'API-ANOTHER' } });
  await recordInstalled(waybill.db, waybill.storeId, 'an-account', new Date());
  await flow.saved(waitKeys.connection(waybill.storeId));
  await flow.until(held, 'submitted');
  await eventually(async () => expect((await flow.store()).attention).toBeNull());
});
