import fc from 'fast-check';
import {
  fulfillmentReference,
  messages,
  orderWorkflowId,
  parseWorkflowId,
  reconciliationWorkflowId,
  searchAttributes,
  stockWorkflowId,
  storeWorkflowId,
  taskQueues,
  waitKeys,
  warehouseWorkflowId,
  writeKeys,
} from '../../domain/identifiers.js';
import { check } from './check.js';
import { connectionIds, externalIds } from './given.js';

const order = fc.record({ storeId: connectionIds, externalId: externalIds });
const fulfillment = fc.record({
  storeId: connectionIds,
  externalId: externalIds,
  number: fc.integer({ min: 1, max: 12 }),
  generation: fc.integer({ min: 1, max: 12 }),
});
const writebacks = fc.record({
  storeId: connectionIds,
  externalId: externalIds,
  part: externalIds,
  packageId: externalIds,
});

/** Two things have the same id only if they are the same thing: else one order or one write would stand for two. */
function tellsApart<T extends object>(things: fc.Arbitrary<T>, id: (thing: T) => string): void {
  const some = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
  check(
    fc.property(things, things, some, (one, another, taken) => {
      // Mostly alike: pairs that differ in everything would never meet.
      const fields = Object.entries(another).filter((_, index) => taken[index]);
      const other = { ...one, ...Object.fromEntries(fields) };
      expect(id(one) === id(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    2000,
  );
}

describe('workflow ids', () => {
  it('are read back as what they were built of, whatever a marketplace calls its orders', () => {
    check(
      fc.property(order, ({ storeId, externalId }) => {
        expect(parseWorkflowId(orderWorkflowId({ storeId, externalId }))).toEqual({
          kind: 'order',
          storeId,
          externalId,
        });
        expect(parseWorkflowId(storeWorkflowId(storeId))).toEqual({ kind: 'store', storeId });
        expect(parseWorkflowId(reconciliationWorkflowId(storeId))).toEqual({ kind: 'reconciliation', storeId });
        const pair = { storeId, warehouseId: `${storeId}w` };
        expect(parseWorkflowId(stockWorkflowId(pair))).toEqual({ kind: 'stock', ...pair });
        expect(parseWorkflowId(warehouseWorkflowId(storeId))).toEqual({ kind: 'warehouse', warehouseId: storeId });
      }),
    );
  });

  it('tell two orders apart', () => tellsApart(order, orderWorkflowId));

  it('R2: each receipt is an order of its own, a rebill beside its first sale too', () => {
    const receipts = ['AB12CD34', 'AB12CD34-B002', 'AB12CD34-B003', 'EF56GH78'];
    expect(new Set(receipts.map((externalId) => orderWorkflowId({ storeId: 'sto_1', externalId }))).size).toBe(4);
    const references = receipts.map((externalId) =>
      fulfillmentReference({ storeId: 'sto_1', externalId, number: 1, generation: 1 }),
    );
    expect(new Set(references).size).toBe(4);
  });

  it.each([
    '',
    'order',
    'order:',
    'order:sto_1',
    'order:sto_1:',
    'order::A',
    'store:',
    'store:a:b',
    'warehouse:a:b',
    'x:a',
    'toString:a',
  ])('of others are not taken for ours: "%s"', (id) => expect(parseWorkflowId(id)).toBeNull());
});

describe('a fulfillment reference', () => {
  it('never ends in dash and digits, which some warehouses append when they split an order', () => {
    check(fc.property(fulfillment, (of) => expect(fulfillmentReference(of)).not.toMatch(/-\d+$/)));
  });

  it('tells two fulfillments apart', () => tellsApart(fulfillment, fulfillmentReference));

  it('is the same each time it is asked for: no attempt, no clock', () => {
    const of = { storeId: 'sto_1', externalId: 'AB12CD34-B002', number: 1, generation: 2 };
    expect(fulfillmentReference({ ...of })).toBe(fulfillmentReference({ ...of }));
    expect(fulfillmentReference(of)).not.toBe(fulfillmentReference({ ...of, generation: 3 }));
  });
});

describe('the key of an outside write', () => {
  it('tells two submissions apart', () =>
    tellsApart(fulfillment, (of) => writeKeys.submission(fulfillmentReference(of))));

  it('tells two stock figures apart', () => {
    const figures = fc.record({ syncId: connectionIds, sku: externalIds, placeId: externalIds, generation: fc.nat(9) });
    tellsApart(figures, writeKeys.stock);
  });

  it('tells two ship notices apart, wherever the colons fall', () => {
    tellsApart(writebacks, writeKeys.writeback);
    const of = { storeId: 'sto_1', externalId: 'A', part: 'a:b', packageId: '1' };
    expect(writeKeys.writeback(of)).not.toBe(writeKeys.writeback({ ...of, part: 'a%3Ab' }));
    // The same text cut in two ways into receipt, line and package.
    const pieces = fc.array(fc.constantFrom('A', '%3A', '%'), { minLength: 3, maxLength: 6 });
    const cut = (all: string[], first: number, second: number) => ({
      storeId: 'sto_1',
      externalId: all.slice(0, first).join(':'),
      part: all.slice(first, second).join(':'),
      packageId: all.slice(second).join(':'),
    });
    check(
      fc.property(pieces, (all) => {
        const keys = new Set<string>();
        let ways = 0;
        for (let first = 1; first < all.length - 1; first++)
          for (let second = first + 1; second < all.length; second++, ways++)
            keys.add(writeKeys.writeback(cut(all, first, second)));
        expect(keys.size).toBe(ways);
      }),
    );
  });

  it('of a submission is never that of a notice', () => {
    check(
      fc.property(fulfillment, writebacks, (one, other) => {
        expect(writeKeys.submission(fulfillmentReference(one))).not.toBe(writeKeys.writeback(other));
      }),
    );
  });
});

describe('the key that an order waits for', () => {
  it('tells two listings apart', () =>
    tellsApart(fc.record({ storeId: connectionIds, sku: externalIds }), (of) => waitKeys.listing(of.storeId, of.sku)));

  it('tells two things to save apart, each kind from the others', () =>
    tellsApart(
      fc.record({ kind: fc.constantFrom('shippingRule', 'connection', 'firstImport'), id: connectionIds }),
      (thing) => waitKeys[thing.kind](thing.id),
    ));

  it('of a listing is that of nothing else', () => {
    check(
      fc.property(connectionIds, externalIds, connectionIds, (storeId, sku, id) => {
        const others = [waitKeys.shippingRule(id), waitKeys.connection(id), waitKeys.firstImport(id)];
        expect(others).not.toContain(waitKeys.listing(storeId, sku));
      }),
    );
  });
});

describe('names that Temporal sees', () => {
  it('are distinct where they must be', () => {
    const names = [
      Object.values(searchAttributes),
      Object.values(messages.order),
      Object.values(messages.connection),
      Object.values(taskQueues('waybill')),
    ];
    for (const group of names) expect(new Set(group).size).toBe(group.length);
    // PostgreSQL visibility allows ten Keyword attributes in a namespace, and other software may want some.
    expect(Object.values(searchAttributes).length).toBeLessThanOrEqual(5);
  });

  it('keep two installations in one namespace apart', () => {
    const one = Object.values(taskQueues('a'));
    const other = Object.values(taskQueues('b'));
    expect(one.filter((queue) => other.includes(queue))).toEqual([]);
  });
});
