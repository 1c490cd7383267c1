import fc from 'fast-check';
import { locationTaken, type LocationClaim } from '../../domain/stock-location.js';
import { check } from './check.js';

const location = { key: 'shop:1', title: 'Main of shop' };
const claim = (over: Partial<LocationClaim> = {}): LocationClaim => ({
  ...{ syncId: 'ssy_1', storeId: 'sto_1', storeName: 'One', resting: false },
  ...over,
});
const judge = (claims: LocationClaim[]) => (own: LocationClaim) =>
  locationTaken(location, own.storeId, { id: own.syncId }, claims);

describe('two stores on one account and location', () => {
  it('have one that writes: the store of the oldest running sync, with all of its syncs', () => {
    const claims = fc.uniqueArray(
      fc.record({
        syncId: fc.integer({ min: 1, max: 9 }).map((number) => `ssy_${number}`),
        storeId: fc.constantFrom('sto_1', 'sto_2', 'sto_3'),
        storeName: fc.constantFrom('One', null),
        resting: fc.boolean(),
      }),
      { selector: (each) => each.syncId, maxLength: 6 },
    );
    check(
      fc.property(claims, (all) => {
        const running = all.filter((each) => !each.resting);
        const writers = running.filter((each) => judge(all)(each) === null);
        const oldest = running.map((each) => each.syncId).sort()[0];
        expect(writers).toEqual(
          running.filter((each) => each.storeId === running.find((one) => one.syncId === oldest)?.storeId),
        );
      }),
    );
  });

  it('name the one that writes, unless it is another tenant’s', () => {
    const mine = claim({ syncId: 'ssy_2', storeId: 'sto_2' });
    expect(judge([claim(), mine])(mine)).toMatchObject({
      code: 'stock_location_taken',
      message: expect.stringContaining('Main of shop is written by store "One" (sto_1) already') as string,
      about: { location: 'shop:1', store: 'sto_1', sync: 'ssy_1' },
    });
    const foreign = judge([claim({ storeName: null }), mine])(mine)!;
    expect(foreign.message).toContain('by another store already');
    expect(JSON.stringify(foreign)).not.toContain('sto_1');
  });

  it('are found before a sync is made; one at rest is in nobody’s way', () => {
    expect(locationTaken(location, 'sto_2', null, [claim()])).not.toBeNull();
    expect(locationTaken(location, 'sto_1', null, [claim()])).toBeNull();
    expect(locationTaken(location, 'sto_2', null, [claim({ resting: true })])).toBeNull();
  });
});
