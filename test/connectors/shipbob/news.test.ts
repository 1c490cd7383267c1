import type { Http } from '../../../connectors/http.js';
import { allNews, failureOf, htmlInstead, longAgo, openBench, request, type Bench } from './support.js';

const items = [
  { warehouseSku: 'SHIRT', quantity: 3, title: 'Shirt' },
  { warehouseSku: 'MUG', quantity: 2, title: 'Mug' },
];

describe('ShipBob news', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  const create = (reference = 'store.A1.1g1') => bench.warehouse.create(request(reference, { items }));

  it('R5: reports what shipped, with carrier and tracking numbers, one package for each shipment', async () => {
    bench = await openBench({ now: () => new Date('2026-11-20T12:00:00Z') });
    const order = await create();
    bench.sandbox.ship(order.reference, [
      { items: [{ sku: 'SHIRT', quantity: 1 }], carrier: 'UPS', service: 'Ground', trackingNumber: '1Z1' },
      { items: [{ sku: 'SHIRT', quantity: 2 }, { sku: 'MUG', quantity: 2 }], trackingNumber: '9400' },
    ]); // prettier-ignore
    const [first, second] = bench.sandbox.state.orders[0]!.shipments.map((each) => String(each.id));
    const news = await bench.warehouse.listNews({ since: longAgo, page: null });
    expect(news).toMatchObject({ cancellations: [], malformed: [], nextPage: null });
    expect(news.shipments).toEqual([
      {
        externalId: first,
        reference: order.reference,
        shippedAt: '2026-11-20T12:00:00.000Z',
        carrier: 'UPS',
        service: 'Ground',
        packages: [
          {
            packageId: first,
            trackingNumber: '1Z1',
            trackingUrl: 'https://tracking.example/1Z1',
            items: [{ warehouseSku: 'SHIRT', quantity: 1 }],
          },
        ],
      },
      expect.objectContaining({
        externalId: second,
        packages: [
          expect.objectContaining({
            trackingNumber: '9400',
            items: [
              { warehouseSku: 'SHIRT', quantity: 2 },
              { warehouseSku: 'MUG', quantity: 2 },
            ],
          }),
        ],
      }),
    ]);
    expect(await bench.warehouse.fetchNews([order.externalId])).toEqual(news);
  });

  it('reports a part, and later the rest', async () => {
    bench = await openBench();
    const order = await create();
    bench.sandbox.ship(order.reference, [{ items: [{ sku: 'MUG', quantity: 1 }] }]);
    expect((await allNews(bench.warehouse)).shipments).toHaveLength(1);
    bench.sandbox.ship(order.reference);
    const shipped = (await allNews(bench.warehouse)).shipments.flatMap((each) => each.packages[0]!.items);
    expect(shipped).toEqual([
      { warehouseSku: 'MUG', quantity: 1 },
      { warehouseSku: 'SHIRT', quantity: 3 },
      { warehouseSku: 'MUG', quantity: 1 },
    ]);
  });

  it('reports each carton of a packed shipment as a package of its own', async () => {
    bench = await openBench();
    const order = await create();
    bench.sandbox.ship(order.reference, [
      { cartons: [[{ sku: 'SHIRT', quantity: 3 }], [{ sku: 'MUG', quantity: 2 }]], trackingNumber: 'PRO1' },
    ]);
    const [shipment] = (await allNews(bench.warehouse)).shipments;
    expect(shipment!.packages.map((each) => [each.trackingNumber, each.items])).toEqual([
      ['PRO1', [{ warehouseSku: 'SHIRT', quantity: 3 }]],
      ['PRO1', [{ warehouseSku: 'MUG', quantity: 2 }]],
    ]);
    expect(new Set(shipment!.packages.map((each) => each.packageId)).size).toBe(2);
  });

  it('believes the shipment where its cartons hold something else', async () => {
    bench = await openBench();
    const order = await create();
    bench.sandbox.ship(order.reference, [
      { cartons: [[{ sku: 'SHIRT', quantity: 3 }], [{ sku: 'MUG', quantity: 2 }]] },
    ]);
    bench.sandbox.state.orders[0]!.shipments[0]!.cartons.pop();
    const [shipment] = (await allNews(bench.warehouse)).shipments;
    expect(shipment!.packages.map((each) => each.items.length)).toEqual([2]);
  });

  it('does not count a printed label as shipped, and does as soon as it has left', async () => {
    bench = await openBench();
    const order = await create();
    bench.sandbox.ship(order.reference, [{ labelOnly: true }]);
    expect((await bench.warehouse.fetchNews([order.externalId])).shipments).toEqual([]);
    bench.sandbox.ship(order.reference);
    expect((await bench.warehouse.fetchNews([order.externalId])).shipments).toHaveLength(1);
  });

  it('reports a parcel that left without a tracking number', async () => {
    bench = await openBench();
    const order = await create();
    bench.sandbox.ship(order.reference, [{ trackingNumber: null }]);
    const [shipment] = (await allNews(bench.warehouse)).shipments;
    expect(shipment!.packages[0]).toMatchObject({ trackingNumber: null, trackingUrl: null });
  });

  it('reports an order that the warehouse gave up, and not one of which a part has left', async () => {
    bench = await openBench();
    const [given, half] = [await create('store.A1.1g1'), await create('store.A2.1g1')];
    bench.sandbox.cancelByWarehouse(given.reference);
    bench.sandbox.ship(half.reference, [{ items: [{ sku: 'MUG', quantity: 1 }] }]);
    bench.sandbox.cancelByWarehouse(half.reference);
    const news = await allNews(bench.warehouse);
    expect(news.cancellations).toEqual([{ reference: given.reference, reason: 'ShipBob cancelled the order.' }]);
    expect(news.shipments.map((each) => each.reference)).toEqual([half.reference]);
  });

  it('counts a bundle kept at ShipBob in whole bundles, however its stock is counted', async () => {
    bench = await openBench();
    bench.sandbox.addProduct({
      sku: 'SET',
      bundle: [
        { sku: 'SHIRT', quantity: 1 },
        { sku: 'MUG', quantity: 2 },
      ],
    });
    bench.sandbox.addProduct({ sku: 'PAIR', bundle: [{ sku: 'MUG', quantity: 2 }] });
    const bundles = ['SET', 'PAIR'].map((warehouseSku) => ({ warehouseSku, quantity: 2, title: warehouseSku }));
    const order = await bench.warehouse.create(request('store.A1.1g1', { items: bundles }));
    bench.sandbox.ship(order.reference, [
      { items: [{ sku: 'SET', quantity: 1 }, { sku: 'PAIR', quantity: 1 }] }, {},
    ]); // prettier-ignore
    const each = [
      { warehouseSku: 'SET', quantity: 1 },
      { warehouseSku: 'PAIR', quantity: 1 },
    ];
    const { shipments } = await allNews(bench.warehouse);
    expect(shipments.map((one) => one.packages[0]!.items)).toEqual([each, each]);
  });

  it('counts a bundle rightly where the rest of the order was cancelled', async () => {
    bench = await openBench();
    bench.sandbox.addProduct({ sku: 'SET', bundle: items.map((each) => ({ sku: each.warehouseSku, quantity: 1 })) });
    const order = await bench.warehouse.create(
      request('store.A1.1g1', { items: [{ warehouseSku: 'SET', quantity: 2, title: 'Set' }] }),
    );
    bench.sandbox.ship(order.reference, [{ items: [{ sku: 'SET', quantity: 1 }] }]);
    bench.sandbox.cancelByWarehouse(order.reference);
    const [shipment] = (await allNews(bench.warehouse)).shipments;
    expect(shipment!.packages[0]!.items).toEqual([{ warehouseSku: 'SET', quantity: 1 }]);
  });

  it('parks what it cannot read by name and lets the rest of the page through', async () => {
    bench = await openBench();
    for (const reference of ['store.A1.1g1', 'store.A2.1g1', 'store.A3.1g1']) await create(reference);
    bench.sandbox.ship('store.A3.1g1', [{ items: [{ sku: 'MUG', quantity: 1 }] }]);
    bench.sandbox.shipEverything();
    const [first, second] = bench.sandbox.state.orders;
    const spoil: Http = async (call) => {
      const answer = await bench.http(call);
      const orders = JSON.parse(answer.text) as { id: unknown; shipments: { products: unknown; status: string }[] }[];
      orders[0]!.id = { not: 'an id' };
      orders[1]!.shipments[0]!.products = [{ sku: 'SHIRT' }];
      orders[2]!.shipments[1]!.status = 'Teleported';
      return { ...answer, text: JSON.stringify(orders) };
    };
    const news = await bench.connect({ http: spoil }).listNews({ since: longAgo, page: null });
    const teleported = bench.sandbox.state.orders[2]!.shipments[1]!.id;
    expect(news.shipments.map((each) => each.reference)).toEqual(['store.A3.1g1']);
    expect(news.malformed).toEqual([
      { reference: first!.reference, problem: expect.stringMatching(/^order: id: /) as string },
      {
        reference: second!.reference,
        problem: `shipment ${second!.shipments[0]!.id}: SKU SHIRT: inventory_items: missing`,
      },
      {
        reference: 'store.A3.1g1',
        problem: `shipment ${teleported}: status: "Teleported" is not known and counts as not shipped`,
      },
    ]);
  });

  it('a spoilt list is a failure and not "no news"', async () => {
    bench = await openBench();
    const order = await create();
    const spoilt = bench.connect({ http: htmlInstead(bench.http) });
    expect((await failureOf(spoilt.listNews({ since: longAgo, page: null }))).code).toBe('answer_malformed');
    expect((await failureOf(spoilt.fetchNews([order.externalId]))).code).toBe('answer_malformed');
    expect((await failureOf(spoilt.findByReference(order.reference))).code).toBe('answer_malformed');
    bench.sandbox.faults = [{ kind: 'truncated', rate: 1 }];
    expect((await failureOf(bench.warehouse.listNews({ since: longAgo, page: null }))).code).toBe('unavailable');
  });

  it('finds every shipment of many pages that shift and repeat', async () => {
    bench = await openBench();
    await create('store.A0.1g1');
    const { state } = bench.sandbox;
    const first = state.orders[0]!;
    for (let number = 1; number < 520; number += 1)
      state.orders.push({
        ...first,
        id: state.nextId(),
        reference: `store.A${number}.1g1`,
        shipments: [{ ...first.shipments[0]!, id: state.nextId() }],
      });
    bench.sandbox.shipEverything();
    bench.sandbox.faults = [
      { kind: 'shifting_pages', rate: 1 },
      { kind: 'duplicates', rate: 0.5 },
    ];
    const { shipments } = await allNews(bench.warehouse);
    expect(new Set(shipments.map((each) => each.reference)).size).toBe(520);
  });

  it('asks from ten minutes before the cursor, in every channel, with one call', async () => {
    bench = await openBench();
    const order = await create();
    bench.sandbox.state.orders[0]!.channelId = bench.sandbox.state.channels[0]!.id;
    bench.sandbox.ship(order.reference);
    bench.calls();
    const since = new Date(Date.now() + 5 * 60_000).toISOString();
    const news = await bench.warehouse.listNews({ since, page: null });
    expect(news.shipments.map((each) => each.reference)).toEqual([order.reference]);
    expect(bench.calls()).toEqual(['GET /order']);
    const asked = bench.sandbox.calls.at(-1)!.query;
    expect(Date.parse(since) - Date.parse(asked['LastUpdateStartDate']!)).toBe(600_000);
  });

  it('does not know an order that ShipBob does not have', async () => {
    bench = await openBench();
    const nothing = { shipments: [], cancellations: [], malformed: [], nextPage: null };
    expect(await bench.warehouse.fetchNews(['7'])).toEqual(nothing);
    expect(await bench.warehouse.fetchNews(['../channel'])).toEqual(nothing);
  });
});
