import { Failure } from '../../../domain/failures.js';
import { rowsOf } from './answers.js';
import type { Clickbank } from './calls.js';
import { isRecord, scalarText } from './quirks.js';
import type { Days } from './shipping-lists.js';
import { receiptOf } from './translate.js';

interface Ask {
  receipts: string[];
  /** The Pacific days on which these receipts were bought. */
  days: Days;
  /** Narrows the list to one nickname. */
  vendor: string | null;
}

/**
 * The purchase row of each receipt as orders2 lists it, raw; a receipt that orders2 does not show is absent.
 * The list holds everything sold on those days, digital goods too, so a page is read only while it can pay: never
 * more pages than receipts are wanted, and the last ones are asked for by name. Fifty new orders of a small shop
 * cost one call, one new order of a large shop costs one call as well.
 */
export async function findPurchases(call: Clickbank, ask: Ask): Promise<Map<string, unknown>> {
  const missing = new Set(ask.receipts);
  const found = new Map<string, unknown>();
  const keep = (rows: unknown[]) => {
    for (const row of rows) {
      const receipt = receiptOf(row);
      // A page that shifted shows a row again; refunds and chargebacks reuse the receipt and are not the purchase.
      if (receipt !== null && missing.has(receipt) && isPurchase(row)) {
        found.set(receipt, row);
        missing.delete(receipt);
      }
    }
  };
  let more = true;
  for (let page = 1; more && missing.size > 1 && page <= ask.receipts.length; page++) {
    const answer = await ordersPage(call, ask, page);
    keep(answer.rows);
    more = answer.more;
  }
  if (more) for (const receipt of [...missing]) keep(await rowsOfReceipt(call, receipt));
  return found;
}

/** Types grow without notice; one that is not known to be a purchase is not taken for one. */
function isPurchase(row: unknown): boolean {
  const type = isRecord(row) ? (scalarText(row.transactionType) ?? '') : '';
  return /^(TEST_)?(SALE|BILL)$/i.test(type.trim());
}

/** Always live: a page that was begun is finished, else a backfill that may not queue would begin it for ever. */
const reading = { method: 'GET', lane: 'live', role: 'api_order_read', step: 'reading currency and totals' } as const;

async function ordersPage(call: Clickbank, ask: Ask, page: number) {
  const query = { ...ask.days, ...(ask.vendor === null ? {} : { vendor: ask.vendor }) };
  const answer = await call({ ...reading, path: 'orders2/list', query, page, receipt: null });
  return rowsOf(answer, ['orderData']);
}

async function rowsOfReceipt(call: Clickbank, receipt: string): Promise<unknown[]> {
  const path = `orders2/${encodeURIComponent(receipt)}`;
  try {
    const answer = await call({ ...reading, path, query: {}, receipt });
    return rowsOf(answer, ['orderData']).rows;
  } catch (error) {
    // shipping2 shows it and orders2 does not: whether test purchases are among orders2's rows is not documented.
    if (error instanceof Failure && error.code === 'not_found') return [];
    throw error;
  }
}
