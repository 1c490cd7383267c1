import type { Http } from '../../../connectors/http.js';
import { failureOf, htmlInstead, openBench, request, type Bench } from './support.js';

describe('ShipBob orders', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  it('R3: forwards an order with its lines by SKU and gives it back as the warehouse holds it', async () => {
    bench = await openBench();
    const items = [
      { warehouseSku: 'SHIRT', quantity: 2, title: 'Shirt' },
      { warehouseSku: 'MUG', quantity: 1, title: '' },
      { warehouseSku: 'SHIRT', quantity: 1, title: 'Shirt' },
    ];
    const created = await bench.warehouse.create(request('store.A1.1g1', { items }));
    expect(created).toEqual({
      externalId: expect.stringMatching(/^\d+$/) as string,
      reference: 'store.A1.1g1',
      items: [
        { warehouseSku: 'SHIRT', quantity: 3 },
        { warehouseSku: 'MUG', quantity: 1 },
      ],
      cancelled: false,
    });
    expect(await bench.warehouse.findByReference('store.A1.1g1')).toEqual(created);
    const sent = bench.sandbox.calls.find((call) => call.method === 'POST')?.body;
    expect(sent).toMatchObject({
      type: 'DTC',
      order_number: 'ORDER-1',
      shipping_method: 'Standard',
      recipient: { name: 'Pat Example', address: { address1: '1 Sample Street', zip_code: '62701', country: 'US' } },
      products: [
        { reference_id: 'SHIRT', quantity: 3 },
        { reference_id: 'MUG', name: 'MUG' },
      ],
    });
  });

  it('costs two calls an order, one to find and one to create, once the account is known', async () => {
    bench = await openBench();
    const send = async (reference: string) => {
      // A connection of its own each time, as activities make it.
      const warehouse = bench.connect();
      expect(await warehouse.findByReference(reference)).toBeNull();
      await warehouse.create(request(reference));
      return bench.calls();
    };
    const first = await send('store.A1.1g1');
    expect(first).toEqual(['GET /order', 'GET /channel', 'GET /product', 'GET /shipping-method', 'POST /order']);
    for (const reference of ['store.A2.1g1', 'store.A3.1g1'])
      expect(await send(reference)).toEqual(['GET /order', 'POST /order']);
  });

  it('asks once what a burst of orders wants to know of the account, however it was connected', async () => {
    bench = await openBench();
    const burst = Array.from({ length: 6 }, (_, index) => request(`burst.${index}`));
    await Promise.all(burst.map((each) => bench.connect().create(each)));
    const asked = bench.calls().filter((call) => call !== 'POST /order');
    expect(asked.sort()).toEqual(['GET /channel', 'GET /product', 'GET /shipping-method']);
    expect(bench.sandbox.ledger().orders).toHaveLength(6);
  });

  it('compares the reference exactly, whatever the look-up matches', async () => {
    bench = await openBench();
    await bench.warehouse.create(request('store.a1.1g1'));
    expect(await bench.warehouse.findByReference('store.A1.1g1')).toBeNull();
    expect((await failureOf(bench.warehouse.findByReference('a,b'))).code).toBe('request_rejected');
  });

  it('adopts neither of two orders under one reference, nor one of another channel', async () => {
    bench = await openBench({ acceptDuplicates: true });
    await bench.warehouse.create(request('store.A1.1g1'));
    bench.sandbox.state.orders[0]!.channelId = bench.sandbox.state.channels[0]!.id;
    const foreign = await failureOf(bench.warehouse.findByReference('store.A1.1g1'));
    expect(foreign).toMatchObject({ code: 'reference_conflict', about: { reference: 'store.A1.1g1' } });
    await bench.warehouse.create(request('store.A1.1g1'));
    expect((await failureOf(bench.warehouse.findByReference('store.A1.1g1'))).code).toBe('outcome_ambiguous');
  });

  it('sees an order only when ShipBob shows it, and says how long that may take', async () => {
    let now = new Date('2026-11-20T12:00:00Z');
    bench = await openBench({ visibilityLagMs: 60_000, now: () => now });
    await bench.warehouse.create(request('store.A1.1g1'));
    expect(await bench.warehouse.findByReference('store.A1.1g1')).toBeNull();
    now = new Date(now.getTime() + bench.warehouse.capabilities.settleMs);
    expect(await bench.warehouse.findByReference('store.A1.1g1')).not.toBeNull();
    expect(bench.connect({ settings: { settleSeconds: 5 } }).capabilities.settleMs).toBe(5_000);
  });

  it('refuses SKUs that ShipBob does not list, by name, and never lets it make them up', async () => {
    bench = await openBench();
    const items = ['SHIRT', 'SHIR', 'HAT'].map((warehouseSku) => ({ warehouseSku, quantity: 1, title: 'x' }));
    const failure = await failureOf(bench.warehouse.create(request('store.A1.1g1', { items })));
    expect(failure).toMatchObject({ code: 'sku_unknown_at_warehouse', about: { sku: 'SHIR,HAT' } });
    expect(failure.message).toBe('ShipBob does not list SKU "SHIR", "HAT".');
    expect(bench.sandbox.ledger()).toMatchObject({ orders: [], accidents: { products: [] } });
    bench.sandbox.addProduct({ sku: 'SHIR' });
    bench.sandbox.addProduct({ sku: 'HAT-INTERNAL', sellerSku: 'HAT' });
    await bench.warehouse.create(request('store.A1.1g1', { items }));
    expect(bench.sandbox.ledger().accidents.products).toEqual([]);
  });

  it('R10: takes only a method code that the warehouse lists, and names the list', async () => {
    bench = await openBench();
    expect(await bench.warehouse.shippingMethods()).toEqual(['Standard', 'Expedited', '2-Day']);
    const failure = await failureOf(bench.warehouse.create(request('store.A1.1g1', { methodCode: 'standard' })));
    expect(failure).toMatchObject({ code: 'shipping_method_unknown', about: { method: 'standard' } });
    expect(failure.message).toContain('It has: Standard, Expedited, 2-Day.');
    expect(bench.sandbox.ledger()).toMatchObject({ orders: [], accidents: { shippingMethods: [] } });
    bench.sandbox.state.methods.push({ id: 9, name: 'Overnight', active: true, isDefault: false });
    await bench.warehouse.create(request('store.A1.1g1', { methodCode: 'Overnight' }));
  });

  it.each(['reset_after', 'truncated', 'timeout_after'] as const)(
    'a create whose answer is lost (%s) is unknown, is found again and exists once',
    async (kind) => {
      bench = await openBench({ deadlineMs: kind === 'timeout_after' ? 150 : 5_000 });
      bench.sandbox.faults = [{ kind, rate: 1, method: 'POST', times: 1 }];
      expect((await failureOf(bench.warehouse.create(request('store.A1.1g1')))).code).toBe('outcome_unknown');
      const found = await bench.warehouse.findByReference('store.A1.1g1');
      expect(found?.items).toEqual([{ warehouseSku: 'SHIRT', quantity: 2 }]);
      expect(bench.sandbox.ledger().orders).toHaveLength(1);
    },
  );

  it('a create answered with a page that is no JSON is unknown, is found again and exists once', async () => {
    bench = await openBench();
    const half: Http = (call) => (call.write ? htmlInstead(bench.http)(call) : bench.http(call));
    const warehouse = bench.connect({ http: half });
    const failure = await failureOf(warehouse.create(request('store.A1.1g1')));
    expect(failure).toMatchObject({ code: 'outcome_unknown', about: { path: 'POST /order' } });
    expect(await warehouse.findByReference('store.A1.1g1')).not.toBeNull();
    expect(bench.sandbox.ledger().orders).toHaveLength(1);
  });

  it('a create that died before the vendor is unknown too, and is not found', async () => {
    bench = await openBench();
    bench.sandbox.faults = [{ kind: 'reset_before', rate: 1, method: 'POST', times: 1 }];
    expect((await failureOf(bench.warehouse.create(request('store.A1.1g1')))).code).toBe('outcome_unknown');
    expect(await bench.warehouse.findByReference('store.A1.1g1')).toBeNull();
  });

  it('every answer cut short after a create is unknown, none is taken for success or refusal', async () => {
    bench = await openBench();
    await bench.warehouse.create(request('store.A1.1g1'));
    const whole = JSON.stringify(bench.sandbox.ledger().orders[0]);
    const cut = (length: number): Http => {
      return async (call) =>
        call.url.pathname.endsWith('/order')
          ? { status: 201, headers: {}, text: whole.slice(0, length) }
          : { status: 200, headers: {}, text: '{}' };
    };
    for (let length = 0; length < whole.length; length += 1)
      expect((await failureOf(bench.connect({ http: cut(length) }).create(request('store.A1.1g1')))).code).toBe(
        'outcome_unknown',
      );
  });

  it('"existing ReferenceId" under an empty field name means look again, not refused', async () => {
    bench = await openBench();
    await bench.warehouse.create(request('store.A1.1g1'));
    expect((await failureOf(bench.warehouse.create(request('store.A1.1g1')))).code).toBe('outcome_unknown');
    expect(bench.sandbox.ledger().orders).toHaveLength(1);
  });

  it('names the field that ShipBob refused and keeps people out of the message', async () => {
    bench = await openBench();
    const shipTo = { ...request('x').shipTo, email: 'not an address' };
    const refused = await failureOf(bench.warehouse.create(request('store.A1.1g1', { shipTo })));
    expect(refused).toMatchObject({ code: 'request_rejected', about: { field: 'recipient.email' } });
    const body = JSON.stringify({
      errors: { 'recipient.name': ['Pat Example at 1 Sample Street is not deliverable'] },
    });
    bench.sandbox.faults = [{ kind: 'status', status: 422, body, rate: 1, method: 'POST' }];
    const quoted = await failureOf(bench.warehouse.create(request('store.A1.1g1')));
    expect(quoted.message).toBe('ShipBob refused POST /order (422): recipient.name: … at … is not deliverable');
  });

  it('cuts what ShipBob has no room for, without breaking a character', async () => {
    bench = await openBench();
    const shipTo = { ...request('x').shipTo, name: `${'a'.repeat(299)}😀`, phone: ` ${'1'.repeat(60)}` };
    await bench.warehouse.create(request('store.A1.1g1', { shipTo }));
    expect(bench.sandbox.state.orders[0]!.request['recipient']).toMatchObject({
      name: 'a'.repeat(299),
      phone_number: '1'.repeat(50),
    });
  });

  it.each([
    [401, 'credentials_refused', {}],
    [403, 'permission_missing', { permission: 'orders_write' }],
    [404, 'not_found', { path: 'POST /order' }],
    [400, 'request_rejected', {}],
    [500, 'outcome_unknown', {}],
    [503, 'unavailable', {}],
  ] as const)('a create answered %s is %s', async (status, code, about) => {
    bench = await openBench();
    bench.sandbox.faults = [{ kind: 'status', status, rate: 1, method: 'POST' }];
    const failure = await failureOf(bench.warehouse.create(request('store.A1.1g1')));
    expect(failure.code).toBe(code);
    expect(failure.about).toMatchObject(about);
  });
});

describe('ShipBob cancellation', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench({ deadlineMs: 5_000 });
  });
  afterEach(() => bench.close());

  async function created() {
    const { externalId, reference } = await bench.warehouse.create(
      request('store.A1.1g1', { items: [{ warehouseSku: 'SHIRT', quantity: 3, title: 'Shirt' }] }),
    );
    return { externalId, reference };
  }

  it('stops an order that is not labelled yet', async () => {
    const order = await created();
    expect(await bench.warehouse.cancel(order)).toEqual({ outcome: 'stopped' });
    expect(await bench.warehouse.findByReference(order.reference)).toMatchObject({ cancelled: true });
    expect(await bench.warehouse.cancel(order)).toEqual({ outcome: 'stopped' });
  });

  it('is too late once a parcel is labelled, with the reason of each shipment', async () => {
    const order = await created();
    bench.sandbox.ship(order.reference, [{ items: [{ sku: 'SHIRT', quantity: 1 }], labelOnly: true }]);
    const shipment = bench.sandbox.state.orders[0]!.shipments[0]!;
    expect(await bench.warehouse.cancel(order)).toEqual({
      outcome: 'too_late',
      reason: `shipment ${shipment.id}: The shipment was already labelled`,
    });
  });

  it.each(['reset_after', 'truncated'] as const)('looks at the order when the answer is lost (%s)', async (kind) => {
    const order = await created();
    bench.sandbox.faults = [{ kind, rate: 1, method: 'POST', times: 1 }];
    expect(await bench.warehouse.cancel(order)).toEqual({ outcome: 'stopped' });
  });

  it('stays unknown when the cancel never arrived and nothing has left, and is too late when something has', async () => {
    const order = await created();
    bench.sandbox.faults = [{ kind: 'reset_before', rate: 1, method: 'POST' }];
    expect((await failureOf(bench.warehouse.cancel(order))).code).toBe('outcome_unknown');
    bench.sandbox.ship(order.reference);
    expect(await bench.warehouse.cancel(order)).toMatchObject({ outcome: 'too_late' });
  });

  it('does not know a stranger', async () => {
    expect((await failureOf(bench.warehouse.cancel({ reference: 'x', externalId: '7' }))).code).toBe('not_found');
  });
});
