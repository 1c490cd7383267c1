import fc from 'fast-check';
import { compareAmounts, isDecimalText } from '../../domain/money.js';
import { check } from './check.js';
import { aligned, decimals } from './given.js';

describe('money', () => {
  it('D11: amounts compare as the exact decimals they are written as', () => {
    check(
      fc.property(decimals, decimals, (a, b) => {
        const [left, right] = aligned(a, b);
        expect(Math.sign(compareAmounts(a.text, b.text))).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  it.each([
    ['9007199254740993.01', '9007199254740993.02', -1],
    ['0.1', '0.10', 0],
    ['-0.5', '0', -1],
    ['59.90', '59.9', 0],
    ['10', '9', 1],
  ])('D11: %s against %s is %i, where floats or texts would err', (a, b, expected) => {
    expect(Math.sign(compareAmounts(a, b))).toBe(expected);
  });

  it('D11: decimal text is digits with at most one point, never an exponent, a separator or a currency sign', () => {
    check(fc.property(decimals, ({ text }) => expect(isDecimalText(text) && isDecimalText(`-${text}`)).toBe(true)));
    for (const wrong of [
      '',
      ' ',
      '1e3',
      '1,000',
      '1.',
      '.5',
      '+1',
      '$1',
      '1 ',
      '1\n',
      '0x10',
      'NaN',
      'Infinity',
      '--1',
    ])
      expect([wrong, isDecimalText(wrong)]).toEqual([wrong, false]);
  });

  it('throws on what is not a number rather than guessing', () => {
    expect(() => compareAmounts('12 dollars', '1')).toThrow();
    expect(() => compareAmounts('1', '')).toThrow();
  });
});
