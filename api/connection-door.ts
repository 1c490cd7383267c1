import { z } from 'zod';
import type { Caller } from '../database/api-keys.js';
import type { ConnectionState, ConnectionTable } from '../database/connections.js';
import type { Database } from '../database/pool.js';
import type { ConnectionKind, ConnectorForms, Dependencies } from './dependencies.js';
import { notFound } from './problems.js';
import { id } from './schemas.js';

/** What differs between a store and a warehouse, for the routes both have. */
export interface ConnectionDoor<Found extends ConnectionState> {
  kind: ConnectionKind;
  table: ConnectionTable;
  find(db: Database, id: string, tenantId: string | null): Promise<Found | null>;
  forms(dependencies: Dependencies, found: Found): ConnectorForms;
  workflowId(id: string): string;
  start(dependencies: Dependencies, found: Found): Promise<void>;
  /** What still hangs on it, in words; null when it may be deleted. */
  openWork(db: Database, id: string): Promise<string | null>;
  /** Called after it was enabled. */
  enabled?(dependencies: Dependencies, found: Found): Promise<void>;
}

/** The caller's connection, or the 404 that a foreign id gets as well. */
export async function findVisible<Found extends ConnectionState>(
  door: ConnectionDoor<Found>,
  call: { caller: Caller; dependencies: Dependencies },
  connectionId: string,
): Promise<Found> {
  const found = await door.find(call.dependencies.db, connectionId, call.caller.tenantId);
  if (!found) throw notFound(door.kind, connectionId);
  return found;
}

export const idParam = z.strictObject({ id });

export function pathOf(door: { table: ConnectionTable }, action: string): string {
  return `/v1/${door.table}/{id}${action}`;
}

/** What addresses a connection's workflow. */
export function located<Found extends ConnectionState>(door: ConnectionDoor<Found>, found: Found) {
  return { id: found.id, enabled: found.enabled, workflowId: door.workflowId(found.id) };
}
