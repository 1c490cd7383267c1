import { sql, type Transaction } from 'kysely';
import type { Address } from '../domain/address.js';
import type { Attention } from '../domain/attention.js';
import type { Hold } from '../domain/hold.js';
import type { LedgerEntry } from '../domain/ledger.js';
import type { CancelOutcome } from '../domain/messages.js';
import type { OrderState } from '../domain/order-states.js';
import { applyChange } from './order-changes.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

export interface Transition {
  orderId: string;
  /** When the workflow asked for this row, UTC ISO 8601: tells a repeated attempt from another change like it. */
  at: string;
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
  /** References of the fulfillments that will not be sent any more. */
  givenUp: string[];
  /** A staged change of the marketplace that the order's rows take over; null for almost every transition. */
  takesOver: string | null;
}

/** Writes a change of state and its timeline row together (I6). Repeating an attempt leaves no second row. */
export async function recordTransition(db: Database, change: Transition): Promise<void> {
  const { orderId, takesOver } = change;
  if (takesOver === null) return writeTransition(db, change);
  await db.transaction().execute(async (trx) => {
    await applyChange(trx, orderId, takesOver);
    await writeTransition(trx, change);
  });
}

async function writeTransition(db: Database | Transaction<Schema>, change: Transition): Promise<void> {
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
      where reference = any(${change.givenUp}) and state in ('planned', 'submitted')
    )
    insert into timeline (order_id, at, event, from_state, to_state, actor, message, details)
    select id, ${change.at}::timestamptz, ${change.event}, ${change.from}, ${change.to}, ${change.actor},
           ${change.message}, ${JSON.stringify(change.details)} from moved
    where not exists (
      select 1 from timeline t
      where (t.order_id, t.at, t.event) = (${change.orderId}, ${change.at}::timestamptz, ${change.event}))`.execute(db);
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
      .returning(['address', 'destination_id'])
      .executeTakeFirst();
    if (!edit) return;
    await trx
      .updateTable('recipients')
      .set((row) => ({ ...columns(edit.address), erased_at: null, version: row('version', '+', 1) }))
      .where('order_id', '=', orderId)
      .where('destination_id', '=', edit.destination_id)
      .execute();
  });
}

function columns(address: Address) {
  const { postalCode, ...same } = address;
  return { ...same, postal_code: postalCode };
}
