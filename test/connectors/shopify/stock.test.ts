import type { MarketplaceStock, StockLevelToSet } from '../../../connectors/marketplaces/stock-port.js';
import type { StockPlace } from '../../../domain/stock.js';
import { onHand } from '../../../sandbox/shopify/work/lookups.js';
import { failureOf, openBench, type Bench } from './support.js';

let bench: Bench;
let stock: MarketplaceStock;
beforeEach(async () => {
  bench = await openBench();
  stock = bench.marketplace.stock!;
});
afterEach(() => bench.close());

const levelFor = (place: StockPlace, quantity: number, changes: Partial<StockLevelToSet> = {}): StockLevelToSet => ({
  placeId: place.placeId,
  sku: place.sku,
  quantity,
  was: place.level,
  key: `key-${place.placeId}`,
  ...changes,
});

/** Pieces on hand at the fulfillment location, of each item of the SKU. */
const shelf = (sku: string) =>
  bench.sandbox.shop.items
    .filter((item) => item.sku === sku)
    .map(({ id }) =>
      bench.sandbox.shop.levels.find((each) => each.itemId === id && String(each.locationId) === bench.location),
    )
    .map((level) => level && onHand(level));

const sets = () => bench.sandbox.ledger().inventorySets;

describe('places', () => {
  it('are where a SKU is kept at the fulfillment location, with the pieces on hand', async () => {
    bench.sandbox.setStock('KIT-1', 'Main Warehouse', 12);
    bench.sandbox.setStock('KIT-1', 'Corner Shop', 99);
    bench.sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    const [place] = await stock.places(['KIT-1', 'UNKNOWN']);
    expect(place).toMatchObject({ sku: 'KIT-1', level: 12, refusal: null });
    expect(place!.placeId).toMatch(/^\d+@\d+$/);
    expect(place!.title).toContain('at Main Warehouse');
    expect(await stock.places(['UNKNOWN'])).toEqual([]);
    expect(await stock.basis()).toBe('on_hand');
  });

  it('are found by the SKU byte for byte, whatever stands in it', async () => {
    const odd = ['kit-1', 'KIT-1 "blue"', "O'Neil 5", 'KIT'];
    for (const sku of odd) bench.sandbox.addItem({ sku });
    for (const sku of ['kit-1', 'KIT-1', "O'Neil 5", 'KIT'])
      expect((await stock.places([sku])).map((place) => place.sku)).toEqual([sku]);
  });

  it('refuse what Shopify does not track', async () => {
    bench.sandbox.addItem({ sku: 'LOOSE', tracked: false });
    expect((await stock.places(['LOOSE']))[0]!.refusal).toMatchObject({ cause: 'not_tracked' });
  });

  it('R143: of a SKU that several items have all are shown, and refused by default; R142: and taken by choice', async () => {
    bench.sandbox.addItem({ sku: 'TWIN' });
    bench.sandbox.addItem({ sku: 'TWIN' });
    expect((await stock.places(['TWIN', 'KIT-1'])).map((place) => place.sku).sort()).toEqual(['KIT-1', 'TWIN', 'TWIN']);
    expect(stock.duplicateSkus).toBe('refuse');
    const generous = bench.connect({ settings: { duplicateSkus: true } }).stock!;
    expect(generous.duplicateSkus).toBe('all');
    const places = await generous.places(['TWIN']);
    expect(places.map((place) => place.refusal)).toEqual([null, null]);
    const pushed = await generous.push(places.map((place) => levelFor(place, 7)));
    expect(pushed.map((each) => each.outcome)).toEqual(['set', 'set']);
    expect(shelf('TWIN')).toEqual([7, 7]);
  });

  it('are refused at a location that is not active, and asked for before one is chosen', async () => {
    bench.sandbox.shop.locations[0]!.active = false;
    expect((await stock.places(['KIT-1']))[0]!.refusal).toMatchObject({ cause: 'location_disabled' });
    const unset = bench.connect({ settings: { fulfillmentLocation: null } }).stock!;
    expect((await failureOf(unset.places(['KIT-1']))).about['field']).toBe('fulfillmentLocation');
  });

  it('every SKU of the location comes page by page', async () => {
    for (let index = 0; index < 260; index += 1) bench.sandbox.addItem({ sku: `SKU-${index}` });
    const first = await stock.skus(null);
    const second = await stock.skus(first.nextPage);
    expect(second.nextPage).toBeNull();
    const found = [...first.skus, ...second.skus];
    const kept = bench.sandbox.shop.items.map((item) => item.sku!);
    // The only one that is stocked elsewhere and not there.
    expect(kept.filter((sku) => !found.includes(sku))).toEqual(['BOOK-7']);
  });

  it('hundreds of SKUs are asked for in few calls', async () => {
    const skus = Array.from({ length: 100 }, (_, index) => `SKU-${index}`);
    for (const sku of skus) bench.sandbox.addItem({ sku });
    expect(await stock.places(skus)).toHaveLength(100);
    expect(bench.operations()).toEqual(['ItemsBySku', 'ItemsBySku', 'ItemsBySku']);
  });
});

describe('a push', () => {
  it('sets on_hand, compared with what it was, and leaves what is sold to Shopify', async () => {
    bench.sandbox.setStock('KIT-1', 'Main Warehouse', 12);
    bench.sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    const [place] = await stock.places(['KIT-1']);
    expect(await stock.push([levelFor(place!, 20)])).toMatchObject([{ placeId: place!.placeId, outcome: 'set' }]);
    expect(shelf('KIT-1')).toEqual([20]);
    expect(bench.sandbox.shop.levels[0]!.available).toBe(18);
    expect(sets().at(-1)).toMatchObject({ name: 'on_hand', from: 12, to: 20, reason: 'correction' });
  });

  it('says stale where somebody changed the figure meanwhile, and sets the others of the batch', async () => {
    const places = await stock.places(['KIT-1', 'TEA-30', 'BOOK-7']);
    bench.sandbox.setStock('TEA-30', 'Main Warehouse', 3);
    const pushed = await stock.push(places.map((place) => levelFor(place, 50)));
    expect(pushed.map((each, index) => [places[index]!.sku, each.outcome])).toEqual([
      ['KIT-1', 'set'],
      ['TEA-30', 'stale'],
      ['BOOK-7', 'set'],
    ]);
    expect([shelf('KIT-1'), shelf('TEA-30'), shelf('BOOK-7')]).toEqual([[50], [3], [50]]);
  });

  it('says why where Shopify refuses one', async () => {
    bench.sandbox.addItem({ sku: 'BUNDLE', bundle: true });
    const places = await stock.places(['BUNDLE', 'KIT-1']);
    const pushed = await stock.push(places.map((place) => levelFor(place, 5)));
    const bundle = pushed[places.findIndex((place) => place.sku === 'BUNDLE')]!;
    expect(bundle).toMatchObject({ outcome: 'refused' });
    expect(bundle.note).toContain('not allowed to be adjusted');
    expect(shelf('KIT-1')).toEqual([5]);
  });

  it('stocks an item at the location first where it was not', async () => {
    bench.sandbox.addItem({ sku: 'NEW', stock: {} });
    const [place] = await stock.places(['NEW']);
    expect(place!.level).toBeNull();
    expect(await stock.push([levelFor(place!, 9)])).toMatchObject([{ outcome: 'set' }]);
    expect(shelf('NEW')).toEqual([9]);
  });

  it('of more than 250 is several calls', async () => {
    const skus = Array.from({ length: 260 }, (_, index) => `SKU-${index}`);
    for (const sku of skus) bench.sandbox.addItem({ sku });
    const places = await stock.places(skus);
    bench.operations();
    const pushed = await stock.push(places.map((place) => levelFor(place, 1)));
    expect(pushed.every((each) => each.outcome === 'set')).toBe(true);
    expect(bench.operations()).toEqual(['SetQuantities', 'SetQuantities']);
  });

  it.each(['timeout_after', 'reset_after'] as const)(
    'whose answer was lost (%s) sets nothing twice: the same key gives the same answer',
    async (kind) => {
      const quick = await openBench({ deadlineMs: 300 });
      await bench.close();
      bench = quick;
      stock = bench.marketplace.stock!;
      const [place] = await stock.places(['KIT-1']);
      bench.sandbox.standIn.faults = [{ kind, rate: 1 }];
      expect((await failureOf(stock.push([levelFor(place!, 33)]))).code).toBe('outcome_unknown');
      bench.sandbox.standIn.faults = [];
      expect(await stock.push([levelFor(place!, 33)])).toMatchObject([{ outcome: 'set' }]);
      expect(sets().filter((each) => each.to === 33)).toHaveLength(1);
    },
  );
});
