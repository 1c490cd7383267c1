import { readCredentials } from '../../database/credentials.js';
import { keepDelivery } from '../../database/webhook-inbox.js';
import { Failure } from '../../domain/failures.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { scriptedShop } from '../support/scripted-marketplace.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf } from './flow.js';

quietTemporal();
let waybill: Waybill;
const shop = scriptedShop();
beforeAll(async () => {
  const settings = { pollSeconds: { busy: 3_600, idle: 3_600 } };
  waybill = await startWaybill({ marketplace: () => shop.marketplace, settings });
  await waybill.enable();
});
afterAll(() => waybill.stop());

const saved = () => readCredentials(waybill.db, waybill.keyRing, waybill.storeId);
const hear = (deliveryKey: string) =>
  keepDelivery(waybill.db, {
    ...{ connectionId: waybill.storeId, deliveryKey, topic: 'app/uninstalled' },
    body: { kind: 'uninstalled', orderIds: [] },
  });
const worked = (deliveryKey: string) =>
  eventually(async () => {
    const row = await waybill.db
      .selectFrom('webhook_inbox')
      .select('processed_at')
      .where('delivery_key', '=', deliveryKey)
      .executeTakeFirstOrThrow();
    expect(row.processed_at).not.toBeNull();
  });

it('late news of an uninstall changes nothing where the token lives', async () => {
  await hear('late');
  await worked('late');
  expect(await saved()).not.toBeNull();
  expect((await flowOf(waybill).store()).uninstalled_at).toBeNull();
});

it('news of an uninstall forgets the keys after three calls at most, and the store says what to do', async () => {
  shop.down = new Failure('credentials_refused', 'The token is refused.');
  const before = shop.calls.length;
  await hear('true');
  await eventually(async () => {
    const store = await flowOf(waybill).store();
    expect(store.attention).toMatchObject({ cause: 'app_uninstalled', fix: expect.stringContaining('authorize') as string }); // prettier-ignore
    expect(store).toMatchObject({ probe: null, webhooks: null });
  });
  expect(await saved()).toBeNull();
  expect(shop.calls.length - before).toBeLessThanOrEqual(3);
});
