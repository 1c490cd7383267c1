import type { HttpAnswer } from '../../http.js';
import { rowsOf, type Rows } from './answers.js';
import type { Clickbank, ClickbankCall } from './calls.js';
import type { Settings } from './configuration.js';

export type Service = Settings['shippingService'];

/** Pacific dates, yyyy-mm-dd, both inclusive. */
export interface Days {
  startDate: string;
  endDate: string;
}

/** `status` is always sent: its default is not documented (reference/clickbank.md §3). */
export type ShippingQuery = ({ status: 'shipped' | 'notshipped' | 'all' } & Days) | { status: 'all'; receipt: string };

/** One page of a shipping list; 100 receipts at most. */
export async function shippingPage(
  call: Clickbank,
  service: Service,
  ask: { query: ShippingQuery; page: number; lane: ClickbankCall['lane'] },
): Promise<Rows> {
  const receipt = 'receipt' in ask.query ? ask.query.receipt : null;
  const answer: HttpAnswer = await call({
    method: 'GET',
    path: `${service}/list`,
    query: { ...ask.query },
    page: ask.page,
    lane: ask.lane,
    role: 'api_order_read',
    step: 'reading orders to ship',
    receipt,
  });
  return rowsOf(answer, ['orderShipData', 'orderShipData2']);
}
