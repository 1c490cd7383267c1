import { Failure } from '../../../domain/failures.js';
import type { MalformedOrder, MarketplaceOrder } from '../../../domain/order.js';
import type { Marketplace, OrderPage } from '../port.js';
import { v2List } from './answers.js';
import type { Bigcommerce } from './calls.js';
import { includeParts, v2PageSize } from './order-parts.js';
import { isMalformed, orderIdOf, readOrder } from './read-order.js';

type Request = Parameters<Marketplace['listOrders']>[0];

/** Clocks differ, and a change may show late: the start of each window overlaps the one before (reliability.md §5, 14). */
const overlapMs = 10 * 60_000;

/**
 * One page of the orders that were made or changed since a moment, in one call with their lines and addresses: 50 new
 * orders are two calls, the second of which says that no more follow. What is known already comes again, for what
 * changed in it.
 *
 * Pages are not numbered: each asks for ids above the last one seen, in BigCommerce's own order of ids. An id never
 * changes and an order never leaves the window, so nothing shifts while it is walked; an order that changes behind the
 * walk has a new date and is in the next pass. The same walk serves a first import of months.
 */
export async function listOrders(call: Bigcommerce, request: Request): Promise<OrderPage> {
  const rows = await call(
    {
      method: 'GET',
      path: 'v2/orders',
      query: {
        ...includeParts,
        min_date_modified: windowStart(request.since),
        limit: String(v2PageSize),
        ...(request.page === null ? {} : { min_id: minId(request.page) }),
      },
      lane: request.lane,
      scope: 'store_v2_orders_read_only',
      step: 'listing orders',
    },
    v2List,
  );
  const results: (MarketplaceOrder | MalformedOrder)[] = [];
  for (const row of rows) results.push(await readOrder(call, row, request.lane));
  return {
    orders: results.filter((each): each is MarketplaceOrder => !isMalformed(each)),
    malformed: results.filter(isMalformed),
    nextPage: rows.length < v2PageSize ? null : pageAfter(rows, request.page),
  };
}

/** With its offset, as the documentation writes dates. */
function windowStart(since: string): string {
  return new Date(Date.parse(since) - overlapMs).toISOString().replace('Z', '+00:00');
}

/** A page may repeat rows; it must not lead back. */
function pageAfter(rows: unknown[], page: string | null): string {
  const last = Math.max(...rows.map((row) => Number(orderIdOf(row) ?? 0)));
  if (last >= Number(page ?? 0)) return String(last + 1);
  throw new Failure('answer_malformed', `BigCommerce lists orders below ${page} where those above were asked for.`);
}

function minId(page: string): string {
  if (/^\d{1,15}$/.test(page)) return page;
  throw new Failure('internal', 'This page token was not made by the BigCommerce connector.');
}
