import { Failure } from '../../../domain/failures.js';
import type { MalformedOrder, MarketplaceOrder } from '../../../domain/order.js';
import type { Marketplace, OrderPage } from '../port.js';
import type { Clickbank } from './calls.js';
import type { Settings } from './configuration.js';
import { addDays, pacificDate } from './pacific.js';
import { findPurchases } from './purchases.js';
import type { ShippingRow } from './rows.js';
import { shippingPage, type Days } from './shipping-lists.js';
import { isMalformed, readShippingRow, translate } from './translate.js';

export interface ListContext {
  call: Clickbank;
  settings: Settings;
  now: () => Date;
}

type Request = Parameters<Marketplace['listOrders']>[0];

/**
 * One page of a pass. An idle page is one call; a page with new orders is one more (see findPurchases), and one more
 * again where the pass also looks at what was shipped.
 */
export async function listOrders(context: ListContext, request: Request): Promise<OrderPage> {
  const { call, settings } = context;
  const pass = request.page === null ? firstPage(request, context.now()) : readToken(request.page);
  const { status, page, ...days } = pass;
  const listing = await shippingPage(call, settings.shippingService, {
    query: { status, ...days },
    page,
    lane: request.lane,
  });
  const read = listing.rows.map(readShippingRow);
  const rows = read.filter((row): row is ShippingRow => !isMalformed(row));
  const fresh = await unknownRows(rows, request.known);
  const translated = await complete(context, status, fresh);
  const results = [...read.filter(isMalformed), ...translated];
  return {
    orders: results.filter((each): each is MarketplaceOrder => !isMalformed(each)),
    malformed: results.filter((each): each is MalformedOrder => isMalformed(each)),
    nextPage: listing.more ? writeToken({ ...pass, page: page + 1 }) : null,
  };
}

/**
 * What a pass lists. `notshipped` is what a live poll needs: what has shipped does not come back. A first import or
 * a long gap must also see what was shipped elsewhere (D2), and it walks `all`: rows leave `notshipped` while it is
 * walked, later rows move up, and one of them can fall between two pages. A live poll sees such a row again within
 * the overlap of the next; a pass over old days has no next. `all` and `shipped` only grow, so their rows can repeat
 * but not get lost.
 */
interface Pass extends Days {
  status: 'notshipped' | 'all';
  page: number;
}

/** Older than this, a window is a first import or the catching up of a gap. */
const longGapMs = 7 * 24 * 3_600_000;

/**
 * The window in Pacific days, both ends included. It starts a whole day before the day of `since`: rows arrive late,
 * and a day is the finest ClickBank counts. It ends on the Pacific day on which the pass began, for all its pages.
 */
function firstPage(request: Request, now: Date): Pass {
  const since = new Date(request.since);
  const everything = request.lane === 'backfill' || now.getTime() - since.getTime() > longGapMs;
  return {
    status: everything ? 'all' : 'notshipped',
    page: 1,
    startDate: addDays(pacificDate(since), -1),
    endDate: pacificDate(now),
  };
}

function writeToken(pass: Pass): string {
  return [pass.status, pass.page, pass.startDate, pass.endDate].join('/');
}

function readToken(token: string): Pass {
  const match = /^(notshipped|all)\/(\d{1,6})\/(\d{4}-\d\d-\d\d)\/(\d{4}-\d\d-\d\d)$/.exec(token);
  if (!match) throw new Failure('internal', 'This page token was not made by the ClickBank connector.');
  const [, status, page, startDate, endDate] = match;
  return { status: status as Pass['status'], page: Number(page), startDate: startDate!, endDate: endDate! };
}

/** Each once, though a page that shifted can show a receipt twice. */
async function unknownRows(rows: ShippingRow[], known: Request['known']): Promise<ShippingRow[]> {
  if (rows.length === 0) return [];
  const byReceipt = new Map(rows.map((row) => [row.receipt, row]));
  const ours = await known([...byReceipt.keys()]);
  return [...byReceipt.values()].filter((row) => !ours.has(row.receipt));
}

async function complete(
  context: ListContext,
  status: Pass['status'],
  fresh: ShippingRow[],
): Promise<(MarketplaceOrder | MalformedOrder)[]> {
  if (fresh.length === 0) return [];
  const days = daysOf(fresh);
  const receipts = fresh.map((row) => row.receipt);
  const { vendor } = context.settings;
  // What other accounts of the key sold is left out by the importer (R35): their totals are not worth a call.
  const sold = fresh.filter(
    (row) => vendor === null || [undefined, vendor.toLowerCase()].includes(row.vendor?.toLowerCase()),
  );
  const wanted = { receipts: sold.map((row) => row.receipt), days, vendor };
  const purchases = sold.length > 0 ? await findPurchases(context.call, wanted) : new Map<string, unknown>();
  const shipped = status === 'all' ? await shippedAmong(context, receipts, days) : new Set<string>();
  return fresh.map((row) => translate(row, purchases.get(row.receipt) ?? null, shipped.has(row.receipt)));
}

/** The Pacific days of the new rows only: a busy shop's whole window would be many pages. */
function daysOf(rows: ShippingRow[]): Days {
  const dates = rows.map((row) => pacificDate(new Date(row.transactionTime))).sort();
  return { startDate: dates[0]!, endDate: dates.at(-1)! };
}

/** A row does not say whether it was shipped, only the list it is in does. Asked after `all`, so the answer is newer. */
async function shippedAmong(context: ListContext, receipts: string[], days: Days): Promise<Set<string>> {
  const wanted = new Set(receipts);
  const shipped = new Set<string>();
  let more = true;
  for (let page = 1; more && shipped.size < wanted.size; page++) {
    const listing = await shippingPage(context.call, context.settings.shippingService, {
      query: { status: 'shipped', ...days },
      page,
      lane: 'live',
    });
    for (const row of listing.rows.map(readShippingRow))
      if (!isMalformed(row) && wanted.has(row.receipt)) shipped.add(row.receipt);
    more = listing.more;
  }
  return shipped;
}
