import type { ZodType } from 'zod';
import type { WarehouseSystem } from '../../domain/store.js';
import type { ConnectOptions } from '../connect-options.js';
import type { Warehouse } from './port.js';
import { connect as connectShipbob } from './shipbob/connect.js';
import { shipbobCredentials, shipbobSettings } from './shipbob/settings.js';
import { verifyWebhook as verifyShipbobWebhook } from './shipbob/webhook-verification.js';

/** What the rest of the house needs to know of a warehouse system. */
export interface WarehouseDefinition {
  title: string;
  /** What a person enters; read it with these before it is saved. */
  credentials: ZodType;
  settings: ZodType;
  /** Gives the connection; makes no call by itself, so that it may be made anew for each use. */
  connect: (options: ConnectOptions<{ requestsPerMinute: number }>) => Warehouse;
  /** Null for a call that this system did not sign with one of the secrets; never throws. */
  verifyWebhook: (request: {
    /** Lower-case names. */
    headers: Record<string, string>;
    rawBody: Buffer;
    secrets: string[];
    now: Date;
  }) => { deliveryKey: string; topic: string; orderIds: string[]; body: Record<string, unknown> } | null;
}

/** A new warehouse system is one folder and one entry here. */
export const warehouseSystems: Record<WarehouseSystem, WarehouseDefinition> = {
  shipbob: {
    title: 'ShipBob',
    credentials: shipbobCredentials,
    settings: shipbobSettings,
    connect: connectShipbob,
    verifyWebhook: verifyShipbobWebhook,
  },
};
