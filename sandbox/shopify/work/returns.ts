import type { Order, Return } from '../state/orders.js';
import { gid, moment, type Shop } from '../state/shop.js';
import { lineOfSku } from './edits.js';
import { locationOf, orderOf } from './lookups.js';
import { touch } from './orders.js';
import { changeLevel, openLevel } from './stock.js';

export interface ReturnSpec {
  lines: { sku: string; quantity: number; reason?: string; note?: string }[];
  /** As the customer leaves it; an approved one is OPEN. */
  status?: Return['status'];
}

/** Of pieces that were fulfilled. */
export function addReturn(shop: Shop, order: Order, { lines, status = 'OPEN' }: ReturnSpec): Return {
  const count = shop.returns.filter((each) => each.orderId === order.id).length;
  const row: Return = {
    id: shop.nextId(),
    name: `${order.name}-R${count + 1}`,
    orderId: order.id,
    status,
    createdAt: moment(shop),
    closedAt: null,
    lines: lines.map(({ sku, quantity, reason = 'UNWANTED', note = '' }) => ({
      id: shop.nextId(),
      fulfillmentLineId: sentLine(shop, order, sku),
      ...{ quantity, reason, note },
    })),
    dispositions: [],
  };
  shop.returns.push(row);
  announce(shop, status === 'REQUESTED' ? 'RETURNS_REQUEST' : 'RETURNS_APPROVE', row);
  return row;
}

function sentLine(shop: Shop, order: Order, sku: string): number {
  const { id } = lineOfSku(order, sku);
  const sent = shop.fulfillments.flatMap((each) => each.lines).find((line) => line.lineId === id);
  if (!sent) throw new Error(`nothing of SKU "${sku}" of order ${order.name} was fulfilled`);
  return sent.id;
}

export interface DispositionSpec {
  sku: string;
  quantity: number;
  type: 'RESTOCKED' | 'NOT_RESTOCKED' | 'PROCESSING_REQUIRED' | 'MISSING';
  location: string;
}

/** What became of pieces of the order's last return; restocked ones are for sale again. */
export function dispose(shop: Shop, order: Order, spec: DispositionSpec): void {
  const { sku, type, quantity } = spec;
  const row = lastReturn(shop, order);
  const location = locationOf(shop, spec.location);
  const { id: lineId } = row.lines.find((each) => each.fulfillmentLineId === sentLine(shop, order, sku))!;
  row.dispositions.push({
    ...{ id: shop.nextId(), lineId, type, quantity },
    ...{ locationId: location.id, createdAt: moment(shop) },
  });
  if (type === 'RESTOCKED') {
    const level = openLevel(shop, lineOfSku(order, sku).itemId, location.id);
    changeLevel(shop, level, { available: level.available + quantity });
  }
  // It names neither the return nor the order.
  shop.announce('REVERSE_FULFILLMENT_ORDERS_DISPOSE', {
    id: row.id,
    admin_graphql_api_id: gid('ReverseFulfillmentOrder', row.id),
    total_dispositions: row.dispositions.length,
    dispositions: [{ type: type.toLowerCase(), quantity }],
  });
  touch(shop, order);
}

function lastReturn(shop: Shop, order: Order): Return {
  const found = shop.returns.findLast((each) => each.orderId === order.id);
  if (!found) throw new Error(`nothing of order ${order.name} comes back`);
  return found;
}

export function closeReturn(shop: Shop, order: Order): void {
  const row = lastReturn(shop, order);
  row.status = 'CLOSED';
  row.closedAt = moment(shop);
  announce(shop, 'RETURNS_CLOSE', row);
}

function announce(shop: Shop, topic: string, row: Return): void {
  const order = orderOf(shop, row);
  shop.announce(topic, {
    id: row.id,
    admin_graphql_api_id: gid('Return', row.id),
    status: row.status.toLowerCase(),
    order: { id: order.id, admin_graphql_api_id: gid('Order', order.id) },
  });
  touch(shop, order);
}
