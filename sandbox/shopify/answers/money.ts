/** Amounts are decimal text with at most two decimals; sums are made in whole cents. */
export function sum(amounts: string[]): string {
  return text(amounts.reduce((total, amount) => total + cents(amount), 0n));
}

export function times(amount: string, quantity: number): string {
  return text(cents(amount) * BigInt(quantity));
}

function cents(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.split('.');
  return BigInt(whole + decimals.padEnd(2, '0').slice(0, 2));
}

/** As Shopify writes amounts: no idle zeros, but one decimal always, "10.0". */
function text(inCents: bigint): string {
  const digits = String(inCents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2).replace(/0$/, '')}`;
}

/** The same amount in the currency of the shop and in that of the shopper. */
export interface Amounts {
  shop: string;
  presentment: string;
}

export const nothing: Amounts = { shop: '0.0', presentment: '0.0' };

export function added(amounts: Amounts[]): Amounts {
  return { shop: sum(amounts.map((each) => each.shop)), presentment: sum(amounts.map((each) => each.presentment)) };
}

export function moneyBag(order: { currency: string; presentmentCurrency: string }, amounts: Amounts) {
  return {
    shopMoney: { amount: times(amounts.shop, 1), currencyCode: order.currency },
    presentmentMoney: { amount: times(amounts.presentment, 1), currencyCode: order.presentmentCurrency },
  };
}
