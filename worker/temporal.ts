import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createDataConverter } from './data-converter.js';
import type { Configuration } from './configuration.js';

type TemporalSettings = Pick<
  Configuration,
  | 'TEMPORAL_ADDRESS'
  | 'TEMPORAL_NAMESPACE'
  | 'TEMPORAL_API_KEY'
  | 'TEMPORAL_TLS'
  | 'TEMPORAL_TLS_CERT_FILE'
  | 'TEMPORAL_TLS_KEY_FILE'
  | 'keyRing'
>;

/** Where the server is and how to prove who we are; the same for client and worker. */
export async function connectionOptions(
  settings: TemporalSettings,
): Promise<{ address: string; tls: boolean | { clientCertPair: { crt: Buffer; key: Buffer } }; apiKey?: string }> {
  const { TEMPORAL_TLS_CERT_FILE: crt, TEMPORAL_TLS_KEY_FILE: key } = settings;
  const clientCertPair = crt && key ? { crt: await readFile(crt), key: await readFile(key) } : null;
  return {
    address: settings.TEMPORAL_ADDRESS,
    tls: clientCertPair ? { clientCertPair } : settings.TEMPORAL_TLS,
    ...(settings.TEMPORAL_API_KEY && { apiKey: settings.TEMPORAL_API_KEY }),
  };
}

/** Connects on first use, so that the API starts and serves what it can while Temporal is away. */
export async function createClient(settings: TemporalSettings): Promise<Client> {
  return new Client({
    connection: Connection.lazy(await connectionOptions(settings)),
    namespace: settings.TEMPORAL_NAMESPACE,
    dataConverter: createDataConverter(settings.keyRing, settings.TEMPORAL_NAMESPACE),
  });
}

/** What we send is encrypted and does not shrink: compressing it would cost worker and server time for nothing. */
export const uncompressed = { grpcCompression: { codec: 'none' } } as const;

export async function connectNative(settings: TemporalSettings): Promise<NativeConnection> {
  return NativeConnection.connect({ ...(await connectionOptions(settings)), ...uncompressed });
}

/** The bundle made by `npm run build`. */
export const workflowBundle = { codePath: fileURLToPath(new URL('../workflows/bundle.js', import.meta.url)) };
