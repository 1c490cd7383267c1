import { sql } from 'kysely';
import type { Database } from './pool.js';

/** A stored webhook that its connection has not worked through yet. */
export interface DueWebhook {
  id: string;
  topic: string;
  /** The vendor's ids of the orders it names. */
  orderIds: string[];
}

/** Oldest first; `kind` restricts a store's to one kind of news. */
export async function dueWebhooks(
  db: Database,
  connectionId: string,
  limit: number,
  kind: string | null = null,
): Promise<DueWebhook[]> {
  const { rows } = await sql<DueWebhook>`
    select id, topic, coalesce((select array_agg(value) from jsonb_array_elements_text(body -> 'orderIds')), '{}') as "orderIds"
    from webhook_inbox
    where connection_id = ${connectionId} and processed_at is null and next_attempt_at <= now()
      and (${kind}::text is null or body ->> 'kind' = ${kind})
    order by id limit ${limit}`.execute(db);
  return rows;
}

export async function markWebhooksProcessed(db: Database, ids: string[]): Promise<void> {
  await sql`update webhook_inbox set processed_at = now(), attempts = attempts + 1, problem = null
    where id = any(${ids}::bigint[])`.execute(db);
}

/** Tried again after 30 s, doubling to an hour; the poll finds the same news meanwhile. */
export async function markWebhooksFailed(db: Database, ids: string[], problem: string): Promise<void> {
  await sql`update webhook_inbox set attempts = attempts + 1, problem = ${problem},
    next_attempt_at = now() + least(interval '1 hour', interval '30 seconds' * power(2, attempts))
    where id = any(${ids}::bigint[])`.execute(db);
}
