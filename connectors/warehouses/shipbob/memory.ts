/**
 * What was learned of an account and stays true for some minutes: its channel, SKUs and shipping methods. Kept beside
 * the connections and not in them, because activities connect anew for each call (secrets are read inside them), and
 * a steady flow of orders must not ask again. Only what exists is remembered: what is missing is asked for each time,
 * so that a product or method added at ShipBob counts at once.
 */
export interface Memory {
  recall<Value>(key: string): Value | undefined;
  /** Finds it out anew, once for all who ask meanwhile: a burst of orders wants the same. Undefined is not remembered. */
  learn<Value>(key: string, find: () => Promise<Value>): Promise<Value>;
}

/** A deleted product or method is noticed this late; ShipBob would create it anew, as an accident. */
export const memoryMs = 10 * 60 * 1000;

interface Entry {
  value: unknown;
  until: number;
}

const accounts = new Map<string, Map<string, Entry>>();
const underWay = new Map<string, Promise<unknown>>();

/** @param account names the connection and its credentials, so that a changed token starts afresh */
export function memoryOf(account: string, now: () => Date): Memory {
  const keep = (key: string, value: unknown) => {
    forgetOld(now().getTime());
    const entries = accounts.get(account) ?? new Map<string, Entry>();
    accounts.set(account, entries.set(key, { value, until: now().getTime() + memoryMs }));
  };
  return {
    recall: <Value>(key: string) => {
      const entry = accounts.get(account)?.get(key);
      return entry && entry.until > now().getTime() ? (entry.value as Value) : undefined;
    },
    learn: <Value>(key: string, find: () => Promise<Value>) => {
      const name = `${account} ${key}`;
      const learnt = async () => {
        const value = await find();
        if (value !== undefined) keep(key, value);
        return value;
      };
      const running = underWay.get(name) ?? learnt().finally(() => underWay.delete(name));
      underWay.set(name, running);
      return running as Promise<Value>;
    },
  };
}

/** Dropped when all of it is old, so that the memory does not grow with connections and tokens of the past. */
function forgetOld(now: number): void {
  for (const [account, entries] of accounts)
    if ([...entries.values()].every((entry) => entry.until <= now)) accounts.delete(account);
}
