import type { Client } from '@temporalio/client';
import type { Marketplace } from '../connectors/marketplaces/port.js';
import type { Warehouse } from '../connectors/warehouses/port.js';
import type { StoreRow, WarehouseRow } from '../database/connection-polls.js';
import type { KeyRing } from '../database/key-ring.js';
import type { Database } from '../database/pool.js';
import type { Wakeups } from '../database/wakeups.js';
import type { ImportRules } from '../domain/import-decision.js';

/** What activities act with; made once a process by worker/, and by tests. */
export interface ActivityDependencies {
  db: Database;
  /** Opens what is saved to prove webhooks. */
  keyRing: KeyRing;
  /** Where vendors reach our API, without a slash at its end; null where they cannot: then everything is found by polls. */
  publicUrl: string | null;
  /** Starts and signals order workflows. */
  temporal: Client;
  ordersQueue: string;
  /** How long one vendor call may take in all; the leases of write intents are made of it. Milliseconds. */
  callDeadlineMs: number;
  wakeups: Wakeups;
  /**
   * Ready connections; throw Failure when one cannot be used. The first two read the connection's row anew, for polls,
   * and in the lane `backfill` make every call give way to live ones; the others may be some seconds old, for the many
   * calls of orders.
   */
  connectStore(storeId: string, lane?: 'backfill'): Promise<ConnectedStore>;
  connectWarehouse(warehouseId: string, lane?: 'backfill'): Promise<ConnectedWarehouse>;
  storeOf(storeId: string): Promise<ConnectedStore>;
  marketplaceOf(storeId: string): Promise<Marketplace>;
  warehouseOf(warehouseId: string): Promise<Warehouse>;
}

export interface ConnectedStore {
  store: StoreRow;
  /** What its settings restrict the import to. */
  rules: ImportRules;
  marketplace: Marketplace;
}

export interface ConnectedWarehouse {
  row: WarehouseRow;
  warehouse: Warehouse;
}
