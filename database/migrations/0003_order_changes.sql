-- What changes at the marketplace after the import, and what is known of a store's webhooks.

-- a fingerprint of what the marketplace showed of the order last: the same again is no news
alter table orders add column seen text;
-- a fingerprint of the address as the marketplace gave it: an address that a person corrected here is no change there
alter table recipients add column seen text;

-- What an order is to take over from its marketplace, staged until its workflow does so. It may hold addresses.
create table order_changes (
  order_id text primary key references orders (id) on delete cascade,
  id text not null unique,
  taken jsonb not null,
  staged_at timestamptz not null default now()
);

-- when the marketplace was last asked to call us, and what had to be mended; null before the first time
alter table stores add column webhooks jsonb;
