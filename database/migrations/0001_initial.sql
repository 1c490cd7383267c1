-- Times are timestamptz and leave as UTC ISO 8601; money is decimal text beside its currency (D11).
-- A row never drives the process, the workflow does: these tables hold configuration, what people search, and proof.

create table tenants (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table api_keys (
  id text primary key,
  -- null for operators and support, who see every tenant
  tenant_id text references tenants (id),
  role text not null check (role in ('operator', 'support', 'merchant')),
  name text not null,
  -- HMAC-SHA-256 under the key pepper; the secret itself is shown once and never kept
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  check ((role = 'merchant') = (tenant_id is not null))
);

create table stores (
  id text primary key,
  tenant_id text not null references tenants (id),
  name text not null,
  marketplace text not null,
  -- null means the marketplace's own address
  base_url text,
  settings jsonb not null,
  -- what was skipped before is judged anew after
  settings_saved_at timestamptz not null default now(),
  enabled boolean not null default false,
  paused boolean not null default false,
  first_import_opened_at timestamptz,
  -- the last probe (ProbeReport) and when it ran; a store can be enabled once it passed
  probe jsonb,
  probed_at timestamptz,
  -- the end of the last full pass, on the marketplace's clock
  cursor_at timestamptz,
  last_poll_at timestamptz,
  last_success_at timestamptz,
  -- when an order was last new: the polling interval adapts to it
  last_order_at timestamptz,
  attention jsonb,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index stores_by_tenant on stores (tenant_id, id) where deleted_at is null;

create table warehouses (
  id text primary key,
  tenant_id text not null references tenants (id),
  name text not null,
  system text not null,
  base_url text,
  settings jsonb not null default '{}',
  enabled boolean not null default false,
  paused boolean not null default false,
  probe jsonb,
  probed_at timestamptz,
  cursor_at timestamptz,
  last_poll_at timestamptz,
  last_success_at timestamptz,
  attention jsonb,
  -- unguessable part of the address that receives this connection's webhooks
  webhook_path text not null unique,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index warehouses_by_tenant on warehouses (tenant_id, id) where deleted_at is null;

-- Envelope encryption: each secret has its own data key, wrapped by a key of the ring (docs/decisions/encryption.md).
create table credentials (
  connection_id text not null,
  field text not null check (field in ('api', 'webhook')),
  tenant_id text not null references tenants (id),
  version integer not null,
  key_id text not null,
  wrapped_key bytea not null,
  ciphertext bytea not null,
  updated_at timestamptz not null default now(),
  primary key (connection_id, field)
);

create table listings (
  store_id text not null references stores (id),
  sku text not null,
  version integer not null,
  components jsonb not null,
  warehouse_id text references warehouses (id),
  deleted boolean not null default false,
  saved_at timestamptz not null default now(),
  saved_by text not null,
  primary key (store_id, sku, version)
);

create table shipping_rule_sets (
  store_id text not null references stores (id),
  version integer not null,
  rules jsonb not null,
  otherwise jsonb not null,
  saved_at timestamptz not null default now(),
  saved_by text not null,
  primary key (store_id, version)
);

create table orders (
  id text primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  external_id text not null,
  parent_external_id text,
  kind text not null,
  state text not null,
  hold jsonb,
  attention jsonb,
  -- the key of domain/identifiers.ts waitKeys whose saving wakes this order
  waits_for text,
  cancel_outcome text,
  test boolean not null,
  vendor text,
  currency text,
  total text,
  weight jsonb,
  shipping_description text,
  generation integer not null default 1,
  -- the quantity ledger as the workflow last left it, so that a late shipment can open the order again
  ledger jsonb not null default '[]',
  placed_at timestamptz not null,
  imported_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  workflow_started_at timestamptz,
  constraint orders_exist_once unique (store_id, external_id)
);
create index orders_by_time on orders (tenant_id, imported_at desc, id desc);
-- operators and support look across tenants
create index orders_by_time_everywhere on orders (imported_at desc, id desc);
create index orders_by_state on orders (tenant_id, state, imported_at desc, id desc);
create index orders_waiting on orders (waits_for) where waits_for is not null;
create index orders_not_started on orders (store_id, imported_at) where workflow_started_at is null and state <> 'closed';
create index orders_by_parent on orders (store_id, parent_external_id) where parent_external_id is not null;

create table order_lines (
  order_id text not null references orders (id) on delete cascade,
  line_id text not null,
  position integer not null,
  sku text not null,
  title text not null,
  quantity integer not null check (quantity > 0),
  amount text,
  shippable boolean not null,
  standing text not null,
  primary key (order_id, line_id)
);
create index order_lines_by_sku on order_lines (sku);

-- People's data, apart from everything else so that it can be erased.
create table recipients (
  order_id text primary key references orders (id) on delete cascade,
  version integer not null default 1,
  name text not null,
  company text,
  line1 text not null,
  line2 text,
  city text not null,
  region text,
  postal_code text,
  country text not null,
  email text,
  phone text,
  erased_at timestamptz
);
create index recipients_by_email on recipients (lower(email));

-- A corrected address, staged by the API and taken over by the order's workflow if it is still in time.
create table address_edits (
  id text primary key,
  order_id text not null references orders (id) on delete cascade,
  address jsonb not null,
  staged_at timestamptz not null default now(),
  applied_at timestamptz
);

create table fulfillments (
  reference text primary key,
  order_id text not null references orders (id) on delete cascade,
  warehouse_id text not null references warehouses (id),
  number integer not null,
  generation integer not null,
  state text not null check (state in ('planned', 'submitted', 'shipped', 'cancelled')),
  method_code text not null,
  carrier text,
  service text,
  rule text not null,
  rule_version integer not null,
  external_id text,
  planned_at timestamptz not null default now(),
  submitted_at timestamptz,
  unique (order_id, number, generation)
);
create index fulfillments_by_order on fulfillments (order_id);
create index fulfillments_open on fulfillments (warehouse_id, submitted_at) where state = 'submitted';
create index fulfillments_by_external on fulfillments (warehouse_id, external_id);

create table fulfillment_lines (
  reference text not null references fulfillments (reference) on delete cascade,
  line_id text not null,
  warehouse_sku text not null,
  per_unit integer not null check (per_unit > 0),
  quantity integer not null check (quantity > 0),
  listing_version integer,
  primary key (reference, line_id, warehouse_sku)
);

create table shipments (
  id text primary key,
  reference text not null references fulfillments (reference) on delete cascade,
  external_id text not null,
  shipped_at timestamptz not null,
  carrier text,
  service text,
  received_at timestamptz not null default now(),
  -- null until the order's workflow has been told: rows left null are told again
  signalled_at timestamptz,
  -- lines as the ledger allocated them, filled by the writeback
  lines jsonb,
  constraint shipments_exist_once unique (reference, external_id)
);
create index shipments_not_signalled on shipments (received_at) where signalled_at is null;

create table packages (
  shipment_id text not null references shipments (id) on delete cascade,
  package_id text not null,
  tracking_number text,
  tracking_url text,
  items jsonb not null,
  primary key (shipment_id, package_id)
);
create index packages_by_tracking on packages (tracking_number);

-- One row for each outside write (reference/reliability.md §4): found before it is written, proven after.
create table write_intents (
  business_key text primary key,
  kind text not null check (kind in ('submission', 'writeback')),
  order_id text not null references orders (id) on delete cascade,
  shipment_id text references shipments (id) on delete cascade,
  request_hash text not null,
  state text not null check (state in ('sending', 'unknown', 'done', 'rejected')),
  attempts integer not null default 1,
  -- no second sender before this moment: longer than the total deadline of one call
  lease_until timestamptz,
  sent_at timestamptz,
  proof jsonb,
  done_at timestamptz
);
create index write_intents_by_order on write_intents (order_id);
create index write_intents_unsettled on write_intents (sent_at) where state in ('sending', 'unknown');

-- One row for each change of state, with its cause; written in the same transaction as the change.
create table timeline (
  id bigint generated always as identity primary key,
  order_id text not null references orders (id) on delete cascade,
  at timestamptz not null default now(),
  event text not null,
  from_state text,
  to_state text,
  actor text not null,
  message text not null,
  details jsonb not null default '{}'
);
create index timeline_by_order on timeline (order_id, id);

-- What the importer left out, with its cause; a malformed order keeps its raw body.
create table skipped_orders (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  -- the marketplace's id, or a hash of the raw body where there is none
  skip_key text not null,
  external_id text,
  cause text not null,
  reason text not null,
  raw jsonb,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  -- set when the order was imported after all
  resolved_at timestamptz,
  unique (store_id, skip_key)
);

create table webhook_inbox (
  id bigint generated always as identity primary key,
  connection_id text not null,
  delivery_key text not null,
  topic text not null,
  body jsonb not null,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  problem text,
  unique (connection_id, delivery_key)
);
create index webhook_inbox_open on webhook_inbox (connection_id, next_attempt_at) where processed_at is null;

create table idempotency_keys (
  scope text not null,
  key text not null,
  request_hash text not null,
  status integer,
  headers jsonb,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);

-- Generic cell rate algorithm: the theoretical arrival time of the next call under each vendor limit.
create table rate_limits (
  key text primary key,
  next_at timestamptz not null,
  -- the vendor told us to stop until then
  blocked_until timestamptz
);
