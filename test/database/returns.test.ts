import { sql } from 'kysely';
import { noteRequest, requestFacts } from '../../database/fulfillment-requests.js';
import { saveNewOrders, saveSkipped } from '../../database/orders-import.js';
import {
  listReturns,
  ordersThatMayReturn,
  returnsOfOrder,
  saveReturns,
  type DecidedReturn,
} from '../../database/returns.js';
import { aLine, anOrder } from '../domain/given.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { aStoreRow } from './orders.js';

let database: FreshDatabase;
let store: { id: string; tenantId: string };
beforeAll(async () => {
  database = await freshDatabase();
  store = await aStoreRow(database.db);
});
afterAll(() => database.drop());

let count = 0;
async function imported(): Promise<{ orderId: string; externalId: string }> {
  const lines = [
    aLine({ lineId: 'a', sku: 'kit-1', quantity: 2, wanted: 2 }),
    aLine({ lineId: 'b', shippable: false }),
  ];
  const order = anOrder({ externalId: `R${(count += 1)}`, lines });
  await saveNewOrders(database.db, store, [{ order, state: 'queued', hold: null, reason: 'Imported.' }]);
  const row = database.db.selectFrom('orders').select('id').where('external_id', '=', order.externalId);
  return { orderId: (await row.executeTakeFirstOrThrow()).id, externalId: order.externalId };
}
const timeline = async (orderId: string) => {
  const rows = database.db.selectFrom('timeline').select(['event', 'message']).where('order_id', '=', orderId);
  return (await rows.orderBy('id').execute()).filter((each) => each.event !== 'imported');
};

const aReturn = (over: Partial<DecidedReturn> = {}): DecidedReturn => ({
  ...{ returnId: '55', name: '#1-R1', status: 'OPEN', createdAt: '2026-11-20T12:00:00.000Z', closedAt: null },
  lines: [
    {
      ...{ lineId: 'a', quantity: 2, reason: 'UNWANTED' },
      restock: [{ decision: 'inspect', quantity: 2, decidedBy: 'store settings' }],
    },
  ],
  ...over,
});
const at = new Date('2026-11-21T00:00:00Z');

describe('returns', () => {
  it('D9: are rows and one entry of the timeline; the same again is no news, another state is', async () => {
    const { orderId } = await imported();
    await saveReturns(database.db, orderId, [aReturn()], at);
    await saveReturns(database.db, orderId, [aReturn()], at);
    expect(await returnsOfOrder(database.db, orderId)).toMatchObject([
      { returnId: '55', lineId: 'a', sku: 'kit-1', quantity: 2, restock: [{ decision: 'inspect' }] },
    ]);
    expect(await timeline(orderId)).toHaveLength(1);
    await saveReturns(database.db, orderId, [aReturn({ status: 'CLOSED', closedAt: at.toISOString() })], at);
    expect((await timeline(orderId)).map((each) => each.message)).toEqual([
      expect.stringContaining('#1-R1 is OPEN') as unknown,
      expect.stringContaining('#1-R1 is CLOSED') as unknown,
    ]);
    expect(await returnsOfOrder(database.db, orderId)).toMatchObject([{ status: 'CLOSED', closedAt: at }]);
  });

  it('lose the lines that the marketplace took out', async () => {
    const { orderId } = await imported();
    const [line] = aReturn().lines;
    await saveReturns(database.db, orderId, [aReturn({ lines: [line!, { ...line!, reason: 'DEFECTIVE' }] })], at);
    expect(await returnsOfOrder(database.db, orderId)).toHaveLength(2);
    await saveReturns(database.db, orderId, [aReturn()], at);
    expect(await returnsOfOrder(database.db, orderId)).toMatchObject([{ reason: 'UNWANTED' }]);
  });

  it('are listed newest first, only to their own tenant', async () => {
    const { orderId } = await imported();
    await saveReturns(database.db, orderId, [aReturn({ returnId: '99' })], at);
    const wanted = { tenantId: store.tenantId, storeId: store.id, before: null, limit: 1 };
    const [last] = await listReturns(database.db, wanted);
    expect(last).toMatchObject({ returnId: '99', orderId });
    expect(await listReturns(database.db, { ...wanted, before: last!.id })).not.toContainEqual(last);
    expect(await listReturns(database.db, { ...wanted, tenantId: 'ten_other' })).toEqual([]);
  });

  it('are asked for only of orders that shipped something and were not read just now', async () => {
    const { orderId, externalId } = await imported();
    const may = (since: Date) => ordersThatMayReturn(database.db, store.id, [externalId], since);
    expect(await may(at)).toEqual([]);
    await shipped(orderId);
    expect(await may(at)).toEqual([{ orderId, externalId }]);
    await saveReturns(database.db, orderId, [], at);
    expect(await may(at)).toEqual([]);
    expect(await may(new Date(at.getTime() + 1))).toEqual([{ orderId, externalId }]);
  });
});

/** One of its two pieces. */
async function shipped(orderId: string): Promise<void> {
  const warehouse = `whs_${orderId}`;
  await sql`insert into warehouses (id, tenant_id, name, system, webhook_path)
    values (${warehouse}, ${store.tenantId}, 'W', 'shipbob', ${warehouse})`.execute(database.db);
  await sql`insert into fulfillments (reference, order_id, warehouse_id, number, generation, state, method_code, rule, rule_version)
    values (${orderId}, ${orderId}, ${warehouse}, 1, 1, 'shipped', 'GROUND', 'r', 1)`.execute(database.db);
  await sql`insert into shipments (id, reference, external_id, shipped_at, lines)
    values (${orderId}, ${orderId}, '1', now(), '[{"lineId": "a", "quantity": 1}]')`.execute(database.db);
}

describe('what is here of a requested order', () => {
  const facts = (externalId: string) => requestFacts(database.db, { storeId: store.id, externalId });

  it('is nothing, a row that was left out, or an order with the goods that are still open', async () => {
    expect(await facts('nobody')).toEqual({ orderId: null, order: null, leftOut: null });
    const skipped = { skipKey: 'S1', externalId: 'S1', lineId: null, raw: null };
    await saveSkipped(database.db, store, [{ ...skipped, cause: 'test_order', reason: 'A test.' }]);
    expect(await facts('S1')).toMatchObject({ order: null, leftOut: { cause: 'test_order', reason: 'A test.' } });
    const { orderId, externalId } = await imported();
    const order = { state: 'queued', attention: null, cancelOutcome: null, open: [{ lineId: 'a', quantity: 2 }] };
    expect(await facts(externalId)).toEqual({ orderId, order, leftOut: null });
    await shipped(orderId);
    expect((await facts(externalId)).order?.open).toEqual([{ lineId: 'a', quantity: 1 }]);
  });

  it('is noted once for each time it is asked', async () => {
    const { orderId } = await imported();
    const note = (event: string) =>
      noteRequest(database.db, orderId, { requestId: '9', event, actor: 'marketplace', message: event });
    for (const event of ['asked', 'asked', 'rejected', 'rejected', 'asked']) await note(event);
    expect((await timeline(orderId)).map((each) => each.event)).toEqual(['asked', 'rejected', 'asked']);
  });
});
