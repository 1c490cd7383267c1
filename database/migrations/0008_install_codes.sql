-- Where no state comes back from the marketplace, a person types a code; tries at it are counted, and few.
alter table installs add column tries integer not null default 0;
