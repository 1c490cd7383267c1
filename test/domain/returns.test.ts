import fc from 'fast-check';
import { decideRestock, describeReturn, type ReturnedLine } from '../../domain/returns.js';
import { check } from './check.js';

const line = (over: Partial<ReturnedLine> = {}): ReturnedLine => ({
  ...{ lineId: '7', quantity: 3, reason: 'DEFECTIVE', decisions: [] },
  ...over,
});

describe('D9: what is to be done with pieces that come back', () => {
  it.each(['restock', 'inspect', 'discard'] as const)(
    'is what the store is set to (%s) where nobody decided',
    (setting) => {
      expect(decideRestock('OPEN', line(), setting)).toEqual([
        { decision: setting, quantity: 3, decidedBy: 'store settings' },
      ]);
    },
  );

  it('is what people decided at the marketplace; the setting decides the rest', () => {
    const decisions = [
      { decision: 'RESTOCKED', quantity: 1 },
      { decision: 'MISSING', quantity: 1 },
    ];
    expect(decideRestock('OPEN', line({ decisions }), 'discard')).toEqual([
      { decision: 'restock', quantity: 1, decidedBy: 'marketplace' },
      { decision: 'missing', quantity: 1, decidedBy: 'marketplace' },
      { decision: 'discard', quantity: 1, decidedBy: 'store settings' },
    ]);
  });

  it('is nothing for a return that was called off', () => {
    for (const status of ['DECLINED', 'CANCELED']) expect(decideRestock(status, line(), 'restock')).toEqual([]);
  });

  it('is a look at the goods for a word we do not know', () => {
    const decisions = [{ decision: 'DONATED', quantity: 3 }];
    expect(decideRestock('NEW', line({ decisions }), 'restock')).toMatchObject([{ decision: 'inspect', quantity: 3 }]);
  });

  it('covers each piece once, whatever the marketplace counts', () => {
    const words = fc.constantFrom('RESTOCKED', 'NOT_RESTOCKED', 'PROCESSING_REQUIRED', 'MISSING', 'OTHER');
    const decisions = fc.array(fc.record({ decision: words, quantity: fc.nat(6) }), { maxLength: 5 });
    check(fc.property(fc.nat(8), decisions, (quantity, said) => {
      const decided = decideRestock('OPEN', line({ quantity, decisions: said }), 'inspect');
      expect(decided.reduce((sum, each) => sum + each.quantity, 0)).toBe(quantity);
      expect(decided.every((each) => each.quantity > 0)).toBe(true);
    })); // prettier-ignore
  });

  it('is told in one sentence', () => {
    const restock = decideRestock('OPEN', line(), 'inspect');
    expect(describeReturn({ name: '#1001-R1', status: 'OPEN' }, [{ ...line(), restock }])).toBe(
      'Return #1001-R1 is OPEN: 3 of line 7 (DEFECTIVE): inspect 3.',
    );
  });
});
