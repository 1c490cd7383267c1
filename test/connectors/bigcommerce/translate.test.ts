import { judgeOrder } from '../../../domain/order-changes.js';
import type { MarketplaceOrder, OrderLine } from '../../../domain/order.js';
import type { OrderSpec } from '../../../sandbox/bigcommerce/orders.js';
import { openBench, type Bench } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function read(spec: OrderSpec): Promise<MarketplaceOrder> {
  const [order] = bench.sandbox.addOrders([spec]);
  return (await bench.marketplace.fetchOrder(String(order!.id)))!;
}
const brief = (order: MarketplaceOrder) =>
  order.lines.map(({ sku, quantity, wanted, shippable, standing }) => ({ sku, quantity, wanted, shippable, standing }));
const line = (sku: string, rest: Partial<OrderLine> = {}) => ({
  ...{ sku, quantity: 1, wanted: 1, shippable: true, standing: 'clear' },
  ...rest,
});

describe('an order', () => {
  it('R96, D11: keeps SKU, title, money, the method chosen and the address as BigCommerce wrote them', async () => {
    const order = await read({
      createdAt: '2026-03-04T11:00:00.000Z',
      currency: 'EUR',
      addresses: [{ method: 'Free Shipping', person: { company: 'Laser Ltd', street_2: 'Flat 2', email: '' } }],
      billing: { email: 'buyer@example.com' },
      lines: [{ sku: ' kit-1 ', quantity: 3, price: '0.1000' }],
    });
    expect(order).toEqual({
      externalId: expect.stringMatching(/^\d+$/) as string,
      number: null,
      parentExternalId: null,
      kind: 'sale',
      placedAt: '2026-03-04T11:00:00.000Z',
      test: false,
      shippedAtMarketplace: false,
      partlyShipped: false,
      cancelled: false,
      status: '11',
      statusLabel: 'Awaiting Fulfillment',
      paymentStatus: 'captured',
      heldBecause: null,
      currency: 'EUR',
      total: '0.3000',
      weight: null,
      shippingDescription: 'Free Shipping',
      shipTo: {
        name: 'Ann Sample',
        company: 'Laser Ltd',
        line1: '1 Main St',
        line2: 'Flat 2',
        city: 'Boise',
        region: 'Idaho',
        postalCode: '83702',
        country: 'US',
        email: 'buyer@example.com',
        phone: '2085550100',
      },
      otherDestinations: [],
      lines: [
        {
          lineId: expect.stringMatching(/^\d+$/) as string,
          sku: ' kit-1 ',
          title: 'Starter Kit',
          quantity: 3,
          wanted: 3,
          amount: '0.3000',
          shippable: true,
          standing: 'clear',
          destinationId: 'main',
          location: null,
          service: null,
        },
      ],
      vendor: 'channel 1',
    });
  });

  it('D10: the test gateway marks a test order', async () => {
    expect((await read({ paymentMethod: 'Test Payment Gateway' })).test).toBe(true);
    expect((await read({ paymentMethod: 'Manual' })).test).toBe(false);
  });

  it('R106: without a SKU a line is known by its variant or product; an item typed into the order by its title', async () => {
    const { lines } = await read({
      lines: [
        { sku: '', name: 'Garden Mug', productId: 7, variantId: 77 },
        { sku: ' ', productId: 7, variantId: 0 },
        { sku: '', name: 'Gift wrap', productId: 0, variantId: 0 },
        { sku: ' a ', productId: 7, variantId: 77 },
      ],
    });
    expect(lines.map(({ sku, title }) => [sku, title])).toEqual([
      ['variant:77', 'Garden Mug'],
      ['product:7', 'Starter Kit'],
      ['', 'Gift wrap'],
      [' a ', 'Starter Kit'],
    ]);
  });

  it('several addresses are destinations of their own, the first of them its own', async () => {
    const order = await read({
      addresses: [
        { method: 'Ground' },
        { method: 'Air', person: { first_name: 'Ben', city: 'Leeds', country_iso2: 'GB' } },
      ],
      lines: [{ to: 1 }, { sku: 'tea-30' }, { sku: 'book-7', to: 1 }],
    });
    expect(order).toMatchObject({ shipTo: { city: 'Boise' }, shippingDescription: 'Ground' });
    const [other] = order.otherDestinations;
    expect(other).toMatchObject({
      shippingDescription: 'Air',
      shipTo: { name: 'Ben Sample', city: 'Leeds', country: 'GB' },
    });
    const of = Object.fromEntries(order.lines.map((each) => [each.sku, each.destinationId]));
    expect(of).toEqual({ 'kit-1': other!.destinationId, 'tea-30': 'main', 'book-7': other!.destinationId });
  });
});

describe('what never ships', () => {
  it.each([
    ['a download', { type: 'digital', to: null }],
    ['a gift certificate', { type: 'giftcertificate', to: null }],
    ['what the customer fetches', { pickupMethodId: 1, to: null }],
    ['what has no address', { to: null }],
  ])('%s', async (_what, spec) => {
    // What has no address is in no consignment: it shows in the list of products.
    const order = await read({ lines: [{}, { sku: 'other', ...spec }] });
    expect(brief(order)).toEqual([line('kit-1'), line('other', { shippable: false })]);
  });

  it('an order of downloads alone keeps the billing address', async () => {
    const order = await read({ addresses: [], billing: { city: 'Austin' }, lines: [{ type: 'digital', to: null }] });
    expect(order).toMatchObject({ shipTo: { city: 'Austin' }, otherDestinations: [], shippingDescription: null });
  });

  it('a type that is not known yet counts as goods', async () => {
    expect(brief(await read({ lines: [{ type: 'subscription_box' }] }))).toEqual([line('kit-1')]);
  });
});

describe('sets', () => {
  const picks = [{ sku: 'set-1' }, { sku: 'kit-1', pickOf: 0 }, { sku: 'tea-30', pickOf: 0, quantity: 2 }];

  it('the picks ship and the set does not', async () => {
    expect(brief(await read({ lines: picks }))).toEqual([
      line('set-1', { shippable: false }),
      line('kit-1'),
      line('tea-30', { quantity: 2, wanted: 2 }),
    ]);
  });

  it('a set whose picks are downloads ships itself', async () => {
    const order = await read({ lines: [{ sku: 'set-1' }, { sku: 'pdf-1', type: 'digital', to: null, pickOf: 0 }] });
    expect(brief(order)).toEqual([line('set-1'), line('pdf-1', { shippable: false })]);
  });

  it('the picks of a refunded set are refunded with it', async () => {
    const order = await read({ lines: [{ ...picks[0], refunded: 1 }, ...picks.slice(1)] });
    expect(order.lines.map((each) => [each.standing, each.wanted])).toEqual([
      ['refunded', 0],
      ['refunded', 0],
      ['refunded', 0],
    ]);
  });
});

describe('quantities less what is shipped and refunded', () => {
  it.each([
    [
      { quantity: 5, shipped: 2, refunded: 1 },
      { quantity: 2, wanted: 4 },
    ],
    [
      { quantity: 5, refunded: 4 },
      { quantity: 1, wanted: 1 },
    ],
    [
      { quantity: 2, shipped: 1, refunded: 1 },
      { quantity: 0, wanted: 1 },
    ],
    [
      { quantity: 2, refunded: 2 },
      { quantity: 2, wanted: 0, standing: 'refunded' },
    ],
  ] as const)('%j', async (spec, expected) => {
    const order = await read({ statusId: 3, lines: [{ ...spec, sku: 'tea-30' }, {}] });
    expect(brief(order)).toEqual([line('tea-30', expected), line('kit-1')]);
  });

  it('says what was shipped by whomever, in part and in whole', async () => {
    const partly = await read({ lines: [{ quantity: 2, shipped: 1 }] });
    expect(partly).toMatchObject({ partlyShipped: true, shippedAtMarketplace: false });
    const whole = await read({ lines: [{ quantity: 2, shipped: 2 }, { refunded: 1 }] });
    expect(whole).toMatchObject({ shippedAtMarketplace: true, lines: [{ quantity: 2, wanted: 2 }, { quantity: 1 }] });
    expect(await read({ statusId: 3 })).toMatchObject({ partlyShipped: true, shippedAtMarketplace: false });
  });
});

describe('R116: what each status says of the order', () => {
  it.each([
    [2, 'shipped_elsewhere'],
    [4, 'cancelled'],
    [5, 'cancelled'],
    [6, 'cancelled'],
    [10, 'shipped_elsewhere'],
    [11, 'unchanged'],
    [13, 'held'],
    [14, 'unchanged'],
  ])('status %i, looked at right before goods are asked for', async (statusId, expected) => {
    const imported = await read({});
    const order = bench.sandbox.state.orders.find((each) => String(each.id) === imported.externalId)!;
    bench.sandbox.life.setStatus(order, statusId);
    const now = await bench.marketplace.fetchOrder(imported.externalId);
    const kept = { lines: imported.lines, addresses: [], told: [], telling: false };
    const { outcome } = judgeOrder(kept, now && { order: now, addresses: [] }, {});
    expect(outcome).toBe(expected);
  });

  it('an archived order is cancelled, a held and a disputed one says so', async () => {
    expect(await read({ archived: true })).toMatchObject({ cancelled: true, lines: [{ standing: 'cancelled' }] });
    expect((await read({ statusId: 12 })).heldBecause).toContain('Manual Verification Required');
    expect((await read({ statusId: 13 })).heldBecause).toContain('Disputed');
  });
});
