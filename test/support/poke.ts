import { sql } from 'kysely';
import type { Database } from '../../database/pool.js';
import { storeWorkflowId, wakeChannel, wakes, warehouseWorkflowId, messages } from '../../domain/identifiers.js';
import type { Client } from '@temporalio/client';

/** Polls a connection now, as the API's "poll now" does. */
export async function pollNow(
  waybill: { db: Database; temporal: Client },
  connection: { storeId: string } | { warehouseId: string },
): Promise<void> {
  const [workflowId, id] =
    'storeId' in connection
      ? [storeWorkflowId(connection.storeId), connection.storeId]
      : [warehouseWorkflowId(connection.warehouseId), connection.warehouseId];
  await waybill.temporal.workflow.getHandle(workflowId).signal(messages.connection.pollNow);
  await sql`select pg_notify(${wakeChannel}, ${wakes.yield(id)})`.execute(waybill.db);
}
