import { decideImport, everyOrder } from '../../../domain/import-decision.js';
import type { MarketplaceOrder } from '../../../domain/order.js';
import { chooseShipping } from '../../../domain/shipping-rule.js';
import { defaultStoreSettings } from '../../../domain/store.js';
import type { OrderSpec } from '../../../sandbox/clickbank/state.js';
import { failureOf, fullPass, openBench, type Bench } from './support.js';

const since = '2026-03-04T12:00:00Z';
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

async function imported(spec: OrderSpec): Promise<MarketplaceOrder> {
  bench.sandbox.addOrders([spec]);
  const { orders, malformed } = await fullPass(bench.marketplace, { since });
  expect(malformed).toEqual([]);
  return orders[0]!;
}

describe('what an order becomes', () => {
  it('R2, D11: carries receipt, goods, address and money over unchanged', async () => {
    const order = await imported({
      receipt: 'AB12CD34',
      placedAt: '2026-03-04T17:30:15.000Z',
      currency: 'EUR',
      customer: { address2: 'Apt 2' },
      lines: [{ itemNo: '00-Kit ß', title: 'Kit', quantity: 3, amount: '149.850' }],
      rawOrder: { totalOrderAmount: '149.850' },
    });
    expect(order).toEqual({
      externalId: 'AB12CD34',
      number: null,
      parentExternalId: null,
      kind: 'sale',
      placedAt: '2026-03-04T17:30:15.000Z',
      test: false,
      shippedAtMarketplace: false,
      partlyShipped: false,
      cancelled: false,
      status: null,
      statusLabel: null,
      paymentStatus: null,
      heldBecause: null,
      currency: 'EUR',
      total: '149.850',
      weight: null,
      shippingDescription: 'Standard Shipping',
      shipTo: {
        name: 'Ann Sample',
        company: null,
        line1: '1 Main St',
        line2: 'Apt 2',
        city: 'Boise',
        region: 'ID',
        postalCode: '83702',
        country: 'US',
        email: 'ann@example.com',
        phone: null,
      },
      otherDestinations: [],
      lines: [
        {
          lineId: '00-Kit ß',
          sku: '00-Kit ß',
          title: 'Kit',
          quantity: 3,
          wanted: 3,
          amount: '149.850',
          shippable: true,
          standing: 'clear',
          destinationId: 'main',
          location: null,
          service: null,
        },
      ],
      vendor: 'DEMOSHOP',
    });
  });

  it.each(['0.1', '90071992547409.93', '12345678901234567890.123456'])(
    'D11: keeps the amount %s digit for digit',
    async (amount) => {
      const order = await imported({ rawOrder: { totalOrderAmount: amount }, lines: [{ amount }] });
      expect([order.total, order.lines[0]!.amount]).toEqual([amount, amount]);
    },
  );

  it("R13, R18: the shipping rule reads the customer's choice in ClickBank's words", async () => {
    const order = await imported({ lines: [{ shippingMethod: 'Express (2-3 days) ' }] });
    const choice = { warehouseId: 'wh_1', methodCode: 'EXP', carrier: null, service: null };
    const rules = (value: string) => ({
      version: 1,
      rules: [
        { name: 'express', conditions: [{ field: 'description', operator: 'equals', value } as const], then: choice },
      ],
      otherwise: 'attention' as const,
    });
    const facts = {
      description: order.shippingDescription,
      country: 'US',
      region: null,
      total: null,
      weight: null,
      skus: [],
    };
    expect(chooseShipping(rules('Express (2-3 days) '), facts)?.choice.methodCode).toBe('EXP');
    expect(chooseShipping(rules('Express'), facts)).toBeNull();
  });

  it.each([
    [['Express', 'Express'], 'Express'],
    [['Express', 'Standard'], 'Express + Standard'],
    [[null, 'Standard'], 'Standard'],
    [[null, null], null],
  ])('joins the choices of the lines %j to %j', async (methods, joined) => {
    const lines = methods.map((shippingMethod, index) => ({ itemNo: `item-${index}`, shippingMethod }));
    expect((await imported({ lines })).shippingDescription).toBe(joined);
  });

  it('takes the phone number from shipping3', async () => {
    const marketplace = bench.connect({ settings: { shippingService: 'shipping3' } });
    bench.sandbox.addOrders([{}]);
    const { orders } = await fullPass(marketplace, { since });
    expect(orders[0]!.shipTo.phone).toBe('2085550100');
    expect(bench.paths()[0]).toBe('GET shipping3/list');
  });

  it('leaves a missing state, postal code or street blank and writes the country in capitals', async () => {
    const customer = { state: null, postalCode: null, address1: null, country: 'gb' };
    expect((await imported({ customer })).shipTo).toMatchObject({
      region: null,
      postalCode: null,
      line1: '',
      country: 'GB',
    });
  });

  it('makes one line of the same item bought twice, because a notice names the item', async () => {
    const lines = [
      { itemNo: 'kit-1', quantity: 2, refundPending: true },
      { itemNo: 'KIT-1', quantity: 1 },
      { itemNo: 'kit-1', quantity: 3 },
    ];
    expect(
      (await imported({ lines })).lines.map(({ lineId, quantity, standing }) => [lineId, quantity, standing]),
    ).toEqual([
      ['kit-1', 5, 'refund_pending'],
      ['KIT-1', 1, 'clear'],
    ]);
  });

  it.each([
    [{ refundPending: true }, 'refund_pending'],
    [{ refundPending: true, refunded: true }, 'refunded'],
    [{ refunded: true, chargedBack: true }, 'charged_back'],
    [{}, 'clear'],
  ] as const)('reads %j as %s', async (line, standing) => {
    expect((await imported({ lines: [line] })).lines[0]!.standing).toBe(standing);
  });

  it('takes refund and chargeback rows, which reuse the receipt, for what they are', async () => {
    const later = '2026-03-04T17:59:00.000Z';
    const order = await imported({
      placedAt: '2026-03-04T17:00:00.000Z',
      laterRows: [
        { type: 'RFND', at: later },
        { type: 'CGBK', at: later },
      ],
    });
    expect(order).toMatchObject({ total: '49.95', kind: 'sale' });
  });

  it.each([
    [
      { receipt: 'AB12CD34-B002', type: 'BILL' },
      { kind: 'rebill', parentExternalId: 'AB12CD34' },
    ],
    [
      { receipt: 'AB12CD35', type: 'BILL' },
      { kind: 'rebill', parentExternalId: null },
    ],
    [
      { receipt: 'AB12CD36', lines: [{ lineItemType: 'UPSELL' }] },
      { kind: 'upsell', parentExternalId: null },
    ],
    [
      { receipt: 'AB12CD37', lines: [{ lineItemType: 'SOMETHING_NEW' }] },
      { kind: 'sale', parentExternalId: null },
    ],
  ] as [OrderSpec, object][])('R2: tells the kind of receipt %j', async (spec, expected) => {
    expect(await imported(spec)).toMatchObject(expected);
  });

  it('leaves out of the parcel what orders2 calls digital', async () => {
    const lines = [{ itemNo: 'kit-1' }, { itemNo: 'ebook', shippable: false }];
    const item = (itemNo: string) => ({ itemNo, quantity: '1' });
    const order = await imported({ lines, rawShipping: { lineItemShipData: [item('kit-1'), item('ebook')] } });
    expect(order.lines.map((line) => [line.lineId, line.shippable])).toEqual([
      ['kit-1', true],
      ['ebook', false],
    ]);
  });
});

describe('test purchases', () => {
  it.each([
    { test: true },
    { rawShipping: { isTestTransaction: 'true' } },
    { rawOrder: { transactionType: 'TEST_BILL' } },
    { rawOrder: { paytmentMethod: 'TEST' } },
    { rawOrder: { paytmentMethod: undefined, paymentMethod: 'TEST' } },
  ] as OrderSpec[])('R43, D10: %j is one, and the switch of the store decides over it', async (spec) => {
    const order = await imported(spec);
    const context = { storeId: 'store_1', firstImportOpen: true, rules: everyOrder, now: since };
    const decide = (importTestOrders: boolean) =>
      decideImport(order, { ...defaultStoreSettings, importTestOrders }, context);
    expect(order.test).toBe(true);
    expect(decide(false)).toMatchObject({ import: false, cause: 'test_order' });
    expect(decide(true)).toMatchObject({ import: true, state: 'closed' });
  });
});

describe('a row that cannot be understood', () => {
  const line = { itemNo: 'kit-1', quantity: '1' };
  it.each([
    [{ receipt: { '@nil': 'true' } }, 'receipt: is missing', null],
    [{ receipt: 'R1', transactionTime: 'yesterday' }, 'transactionTime: expected a date and time, got "yesterday"', 'R1'],
    [{ receipt: 'R1', lineItemShipData: { ...line, quantity: '1.5' } }, 'lineItemShipData[0].quantity: expected a positive whole number, got "1.5"', 'R1'],
    [{ receipt: 'R1', lineItemShipData: { ...line, quantity: '0' } }, 'lineItemShipData[0].quantity: expected a positive whole number, got "0"', 'R1'],
    [{ receipt: 'R1', lineItemShipData: [line, { quantity: '1' }] }, 'lineItemShipData[1].itemNo: is missing', 'R1'],
    [{ receipt: 'R1', lineItemShipData: { ...line, hasBeenRefunded: 'perhaps' } }, 'lineItemShipData[0].hasBeenRefunded: expected true or false, got "perhaps"', 'R1'],
    [{ receipt: 'R1', lineItemShipData: { ...line, customerAmount: '1e3' } }, 'lineItemShipData[0].customerAmount: expected a decimal amount, got "1e3"', 'R1'],
    [{ receipt: 'R1', email: ['someone@example.com', 'x'] }, 'email: expected text', 'R1'],
  ] as [Record<string, unknown>, string, string | null][])('is kept with its field: %j', async (rawShipping, problem, externalId) => {
    const [, good] = bench.sandbox.addOrders([{ rawShipping }, {}]);
    const { orders, malformed } = await fullPass(bench.marketplace, { since });
    expect(malformed).toEqual([{ externalId, problem, raw: expect.objectContaining(rawShipping) as unknown }]);
    expect(orders.map((order) => order.externalId)).toEqual([good!.receipt]);
  }); // prettier-ignore

  it('names the field of orders2 too', async () => {
    bench.sandbox.addOrders([{ receipt: 'R1', rawOrder: { totalOrderAmount: 'free' } }]);
    const { orders, malformed } = await fullPass(bench.marketplace, { since });
    expect(orders).toEqual([]);
    expect(malformed[0]).toMatchObject({
      externalId: 'R1',
      problem: 'orders2 totalOrderAmount: expected a decimal amount, got "free"',
    });
  });

  it('does not mind a row that is no object at all', async () => {
    bench.sandbox.standIn.faults = [{ kind: 'status', status: 200, body: '{"orderShipData":["x",7]}', rate: 1 }];
    expect((await fullPass(bench.marketplace, { since })).malformed.map((row) => row.externalId)).toEqual([null, null]);
  });
});

describe('fetchOrder', () => {
  it('asks once for the receipt and shows what changed since the import', async () => {
    const order = await imported({ receipt: 'AB12CD34' });
    bench.sandbox.standIn.calls.length = 0;
    bench.sandbox.state.orders[0]!.lines[0]!.refunded = true;
    const now = await bench.marketplace.fetchOrder(order.externalId);
    expect(now?.lines[0]!.standing).toBe('refunded');
    expect(bench.sandbox.standIn.calls.map((call) => [call.path, call.query])).toEqual([
      ['/rest/1.3/shipping2/list', { status: 'all', receipt: 'AB12CD34' }],
    ]);
  });

  it('gives null for a receipt that is not there, and says which field is wrong of one that is', async () => {
    expect(await bench.marketplace.fetchOrder('NOWHERE1')).toBeNull();
    bench.sandbox.addOrders([{ receipt: 'BROKEN01', rawShipping: { transactionTime: '?' } }]);
    const failure = await failureOf(bench.marketplace.fetchOrder('BROKEN01'));
    expect([failure.code, failure.about]).toEqual(['order_malformed', { receipt: 'BROKEN01' }]);
    expect(failure.message).toContain('transactionTime');
  });
});
