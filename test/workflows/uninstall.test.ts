import { stageAddressEdit } from '../../database/address-edits.js';
import { readCredentials, saveCredentials, type Credentials } from '../../database/credentials.js';
import { carryOutErasures } from '../../database/erasure.js';
import { orderAddresses } from '../../database/order-detail.js';
import { keepPrivacyRequest } from '../../database/privacy-requests.js';
import { recordInstalled, recordUninstalled } from '../../database/store-accounts.js';
import { waitKeys } from '../../domain/identifiers.js';
import { uninstalledAttention } from '../../domain/install.js';
import { anAddress } from '../domain/given.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { tablesHolding } from '../support/rows-holding.js';
import { saveListings, startWaybill, type Waybill } from '../support/waybill.js';
import { canary, findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  waybill = await startWaybill({ deadlineMs: 2_000 });
  flow = flowOf(waybill);
  await waybill.enable();
});
afterAll(() => waybill.stop());

const calls = () => waybill.clickbank.standIn.calls.length;

/** As the API does when the marketplace says so. */
async function uninstall(): Promise<void> {
  const problem = uninstalledAttention(waybill.storeId);
  expect(await recordUninstalled(waybill.db, waybill.storeId, problem, new Date())).toBe(true);
}

async function installAgain(value: Credentials): Promise<void> {
  const place = { tenantId: waybill.tenantId, connectionId: waybill.storeId, field: 'api' as const };
  await saveCredentials(waybill.db, waybill.keyRing, { ...place, value });
  await recordInstalled(waybill.db, waybill.storeId, 'an-account', new Date());
  await flow.saved(waitKeys.connection(waybill.storeId));
}

it('an uninstalled store calls nobody, says why, and after a new install catches up, orders under way included', async () => {
  await flow.settings({ reviewEveryOrder: true });
  const before = await flow.buy();
  await flow.until(before, 'held');
  await flow.settings({ reviewEveryOrder: false });
  const kept = (await readCredentials(waybill.db, waybill.keyRing, waybill.storeId))!;

  await uninstall();
  await flow.act(before, 'release');
  const waits = await flow.untilAttention(before, 'app_uninstalled');
  expect(waits.waitsFor).toBe(waitKeys.connection(waybill.storeId));
  const silent = calls();
  const meanwhile = await flow.buy();
  await flow.pollStore();
  await eventually(async () => expect((await flow.store()).attention?.cause).toBe('app_uninstalled'));
  await waybill.db.updateTable('stores').set({ last_poll_at: null }).where('id', '=', waybill.storeId).execute();
  await flow.pollStore();
  await eventually(async () => expect((await flow.store()).last_poll_at).not.toBeNull());
  expect(calls()).toBe(silent);

  await installAgain(kept);
  await flow.until(before, 'submitted');
  await flow.until(meanwhile, 'submitted');
  expect((await flow.store()).attention).toBeNull();
});

it('after an erasure no word of the customer is left, in no table and in no history; the rest of the order is', async () => {
  const receipt = await flow.buy();
  await flow.until(receipt, 'submitted');
  const { externalIds } = (await keepPrivacyRequest(waybill.db, {
    store: { id: waybill.storeId, tenantId: waybill.tenantId },
    ...{ kind: 'customer_erasure', requestKey: 'r1', externalIds: [], now: new Date() },
    subject: { email: canary.customer.email, hash: Buffer.alloc(32) },
  }))!;
  expect(externalIds).toContain(receipt);
  const words = Object.values(canary.customer);
  expect(await tablesHolding(waybill.database, words)).toEqual(['recipients']);

  const receipts = (await waybill.db.selectFrom('orders').select('external_id').execute()).map(
    (row) => row.external_id,
  );
  for (const each of receipts) await flow.ship(each);
  for (const each of receipts) await flow.until(each, 'shipped');
  // A poll comes by and finds them final.
  await eventually(async () => expect(await tablesHolding(waybill.database, words)).toEqual([]));
  const request = await waybill.db.selectFrom('privacy_requests').selectAll().executeTakeFirstOrThrow();
  expect(request).toMatchObject({ done: { recipients: receipts.length } });
  expect(request.done_at).not.toBeNull();
  expect((await findLeaks(waybill)).canaries).toEqual([]);
  expect(await flow.events(receipt)).toEqual(['imported', 'submitted', 'written_back']);
});

describe('an order whose address was erased before it was sent goes to a person, and not to the warehouse', () => {
  /** The day the erasure was due has come. */
  async function erase(receipt: string): Promise<void> {
    const kept = await keepPrivacyRequest(waybill.db, {
      store: { id: waybill.storeId, tenantId: waybill.tenantId },
      ...{ kind: 'customer_erasure', requestKey: receipt, externalIds: [receipt], subject: null, now: new Date() },
    });
    await carryOutErasures(waybill.db, kept!.dueAt);
  }

  it('when it was not planned yet', async () => {
    await flow.settings({ reviewEveryOrder: true });
    const receipt = await flow.buy();
    await flow.until(receipt, 'held');
    await erase(receipt);
    await flow.act(receipt, 'release');
    const problem = await flow.untilAttention(receipt, 'address_incomplete');
    expect(problem.message).toContain('name, line1, city');
    expect(flow.warehouseOrders(receipt)).toEqual([]);
    await flow.settings({ reviewEveryOrder: false });
  });

  it('when it was planned; a new address lets it go on', async () => {
    await saveListings(waybill.database, waybill.storeId, { late: [{ warehouseSku: 'WH-LATE', quantity: 1 }] });
    const receipt = await flow.buy({ lines: [{ itemNo: 'late', title: 'Late' }] });
    await flow.untilAttention(receipt, 'sku_unknown_at_warehouse');
    await erase(receipt);
    waybill.shipbob.addProduct({ sku: 'WH-LATE', onHand: 10 });
    await flow.act(receipt, 'retry');
    await flow.untilAttention(receipt, 'address_incomplete');
    expect(flow.warehouseOrders(receipt)).toEqual([]);

    const { id } = await flow.row(receipt);
    const editId = await stageAddressEdit(waybill.db, id, 'main', anAddress);
    await flow.act(receipt, 'editAddress', { editId });
    await flow.until(receipt, 'submitted');
    expect(await orderAddresses(waybill.db, id)).toMatchObject([{ shipTo: anAddress }]);
  });
});
