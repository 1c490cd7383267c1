import { createShipbobSandbox, sandboxShipbobToken, type ShipbobSandbox } from '../../sandbox/shipbob/sandbox.js';
import { tokenChannel } from '../../sandbox/shipbob/state.js';

const body = (reference: string, changes: object = {}) => ({
  reference_id: reference,
  shipping_method: 'Standard',
  type: 'DTC',
  recipient: { name: 'Pat Example', address: { address1: '1 Sample Street', city: 'Springfield', country: 'US' } },
  products: [{ reference_id: 'MUG', name: 'Mug', quantity: 2 }],
  ...changes,
});

describe('ShipBob sandbox', () => {
  let sandbox: ShipbobSandbox;
  let base: string;

  async function open(options: Parameters<typeof createShipbobSandbox>[0] = {}): Promise<void> {
    sandbox = createShipbobSandbox(options);
    sandbox.addProduct({ sku: 'MUG', onHand: 10 });
    base = await sandbox.listen();
  }
  afterEach(() => sandbox.close());

  function call(method: string, path: string, sent?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sandboxShipbobToken}`,
        shipbob_channel_id: String(tokenChannel(sandbox.state).id),
        'content-type': 'application/json',
        ...headers,
      },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
  }
  const post = (sent: unknown, headers?: Record<string, string>) => call('POST', '/2026-01/order', sent, headers);

  it('wants the token, and a channel with write access for writes', async () => {
    await open();
    expect((await call('GET', '/2026-01/order', undefined, { authorization: 'Bearer other' })).status).toBe(401);
    expect((await post(body('A'), { shipbob_channel_id: '' })).status).toBe(400);
    expect((await post(body('A'), { shipbob_channel_id: String(sandbox.state.channels[0]!.id) })).status).toBe(403);
    expect((await post(body('A'))).status).toBe(201);
  });

  it('makes up products and shipping methods it does not know, and keeps account of the accidents', async () => {
    await open();
    await post(
      body('A', { shipping_method: 'By owl', products: [{ reference_id: 'WAND', name: 'Wand', quantity: 1 }] }),
    );
    expect(sandbox.ledger().accidents).toEqual({
      products: ['WAND'],
      shippingMethods: ['By owl'],
      refusedDuplicates: 0,
    });
    expect(sandbox.state.products.map((each) => each.sku)).toEqual(['MUG', 'WAND']);
    expect(sandbox.ledger().orders[0]!['status']).toBe('Exception');
  });

  it('refuses a reference twice with 422 under an empty field name', async () => {
    await open();
    await post(body('A'));
    const second = await post(body('A'));
    expect(second.status).toBe(422);
    expect(await second.json()).toEqual({ '': ['Cannot insert order with existing ReferenceId'] });
    expect(sandbox.ledger().accidents.refusedDuplicates).toBe(1);
  });

  it('names the fields of a bad order', async () => {
    await open();
    const answer = await post(body('', { products: [] }));
    expect(answer.status).toBe(400);
    expect(Object.keys((await answer.json()) as object)).toEqual(['reference_id', 'products']);
  });

  it('limits calls over a sliding minute and says how long to wait', async () => {
    let now = Date.parse('2026-11-20T12:00:00Z');
    await open({ limits: { perMinute: 2 }, now: () => new Date(now) });
    expect((await call('GET', '/2026-01/channel')).headers.get('x-remaining-calls')).toBe('1');
    now += 40_000;
    await call('GET', '/2026-01/channel');
    const refused = await call('GET', '/2026-01/channel');
    expect([refused.status, refused.headers.get('x-retry-after')]).toEqual([429, '20']);
    now += 20_000;
    expect((await call('GET', '/2026-01/channel')).status).toBe(200);
  });

  it('pages orders by number, at most 250 at once, and everything else by cursor', async () => {
    await open({ limits: { perMinute: 1_000 } });
    sandbox.setStock('MUG', 1_000);
    for (let number = 0; number < 260; number += 1) await post(body(`A${number}`));
    const sizes = await Promise.all(
      ['Limit=999&Page=1', 'Limit=999&Page=2', 'Page=1'].map(async (query) => {
        return ((await (await call('GET', `/2026-01/order?${query}`)).json()) as unknown[]).length;
      }),
    );
    expect(sizes).toEqual([250, 10, 50]);
    for (let number = 0; number < 3; number += 1) sandbox.addProduct({ sku: `PEN-${number}` });
    const seen: string[] = [];
    let path: string | null = '/2026-01/inventory-level?PageSize=2';
    while (path !== null) {
      const page = (await (await call('GET', path)).json()) as { items: { sku: string }[]; next: string | null };
      seen.push(...page.items.map((each) => each.sku));
      path = page.next;
    }
    expect(seen).toEqual(['MUG', 'PEN-0', 'PEN-1', 'PEN-2']);
  });

  it('waits for stock and goes on when it comes', async () => {
    await open();
    await post(body('A', { products: [{ reference_id: 'MUG', name: 'Mug', quantity: 8 }] }));
    await post(body('B', { products: [{ reference_id: 'MUG', name: 'Mug', quantity: 8 }] }));
    expect(sandbox.ledger().shipments.map((each) => each.status)).toEqual(['Processing', 'Exception']);
    sandbox.setStock('MUG', 16);
    expect(sandbox.ledger().shipments.map((each) => each.status)).toEqual(['Processing', 'Processing']);
    sandbox.shipEverything();
    expect(sandbox.state.products[0]).toMatchObject({ onHand: 0, committed: 0 });
  });

  it('ships by its admin routes, in parts, and tells it in the ledger', async () => {
    await open();
    await post(body('A'));
    const parcels = [{ items: [{ sku: 'MUG', quantity: 1 }], carrier: 'UPS', trackingNumber: '1Z' }];
    await call('POST', '/_sandbox/orders/A/ship', { parcels });
    expect(sandbox.ledger().orders[0]!['status']).toBe('PartiallyFulfilled');
    await call('POST', '/_sandbox/ship', {});
    expect(sandbox.ledger().orders[0]!['status']).toBe('Fulfilled');
    expect((await call('POST', '/_sandbox/orders/NONE/ship', {})).status).toBe(404);
    const ledger = (await (await call('GET', '/_sandbox/ledger')).json()) as { shipments: unknown[] };
    expect(ledger.shipments).toHaveLength(2);
    await post(body('B'));
    await call('POST', '/_sandbox/orders/B/cancel');
    expect(sandbox.ledger().orders[1]!['status']).toBe('Cancelled');
  });

  it.each([
    ['by itself when told to', { autoShip: { afterMs: 0 } }],
    ["by ShipBob's own simulation", {}],
  ])('ships %s', async (_how, options) => {
    await open(options);
    const order = (await (await post(body('A'))).json()) as { shipments: { id: number }[] };
    if (!('autoShip' in options)) {
      const simulation = { shipment_id: order.shipments[0]!.id, simulation: { action: 'ShipOrder', delay: 0 } };
      const { simulation_id: id } = (await (await call('POST', '/simulate/shipment', simulation)).json()) as {
        simulation_id: string;
      };
      await call('GET', `/simulate/status/${id}`);
    }
    // A round trip lets the timer of zero milliseconds run.
    while ((sandbox.ledger().orders[0]!['status'] as string) !== 'Fulfilled') await call('GET', '/_sandbox/ledger');
  });
});
