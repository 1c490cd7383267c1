-- Reconciliation: what marketplace, warehouse and Waybill have of a store's orders, compared; the reports are kept.

create table reconciliations (
  id text primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  window_from timestamptz not null,
  window_to timestamptz not null,
  -- mend what is safe, or only report
  mend boolean not null,
  -- "key:" and the id of a key, or "schedule"
  requested_by text not null,
  state text not null default 'running' check (state in ('running', 'finished', 'failed')),
  created_at timestamptz not null default now(),
  -- null until its workflow was started: rows left null are started again
  workflow_started_at timestamptz,
  finished_at timestamptz,
  -- how far each step has come, so that a run that breaks off goes on from there
  places jsonb not null default '{}',
  -- what was looked at, by ledger
  compared jsonb not null default '{}',
  -- why it failed
  problem jsonb
);
create unique index reconciliations_one_at_a_time on reconciliations (store_id) where state = 'running';
create index reconciliations_by_store on reconciliations (store_id, id);

create table reconciliation_differences (
  id bigint generated always as identity primary key,
  reconciliation_id text not null references reconciliations (id) on delete cascade,
  kind text not null,
  -- a difference that is seen again by the same run is one row
  subject text not null,
  external_id text,
  order_id text references orders (id) on delete cascade,
  message text not null,
  -- how it can be mended; null where only a person can tell what is right
  mend text,
  mended_at timestamptz,
  found_at timestamptz not null default now(),
  unique (reconciliation_id, kind, subject)
);

-- when a reconciliation was last shown the order by its marketplace
alter table orders add column listed_at timestamptz;

-- the notice that was proven (connectors/marketplaces/port.ts), to look for it again
alter table write_intents add column notice jsonb;
create index write_intents_proven on write_intents (done_at) where kind = 'writeback';

update stores set settings = settings || '{"reconciliation": "mend"}';
