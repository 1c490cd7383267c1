import fc from 'fast-check';
import {
  knownOrders,
  markStarted,
  ordersToStart,
  ordersWaitingFor,
  saveNewOrders,
  saveSkipped,
  type NewOrder,
} from '../../database/orders-import.js';
import { openDatabase } from '../../database/pool.js';
import { waitKeys } from '../../domain/identifiers.js';
import type { MarketplaceOrder } from '../../domain/order.js';
import { anAddress, aLine, anOrder } from '../domain/given.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { aStoreRow } from './orders.js';

let database: FreshDatabase;
let store: { id: string; tenantId: string };
beforeAll(async () => {
  database = await freshDatabase();
  store = await aStoreRow(database.db);
});
afterAll(() => database.drop());

const asNew = (over: Partial<MarketplaceOrder>): NewOrder => ({
  order: anOrder(over),
  state: 'queued',
  hold: null,
  reason: 'Imported.',
});
const count = async (table: 'orders' | 'order_lines' | 'recipients' | 'timeline') => {
  const { rows } = await database.pool.query<{ count: string }>(`select count(*) as count from ${table}`);
  return Number(rows[0]!.count);
};

describe('an order exists once', () => {
  it('however many pages of however many workers bring it at once', async () => {
    const pools = [1, 2, 3].map(() => openDatabase(database.url, { size: 4 }));
    const ids = Array.from({ length: 30 }, (_, index) => `ONCE${index}`);
    // Each page has its own order of the same receipts, and one of them twice.
    const page = (shift: number) =>
      [...ids.slice(shift), ...ids.slice(0, shift), ids[0]!].map((id) => asNew({ externalId: id }));
    const saved = await Promise.all(
      Array.from({ length: 12 }, (_, index) => saveNewOrders(pools[index % 3]!.db, store, page(index))),
    );
    for (const pool of pools) await pool.close();
    expect(saved.reduce((sum, each) => sum + each, 0)).toBe(ids.length);
    for (const table of ['orders', 'recipients', 'timeline'] as const) expect(await count(table)).toBe(ids.length);
    expect(await count('order_lines')).toBe(ids.length * anOrder().lines.length);
    expect(await knownOrders(database.db, store.id, [...ids, 'OTHER'])).toEqual(new Set(ids));
    expect(await knownOrders(database.db, 'sto_other', ids)).toEqual(new Set());
  }, 30_000);

  it('leaves an order alone that is there already', async () => {
    await saveNewOrders(database.db, store, [asNew({ externalId: 'SAME', total: '10.00' })]);
    expect(await saveNewOrders(database.db, store, [asNew({ externalId: 'SAME', total: '99.00' })])).toBe(0);
    const row = database.db.selectFrom('orders').select('total').where('external_id', '=', 'SAME');
    expect(await row.executeTakeFirst()).toEqual({ total: '10.00' });
  });
});

describe('I5: what is stored', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\u0000', ''));
  const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.nat(9_999)).map(([a, b]) => `${a}.${b}`);

  it('D11: gives back every text and every amount as it came, emoji and long ones included', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({ name: anyText, line1: anyText, city: anyText, title: anyText, sku: anyText, total: decimal }),
        async ({ name, line1, city, title, sku, total }) => {
          const externalId = `TEXT${(number += 1)}`;
          const shipTo = { ...anAddress, name, line1, city };
          await saveNewOrders(database.db, store, [
            asNew({ externalId, shipTo, total, lines: [aLine({ title, sku, amount: total })] }),
          ]);
          const row = await database.db
            .selectFrom('orders as o')
            .innerJoin('recipients as r', 'r.order_id', 'o.id')
            .innerJoin('order_lines as l', 'l.order_id', 'o.id')
            .select(['r.name', 'r.line1', 'r.city', 'l.title', 'l.sku', 'l.amount', 'o.total'])
            .where('o.external_id', '=', externalId)
            .executeTakeFirstOrThrow();
          expect(row).toEqual({ name, line1, city, title, sku, amount: total, total });
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);

  it('takes fields of ten thousand characters and orders of a thousand lines', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => aLine({ lineId: `l${index}`, title: '鞄'.repeat(100) }));
    const shipTo = { ...anAddress, line1: '🧦'.repeat(5_000) };
    expect(await saveNewOrders(database.db, store, [asNew({ externalId: 'HUGE', lines, shipTo })])).toBe(1);
  });

  it('refuses a whole page with an error of the data when one order holds U+0000 or fewer pieces than none', async () => {
    for (const bad of [
      asNew({ externalId: 'NUL', shipTo: { ...anAddress, name: 'a\u0000b' } }),
      asNew({ externalId: 'NONE', lines: [aLine({ quantity: -1 })] }),
    ]) {
      const page = [asNew({ externalId: 'GOOD' }), bad];
      // The importer takes classes 22 and 23 as the order's own fault and stores the page one by one.
      const refusal = await saveNewOrders(database.db, store, page).catch((error: { code: string }) => error.code);
      expect(refusal).toMatch(/^2[23]/);
      expect(await knownOrders(database.db, store.id, ['GOOD', 'NUL', 'NONE'])).toEqual(new Set());
    }
  });
});

describe('D7: what is left out', () => {
  const skip = (over = {}) => ({
    ...{
      skipKey: 'S1',
      externalId: 'S1',
      lineId: null,
      cause: 'order_malformed' as const,
      reason: 'quantity: "two"',
      raw: { a: 1 },
    },
    ...over,
  });
  const rows = () => database.db.selectFrom('skipped_orders').selectAll().where('skip_key', '=', 'S1').execute();

  it('is one row for each order, which a page may show twice, and which ends when the order is imported', async () => {
    await saveSkipped(database.db, store, [skip(), skip({ reason: 'quantity: "three"' })]);
    await saveSkipped(database.db, store, [skip()]);
    expect(await rows()).toMatchObject([{ cause: 'order_malformed', raw: { a: 1 }, resolved_at: null }]);
    await saveNewOrders(database.db, store, [asNew({ externalId: 'S1' })]);
    expect((await rows())[0]!.resolved_at).not.toBeNull();
  });

  it('is not judged again until the settings change, unless it was malformed', async () => {
    const of = (id: string) => ({ skipKey: id, externalId: id, lineId: null, reason: 'why', raw: null });
    const skipped = [
      { ...of('K1'), cause: 'test_order' as const },
      { ...of('K2'), cause: 'order_malformed' as const },
    ];
    await saveSkipped(database.db, store, skipped);
    expect(await knownOrders(database.db, store.id, ['K1', 'K2'])).toEqual(new Set(['K1']));
    await database.db
      .updateTable('stores')
      .set({ settings_saved_at: new Date(Date.now() + 1_000) })
      .execute();
    expect(await knownOrders(database.db, store.id, ['K1', 'K2'])).toEqual(new Set());
  });
});

describe('orders without a workflow', () => {
  it('are those not started and not closed, and none of another store', async () => {
    const other = await aStoreRow(database.db);
    const closed = { ...asNew({ externalId: 'CLOSED' }), state: 'closed' as const };
    await saveNewOrders(database.db, other, [asNew({ externalId: 'A' }), asNew({ externalId: 'B' }), closed]);
    const found = await ordersToStart(database.db, other.id, 100);
    expect(found.map((each) => each.externalId).sort()).toEqual(['A', 'B']);
    await markStarted(database.db, [found[0]!.id]);
    expect(await ordersToStart(database.db, other.id, 100)).toEqual([found[1]]);
  });

  it('waiting ones are found page by page', async () => {
    const other = await aStoreRow(database.db);
    const key = waitKeys.firstImport(other.id);
    const hold = { reason: 'first_import' as const, owner: 'x', note: null, releaseAt: null, waitsFor: key };
    const waiting = ['W1', 'W2', 'W3'].map((externalId) => ({
      ...asNew({ externalId }),
      ...{ state: 'held' as const, hold },
    }));
    await saveNewOrders(database.db, other, [...waiting, asNew({ externalId: 'FREE' })]);
    const first = await ordersWaitingFor(database.db, key, 2, '');
    const rest = await ordersWaitingFor(database.db, key, 2, first.at(-1)!.id);
    expect([...first, ...rest].map((each) => each.externalId).sort()).toEqual(['W1', 'W2', 'W3']);
  });
});
