import { connect } from 'node:net';
import { createClickbankSandbox, type ClickbankSandbox } from '../../sandbox/clickbank/sandbox.js';
import { sandboxKey } from '../../sandbox/clickbank/state.js';

let sandbox: ClickbankSandbox;
let base: string;
let at: number;
beforeEach(async () => {
  at = Date.parse('2026-03-04T18:00:00Z');
  sandbox = createClickbankSandbox({ now: () => new Date(at) });
  base = await sandbox.standIn.listen();
});
afterEach(() => sandbox.standIn.close());

const authorization = sandboxKey.apiKey;
async function call(path: string, init: RequestInit = {}) {
  // Moves on, so that only the test of the rate meets the rate.
  at += 1_000;
  const response = await fetch(`${base}/rest/1.3/${path}`, { ...init, headers: { authorization, ...init.headers } });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type') ?? '', text };
}
async function json(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  return JSON.parse((await call(path, init)).text) as Record<string, unknown>;
}
const days = 'startDate=2026-03-03&endDate=2026-03-04';
const admin = (path: string, method: string, body: unknown) =>
  fetch(`${base}/_sandbox/${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

describe('access', () => {
  it.each([sandboxKey.apiKey, `${sandboxKey.developerKey}:${sandboxKey.apiKey}`])('lets %s in', async (key) => {
    expect((await call('quickstats/accounts', { headers: { authorization: key } })).status).toBe(200);
  });

  it.each(['', `Bearer ${sandboxKey.apiKey}`, `${sandboxKey.apiKey}:${sandboxKey.developerKey}`, 'API-OTHER'])(
    'answers 403 in plain text to %j',
    async (key) => {
      for (const path of ['debug', 'quickstats/accounts', `orders2/list?${days}`, 'orders2/NOWHERE1'])
        expect(await call(path, { headers: { authorization: key } })).toMatchObject({
          status: 403,
          text: 'Access is denied',
          type: expect.stringContaining('text/plain') as string,
        });
    },
  );

  it('answers the eleventh call of a second and the call over the day with the same 403', async () => {
    const ask = () => fetch(`${base}/rest/1.3/debug`, { headers: { authorization } }).then((answer) => answer.status);
    const statuses = [];
    for (let index = 0; index < 11; index++) statuses.push(await ask());
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 403]);
    at += 1_000;
    expect(await ask()).toBe(200);
    sandbox.state.settings.perDay = 12;
    at += 1_000;
    expect(await ask()).toBe(403);
    at += 24 * 3_600_000;
    expect(await ask()).toBe(200);
  });

  it('shows a key only the accounts it opens', async () => {
    sandbox.addOrders([
      { vendor: 'DEMOSHOP', receipt: 'MINE0001' },
      { vendor: 'OTHERSHOP', receipt: 'THEIRS01' },
    ]);
    expect(await json(`shipping2/list?status=all&${days}`)).toMatchObject({ orderShipData: { receipt: 'MINE0001' } });
    expect((await call('orders2/THEIRS01')).status).toBe(403);
    expect((await call('shipping2/shipnotice/THEIRS01')).status).toBe(403);
  });
});

describe('lists', () => {
  it('writes one as an object, several as an array, none as 204 or null', async () => {
    const path = `shipping2/list?status=notshipped&${days}`;
    expect(await call(path)).toMatchObject({ status: 204, text: '' });
    sandbox.state.settings.empty = 'null';
    expect(await call(path)).toMatchObject({ status: 200, text: 'null' });
    sandbox.addOrders([{}]);
    expect(Array.isArray((await json(path)).orderShipData)).toBe(false);
    sandbox.addOrders([{ lines: [{}, { itemNo: 'book-7' }] }]);
    const rows = (await json(path)).orderShipData as { lineItemShipData: unknown }[];
    expect(rows.map((row) => Array.isArray(row.lineItemShipData))).toEqual([false, true]);
  });

  it('pages by the header alone', async () => {
    sandbox.addOrders(Array.from({ length: 250 }, () => ({})));
    const page = async (headers: Record<string, string>, query = '') => {
      const answer = await call(`orders2/list?${days}${query}`, { headers });
      return [answer.status, (JSON.parse(answer.text) as { orderData: unknown[] }).orderData.length];
    };
    expect(await page({ page: '1' })).toEqual([206, 100]);
    expect(await page({ page: '3' })).toEqual([200, 50]);
    expect(await page({}, '&page=3')).toEqual([206, 100]);
    expect(await call(`orders2/count?${days}`)).toMatchObject({ status: 200, text: '250' });
  });

  it('counts Pacific days, both ends included', async () => {
    const placed = ['2026-03-03T07:59:59Z', '2026-03-03T08:00:00Z', '2026-03-05T07:59:59Z', '2026-03-05T08:00:00Z'];
    sandbox.addOrders(placed.map((placedAt, index) => ({ placedAt, receipt: `DAYTEST${index}` })));
    const { orderShipData } = await json(`shipping2/list?status=all&${days}`);
    expect((orderShipData as { receipt: string }[]).map((row) => row.receipt)).toEqual(['DAYTEST1', 'DAYTEST2']);
  });

  it.each([
    'orders2/list?startDate=2026-03-01',
    'shipping2/list',
    'shipping2/list?status=sent',
    `shipping2/list?status=all&startDate=1&endDate=2`,
  ])('refuses %s with a reason in plain text', async (path) => {
    expect(await call(path)).toMatchObject({ status: 400, type: expect.stringContaining('text/plain') as string });
  });

  it('finds nothing of a type it does not know, and only goods in shipping lists', async () => {
    sandbox.addOrders([{ lines: [{ shippable: false }] }]);
    expect((await call(`orders2/list?${days}&type=SALE`)).status).toBe(200);
    expect((await call(`orders2/list?${days}&type=CANCEL-REBILL`)).status).toBe(204);
    expect((await call(`shipping2/list?status=all&${days}`)).status).toBe(204);
  });

  it('reuses the receipt for a refund', async () => {
    sandbox.addOrders([{ receipt: 'REFUND01', laterRows: [{ type: 'RFND', at: '2026-03-04T18:00:00Z' }] }]);
    const { orderData } = await json('orders2/REFUND01');
    expect((orderData as { transactionType: string }[]).map((row) => row.transactionType)).toEqual(['SALE', 'RFND']);
  });

  it('gives the phone number under shipping3 alone', async () => {
    sandbox.addOrders([{}]);
    expect(await json(`shipping3/list?status=all&${days}`)).toMatchObject({
      orderShipData2: { phoneNumber: '2085550100' },
    });
    expect((await call(`shipping2/list?status=all&${days}`)).text).not.toContain('2085550100');
    sandbox.state.keys = [{ ...sandboxKey, shipping3: false }];
    expect((await call(`shipping3/list?status=all&${days}`)).status).toBe(403);
  });
});

describe('ship notices', () => {
  const notice = 'date=2026-03-04&carrier=UPS';
  const post = (query: string, init: RequestInit = {}) =>
    call(`shipping2/shipnotice/SHIPME01?${query}`, { method: 'POST', ...init });
  const buy = (lines = [{}]) => sandbox.addOrders([{ receipt: 'SHIPME01', placedAt: '2026-03-03T18:00:00Z', lines }]);

  it('adds a notice and a mail for each POST, repeats too', async () => {
    buy();
    expect((await call('shipping2/shipnotice/SHIPME01')).status).toBe(204);
    for (let index = 0; index < 2; index++) expect((await post(`${notice}&tracking=1Z1`)).status).toBe(200);
    expect((await json('shipping2/shipnotice/SHIPME01')).shippingNoticeData).toHaveLength(2);
    expect(sandbox.ledger().mails).toEqual([
      { receipt: 'SHIPME01', itemNo: 'kit-1' },
      { receipt: 'SHIPME01', itemNo: 'kit-1' },
    ]);
  });

  it.each([
    ['carrier=UPS', 'date is required'],
    ['date=2026-03-02&carrier=UPS', 'before the purchase'],
    ['date=2026-03-05&carrier=UPS', 'in the future'],
    ['date=2026-03-04', 'carrier is required'],
    [notice, 'item is required'],
    [`${notice}&item=other`, 'not part of the receipt'],
  ])('refuses %s', async (query, reason) => {
    buy([{}, { itemNo: 'book-7' }]);
    const answer = await post(query);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
    expect(sandbox.ledger().notices).toEqual([]);
  });

  it('does not read parameters from a body', async () => {
    buy();
    const form = { body: notice, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const body = { body: '{"date":"2026-03-04","carrier":"UPS"}', headers: { 'content-type': 'application/json' } };
    for (const init of [form, body]) expect((await post('', init)).status).toBe(400);
  });

  it('refuses a POST without a length', async () => {
    buy();
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1', () =>
        socket.write(
          `POST /rest/1.3/shipping2/shipnotice/SHIPME01?${notice} HTTP/1.1\r\nHost: x\r\n` +
            `Authorization: ${authorization}\r\nConnection: close\r\n\r\n`,
        ),
      );
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toContain('400 Bad Request');
    expect(answer).toContain('Content-Length is required');
  });

  it('takes a shipped receipt out of notshipped', async () => {
    buy();
    expect((await call(`shipping2/count?status=notshipped&${days}`)).text).toBe('1');
    await post(notice);
    expect((await call(`shipping2/count?status=notshipped&${days}`)).text).toBe('0');
    expect((await call(`shipping2/count?status=shipped&${days}`)).text).toBe('1');
  });

  it('needs the right to write, and to read', async () => {
    buy();
    for (const roles of [['api_order_read'], ['api_order_write']]) {
      sandbox.state.keys = [{ ...sandboxKey, roles }];
      expect((await post(notice)).status).toBe(403);
    }
  });

  it('fills the rest of the purchase with fillOrder, a mail for each', async () => {
    buy([{}, { itemNo: 'book-7' }]);
    sandbox.addOrders([
      { receipt: 'UPSELL01', partOf: 'SHIPME01', lines: [{ itemNo: 'tea-30' }] },
      { receipt: 'OTHER001' },
    ]);
    await post(`${notice}&item=kit-1&fillOrder=true`);
    expect(sandbox.ledger().notices.map((each) => [each.receipt, each.itemNo, each.generated])).toEqual([
      ['SHIPME01', 'kit-1', false],
      ['SHIPME01', 'book-7', true],
      ['UPSELL01', 'tea-30', true],
    ]);
    expect(sandbox.ledger().mails).toHaveLength(3);
  });
});

describe('from outside', () => {
  it('adds orders and samples, sets flags, keys and settings, and shows the ledger', async () => {
    const added = (await (await admin('orders', 'POST', [{ receipt: 'ADDED001' }])).json()) as { receipt: string }[];
    expect(added.map((order) => order.receipt)).toEqual(['ADDED001']);
    await admin('samples', 'POST', { count: 2, kind: 'plain' });
    await admin('orders/ADDED001/lines/kit-1', 'PATCH', { refundPending: true });
    expect((await json('shipping2/list?receipt=ADDED001')).orderShipData).toMatchObject({
      lineItemShipData: { isRefundPending: 'true' },
    });
    expect((await admin('orders/ADDED001/lines/none', 'PATCH', {})).status).toBe(404);
    const ledger = (await (await fetch(`${base}/_sandbox/ledger`)).json()) as { orders: unknown[]; notices: unknown[] };
    expect([ledger.orders.length, ledger.notices.length]).toEqual([3, 0]);
    await admin('settings', 'PATCH', { pageSize: 2 });
    expect((await call(`shipping2/list?status=all&${days}`)).status).toBe(206);
    await admin('keys', 'PUT', [{ ...sandboxKey, apiKey: 'API-NEW' }]);
    expect((await call('debug')).status).toBe(403);
    expect((await call('debug', { headers: { authorization: 'API-NEW' } })).status).toBe(200);
  });

  it('makes samples of every kind, and the same ones for the same seed', () => {
    const make = () => {
      const twin = createClickbankSandbox({ seed: 7, now: () => new Date(at) });
      twin.addSamples(40);
      return twin.ledger().orders;
    };
    const orders = make();
    expect(make()).toEqual(orders);
    expect(orders).toHaveLength(40);
    expect(new Set(orders.map((order) => order.receipt)).size).toBe(40);
    const has = (found: (order: (typeof orders)[number]) => boolean) => expect(orders.some(found)).toBe(true);
    has((order) => order.test);
    has((order) => order.receipt.endsWith('-B002'));
    has((order) => order.partOf !== null && order.lines[0]!.lineItemType === 'UPSELL');
    has((order) => order.lines[0]!.refunded && order.laterRows[0]?.type === 'RFND');
    has((order) => Object.keys(order.rawShipping).length > 0);
    expect(orders.every((order) => order.customer.email.endsWith('@example.com'))).toBe(true);
  });
});
