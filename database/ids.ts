import { randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o, u, so an id can be read over the telephone. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id such as "ord_01k9x…": 48 bits of milliseconds, then 80 random bits, so that ids sort by the time they were
 * made. Prefixes: ten (tenant), sto (store), whs (warehouse), ord (order), shp (shipment), key (API key),
 * adr (staged address), chg (staged change), ins (install), prv (privacy request), ssy (stock sync), rec (reconciliation).
 */
export function newId(
  prefix: 'ten' | 'sto' | 'whs' | 'ord' | 'shp' | 'key' | 'adr' | 'chg' | 'ins' | 'prv' | 'ssy' | 'rec',
  now: number = Date.now(),
): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now, 0, 6);
  randomBytes(10).copy(bytes, 6);
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = alphabet[Number(number & 31n)]! + text;
    number >>= 5n;
  }
  return `${prefix}_${text}`;
}
