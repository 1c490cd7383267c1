-- Where no state comes back from the marketplace, a person types a code; tries at it are counted, and few.
alter table installs add column tries integer not null default 0;

-- The lines of which a package holds nothing but parts, until its number is told with the package that completes a piece
-- of one of them. Null for every other package.
alter table packages add column parts_of jsonb;
