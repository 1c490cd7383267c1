import { saveListing } from '../../database/listings.js';
import { saveSkipped } from '../../database/orders-import.js';
import { unaskedPieces, untoldPieces, waitingPieces } from '../../database/stock-demand.js';
import { preparePushes, provePushes, settlePushes, unprovenPushes } from '../../database/stock-pushes.js';
import { holdStockWriter, releaseStockWriter } from '../../database/stock-writers.js';
import { findStockSync, heardOfStock } from '../../database/stock-syncs.js';
import { createTenant } from '../../database/tenants.js';
import { soldBeforeImport } from '../../domain/stock.js';
import { aStockSync, aStore, aWarehouse, anImportedOrder } from '../api/fixtures.js';
import { aLine, anOrder } from '../domain/given.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

let database: FreshDatabase;
let tenantId: string;
let storeId: string;
beforeAll(async () => {
  database = await freshDatabase();
  tenantId = (await createTenant(database.db, 'Acme Goods')).id;
  storeId = await aStore(database.db, tenantId);
});
afterAll(() => database.drop());

const pieces = (rows: { sku: string; pieces: number }[]) =>
  Object.fromEntries(rows.map((row) => [row.sku, row.pieces]));

it('R98: counts pieces of open orders that no fulfillment covers, and no test, refunded or digital ones', async () => {
  const { db } = database;
  const lines = [
    aLine({ quantity: 2 }),
    aLine({ lineId: 'gone', quantity: 4, standing: 'refunded' }),
    aLine({ lineId: 'e-book', sku: 'e-book', shippable: false }),
  ];
  await anImportedOrder(db, tenantId, storeId, { externalId: 'A1', lines });
  await anImportedOrder(db, tenantId, storeId, { externalId: 'A2', test: true });
  await anImportedOrder(db, tenantId, storeId, { externalId: 'A3' }, 'closed');
  const components = [{ warehouseSku: 'W', quantity: 3 }];
  await saveListing(db, storeId, { sku: 'kit-1', components, warehouseId: null }, 'key');
  expect(await unaskedPieces(db, tenantId)).toEqual([
    { storeId, sku: 'kit-1', pieces: 2, passThrough: false, listing: { components, warehouseId: null } },
  ]);
  expect(await untoldPieces(db, storeId)).toEqual(new Map([['kit-1', 2]]));
});

it('R98: keeps what unpaid orders sold, until they are imported or given up', async () => {
  const { db } = database;
  const skip = (order: ReturnType<typeof anOrder>, cause: 'payment_status_not_selected' | 'cancelled') =>
    saveSkipped(db, { id: storeId, tenantId }, [
      {
        ...{ skipKey: order.externalId, externalId: order.externalId, lineId: null, cause, reason: cause, raw: null },
        sold: soldBeforeImport(order, cause),
      },
    ]);
  const unpaid = (externalId: string) => anOrder({ externalId, lines: [aLine({ quantity: 3 })] });
  await skip(unpaid('U1'), 'payment_status_not_selected');
  await skip(unpaid('U2'), 'payment_status_not_selected');
  expect(pieces(await waitingPieces(db, tenantId))).toEqual({ 'kit-1': 6 });
  await skip(unpaid('U1'), 'cancelled');
  expect(pieces(await waitingPieces(db, tenantId))).toEqual({ 'kit-1': 3 });
  await anImportedOrder(db, tenantId, storeId, { externalId: 'U2', lines: [aLine({ quantity: 3 })] });
  expect(await waitingPieces(db, tenantId)).toEqual([]);
  expect(soldBeforeImport({ ...unpaid('U3'), shippedAtMarketplace: true }, 'payment_status_not_selected')).toEqual([]);
});

it('an attempt whose outcome nobody knows keeps its key, any other change has a new one, and old ones go', async () => {
  const { db } = database;
  const warehouseId = await aWarehouse(db, tenantId);
  const syncId = await aStockSync(db, { tenantId, storeId, warehouseId });
  const now = new Date();
  const prepare = async (quantity: number) =>
    (await preparePushes(db, syncId, [{ sku: 's', placeId: 'p', quantity, was: 1 }], now))[0]!;
  const first = await prepare(5);
  expect((await prepare(5)).key).toBe(first.key);
  const other = await prepare(6);
  expect(other.generation).toBe(2);
  await settlePushes(db, syncId, [{ ...other, state: 'accepted', note: null }]);
  // Read too early to say that it is not there.
  const read = (level: number, at: Date) => provePushes(db, syncId, [{ sku: 's', placeId: 'p', level }], at);
  const open = async () => (await unprovenPushes(db, syncId)).filter((push) => push.sku === 's').length;
  await read(5, now);
  expect(await open()).toBe(1);
  await read(5, new Date(now.getTime() + 121_000));
  expect(await open()).toBe(0);
  for (let quantity = 7; quantity < 40; quantity += 1) await prepare(quantity);
  const kept = await db.selectFrom('stock_pushes').select('generation').where('sku', '=', 's').execute();
  expect(Math.min(...kept.map((row) => row.generation))).toBe(16);
});

it('news of stock from the store asks for a comparison, at most every quarter of an hour', async () => {
  const { db } = database;
  const other = await aStore(db, tenantId);
  const syncId = await aStockSync(db, { tenantId, storeId: other, warehouseId: await aWarehouse(db, tenantId) });
  const after = async (minutes: number) => {
    const compared_at = new Date(Date.now() - minutes * 60_000);
    await db.updateTable('stock_syncs').set({ compared_at }).where('id', '=', syncId).execute();
    await heardOfStock(db, other);
    return (await findStockSync(db, syncId))!.comparedAt;
  };
  expect(await after(14)).not.toBeNull();
  expect(await after(16)).toBeNull();
});

it('one writer holds the stock of a location, until it lets go or its lease is over', async () => {
  const { db } = database;
  const hold = (holder: string, leaseMs = 60_000) => holdStockWriter(db, 'location', holder, leaseMs);
  expect([await hold('one'), await hold('two'), await hold('one')]).toEqual([true, false, true]);
  await releaseStockWriter(db, 'location', 'two');
  expect(await hold('two')).toBe(false);
  await releaseStockWriter(db, 'location', 'one');
  expect(await hold('two', -1)).toBe(true);
  expect(await hold('one')).toBe(true);
});
