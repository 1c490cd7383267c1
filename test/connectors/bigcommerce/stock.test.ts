import type { StockLevelToSet } from '../../../connectors/marketplaces/stock-port.js';
import type { SandboxProduct } from '../../../sandbox/bigcommerce/state.js';
import { failureOf, openBench, type Bench } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ deadlineMs: 300 });
});
afterEach(() => bench.close());

const stock = () => bench.marketplace.stock!;
const mug = () => bench.sandbox.addProduct({ name: 'Garden Mug', skus: ['mug-1'], onHand: 4 });
const shirt = () => bench.sandbox.addProduct({ name: 'Shirt', skus: ['shirt-s', 'shirt-m'], onHand: 7 });
const level = (placeId: string, quantity: number, sku = 'any'): StockLevelToSet => ({
  ...{ placeId, sku, quantity, was: null, key: `${placeId}=${quantity}` },
});
const adjustments = () => bench.sandbox.ledger().stockWrites.map((each) => each.items);
const off = (product: SandboxProduct, tracking: SandboxProduct['tracking']) => (product.tracking = tracking);

describe('R98: where stock is kept', () => {
  it('at the product without options, at each variant of one with them, with the figures of now', async () => {
    const [one, two] = [mug(), shirt()];
    expect(await stock().places(['mug-1', 'shirt-m', 'unknown'])).toEqual([
      {
        sku: 'mug-1',
        placeId: `product:${one.id}@1`,
        title: 'Garden Mug (mug-1) at Default location',
        level: 4,
        committed: 0,
        refusal: null,
      },
      {
        sku: 'shirt-m',
        placeId: `variant:${two.variants[1]!.id}@1`,
        title: 'Shirt (shirt-m) at Default location',
        level: 7,
        committed: 0,
        refusal: null,
      },
    ]);
  });

  it('at the default location, whatever its id, or the one that was chosen', async () => {
    mug();
    bench.sandbox.state.locations = [
      { id: 1, code: 'OLD', label: 'Old shed', enabled: true, isDefault: false },
      { id: 8, code: 'NEW', label: 'New shed', enabled: true, isDefault: true },
    ];
    const titleWith = async (settings: object) =>
      (await bench.connect({ settings }).stock!.places(['mug-1'])).map((each) => [
        each.placeId,
        each.title,
        each.level,
      ]);
    expect(await titleWith({})).toEqual([[expect.stringMatching(/@8$/), 'Garden Mug (mug-1) at New shed', null]]);
    expect(await titleWith({ stockLocation: 1 })).toEqual([
      [expect.stringMatching(/@1$/), 'Garden Mug (mug-1) at Old shed', 4],
    ]);
    const missing = await failureOf(bench.connect({ settings: { stockLocation: 5 } }).stock!.places(['mug-1']));
    expect(missing.message).toContain('no location 5');
  });

  it('a SKU of several products has several places, one with a comma is found all the same', async () => {
    mug();
    mug();
    bench.sandbox.addProduct({ name: 'Pair', skus: ['a,b'], onHand: 1 });
    const places = await stock().places(['mug-1', 'a,b']);
    expect(places.map((each) => each.sku)).toEqual(['mug-1', 'mug-1', 'a,b']);
    expect(new Set(places.map((each) => each.placeId)).size).toBe(3);
  });

  it('asks for many SKUs in few calls', async () => {
    const skus = Array.from({ length: 120 }, (_, index) => `sku-${index}`);
    for (const sku of skus) bench.sandbox.addProduct({ name: sku, skus: [sku], onHand: 1 });
    expect(await stock().places(skus)).toHaveLength(120);
    expect(bench.paths()).toHaveLength(1 + 3 + 1);
  });

  it('lists every SKU of the store, page by page, tracked or not', async () => {
    for (let index = 0; index < 300; index++) bench.sandbox.addProduct({ name: 'P', skus: [`sku-${index}`] });
    bench.sandbox.addProduct({ name: 'Nameless', skus: [''] });
    const first = await stock().skus(null);
    const second = await stock().skus(first.nextPage);
    expect(second.nextPage).toBeNull();
    expect(new Set([...first.skus, ...second.skus]).size).toBe(300);
  });
});

describe('R108, R115: stock is written only where it is tracked', () => {
  it('names the product where tracking is off, and says where to turn it on', async () => {
    off(mug(), 'none');
    const [place] = await stock().places(['mug-1']);
    expect(place).toMatchObject({ level: null, refusal: { cause: 'not_tracked' } });
    expect(place!.refusal!.message).toBe(
      'Inventory tracking is off for "Garden Mug" (SKU mug-1): turn it on in BigCommerce, at product or variant level.',
    );
  });

  it('names the SKU that has no stock of its own because its product is tracked as a whole', async () => {
    off(shirt(), 'product');
    const [place] = await stock().places(['shirt-m']);
    expect(place!.refusal).toMatchObject({ cause: 'not_changeable' });
    expect(place!.refusal!.message).toContain('shirt-m');
  });

  it('names a location that is disabled', async () => {
    mug();
    bench.sandbox.state.locations[0]!.enabled = false;
    const [place] = await stock().places(['mug-1']);
    expect(place!.refusal).toMatchObject({ cause: 'location_disabled' });
  });

  it('once it is turned on, the figure is taken', async () => {
    const product = mug();
    off(product, 'none');
    await stock().places(['mug-1']);
    off(product, 'product');
    const [place] = await stock().places(['mug-1']);
    expect(await stock().push([level(place!.placeId, 9)])).toMatchObject([{ outcome: 'set' }]);
    expect((await stock().places(['mug-1']))[0]!.level).toBe(9);
  });
});

describe('when orders take stock off', () => {
  it.each([
    ['order_placed', 'available'],
    ['order_completed_or_shipped', 'on_hand_until_shipped'],
  ] as const)('%s means %s', async (behavior, basis) => {
    bench.sandbox.state.settings.updateStockBehavior = behavior;
    expect(await stock().basis()).toBe(basis);
  });

  it('a channel that says otherwise counts for its orders', async () => {
    bench.sandbox.state.settings.channelStockBehavior = { 1: 'order_completed_or_shipped', 3: 'order_placed' };
    expect(await stock().basis()).toBe('on_hand_until_shipped');
    expect(await bench.connect({ settings: { channel: 3 } }).stock!.basis()).toBe('available');
  });

  it('a behaviour that is not known is refused, not guessed', async () => {
    bench.sandbox.state.settings.updateStockBehavior = 'order_dreamt_of' as 'order_placed';
    expect(await failureOf(stock().basis())).toMatchObject({ code: 'request_rejected' });
  });
});

describe('R98: pushing', () => {
  it('absolute figures, in requests of one location and of at most 2,000 items, one after the other', async () => {
    const product = mug();
    bench.sandbox.state.locations.push({ id: 2, code: 'B', label: 'Shed', enabled: true, isDefault: false });
    const levels = Array.from({ length: 2_001 }, (_, index) => level(`product:${product.id}@1`, index));
    const answers = await stock().push([level(`product:${product.id}@2`, 5), ...levels]);
    expect(answers).toHaveLength(2_002);
    expect(answers.every((each) => each.outcome === 'set' && each.note.startsWith('transaction '))).toBe(true);
    expect(adjustments().map((items) => [items.length, new Set(items.map((each) => each.location_id)).size])).toEqual([
      [1, 1],
      [2_000, 1],
      [1, 1],
    ]);
    expect(adjustments()[0]).toEqual([{ location_id: 2, product_id: product.id, quantity: 5 }]);
  });

  it('one bad item does not stop the others, and is answered with the reason', async () => {
    const [one, two] = [mug(), shirt()];
    const places = [`product:${one.id}@1`, `variant:${two.variants[0]!.id}@1`, `variant:${two.variants[1]!.id}@1`];
    off(one, 'variant');
    const answers = await stock().push([...places.map((place) => level(place, 3)), level('elsewhere', 1)]);
    expect(answers.map((each) => [each.placeId, each.outcome])).toEqual([
      [places[0], 'refused'],
      [places[1], 'set'],
      [places[2], 'set'],
      ['elsewhere', 'refused'],
    ]);
    expect(answers[0]!.note).toContain('is tracked by variant, please update stock by variant id');
  });

  it('an answer that is lost may be asked for again: the figure is the same', async () => {
    const product = mug();
    bench.sandbox.standIn.faults = [{ kind: 'timeout_after', rate: 1, times: 1, method: 'PUT' }];
    const push = () => stock().push([level(`product:${product.id}@1`, 6)]);
    expect(await failureOf(push())).toMatchObject({ code: 'outcome_unknown' });
    expect(await push()).toMatchObject([{ outcome: 'set' }]);
    expect(bench.sandbox.ledger().stock).toEqual({ [`1:product:${product.id}`]: 6 });
  });

  it('R113: a token that may only read stock fails at the first push, with the scope named', async () => {
    const product = mug();
    bench.sandbox.state.tokens[0]!.scopes = ['store_inventory_read_only'];
    expect(await failureOf(stock().push([level(`product:${product.id}@1`, 6)]))).toMatchObject({
      code: 'permission_missing',
      about: { permission: 'Store Inventory: modify (store_inventory)' },
    });
  });

  it('nothing to push is no call', async () => {
    expect(await stock().push([])).toEqual([]);
    expect(bench.paths()).toEqual([]);
  });
});
