import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { MarketplaceOrder } from '../../../domain/order.js';
import { problemOf } from '../../row-problem.js';
import type { Bigcommerce } from './calls.js';
import { includeParts, partsOf } from './order-parts.js';
import { isMalformed, readOrder } from './read-order.js';
import { orderRow, type LineRow } from './rows.js';
import { Unreadable } from './scalars.js';

/** One call, made right before goods are asked for. Null where the store has no such order. */
export async function fetchOrder(call: Bigcommerce, orderId: string): Promise<MarketplaceOrder | null> {
  const raw = await fetchRaw(call, orderId);
  if (raw === null) return null;
  const order = await readOrder(call, raw, 'live');
  if (isMalformed(order)) throw malformed(orderId, order.problem);
  return order;
}

/** The order's lines as a shipment must name them; null where the store has no such order. */
export async function fetchLines(call: Bigcommerce, orderId: string): Promise<LineRow[] | null> {
  const raw = await fetchRaw(call, orderId);
  if (raw === null) return null;
  const parsed = orderRow.safeParse(raw);
  if (!parsed.success) throw malformed(orderId, problemOf(parsed.error));
  try {
    return (await partsOf(call, parsed.data, 'live')).lines;
  } catch (error) {
    throw error instanceof Unreadable ? malformed(orderId, error.message) : error;
  }
}

async function fetchRaw(call: Bigcommerce, orderId: string): Promise<unknown> {
  try {
    return await call(
      {
        method: 'GET',
        path: `v2/orders/${encodeURIComponent(orderId)}`,
        query: includeParts,
        scope: 'store_v2_orders_read_only',
        step: `reading order ${orderId}`,
        about: { order: orderId },
      },
      z.looseObject({}).nullable(),
    );
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return null;
    throw error;
  }
}

function malformed(orderId: string, problem: string): Failure {
  return new Failure('order_malformed', `Order ${orderId}: ${problem}.`, { order: orderId });
}
