import { sql } from 'kysely';
import type { Address } from '../domain/address.js';
import type { Attention } from '../domain/attention.js';
import type { Hold } from '../domain/hold.js';
import type { LedgerEntry } from '../domain/ledger.js';
import type { CancelOutcome } from '../domain/messages.js';
import type { OrderState } from '../domain/order-states.js';
import type { Database } from './pool.js';

export interface Transition {
  orderId: string;
  from: OrderState;
  to: OrderState;
  /** A short name of what happened, e.g. "held", "attention", "address_edited". */
  event: string;
  /** Who caused it: a key id, "timer", "marketplace", "warehouse", "waybill". */
  actor: string;
  message: string;
  details: Record<string, unknown>;
  hold: Hold | null;
  attention: Attention | null;
  cancelOutcome: CancelOutcome | null;
  generation: number;
  ledger: LedgerEntry[];
}

/** Writes a change of state and its timeline row together (I6). Repeating it leaves one more row only if it is another change. */
export async function recordTransition(db: Database, change: Transition): Promise<void> {
  await sql`
    with moved as (
      update orders set state = ${change.to}, hold = ${json(change.hold)}, attention = ${json(change.attention)},
        waits_for = ${change.attention?.waitsFor ?? change.hold?.waitsFor ?? null},
        cancel_outcome = ${change.cancelOutcome}, generation = ${change.generation},
        ledger = ${JSON.stringify(change.ledger)}, updated_at = now()
      where id = ${change.orderId}
      returning id
    ), given_up as (
      update fulfillments set state = 'cancelled'
      where order_id = ${change.orderId} and ${change.to === 'cancelled'} and state in ('planned', 'submitted')
    )
    insert into timeline (order_id, event, from_state, to_state, actor, message, details)
    select id, ${change.event}, ${change.from}, ${change.to}, ${change.actor}, ${change.message},
           ${JSON.stringify(change.details)} from moved
    where not exists (
      select 1 from timeline t where t.order_id = ${change.orderId}
        and t.id = (select max(id) from timeline where order_id = ${change.orderId})
        and (t.event, t.from_state, t.to_state, t.message) = (${change.event}, ${change.from}, ${change.to}, ${change.message})
        and t.at > now() - interval '5 minutes')`.execute(db);
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Takes over a staged address. Doing it twice changes nothing more. */
export async function applyAddressEdit(db: Database, orderId: string, editId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const edit = await trx
      .updateTable('address_edits')
      .set({ applied_at: new Date() })
      .where('id', '=', editId)
      .where('order_id', '=', orderId)
      .where('applied_at', 'is', null)
      .returning('address')
      .executeTakeFirst();
    if (!edit) return;
    await trx
      .updateTable('recipients')
      .set((row) => ({ ...columns(edit.address), version: row('version', '+', 1) }))
      .where('order_id', '=', orderId)
      .execute();
  });
}

function columns(address: Address) {
  const { postalCode, ...same } = address;
  return { ...same, postal_code: postalCode };
}
