import type { Notice } from '../../../connectors/marketplaces/port.js';
import type { PackageWriteback } from '../../../domain/shipment.js';
import type { OrderSpec } from '../../../sandbox/bigcommerce/orders.js';
import type { SandboxOrder } from '../../../sandbox/bigcommerce/state.js';
import { failureOf, openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ deadlineMs: 300 });
});
afterEach(() => bench.close());

const sell = (spec: OrderSpec = {}) => bench.sandbox.addOrders([spec])[0]!;
const lineOf = (order: SandboxOrder, at = 0, quantity = 1) => {
  const { id, sku } = order.lines[at]!;
  return { lineId: String(id), sku, quantity };
};
function noticeOf(order: SandboxOrder, changes: Partial<PackageWriteback> = {}): Notice {
  const lines = [lineOf(order)];
  return bench.marketplace.notices(writebackOf({ externalId: String(order.id), lines, ...changes }))[0]!;
}
const posts = () => bench.sandbox.standIn.calls.filter((call) => call.method === 'POST').map((call) => call.body);
const shipments = () => bench.sandbox.ledger().shipments;

/** What the activity does: read, write what is not there, read back. */
async function tell(notice: Notice) {
  const before = await bench.marketplace.findNotice(notice);
  if (before) return before;
  await bench.marketplace.postNotice(notice);
  return bench.marketplace.findNotice(notice);
}

describe('R97: a package becomes a shipment with tracking number and carrier', () => {
  it('with its items, the address read from the order, and nothing that BigCommerce would not take', async () => {
    const order = sell({ lines: [{ quantity: 2 }, { sku: 'tea-30' }] });
    const proof = await tell(noticeOf(order, { lines: [lineOf(order, 0, 2), lineOf(order, 1)] }));
    const comments = 'Waybill package p1, shipped 2026-03-04T18:00:00.000Z';
    expect(posts()).toEqual([
      {
        order_address_id: order.addresses[0]!.id,
        items: [
          { order_product_id: order.lines[0]!.id, quantity: 2 },
          { order_product_id: order.lines[1]!.id, quantity: 1 },
        ],
        tracking_number: '1Z999',
        shipping_provider: 'ups',
        comments,
      },
    ]);
    expect(proof).toEqual({
      readAt: bench.clock.now().toISOString(),
      carrier: 'ups',
      trackingNumber: '1Z999',
      answer: {
        id: String(shipments()[0]!.id),
        order_address_id: String(order.addresses[0]!.id),
        date_created: 'Wed, 04 Mar 2026 18:00:00 +0000',
        tracking_number: '1Z999',
        carrier: 'ups',
        items: `${order.lines[0]!.id}×2, ${order.lines[1]!.id}×1`,
      },
    });
    expect(JSON.stringify(proof)).not.toMatch(/Sample|Main St|example\.com/);
  });

  it('the status follows by itself and is never set: partly, then wholly shipped', async () => {
    const order = sell({ lines: [{ quantity: 2 }, { sku: 'tea-30' }] });
    await tell(noticeOf(order, { packageId: 'p1', trackingNumber: '1Z1' }));
    expect(order.statusId).toBe(3);
    await tell(noticeOf(order, { packageId: 'p2', trackingNumber: '1Z2', lines: [lineOf(order), lineOf(order, 1)] }));
    expect(order.statusId).toBe(2);
    expect(bench.sandbox.standIn.calls.filter((call) => call.method === 'PUT')).toEqual([]);
    expect(bench.sandbox.ledger().mails).toHaveLength(2);
  });

  it('each address of an order has shipments of its own', async () => {
    const order = sell({ addresses: [{}, {}], lines: [{}, { sku: 'tea-30', to: 1 }] });
    await tell(noticeOf(order, { packageId: 'p1' }));
    await tell(noticeOf(order, { packageId: 'p1', shippedAt: '2026-03-04T18:05:00.000Z', lines: [lineOf(order, 1)] }));
    expect(shipments().map((each) => each.addressId)).toEqual(order.addresses.map((each) => each.id));
    const both = noticeOf(order, { packageId: 'p9', lines: [lineOf(order), lineOf(order, 1)] });
    expect(await failureOf(bench.marketplace.postNotice(both))).toMatchObject({ code: 'writeback_refused' });
  });

  it.each([
    ['DHL eCommerce', { shipping_provider: '', tracking_carrier: 'dhl-global-mail' }],
    ['FedEx Ground Economy', { shipping_provider: 'fedex' }],
    ['UPS Mail Innovations', { shipping_provider: '', tracking_carrier: 'ups-mi' }],
    ['Our own van', { shipping_provider: '', tracking_link: 'https://track.example/1' }],
    ['', { shipping_provider: '', tracking_link: 'https://track.example/1' }],
  ])('carrier %j', async (carrier, expected) => {
    const order = sell();
    await tell(noticeOf(order, { carrier, trackingUrl: 'https://track.example/1' }));
    const body = posts()[0] as Record<string, unknown>;
    const { shipping_provider, tracking_carrier, tracking_link } = body;
    expect(JSON.parse(JSON.stringify({ shipping_provider, tracking_carrier, tracking_link }))).toEqual(expected);
  });

  it('keeps to the lengths of the fields: what is too long is left to the comments', async () => {
    const order = sell();
    const trackingNumber = '9'.repeat(51);
    const trackingUrl = `https://track.example/${'x'.repeat(500)}`;
    const proof = await tell(noticeOf(order, { trackingNumber, trackingUrl }));
    expect(proof).toMatchObject({ trackingNumber: null });
    expect(shipments()).toMatchObject([{ trackingNumber: '', trackingLink: '' }]);
    expect(shipments()[0]!.comments).toContain(trackingNumber);
  });

  it('a package without a tracking number is told all the same', async () => {
    expect(await tell(noticeOf(sell(), { trackingNumber: ' ', carrier: null }))).toMatchObject({
      trackingNumber: null,
    });
  });

  it('the numbers of parcels with other parts of the same pieces stand in the comments: there is one field for one', async () => {
    const alongside = [
      { carrier: 'FedEx', trackingNumber: '7711', trackingUrl: 'https://track.example/7711' },
      { carrier: null, trackingNumber: '7712', trackingUrl: null },
    ];
    const notice = noticeOf(sell(), { alongside });
    expect(await tell(notice)).toMatchObject({ trackingNumber: '1Z999' });
    expect(shipments()).toMatchObject([
      {
        trackingNumber: '1Z999',
        comments:
          'Waybill package p1, shipped 2026-03-04T18:00:00.000Z; ' +
          'also sent: FedEx 7711 https://track.example/7711; also sent: 7712',
      },
    ]);
  });

  it('the last pick of a set tells of the set too, or the order would stay partly shipped', async () => {
    const order = sell({ lines: [{ sku: 'set-1' }, { pickOf: 0 }, { sku: 'tea-30', pickOf: 0, quantity: 2 }] });
    await tell(noticeOf(order, { packageId: 'p1', lines: [lineOf(order, 1), lineOf(order, 2)] }));
    expect(order).toMatchObject({ statusId: 3, lines: [{ shipped: 0 }, { shipped: 1 }, { shipped: 1 }] });
    await tell(noticeOf(order, { packageId: 'p2', lines: [lineOf(order, 2)] }));
    expect(order).toMatchObject({ statusId: 2, lines: [{ shipped: 1 }, { shipped: 1 }, { shipped: 2 }] });
  });
});

describe('found again', () => {
  it('by our mark, and by number and pieces where somebody else was first', async () => {
    const order = sell({ lines: [{ quantity: 3 }] });
    const notice = noticeOf(order);
    const theirs = { shippingProvider: 'ups', trackingCarrier: '', trackingLink: '', shippingMethod: '', comments: '' };
    const by = (trackingNumber: string, quantity: number) =>
      bench.sandbox.life.ship(order, {
        ...theirs,
        trackingNumber,
        addressId: order.addresses[0]!.id,
        items: [{ order_product_id: order.lines[0]!.id, product_id: 0, quantity }],
      });
    by('1Z000', 1);
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
    by('1Z999', 1);
    expect(await bench.marketplace.findNotice(notice)).toMatchObject({ trackingNumber: '1Z999' });
    expect(await bench.marketplace.findNotice(noticeOf(order, { lines: [lineOf(order, 0, 2)] }))).toBeNull();
  });

  it('two packages of one id, from two shipments, are two', async () => {
    const order = sell({ lines: [{ quantity: 2 }] });
    const first = noticeOf(order, { trackingNumber: null });
    await tell(first);
    await tell({ ...first, shippedAt: '2026-03-05T18:00:00.000Z' });
    expect(shipments()).toHaveLength(2);
    await tell(first);
    expect(shipments()).toHaveLength(2);
  });

  it('two boxes under one label, with as many pieces of one line, are two', async () => {
    const order = sell({ lines: [{ quantity: 2 }] });
    for (const packageId of ['9-1', '9-2', '9-1']) await tell(noticeOf(order, { packageId }));
    expect(shipments().map((each) => each.trackingNumber)).toEqual(['1Z999', '1Z999']);
  });

  it('among more shipments than a page holds', async () => {
    const order = sell({ lines: [{ quantity: 70 }] });
    for (let index = 0; index < 60; index++)
      await bench.marketplace.postNotice(noticeOf(order, { packageId: `p${index}`, trackingNumber: `1Z${index}` }));
    expect(
      await bench.marketplace.findNotice(noticeOf(order, { packageId: 'p59', trackingNumber: null })),
    ).not.toBeNull();
  });
});

describe('what a fault does to a shipment', () => {
  const write = { method: 'POST', path: '/shipments$', times: 1, rate: 1 };
  it.each(['timeout_before', 'reset_before', 'timeout_after', 'reset_after', 'truncated', 'malformed'] as const)(
    '%s: its outcome is unknown, and looking it up tells which it was',
    async (kind) => {
      const order = sell();
      const notice = noticeOf(order);
      bench.sandbox.standIn.faults = [{ ...write, kind }];
      expect(await failureOf(bench.marketplace.postNotice(notice))).toMatchObject({ code: 'outcome_unknown' });
      const there = !kind.endsWith('before');
      expect((await bench.marketplace.findNotice(notice)) !== null).toBe(there);
      await tell(notice);
      expect(shipments()).toHaveLength(1);
    },
  );

  it('one that cannot be read yet is not written again while it settles', async () => {
    const late = sell();
    bench.sandbox.state.settings.shipmentLagMs = 60_000;
    const notice = noticeOf(late);
    await bench.marketplace.postNotice(notice);
    expect(await bench.marketplace.findNotice(notice)).toBeNull();
    bench.clock.advance(60_000);
    expect(await bench.marketplace.findNotice(notice)).not.toBeNull();
    expect(bench.marketplace.settleMs).toBeGreaterThanOrEqual(60_000);
  });

  it('a refusal names the order and the reason, and is final: too many pieces, an unknown line, an archived order', async () => {
    const order = sell({ lines: [{ quantity: 1 }] });
    const refusal = async (notice: Notice) => {
      const failure = await failureOf(bench.marketplace.postNotice(notice));
      expect(failure).toMatchObject({
        code: 'writeback_refused',
        outcome: 'rejected',
        about: { order: notice.externalId },
      });
      return failure.message;
    };
    expect(await refusal(noticeOf(order, { lines: [lineOf(order, 0, 5)] }))).toContain('larger than what is left');
    expect(await refusal(noticeOf(order, { lines: [{ lineId: '9', sku: 'x', quantity: 1 }] }))).toContain('line 9');
    bench.sandbox.life.archive(order);
    await refusal(noticeOf(order));
    expect(await refusal({ ...noticeOf(order), externalId: '1' })).toContain('no longer has order 1');
    expect(shipments()).toEqual([]);
  });

  it('R113: a token that may only read fails at the first shipment, with the scope named', async () => {
    const order = sell();
    bench.sandbox.state.tokens[0]!.scopes = ['store_v2_orders_read_only'];
    expect(await bench.marketplace.fetchOrder(String(order.id))).not.toBeNull();
    const failure = await failureOf(bench.marketplace.postNotice(noticeOf(order)));
    expect(failure).toMatchObject({
      code: 'permission_missing',
      about: { permission: 'Orders: modify (store_v2_orders)', order: String(order.id) },
    });
    expect(failure.message).toContain(`the shipment of order ${order.id}`);
  });
});
