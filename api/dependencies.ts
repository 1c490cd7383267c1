import type { IncomingHttpHeaders } from 'node:http';
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import type { ZodType } from 'zod';
import type { KeyRing } from '../database/key-ring.js';
import type { Database } from '../database/pool.js';
import type { Delivery } from '../database/webhook-inbox.js';
import type { AppNotice, CallbackReading, Installed, ProvenCallback, SignedCall } from '../domain/install.js';
import type { StockLocation } from '../domain/stock.js';
import type { PrivacyDelivery } from '../domain/privacy.js';
import type { ProbeReport } from '../domain/store.js';

/** What the API must know of a connector: what a person fills in, checked by the connector's own schemas. */
export interface ConnectorForms {
  title: string;
  credentials: ZodType;
  settings: ZodType;
}

/** Connecting a store by installing our application: its connector's part, with this installation's application. */
export interface Installer {
  /** Environment variables without which it cannot be used; empty when it can. */
  missing: string[];
  bringsState: boolean;
  framedBy: string | null;
  accountOf(text: string): string | null;
  accountIn(credentials: unknown): string | null;
  authorize(request: { account: string; state: string; baseUrl: string | null }): { url: string; instructions: string };
  readCallback(query: Record<string, string>, now: Date): CallbackReading;
  /** Trades the code for credentials; throws Failure. */
  exchange(callback: ProvenCallback, store: { present: unknown; baseUrl: string | null }): Promise<Installed>;
  readOpening(query: Record<string, string>, now: Date): SignedCall | null;
  readSignedCall(token: string, now: Date): SignedCall | null;
  readNotice(headers: IncomingHttpHeaders, rawBody: Buffer): AppNotice | null;
}

export type ConnectionKind = 'store' | 'warehouse';

/** Everything the API is handed; api/main.ts puts it together. */
export interface Dependencies {
  db: Database;
  /** May be made on a lazy connection: the API starts and serves what it can while Temporal is away. */
  temporal: Client;
  namespace: string;
  taskQueues: { orders: string; connections: string };
  /** For deep links; null where there is no web UI. */
  temporalUiUrl: string | null;
  keyRing: KeyRing;
  /** Keys the hashes of API keys and of requests. */
  pepper: string;
  codec: PayloadCodec;
  logger: Logger;
  /** `noStock`: why there is no stock to keep in step, in words; null where there is. */
  marketplaces: Record<string, ConnectorForms & { noStock: string | null }>;
  warehouseSystems: Record<string, ConnectorForms>;
  /** By marketplace; those whose stores cannot be connected by an application are absent. */
  installers: Record<string, Installer>;
  /** Where a merchant's browser and marketplaces reach this API; null where nobody said. */
  publicUrl: string | null;
  /** Asks the vendor what the saved credentials may do; throws Failure. */
  probe(kind: ConnectionKind, id: string): Promise<ProbeReport>;
  /** Where the stock of a store is kept, asked of its marketplace; throws Failure. */
  stockLocation(storeId: string): Promise<StockLocation>;
  /** Null: the signature does not hold. */
  verifyWebhook(
    webhookPath: string,
    headers: IncomingHttpHeaders,
    rawBody: Buffer,
  ): Promise<Delivery | PrivacyDelivery | null | 'unknown_path'>;
  /** Called when a warehouse is enabled; polling finds everything without it. */
  registerWebhook?(warehouseId: string): Promise<void>;
  /** The Temporal UI's origin, the only one that may call the codec endpoint from a browser. */
  codecOrigin: string | null;
  /** Addresses or CIDR blocks of proxies whose X-Forwarded-For is believed; none by default. */
  trustedProxies?: string[];
  /** Requests a minute from one address before 429; 3,000 by default, 50 a second. */
  requestsPerMinute?: number;
  now?: () => Date;
}

/** The time by the clock that tests may set. */
export function nowOf({ now }: Pick<Dependencies, 'now'>): Date {
  return now?.() ?? new Date();
}
