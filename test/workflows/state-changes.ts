import { sql } from 'kysely';
import type { Database } from '../../database/pool.js';

/** Has PostgreSQL itself note every change of an order's state, with its transaction. */
export async function watchStateChanges(db: Database): Promise<void> {
  await sql
    .raw(
      `create table state_changes (id bigserial, order_id text, from_state text, to_state text, xact bigint);
       create function note_state() returns trigger language plpgsql as $$ begin
         insert into state_changes (order_id, from_state, to_state, xact)
           values (new.id, old.state, new.state, txid_current() % (1::bigint << 32));
         return new; end $$;
       create trigger note_state after update of state on orders for each row
         when (old.state is distinct from new.state) execute function note_state()`,
    )
    .execute(db);
}

/**
 * What is wrong with the timelines (I6): each change of state needs exactly one row, written in its transaction, with
 * an actor and a message; the rows of one order have to follow from one another, and the last has to be where it stands.
 */
export async function timelineProblems(db: Database): Promise<string[]> {
  const { rows } = await sql<{ problem: string }>`
    with told as (select *, xmin::text::bigint as xact from timeline),
    chain as (
      select order_id, event, from_state, to_state, lag(to_state) over (partition by order_id order by id) as before,
             lead(to_state) over (partition by order_id order by id) is null as last
      from told where to_state is not null
    )
    select format('%s: %s → %s has %s rows', c.order_id, c.from_state, c.to_state, count(t.id)) as problem
    from state_changes c left join told t using (order_id, from_state, to_state, xact)
    group by c.id, c.order_id, c.from_state, c.to_state having count(t.id) <> 1
    union all
    select format('%s: row %s %s → %s without a change', t.order_id, t.event, t.from_state, t.to_state)
    from told t left join state_changes c using (order_id, from_state, to_state, xact)
    where t.from_state <> t.to_state and c.id is null
    union all
    select format('%s: %s begins at %s, not at %s', order_id, event, from_state, before)
    from chain where before is not null and from_state is distinct from before
    union all
    select format('%s: stands at %s, its timeline ends at %s', o.id, o.state, c.to_state)
    from orders o join chain c on c.order_id = o.id and c.last where o.state <> c.to_state
    union all
    select format('%s: %s has no actor or message', order_id, event) from told where actor = '' or message = ''
    union all
    select format('%s: submitted without rule and version', order_id) from told
    where event = 'submitted' and (details ->> 'rule' is null or details ->> 'ruleVersion' is null)`.execute(db);
  return rows.map((row) => row.problem);
}
