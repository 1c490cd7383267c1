import fc from 'fast-check';
import type { Listing } from '../../domain/listing.js';
import { decideStock, type StockFacts, type StoreSku } from '../../domain/stock-decision.js';
import type { SoldPieces, StockBasis, StockPlace } from '../../domain/stock.js';
import { check } from './check.js';
import { goods, skus, stockWorld, type StockWorld } from './stock-world.js';

const kit: Listing = { sku: 'kit', components: goods['kit']!, warehouseId: null, version: 1 };
const bundle: Listing = { sku: 'bundle', components: goods['bundle']!, warehouseId: null, version: 1 };

function aPlace(over: Partial<StockPlace> = {}): StockPlace {
  return { sku: 'kit', placeId: 'p1', title: 'Kit', level: 0, committed: 0, refusal: null, ...over };
}

function aSku(over: Partial<StoreSku> = {}): StoreSku {
  const some = { sku: 'kit', listing: kit, rivals: [], known: 0, waitingBefore: 0, unproven: [] };
  return { ...some, places: [aPlace()], ...over };
}

function facts(over: Partial<StockFacts> = {}): StockFacts {
  return {
    ...{ storeId: 'sto_1', warehouseId: 'whs_1', basis: 'available', duplicateSkus: 'refuse', passThrough: false },
    ...{ buffer: 0, skus: [aSku()], promised: [], unasked: [], waiting: [] },
    levels: new Map([
      ['A', { onHand: 10, available: 10 }],
      ['B', { onHand: 9, available: 9 }],
    ]),
    ...over,
  };
}

const decide = (over: Partial<StockFacts> = {}) => decideStock(facts(over))[0]!;
const sold = (pieces: number, over: Partial<SoldPieces> = {}): SoldPieces => ({
  ...{ storeId: 'sto_2', sku: 'kit', pieces, listing: kit, passThrough: false },
  ...over,
});

describe('what a store may offer', () => {
  it('R98: is what the warehouse has, less the buffer', () => {
    expect(decide({ buffer: 3 })).toMatchObject({ sellable: 7, changes: [{ placeId: 'p1', quantity: 7, was: 0 }] });
    expect(decide({ buffer: 30 }).sellable).toBe(0);
  });

  it('is less what orders of any store wait for, asked for or not', () => {
    const promised = [{ warehouseSku: 'A', booked: 0, unbooked: 2 }];
    expect(decide({ promised, unasked: [sold(1)], waiting: [sold(1)] }).sellable).toBe(6);
  });

  it('does not take off twice what the warehouse set aside, and takes off what it did not', () => {
    const promised = [{ warehouseSku: 'A', booked: 4, unbooked: 0 }];
    const level = (available: number) => new Map([['A', { onHand: 10, available }]]);
    expect(decide({ promised, levels: level(6) }).sellable).toBe(6);
    expect(decide({ promised, levels: level(10) }).sellable).toBe(6);
    // Two are set aside for orders that are not ours.
    expect(decide({ promised, levels: level(4) }).sellable).toBe(4);
  });

  it('of a bundle is what its scarcest component allows', () => {
    const sku = aSku({ sku: 'bundle', listing: bundle, places: [aPlace({ sku: 'bundle' })] });
    expect(decide({ skus: [sku] }).sellable).toBe(4);
    expect(decide({ skus: [sku], unasked: [sold(8)] }).sellable).toBe(2);
  });

  it('counts a SKU that may come from several warehouses at each, and a pinned one at its own', () => {
    const pinned = (warehouseId: string) => sold(1, { listing: { ...kit, warehouseId } });
    expect(decide({ unasked: [pinned('whs_1'), pinned('whs_2'), sold(1)] }).sellable).toBe(8);
  });

  it('passes unlisted SKUs through where the store does, and names them where it does not', () => {
    const unlisted = aSku({ sku: 'A', listing: null });
    expect(decide({ skus: [unlisted], passThrough: true }).sellable).toBe(10);
    const { sellable, problem } = decide({ skus: [unlisted] });
    expect([sellable, problem]).toEqual([null, { cause: 'listing_missing', message: 'No listing maps SKU "A".' }]);
  });

  it('R106: passes nothing through under a name that only stands for a SKU', () => {
    const { problem } = decide({ skus: [aSku({ sku: 'variant:77', listing: null })], passThrough: true });
    expect(problem).toMatchObject({ cause: 'listing_missing' });
  });
});

describe('the figure a marketplace is told', () => {
  it('has what it keeps apart on top, where it does', () => {
    const skus = [aSku({ known: 2, places: [aPlace({ committed: 2, level: 5 })] })];
    const promised = [{ warehouseSku: 'A', booked: 0, unbooked: 2 }];
    const changes = (basis: StockBasis) => decide({ basis, skus, promised }).changes.map((each) => each.quantity);
    expect(changes('on_hand')).toEqual([10]);
    expect(changes('available')).toEqual([8]);
    expect(changes('on_hand_until_shipped')).toEqual([8]);
  });

  it('leaves room for what is committed beyond our orders', () => {
    const skus = [aSku({ known: 2, places: [aPlace({ committed: 5 })] })];
    const promised = [{ warehouseSku: 'A', booked: 0, unbooked: 2 }];
    expect(decide({ basis: 'on_hand', skus, promised })).toMatchObject({
      ...{ sellable: 5, waiting: 3 },
      changes: [{ quantity: 10 }],
    });
  });

  it('is written only where it differs, or where what was written does not show yet', () => {
    expect(decide({ skus: [aSku({ places: [aPlace({ level: 10 })] })] }).changes).toEqual([]);
    const unproven = [{ placeId: 'p1', quantity: 8 }];
    expect(decide({ skus: [aSku({ places: [aPlace({ level: 10 })], unproven })] }).changes).toHaveLength(1);
  });

  it('stocks an item where it is not stocked yet, once there are pieces', () => {
    const skus = [aSku({ places: [aPlace({ level: null })] })];
    expect(decide({ skus }).changes).toMatchObject([{ quantity: 10, was: null }]);
    expect(decide({ skus, buffer: 10 }).changes).toEqual([]);
  });
});

describe('what is not written', () => {
  const places = [aPlace(), aPlace({ placeId: 'p2', title: 'Kit, old' })];
  it('R143: a SKU of several products, and R142: all of them where the store asks for it', () => {
    const refused = decide({ skus: [aSku({ places })] });
    expect(refused).toMatchObject({ sellable: 10, changes: [], problem: { cause: 'duplicate_sku' } });
    expect(refused.problem?.message).toContain('Kit; Kit, old');
    const all = decide({ skus: [aSku({ places })], duplicateSkus: 'all' });
    expect(all).toMatchObject({ problem: null, changes: [{ placeId: 'p1' }, { placeId: 'p2' }] });
  });

  it('R142: each of several products gets its own committed pieces on top', () => {
    const some = [aPlace({ committed: 1 }), aPlace({ placeId: 'p2', committed: 3 })];
    const { changes } = decide({ basis: 'on_hand', duplicateSkus: 'all', skus: [aSku({ known: 4, places: some })] });
    expect(changes.map((each) => each.quantity)).toEqual([11, 13]);
  });

  it('R115: an item whose stock is not tracked, and others of the SKU are written all the same', () => {
    const refusal = { cause: 'not_tracked' as const, message: 'Inventory tracking is off for Kit.' };
    const skus = [aSku({ places: [aPlace({ refusal }), aPlace({ placeId: 'p2' })] })];
    expect(decide({ skus, duplicateSkus: 'all' })).toMatchObject({ problem: refusal, changes: [{ placeId: 'p2' }] });
  });

  it('a SKU that two warehouses claim, one that the warehouse or the store does not have', () => {
    const cause = (over: Partial<StoreSku>) => decide({ skus: [aSku(over)] }).problem?.cause;
    expect(cause({ rivals: ['Second Warehouse'] })).toBe('conflict');
    expect(cause({ places: [] })).toBe('not_in_store');
    expect(cause({ listing: { ...kit, components: [{ warehouseSku: 'C', quantity: 1 }] } })).toBe('not_at_warehouse');
  });
});

type Step = [action: 'sell' | 'step' | 'cancel' | 'restock' | 'round', which: number, count: number];

const bases = fc.array(fc.constantFrom<StockBasis>('on_hand', 'available', 'on_hand_until_shipped'), {
  ...{ minLength: 2, maxLength: 2 },
});
const steps = fc.array<Step>(
  fc.tuple(
    fc.constantFrom('sell', 'sell', 'step', 'step', 'step', 'cancel', 'restock', 'round', 'round'),
    fc.nat(30),
    fc.integer({ min: 1, max: 3 }),
  ),
  { minLength: 30, maxLength: 80, size: 'max' },
);
const stock = fc.record({ A: fc.integer({ min: 3, max: 12 }), B: fc.integer({ min: 6, max: 20 }) });

/** Does one thing in the world; returns the pieces it sold. */
function act(world: StockWorld, [action, which, count]: Step): number {
  const store = which % world.stores.length;
  const order = world.orders[which % Math.max(1, world.orders.length)];
  if (action === 'sell') return world.sell(store, skus[which % 3 === 0 ? 1 : 0]!, count);
  if (action === 'step' && order) for (let step = 0; step < count; step += 1) world.step(order);
  if (action === 'cancel' && order && which % 5 === 0) world.cancel(order);
  if (action === 'restock') world.onHand[which % 2 === 0 ? 'A' : 'B']! += count;
  return 0;
}

describe('in a world of two stores that sell the same goods', () => {
  it('R98: a round never offers a piece that it can know to be taken', () => {
    check(
      fc.property(bases, stock, fc.nat(2), steps, (kinds, pieces, buffer, script) => {
        const world = stockWorld(kinds, pieces, buffer);
        for (const store of [0, 1]) world.round(store);
        for (const each of script) {
          act(world, each);
          const store = each[1] % 2;
          if (each[0] !== 'round' || !world.round(store)) continue;
          // Nobody can see what the other store sold before its orders are read.
          const unseen = (order: { store: number; at: string }) => order.at === 'sold' && order.store !== store;
          for (const sku of skus) {
            const free = goods[sku]!.map((part) =>
              Math.floor(world.trulyFree(part.warehouseSku, unseen) / part.quantity),
            );
            const allowed = Math.max(0, Math.min(...free) - buffer);
            expect(world.offered(store, sku)).toBeLessThanOrEqual(allowed);
          }
        }
      }),
    );
  });

  it('R98: nothing is oversold as long as no more is sold between two rounds than the buffer', () => {
    check(
      fc.property(bases, stock, fc.constant(3), steps, (kinds, pieces, buffer, script) => {
        const world = stockWorld(kinds, pieces, buffer);
        let [since, worst] = [0, 0];
        const catchUp = () => {
          for (const store of [0, 1]) world.readOrders(store);
          for (const store of [0, 1]) world.round(store);
          since = 0;
        };
        catchUp();
        for (const each of script) {
          if (each[0] === 'sell' && since + each[2] > buffer) catchUp();
          since += act(world, each);
          if (each[0] === 'round') world.round(each[1] % 2);
          worst = Math.min(worst, world.trulyFree('A'), world.trulyFree('B'));
        }
        expect(worst).toBe(0);
      }),
      200,
    );
  });

  it('R98: once every order is shipped and told, all stores show what the warehouse has', () => {
    check(
      fc.property(bases, stock, fc.nat(2), steps, (kinds, pieces, buffer, script) => {
        const world = stockWorld(kinds, pieces, buffer);
        for (const store of [0, 1]) world.round(store);
        for (const each of script) {
          act(world, each);
          if (each[0] === 'round') world.round(each[1] % 2);
        }
        world.onHand['A']! += 1_000;
        world.onHand['B']! += 1_000;
        for (const order of world.orders) for (let step = 0; step < 9; step += 1) world.step(order);
        for (const store of [0, 1]) world.round(store);
        for (const store of [0, 1]) {
          expect(world.round(store)).toBe(false);
          for (const sku of skus) {
            const free = goods[sku]!.map((part) => Math.floor(world.onHand[part.warehouseSku]! / part.quantity));
            expect(world.offered(store, sku)).toBe(Math.min(...free) - buffer);
          }
        }
      }),
    );
  });
});
