import { Failure } from '../../../domain/failures.js';
import type { MalformedOrder, MarketplaceOrder } from '../../../domain/order.js';
import { problemOf } from '../../row-problem.js';
import type { Bigcommerce } from './calls.js';
import { partsOf } from './order-parts.js';
import { orderRow } from './rows.js';
import { Unreadable } from './scalars.js';
import { translate } from './translate.js';

/** An order as it was listed, its parts fetched where they were not included; or the field that is wrong. */
export async function readOrder(
  call: Bigcommerce,
  raw: unknown,
  lane: 'live' | 'backfill',
): Promise<MarketplaceOrder | MalformedOrder> {
  const parsed = orderRow.safeParse(raw);
  if (!parsed.success) return { externalId: orderIdOf(raw), problem: problemOf(parsed.error), raw };
  try {
    return translate(parsed.data, await partsOf(call, parsed.data, lane));
  } catch (error) {
    // Listed a moment ago and gone now: it stops no other order.
    const gone = error instanceof Failure && error.code === 'not_found';
    if (!gone && !(error instanceof Unreadable)) throw error;
    return { externalId: parsed.data.id, problem: error.message, raw };
  }
}

export function isMalformed(order: MarketplaceOrder | MalformedOrder): order is MalformedOrder {
  return 'problem' in order;
}

export function orderIdOf(raw: unknown): string | null {
  const id = orderRow.shape.id.safeParse(typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : null);
  return id.success ? id.data : null;
}
