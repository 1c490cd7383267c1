import type { Order } from '../state/orders.js';
import type { Shop } from '../state/shop.js';
import { fulfilledPieces, fulfillmentOrdersOf, isOpen, unfulfilledPieces } from './lookups.js';

/** Order.displayFulfillmentStatus: for display, as Shopify says itself (reference/shopify.md §3). */
export function fulfillmentStatusOf(shop: Shop, order: Order): string {
  const open = fulfillmentOrdersOf(shop, order).filter(isOpen);
  const sent = order.lines.some((line) => fulfilledPieces(shop, line.id) > 0);
  const waits = order.lines.some((line) => unfulfilledPieces(shop, line) > 0);
  if (sent) return waits && order.cancelledAt === null ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
  if (order.lines.every((line) => line.current === 0)) return 'FULFILLMENT_NOT_REQUIRED';
  if (open.length > 0 && open.every((each) => each.status === 'ON_HOLD')) return 'ON_HOLD';
  if (open.length > 0 && open.every((each) => each.status === 'SCHEDULED')) return 'SCHEDULED';
  if (open.some((each) => each.requestStatus === 'REJECTED')) return 'REQUEST_DECLINED';
  if (open.some((each) => ['SUBMITTED', 'ACCEPTED'].includes(each.requestStatus))) return 'IN_PROGRESS';
  return 'UNFULFILLED';
}
