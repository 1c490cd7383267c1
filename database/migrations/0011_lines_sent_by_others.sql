-- Somebody else may send all that is left of a line: 0 pieces are then still to be sent.
alter table order_lines drop constraint order_lines_quantity_check;
alter table order_lines add constraint order_lines_quantity_check check (quantity >= 0);
