import type { Order } from '../state/orders.js';
import { moment, type Shop } from '../state/shop.js';
import { cancelFulfillmentOrders } from './fulfillment-orders.js';
import { orderBody } from './webhook-bodies.js';

/** Every change of an order moves its updatedAt and is announced. */
export function touch(shop: Shop, order: Order, ...topics: string[]): void {
  order.updatedAt = moment(shop);
  const body = orderBody(shop, order);
  for (const topic of [...topics, 'ORDERS_UPDATED']) shop.announce(topic, body);
}

export function cancelOrder(shop: Shop, order: Order, reason = 'CUSTOMER'): void {
  order.cancelledAt = moment(shop);
  order.cancelReason = reason;
  order.closedAt = order.cancelledAt;
  if (order.financialStatus === 'PAID') order.financialStatus = 'REFUNDED';
  cancelFulfillmentOrders(shop, order);
  touch(shop, order, 'ORDERS_CANCELLED');
}
