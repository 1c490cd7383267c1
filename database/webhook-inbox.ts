import { sql } from 'kysely';
import { wakeChannel, wakes } from '../domain/identifiers.js';
import type { Database } from './pool.js';

export interface Delivery {
  connectionId: string;
  /** The vendor's id of the delivery, or a hash of what it says. */
  deliveryKey: string;
  topic: string;
  body: Record<string, unknown>;
}

/**
 * Keeps a notification and wakes its connection in the same statement: answered 200 means it is safe. A delivery that
 * comes again while it waits changes nothing; once it was worked through it is looked into again, because the keys of
 * some vendors repeat when a thing changes twice in a second (reference/bigcommerce.md §7). Returns whether it waits anew.
 */
export async function keepDelivery(db: Database, delivery: Delivery): Promise<boolean> {
  const { rows } = await sql<{ woken: string }>`
    /* prepared */ with kept as (
      insert into webhook_inbox (connection_id, delivery_key, topic, body)
      values (${delivery.connectionId}, ${delivery.deliveryKey}, ${delivery.topic}, ${JSON.stringify(delivery.body)})
      on conflict (connection_id, delivery_key) do update
        set processed_at = null, attempts = 0, next_attempt_at = now() where webhook_inbox.processed_at is not null
      returning connection_id
    )
    select pg_notify(${wakeChannel}, ${wakes.inbox(delivery.connectionId)})::text as woken from kept`.execute(db);
  return rows.length > 0;
}

/**
 * Tells every process that a connection's settings or credentials may have changed, and asks the activity that polls
 * it to return to its workflow. Lost when nobody listens: the activity's next heartbeat does the same.
 */
export async function askToYield(db: Database, connectionId: string): Promise<void> {
  await sql`select pg_notify(${wakeChannel}, ${wakes.yield(connectionId)})`.execute(db);
}
