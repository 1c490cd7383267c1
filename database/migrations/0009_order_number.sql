-- What the shop calls an order, where that is not its id: merchants and support ask for "#1001".
alter table orders add column number text;
create index orders_by_number on orders (number) where number is not null;
