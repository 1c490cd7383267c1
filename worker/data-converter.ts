import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from '../database/key-ring.js';
import { createPayloadCodec } from './payload-codec.js';

/** Client, worker and replay must all use the same one, or histories cannot be read. */
export function createDataConverter(keyRing: KeyRing, namespace: string): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keyRing, namespace)],
    failureConverterPath: fileURLToPath(new URL('./failure-converter.cjs', import.meta.url)),
  };
}
