-- Stores that are connected by installing our application at the marketplace, and what privacy law asks for.

-- the marketplace's own name of the account: a shop's host, a store hash; set when the application was installed there
alter table stores add column account text;
alter table stores add column installed_at timestamptz;
-- the token is dead from then on, until the application is installed again
alter table stores add column uninstalled_at timestamptz;
create index stores_by_account on stores (marketplace, account) where account is not null;

-- A person's wish to connect a store to an account by OAuth. It can be used once and for an hour.
create table installs (
  id text primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  marketplace text not null,
  account text not null,
  -- SHA-256 of the state that travels through the merchant's browser; the state itself is not kept
  state_hash bytea not null unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index installs_pending on installs (marketplace, account) where used_at is null;

-- What a person or a marketplace asked of people's data, and what was done. It holds no people's data itself.
create table privacy_requests (
  id text primary key,
  tenant_id text not null references tenants (id),
  store_id text not null references stores (id),
  kind text not null check (kind in ('customer_data_request', 'customer_erasure', 'store_erasure')),
  -- the marketplace's delivery, or our own key: the same request again changes nothing
  request_key text not null,
  -- HMAC of the e-mail, so that orders can be found by it; null where none was named
  subject_hash bytea,
  external_ids text[] not null default '{}',
  received_at timestamptz not null default now(),
  due_at timestamptz not null,
  done_at timestamptz,
  -- counts of what was erased or handed over
  done jsonb not null default '{}',
  unique (store_id, request_key)
);
create index privacy_requests_by_tenant on privacy_requests (tenant_id, id);
create index privacy_requests_open on privacy_requests (store_id) where done_at is null;

-- set when the raw body was erased: it is not kept again, however often the marketplace shows the order
alter table skipped_orders add column erased_at timestamptz;
