-- Several marketplaces: orders with several addresses, lines that were left out, notifications for stores.

-- 'main' is the order's own address; BigCommerce lets a customer send parts of an order to several people.
alter table recipients add column destination_id text not null default 'main';
alter table recipients add column shipping_description text;
update recipients r set shipping_description = o.shipping_description from orders o where o.id = r.order_id;
alter table recipients drop constraint recipients_pkey;
alter table recipients add primary key (order_id, destination_id);

alter table address_edits add column destination_id text not null default 'main';
alter table fulfillments add column destination_id text not null default 'main';

alter table order_lines add column destination_id text not null default 'main';
-- pieces the customer is to have in all, as last seen at the marketplace
alter table order_lines add column wanted integer;
update order_lines set wanted = quantity;
alter table order_lines alter column wanted set not null;

-- set where only this line of an imported order was left out (R138)
alter table skipped_orders add column line_id text;

-- unguessable part of the address that receives this store's webhooks
alter table stores add column webhook_path text unique;
update stores set webhook_path = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
alter table stores alter column webhook_path set not null;
