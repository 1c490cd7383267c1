import { anImportedOrder, aStore } from '../api/fixtures.js';
import { eventually } from '../support/eventually.js';
import { pollNow } from '../support/poke.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { say, startCommandLine, type CommandLine } from './command-line.js';

let waybill: Waybill;
let cli: CommandLine;
/** Receipts: one that goes all the way, and some that wait for review. */
let receipts: string[];

beforeAll(async () => {
  quietTemporal();
  waybill = await startWaybill({
    settings: { reviewEveryOrder: true },
    listings: { 'kit-1': [{ warehouseSku: 'WH-KIT-1', quantity: 2 }] },
    shipbob: { autoShip: { afterMs: 50 } },
  });
  cli = await startCommandLine(waybill.database, {
    WAYBILL_ENCRYPTION_KEYS: waybill.keys,
    WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix,
  });
  const added = waybill.clickbank.addOrders([{}, {}, {}, { lines: [{ itemNo: 'not-listed', title: 'New thing' }] }]);
  receipts = added.map((order) => order.receipt);
  await waybill.enable();
  await eventually(async () => expect(await states()).toEqual(['held', 'held', 'held', 'held']));
});

afterAll(async () => {
  await cli?.api.stop();
  await waybill?.stop();
});

async function states(): Promise<string[]> {
  const found = await cli.json<{ externalId: string; state: string }[]>('orders', 'list');
  return receipts.map((receipt) => found.find((order) => order.externalId === receipt)?.state ?? 'none');
}

async function becomes(receipt: string, state: string): Promise<void> {
  await eventually(async () => {
    await pollNow(waybill, { warehouseId: waybill.warehouseId });
    expect(await cli.json('orders', 'show', receipt)).toMatchObject({ state });
  });
}

it('R14: lists orders with their state and why they wait, for people', async () => {
  const { code, out } = await cli.waybill('orders', 'list');
  const [head, ...rows] = out.split('\n');
  expect(code).toBe(0);
  expect(head).toMatch(/^ORDER +RECEIPT +NUMBER +STATE +TOTAL +SHIPPING +PLACED +WHY IT WAITS$/);
  expect(rows).toHaveLength(4);
  expect(rows.find((row) => row.includes(receipts[0]!))).toMatch(
    /^ord_\w+ +\w{8} +- +held +49\.95 USD +Standard Shipping +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +review: store settings$/,
  );
});

it('says that there are more, and finds orders by text, state and store', async () => {
  const few = await cli.waybill('orders', 'list', '--limit', '3');
  expect(few.out.split('\n')).toHaveLength(5);
  expect(few.out).toContain('raise --limit above 3');
  expect((await cli.waybill('orders', 'list', receipts[1]!)).out.split('\n')).toHaveLength(2);
  expect(await cli.waybill('orders', 'list', '--state', 'shipped')).toEqual({
    ...{ code: 0, err: '', out: 'There are no such orders.' },
  });
  expect(await cli.json('orders', 'list', '--store', 'sto_other')).toEqual([]);
});

it('R14: releases an order, and then tells its whole story', async () => {
  const [receipt] = receipts as [string];
  expect(await cli.waybill('orders', 'release', receipt, '--note', 'looked at')).toMatchObject({
    ...{ code: 0, out: `${receipt} is now queued.` },
  });
  await becomes(receipt, 'shipped');
  const { out } = await cli.waybill('orders', 'show', receipt);
  expect(out).toContain(`Order ${receipt} (ord_`);
  expect(out).toContain('): shipped');
  for (const part of [
    /placed .* UTC, imported .* UTC; shipping "Standard Shipping"/,
    /1 × +kit-1 +Starter Kit +49\.95 USD/,
    /Ann Sample\n {2}1 Main St, Boise, ID, 83702, US\n {2}ann@example\.com\n/,
    /method Standard \(USPS\), by the rule "otherwise" of version 1\n {4}2 × WH-KIT-1 for kit-1 \(listing version 1\)/,
    /tracking 9400\d+: 2 × WH-KIT-1 https:/,
    /told to the marketplace .* UTC, read back there: .*carrier USPS.* trackingNumber 9400\d+/,
    /imported → held: .*\(store poll\)/,
    /UTC {2}released → queued: looked at \(key:key_\w+\)/,
    /written back → shipped: /,
  ])
    expect(out).toMatch(part);
});

it('holds an order until a time, and says so', async () => {
  const [, receipt] = receipts as [string, string];
  const answer = await cli.json('orders', 'hold', receipt, '--until', '2099-01-01T00:00:00Z', '--note', 'asks twice');
  expect(answer).toEqual({ state: 'held' });
  await eventually(async () => {
    const { out } = await cli.waybill('orders', 'show', receipt);
    expect(out).toMatch(/Held until 2099-01-01 00:00:00 UTC, for asked, by key:key_\w+: asks twice/);
  });
  expect(await cli.waybill('orders', 'hold', receipt, '--until', 'soon')).toEqual({
    ...{ code: 1, out: '' },
    err: 'waybill: --until must be a time, not "soon".\n  For example 2026-11-20T09:30:00Z.',
  });
});

it('cancels an order, and refuses what no longer fits in the words of the order', async () => {
  const receipt = receipts[2]!;
  const first = await cli.waybill('orders', 'cancel', receipt);
  expect(first).toMatchObject({ code: 0, out: `Nothing of it will be sent. ${receipt} is now cancelled.` });
  await becomes(receipt, 'cancelled');
  const second = await cli.waybill('orders', 'retry', receipt);
  expect(second.code).toBe(1);
  expect(second.err).toMatch(/^waybill: .*cancelled/);
});

it('names what an order needs and the fix, and has it try again', async () => {
  const receipt = receipts[3]!;
  await cli.waybill('orders', 'release', receipt);
  await becomes(receipt, 'needs_attention');
  const { out } = await cli.waybill('orders', 'show', receipt);
  expect(out).toMatch(/Needs a person: .*not-listed.*\nWhat to do: Add a listing for the SKU/);
  const waiting = await cli.waybill('orders', 'list', '--attention');
  expect(waiting.out.split('\n').slice(1)).toEqual([expect.stringMatching(/needs_attention .* .*not-listed/)]);
  expect(await cli.waybill('orders', 'retry', receipt)).toMatchObject({ code: 0 });
});

it('asks which one is meant where two stores share a receipt', async () => {
  const other = await aStore(waybill.db, waybill.tenantId);
  await anImportedOrder(waybill.db, waybill.tenantId, other, { externalId: receipts[0]! });
  const { code, err } = await cli.waybill('orders', 'show', receipts[0]!);
  expect(code).toBe(1);
  expect(err).toMatch(/^waybill: 2 orders are called "\w+": ord_\w+ \(store sto_\w+\), ord_\w+ \(store sto_\w+\)\.\n/);
});

it('finds and names an order by what its shop calls it, with and without the "#"', async () => {
  const other = await aStore(waybill.db, waybill.tenantId);
  await anImportedOrder(waybill.db, waybill.tenantId, other, { externalId: '5001001', number: '#1001' });
  expect((await cli.waybill('orders', 'list', '1001')).out).toMatch(/\nord_\w+ +5001001 +#1001 +/);
  for (const name of ['#1001', '1001', '5001001'])
    expect((await cli.waybill('orders', 'show', name)).out).toMatch(/^Order #1001, receipt 5001001 \(ord_\w+\): /);
});

describe('what goes wrong', () => {
  const failing = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const { code, err } = await say(env, args);
    expect(code).toBe(1);
    return err;
  };

  it('is said in one sentence, with what to do', async () => {
    expect(await failing({}, 'orders', 'list')).toMatch(
      /^waybill: It is not known where the API is\.\n {2}Set WAYBILL_URL/,
    );
    expect(await failing({ WAYBILL_URL: cli.api.url }, 'orders', 'list')).toMatch(
      /There is no API key for .*\n {2}Set WAYB/,
    );
    const wrong = { WAYBILL_URL: cli.api.url, WAYBILL_API_KEY: 'wb_o_wrong' };
    expect(await failing(wrong, 'orders', 'list')).toMatch(/refuses the key: The API key is unknown.*\n {2}Set WAYB/);
    const away = { WAYBILL_URL: 'http://127.0.0.1:1', WAYBILL_API_KEY: 'wb_o_x' };
    expect(await failing(away, 'orders', 'list')).toMatch(
      /^waybill: The API at http:\/\/127\.0\.0\.1:1 does not answer/,
    );
    expect(await failing({}, 'orders', 'show')).toBe("error: missing required argument 'order'");
  });

  it('names the field', async () => {
    expect((await cli.waybill('orders', 'list', '--state', 'lost')).err).toMatch(/^waybill: "state" in the query: /);
    expect((await cli.waybill('orders', 'list', '--limit', 'all')).err).toBe(
      'waybill: --limit must be a whole number, not "all".',
    );
    expect((await cli.waybill('orders', 'show', 'NOSUCH')).err).toMatch(/^waybill: There is no order "NOSUCH"\.\n/);
    expect((await cli.waybill('orders', 'show', 'ord_nosuch')).err).toBe('waybill: There is no order "ord_nosuch".');
  });
});
