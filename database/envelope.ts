import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What GCM was specified with; other lengths weaken it (NIST SP 800-38D §5.2). */
const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM; the answer is iv, ciphertext and tag in one. `context` is authenticated and not kept. */
export function seal(key: Buffer, plain: Buffer, context: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The inverse of seal; throws when a byte, the key or the context is not the one it was sealed with. */
export function unseal(key: Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed.length < ivBytes + tagBytes) throw new Error('sealed text is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, sealed.length - tagBytes)), decipher.final()]);
}
