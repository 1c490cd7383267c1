import fc from 'fast-check';
import { missingAddressFields } from '../../domain/address.js';
import { check } from './check.js';
import { anAddress } from './given.js';

describe('an address', () => {
  it('names every needed field that is blank, and no other', () => {
    const needed = ['name', 'line1', 'city', 'country'] as const;
    check(
      fc.property(fc.subarray([...needed]), fc.constantFrom('', ' ', '\t\n', '\u00a0'), (blanks, blank) => {
        const address = { ...anAddress, ...Object.fromEntries(blanks.map((field) => [field, blank])) };
        expect(missingAddressFields(address)).toEqual(blanks);
      }),
    );
  });

  it('needs no postal code and no region: some countries have none', () => {
    const address = { ...anAddress, company: null, line2: null, region: null, postalCode: null, email: null };
    expect(missingAddressFields(address)).toEqual([]);
  });
});
