import { Big } from 'big.js';

/** Decimal text and its currency, as the marketplace wrote them. Never a float, never rounded (D11). */
export interface Money {
  /** Decimal text, e.g. "59.90". */
  amount: string;
  /** ISO 4217 code. */
  currency: string;
}

const decimalText = /^-?\d+(\.\d+)?$/;

export function isDecimalText(text: string): boolean {
  return decimalText.test(text);
}

/** Compares two decimal texts: negative, zero or positive. Throws on text that is not a decimal. */
export function compareAmounts(a: string, b: string): number {
  return new Big(a).cmp(new Big(b));
}
