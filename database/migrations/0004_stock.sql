-- Stock: one sync for each pair of a store and a warehouse, what it last computed, and every figure it wrote.

create table stock_syncs (
  id text primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  warehouse_id text not null references warehouses (id),
  paused boolean not null default false,
  settings jsonb not null,
  -- when every SKU was last compared with the store; null asks the next round for it
  compared_at timestamptz,
  last_round_at timestamptz,
  last_success_at timestamptz,
  attention jsonb,
  created_at timestamptz not null default now(),
  constraint stock_syncs_exist_once unique (store_id, warehouse_id)
);
create index stock_syncs_by_tenant on stock_syncs (tenant_id, id);
create index stock_syncs_by_warehouse on stock_syncs (warehouse_id);

-- One writer a store: absolute figures of two writers would overwrite each other (reference/bigcommerce.md §5).
create table stock_writers (
  store_id text primary key references stores (id),
  holder text not null,
  lease_until timestamptz not null
);

create table stock_levels (
  sync_id text not null references stock_syncs (id) on delete cascade,
  sku text not null,
  -- pieces the store may offer; null where nobody can tell
  sellable integer,
  -- pieces sold there beyond our orders, where the marketplace tells
  waiting integer not null,
  -- why nothing is written: cause and message
  problem jsonb,
  -- the store is still to be asked about it: a round that breaks off leaves its work to the next
  due boolean not null,
  -- the items that bear the SKU, as last read at the store
  places jsonb not null default '[]',
  computed_at timestamptz not null,
  primary key (sync_id, sku)
);

-- One row for each figure that was written, kept as its proof; older ones of the same place go in time.
create table stock_pushes (
  sync_id text not null references stock_syncs (id) on delete cascade,
  sku text not null,
  place_id text not null,
  -- rises by one with each change, not with each attempt at it
  generation integer not null,
  quantity integer not null,
  was integer,
  -- 'accepted': the marketplace took it and does not show it yet; 'proven': it was read back
  state text not null check (state in ('sending', 'accepted', 'proven', 'stale', 'refused')),
  -- the vendor's proof or reason
  note text,
  sent_at timestamptz not null,
  read_back_at timestamptz,
  primary key (sync_id, sku, place_id, generation)
);

-- Pieces of an order that was left out and may still be taken: sold, and so not to be offered again.
alter table skipped_orders add column sold jsonb not null default '[]';
create index skipped_orders_with_sold on skipped_orders (tenant_id) where sold <> '[]' and resolved_at is null;
