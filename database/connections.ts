import { sql } from 'kysely';
import type { Attention } from '../domain/attention.js';
import type { ProbeReport } from '../domain/store.js';
import type { Database } from './pool.js';

/** What a store and a warehouse have in common: both are one connection to an outside account. */
export interface ConnectionState {
  id: string;
  tenantId: string;
  name: string;
  /** Null means the vendor's own address. */
  baseUrl: string | null;
  enabled: boolean;
  paused: boolean;
  probe: ProbeReport | null;
  probedAt: Date | null;
  /** The end of the last full pass, on the vendor's clock. */
  cursorAt: Date | null;
  lastPollAt: Date | null;
  lastSuccessAt: Date | null;
  attention: Attention | null;
  createdAt: Date;
}

export const connectionColumns = [
  'id',
  'tenant_id as tenantId',
  'name',
  'base_url as baseUrl',
  'enabled',
  'paused',
  'probe',
  'probed_at as probedAt',
  'cursor_at as cursorAt',
  'last_poll_at as lastPollAt',
  'last_success_at as lastSuccessAt',
  'attention',
  'created_at as createdAt',
] as const;

export type ConnectionTable = 'stores' | 'warehouses';

/** The columns written here are the same in both tables, so the types of one serve for both. */
const typed = (table: ConnectionTable) => table as 'stores';

export async function saveProbe(
  db: Database,
  table: ConnectionTable,
  id: string,
  report: ProbeReport,
  at: Date,
): Promise<void> {
  await db
    .updateTable(typed(table))
    .set({ probe: JSON.stringify(report), probed_at: at })
    .where('id', '=', id)
    .execute();
}

/**
 * After new credentials or another address the old findings say nothing: the connection counts as untested, and what a
 * marketplace was asked to call us for may be gone with the old access.
 */
export async function forgetProbe(db: Database, table: ConnectionTable, id: string): Promise<void> {
  const change = { probe: null, probed_at: null, ...(table === 'stores' && { webhooks: null }) };
  await db.updateTable(typed(table)).set(change).where('id', '=', id).execute();
}

export async function setEnabled(db: Database, table: ConnectionTable, id: string, enabled: boolean): Promise<void> {
  await db.updateTable(typed(table)).set({ enabled }).where('id', '=', id).execute();
}

export async function setPaused(db: Database, table: ConnectionTable, id: string, paused: boolean): Promise<void> {
  await db.updateTable(typed(table)).set({ paused }).where('id', '=', id).execute();
}

/** Takes a connection out of use for good; its row, its orders and what was skipped stay. */
export async function markDeleted(db: Database, table: ConnectionTable, id: string): Promise<void> {
  await db
    .updateTable(typed(table))
    .set({ deleted_at: sql<Date>`now()`, enabled: false })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .execute();
}
