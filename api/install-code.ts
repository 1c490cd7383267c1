import { createHmac, timingSafeEqual } from 'node:crypto';
import { seal, unseal } from '../database/envelope.js';
import type { Installed } from '../domain/install.js';
import type { Dependencies } from './dependencies.js';

/** Crockford's base 32: no letter in it is taken for a digit. */
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The short code of an install, 40 bits, such as "7QK2-M9XD". Only whoever opened the install is told it. */
export function codeOf(dependencies: Dependencies, installId: string): string {
  const text = bare(dependencies, installId);
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

export function isCodeOf(dependencies: Dependencies, installId: string, typed: string): boolean {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const given = Buffer.from(letters);
  const expected = Buffer.from(bare(dependencies, installId));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function bare({ pepper }: Dependencies, installId: string): string {
  const bytes = createHmac('sha256', pepper).update(`install-code|${installId}`).digest();
  return Array.from(bytes.subarray(0, 8), (byte) => symbols[byte % symbols.length]).join('');
}

/** What the marketplace gave, for an install whose code is not typed yet. */
interface Unconfirmed {
  installId: string;
  installed: Installed;
}

const context = 'install';

/** A token nobody confirmed is kept nowhere: it waits in the page that asks for the code, and only we can open it. */
export function sealUnconfirmed({ keyRing }: Dependencies, unconfirmed: Unconfirmed): string {
  const { id, key } = keyRing.current;
  return `${id}:${seal(key, Buffer.from(JSON.stringify(unconfirmed)), context).toString('base64url')}`;
}

/** Null for anything that we did not seal. */
export function unsealUnconfirmed({ keyRing }: Dependencies, text: string): Unconfirmed | null {
  const [id = '', sealed = ''] = text.split(':');
  try {
    const plain = unseal(keyRing.get(id).key, Buffer.from(sealed, 'base64url'), context);
    return JSON.parse(plain.toString('utf8')) as Unconfirmed;
  } catch {
    return null;
  }
}
