-- Two stores may be one account at its marketplace: what must have one writer is the account's location.

-- the account and location it writes to, as the connector names them; null asks the next round for it
alter table stock_syncs add column location text;
create index stock_syncs_by_location on stock_syncs (location) where location is not null;

-- leases last minutes: none is worth keeping
drop table stock_writers;
create table stock_writers (
  location text primary key,
  holder text not null,
  lease_until timestamptz not null
);
