import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
// A CommonJS package whose names Node cannot see from an ES module.
import proto from '@temporalio/proto';
import type { KeyRing } from '../database/key-ring.js';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const encoding = 'binary/encrypted';
const ivBytes = 12;
const tagBytes = 16;
const utf8 = {
  to: (text: string) => Buffer.from(text, 'utf8'),
  from: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
};

/**
 * Encrypts everything that enters a history: AES-256-GCM under the ring's current key, the key's id beside it. The
 * namespace and the key id are authenticated too, so a payload cannot be moved to another namespace unnoticed.
 * Plain payloads pass on decoding: histories begun before encryption, and the search attributes, which are never encrypted.
 */
export function createPayloadCodec(keyRing: KeyRing, namespace: string): PayloadCodec {
  const aad = (keyId: string) => utf8.to(`${namespace}|${keyId}`);
  return {
    async encode(payloads) {
      return payloads.map((payload) => {
        const { id, key } = keyRing.current;
        const iv = randomBytes(ivBytes);
        const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad(id));
        const plain = PayloadMessage.encode(payload).finish();
        const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
        return { metadata: { [METADATA_ENCODING_KEY]: utf8.to(encoding), 'encryption-key-id': utf8.to(id) }, data };
      });
    },
    async decode(payloads) {
      return payloads.map((payload) => (isEncrypted(payload) ? decrypt(payload, keyRing, aad) : payload));
    },
  };
}

function isEncrypted(payload: Payload): boolean {
  const name = payload.metadata?.[METADATA_ENCODING_KEY];
  return name !== undefined && name !== null && utf8.from(name) === encoding;
}

function decrypt(payload: Payload, keyRing: KeyRing, aad: (keyId: string) => Buffer): Payload {
  const keyId = utf8.from(payload.metadata?.['encryption-key-id'] ?? new Uint8Array());
  const { key } = keyRing.get(keyId);
  const data = Buffer.from(payload.data ?? new Uint8Array());
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, ivBytes)).setAAD(aad(keyId));
  decipher.setAuthTag(data.subarray(data.length - tagBytes));
  const plain = Buffer.concat([decipher.update(data.subarray(ivBytes, data.length - tagBytes)), decipher.final()]);
  return PayloadMessage.decode(plain);
}
