-- What the shop calls an order, where that is not its id: merchants and support ask for "#1001".
alter table orders add column number text;
create index orders_by_number on orders (number) where number is not null;

-- The location and the fulfillment service whose lines the order was imported with; null takes those of all. A setting
-- that changes later decides on later orders only.
alter table orders add column takes jsonb not null default '{"location": null, "service": null}';
update orders o set takes = jsonb_build_object(
  'location', case when (s.settings -> 'marketplace' -> 'filterByLocation')::boolean
    then s.settings -> 'marketplace' -> 'fulfillmentLocation' end,
  'service', nullif(s.settings -> 'marketplace' -> 'fulfillmentService', '"All"'))
from stores s where s.id = o.store_id and s.marketplace = 'shopify';
