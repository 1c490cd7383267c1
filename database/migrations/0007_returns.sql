-- Returns as the marketplace keeps them, with what is to be done with the goods; requests to a fulfillment service.

create table return_lines (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  order_id text not null references orders (id) on delete cascade,
  -- the marketplace's id of the return, and what people call it
  return_id text not null,
  name text not null,
  -- as the marketplace names it
  status text not null,
  -- place within the return: it may name a line of the order twice
  position integer not null,
  line_id text not null,
  quantity integer not null check (quantity >= 0),
  reason text,
  -- what becomes of how many pieces, and who decided it
  restock jsonb not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  read_at timestamptz not null,
  unique (order_id, return_id, position)
);
create index return_lines_by_store on return_lines (store_id, id);

-- when the order's returns were last read; null before the first time
alter table orders add column returns_read_at timestamptz;

update stores set settings = settings || '{"answerRequests": false, "restockReturns": "inspect"}';
