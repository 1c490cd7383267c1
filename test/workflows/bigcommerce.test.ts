import { waitKeys } from '../../domain/identifiers.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import type { OrderSpec } from '../../sandbox/bigcommerce/orders.js';
import type { SandboxOrder } from '../../sandbox/bigcommerce/state.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { saveListings, type Waybill } from '../support/waybill.js';
import { startBigcommerceStore } from './bigcommerce-store.js';
import { canary, findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
let bigcommerce: BigcommerceSandbox;
let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  waybill = await startBigcommerceStore(bigcommerce, {
    deadlineMs: 2_000,
  });
  flow = flowOf(waybill);
  const set = ['WH-TEA-30', 'WH-KIT-1'].map((warehouseSku) => ({ warehouseSku, quantity: 1 }));
  await saveListings(waybill.database, waybill.storeId, { 'gift-set': set });
  const express = { warehouseId: waybill.warehouseId, methodCode: 'Expedited', carrier: null, service: null };
  const standard = { ...express, methodCode: 'Standard' };
  const isExpress = [{ field: 'description', operator: 'equals', value: 'Express Shipping' }];
  await flow.saveRules([{ name: 'Express', conditions: isExpress, then: express }], standard);
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterAll(async () => {
  await waybill.stop();
  await bigcommerce.close();
});

const person = {
  first_name: canary.customer.firstName,
  last_name: canary.customer.lastName,
  email: canary.customer.email,
  street_1: canary.customer.address1,
};

/** Sold, and seen by the store at once; gives the order and its id as text. */
async function sell(spec: OrderSpec = {}): Promise<{ order: SandboxOrder; id: string }> {
  const addresses = (spec.addresses ?? [{}]).map((each) => ({ ...each, person: { ...person, ...each.person } }));
  const [order] = bigcommerce.addOrders([{ ...spec, billing: person, addresses }]);
  await flow.pollStore();
  return { order: order!, id: String(order!.id) };
}
const shipmentsOf = (order: SandboxOrder) => bigcommerce.ledger().shipments.filter((each) => each.orderId === order.id);
const proofs = async (id: string) => {
  const row = await flow.row(id);
  const intents = waybill.db.selectFrom('write_intents').selectAll().where('order_id', '=', row.id);
  return intents.where('kind', '=', 'writeback').orderBy('business_key').execute();
};

describe('from the order to its proven shipment', () => {
  it('R93, R94, R97, R107: imported in the monitored status, sent by the method chosen, told with number and carrier', async () => {
    const { order, id } = await sell({ addresses: [{ method: 'Express Shipping' }] });
    await flow.until(id, 'submitted');
    expect(flow.warehouseOrders(id)).toMatchObject([{ shipping_method: 'Expedited' }]);
    await flow.ship(id, [{ carrier: 'UPS', trackingNumber: '1ZBC0001' }]);
    await flow.until(id, 'shipped');
    expect(order.statusId).toBe(2);
    expect(shipmentsOf(order)).toMatchObject([{ trackingNumber: '1ZBC0001', shippingProvider: 'ups' }]);
    const [proof] = await proofs(id);
    expect(proof).toMatchObject({
      state: 'done',
      proof: { trackingNumber: '1ZBC0001', carrier: 'ups', part: 'package' },
    });
    expect(bigcommerce.ledger().mails.filter((mail) => mail.orderId === order.id)).toHaveLength(1);
  });

  it('R105: the store SKU is mapped by its listing, and one that has none waits for it', async () => {
    const { id } = await sell({ lines: [{ sku: 'mug-1', name: 'Garden Mug' }] });
    expect(await flow.untilAttention(id, 'listing_missing')).toMatchObject({ about: { sku: 'mug-1' } });
  });

  it('R104, R106: a product without a SKU is named, and goes out once a listing maps what stands for it', async () => {
    const { id } = await sell({ lines: [{ sku: '', name: 'Garden Mug', variantId: 77 }] });
    const { message, waitsFor } = await flow.untilAttention(id, 'listing_missing');
    expect(message).toContain('product "Garden Mug" has no SKU. Save a listing for "variant:77"');
    expect(waitsFor).toBe(waitKeys.listing(waybill.storeId, 'variant:77'));
    const mug = [{ warehouseSku: 'WH-BOOK-7', quantity: 1 }];
    await saveListings(waybill.database, waybill.storeId, { 'variant:77': mug });
    await flow.saved(waitsFor!);
    await flow.until(id, 'submitted');
  });

  it('R95, R109: what is not in the monitored status is a row with its cause, and imported once it is', async () => {
    const { order, id } = await sell({ statusId: 7 });
    await eventually(async () => {
      const rows = waybill.db.selectFrom('skipped_orders').selectAll().where('external_id', '=', id);
      expect(await rows.executeTakeFirstOrThrow()).toMatchObject({
        cause: 'status_not_monitored',
        reason: 'Its status is 7 (Awaiting Payment), the store imports 11.',
      });
    });
    bigcommerce.life.setStatus(order, 11);
    await flow.pollStore();
    await flow.until(id, 'submitted');
  });
});

describe('R97: parts of an order', () => {
  it('several packages are several shipments, each with its own number', async () => {
    const { order, id } = await sell({ lines: [{ quantity: 2 }, { sku: 'tea-30' }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [
      { items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZA', carrier: 'USPS' },
      {
        items: [
          { sku: 'WH-KIT-1', quantity: 1 },
          { sku: 'WH-TEA-30', quantity: 1 },
        ],
        trackingNumber: '1ZB',
        carrier: 'OnTrac',
      },
    ]);
    await flow.until(id, 'shipped');
    expect(order).toMatchObject({ statusId: 2, lines: [{ shipped: 2 }, { shipped: 1 }] });
    expect(
      shipmentsOf(order)
        .map(({ trackingNumber, shippingProvider, trackingCarrier }) => [
          trackingNumber,
          shippingProvider,
          trackingCarrier,
        ])
        .sort(),
    ).toEqual([
      ['1ZA', 'usps', ''],
      ['1ZB', '', 'ontrac'],
    ]);
  });

  it('one part now, the other later', async () => {
    const { order, id } = await sell({ lines: [{ quantity: 2 }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZC' }]);
    await flow.until(id, 'partially_shipped');
    expect(order.statusId).toBe(3);
    await flow.ship(id, [{ trackingNumber: '1ZD' }]);
    await flow.until(id, 'shipped');
    expect(order).toMatchObject({ statusId: 2, lines: [{ shipped: 2 }] });
  });

  it('R97, R105: the number of a package with half a bundle goes along with the one that completes it', async () => {
    const { order, id } = await sell({ lines: [{ sku: 'gift-set' }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ items: [{ sku: 'WH-TEA-30', quantity: 1 }], trackingNumber: 'HALF-1', carrier: 'USPS' }]);
    await flow.until(id, 'partially_shipped');
    expect(shipmentsOf(order)).toEqual([]);
    const { message } = (await flow.timeline(id)).at(-1)!;
    expect(message).toMatch(/\(HALF-1\) holds only parts of gift-set/);
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'HALF-2', carrier: 'UPS' }]);
    await flow.until(id, 'shipped');
    const [shipment, ...others] = shipmentsOf(order);
    expect(others).toEqual([]);
    expect(shipment).toMatchObject({ trackingNumber: 'HALF-2', items: [{ quantity: 1 }] });
    expect(shipment!.comments).toContain('also sent: USPS HALF-1');
    const parcels = waybill.db.selectFrom('packages').selectAll().where('tracking_number', 'like', 'HALF-%');
    expect((await parcels.execute()).map((each) => each.parts_of)).toEqual([null, null]);
  });

  it('each address is a fulfillment of its own, told at its own address', async () => {
    const { order, id } = await sell({
      addresses: [{}, { person: { city: 'Leeds', country_iso2: 'GB' } }],
      lines: [{}, { sku: 'tea-30', to: 1 }, { sku: 'pdf-1', type: 'digital', to: null }],
    });
    await flow.until(id, 'submitted');
    await eventually(() => expect(flow.warehouseOrders(id)).toHaveLength(2));
    const cities = flow
      .warehouseOrders(id)
      .map((each) => (each['recipient'] as { address: { city: string } }).address.city);
    expect(cities.sort()).toEqual(['Boise', 'Leeds']);
    waybill.shipbob.ship(flow.reference(id, 1), [{ trackingNumber: '1ZE' }]);
    await flow.pollWarehouse();
    await flow.until(id, 'partially_shipped');
    waybill.shipbob.ship(flow.reference(id, 2), [{ trackingNumber: '1ZF' }]);
    await flow.pollWarehouse();
    await flow.until(id, 'shipped');
    expect(order.statusId).toBe(2);
    const told = shipmentsOf(order).map((each) => each.addressId);
    expect(new Set(told)).toEqual(new Set(order.addresses.map((each) => each.id)));
  });

  it('only what is left of an order that somebody else began', async () => {
    await flow.settings({ marketplace: { statuses: [3, 11] } });
    const { order, id } = await sell({
      statusId: 3,
      lines: [
        { quantity: 3, shipped: 1 },
        { sku: 'tea-30', shipped: 1 },
      ],
    });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ trackingNumber: '1ZG' }]);
    await flow.until(id, 'shipped');
    expect(order).toMatchObject({ statusId: 2, lines: [{ shipped: 3 }, { shipped: 1 }] });
    const left = waybill.db.selectFrom('skipped_orders').selectAll().where('external_id', '=', id);
    expect(await left.execute()).toMatchObject([{ cause: 'already_shipped', line_id: String(order.lines[1]!.id) }]);
  });
});

describe('lessons 6: two parties ship one order', () => {
  it('pieces of one line that the merchant ships while our warehouse works on it are shown; our own are no news', async () => {
    const { order, id } = await sell({ lines: [{ quantity: 3 }, { sku: 'tea-30' }] });
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: '1ZOURS' }]);
    await flow.until(id, 'partially_shipped');
    const [line] = order.lines;
    bigcommerce.life.ship(order, {
      ...{ addressId: line!.addressId, trackingNumber: 'BY-HAND', trackingLink: '', trackingCarrier: '' },
      ...{ shippingProvider: '', shippingMethod: '', comments: '' },
      items: [{ order_product_id: line!.id, product_id: line!.productId, quantity: 1 }],
    });
    await flow.pollStore();
    const attention = await flow.untilAttention(id, 'changed_at_marketplace');
    expect(attention.about).toEqual({ change: `line ${line!.id} (SKU kit-1) sent by others: 2 → 1` });
    expect((await flow.events(id)).filter((event) => event === 'changed')).toHaveLength(1);
  });
});

describe('what goes wrong', () => {
  it('a shipment whose answer is lost is found, not written twice', async () => {
    const { order, id } = await sell();
    await flow.until(id, 'submitted');
    bigcommerce.standIn.faults = [{ kind: 'reset_after', rate: 1, times: 1, method: 'POST', path: '/shipments$' }];
    await flow.ship(id, [{ trackingNumber: '1ZH' }]);
    await flow.until(id, 'shipped', 40);
    expect(shipmentsOf(order)).toHaveLength(1);
    expect((await proofs(id))[0]).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('R113: a token that lost a scope shows it with the step, and the order goes on once it is back', async () => {
    const { id } = await sell();
    await flow.until(id, 'submitted');
    const token = bigcommerce.state.tokens[0]!;
    const scopes = token.scopes;
    token.scopes = ['store_v2_orders_read_only'];
    await flow.ship(id, [{ trackingNumber: '1ZI' }]);
    const { message } = await flow.untilAttention(id, 'permission_missing');
    expect(message).toContain('Orders: modify (store_v2_orders)');
    token.scopes = scopes;
    await flow.act(id, 'retry');
    await flow.until(id, 'shipped');
  });
});

describe('the quota of the store', () => {
  it('a pass that meets it goes on at its page, and does not begin again', async () => {
    bigcommerce.addOrders(Array.from({ length: 420 }, () => ({ statusId: 7, billing: person })));
    const headers = { 'x-rate-limit-time-reset-ms': '50' };
    bigcommerce.standIn.faults = [{ kind: 'status', status: 429, rate: 0.5, path: '/v2/orders$', headers, body: '' }];
    const before = bigcommerce.standIn.calls.length;
    await flow.lookBack();
    const lists = () => bigcommerce.standIn.calls.slice(before).filter((call) => call.path.endsWith('/v2/orders'));
    const pages = await eventually(() => {
      const asked = lists().filter((call) => call.status !== 429);
      const first = asked.findIndex((call) => call.query['min_id'] === undefined);
      expect(asked.length).toBeGreaterThanOrEqual(first + 9);
      return asked.slice(first, first + 9).map((call) => call.query['min_id']);
    });
    bigcommerce.standIn.faults = [];
    expect(lists().some((call) => call.status === 429)).toBe(true);
    expect(pages.slice(1).every((page) => page !== undefined)).toBe(true);
    expect(new Set(pages).size).toBe(9);
  });
});

describe('after all of this', () => {
  it('I6: every change of state has exactly one timeline row, written with it', async () => {
    expect(await timelineProblems(waybill.db)).toEqual([]);
  });

  it('I8: no history holds people or secrets, and none is stored in the clear', async () => {
    expect(await findLeaks(waybill)).toMatchObject({ canaries: [], plain: [] });
  });
});
