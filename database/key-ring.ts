/** One key that wraps data keys: 32 bytes for AES-256. */
export interface RingKey {
  id: string;
  key: Buffer;
}

/** The keys that may have encrypted something we keep; everything new is encrypted under `current`. */
export interface KeyRing {
  current: RingKey;
  /** The key of that id; throws naming the id when the ring does not hold it. */
  get(id: string): RingKey;
}

const keyId = /^[A-Za-z0-9._-]{1,64}$/;
const base64Of32Bytes = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Reads WAYBILL_ENCRYPTION_KEYS: "id:base64 of 32 bytes", several parted by commas, the first is current. To rotate,
 * put a new key in front and keep the old ones until everything is rewrapped. Errors name the entry, never a key.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseEntry);
  const current = keys[0];
  if (!current) throw new Error('WAYBILL_ENCRYPTION_KEYS is empty: it needs at least one "id:base64 of 32 bytes"');
  const byId = new Map(keys.map((key) => [key.id, key]));
  if (byId.size !== keys.length) throw new Error('WAYBILL_ENCRYPTION_KEYS names one id twice');
  return {
    current,
    get(id) {
      const key = byId.get(id);
      if (!key) throw new Error(`WAYBILL_ENCRYPTION_KEYS holds no key "${id}": put it back until nothing needs it`);
      return key;
    },
  };
}

function parseEntry(entry: string, index: number): RingKey {
  const colon = entry.indexOf(':');
  const id = entry.slice(0, Math.max(colon, 0));
  // An entry without a colon may be a bare key, so only its place is named.
  if (!keyId.test(id)) throw new Error(`WAYBILL_ENCRYPTION_KEYS entry ${index + 1} has no id: write "id:base64"`);
  const text = entry.slice(colon + 1);
  if (!base64Of32Bytes.test(text))
    throw new Error(`WAYBILL_ENCRYPTION_KEYS key "${id}" is not the base64 of 32 bytes (openssl rand -base64 32)`);
  return { id, key: Buffer.from(text, 'base64') };
}
