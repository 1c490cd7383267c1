/**
 * What was learned of an account and stays true for some minutes: its channel, SKUs and shipping methods. Kept beside
 * the connections and not in them, because activities connect anew for each call (secrets are read inside them), and
 * a steady flow of orders must not ask again. Only what exists is remembered: what is missing is asked for each time,
 * so that a product or method added at ShipBob counts at once.
 */
export interface Memory {
  recall<Value>(key: string): Value | undefined;
  keep(key: string, value: unknown): void;
}

/** A deleted product or method is noticed this late; ShipBob would create it anew, as an accident. */
export const memoryMs = 10 * 60 * 1000;

interface Entry {
  value: unknown;
  until: number;
}

const accounts = new Map<string, Map<string, Entry>>();

/** @param account names the connection and its credentials, so that a changed token starts afresh */
export function memoryOf(account: string, now: () => Date): Memory {
  return {
    recall: <Value>(key: string) => {
      const entry = accounts.get(account)?.get(key);
      return entry && entry.until > now().getTime() ? (entry.value as Value) : undefined;
    },
    keep: (key, value) => {
      forgetOld(now().getTime());
      const entries = accounts.get(account) ?? new Map<string, Entry>();
      accounts.set(account, entries.set(key, { value, until: now().getTime() + memoryMs }));
    },
  };
}

/** Dropped when all of it is old, so that the memory does not grow with connections and tokens of the past. */
function forgetOld(now: number): void {
  for (const [account, entries] of accounts)
    if ([...entries.values()].every((entry) => entry.until <= now)) accounts.delete(account);
}
