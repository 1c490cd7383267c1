/** In ten-thousandths, exactly: amounts have four decimals. */
export const units = (price: string) => Math.round(Number(price) * 10_000);
export const money = (amount: number) => (amount / 10_000).toFixed(4);
