import type { Request, Response } from 'express';
import type { StandIn } from '../stand-in.js';
import { forbid, mayRead, needs, parameter } from './access.js';
import { pacificDay } from './pacific.js';
import { onlyGranted } from './shipping-routes.js';
import { openItems, type SandboxNotice, type SandboxOrder, type SandboxState } from './state.js';
import { noticeData, sendRows, sendText } from './wire.js';

/** Ship notices: never refused as a repeat, and each one mails the customer (reference/clickbank.md §3). */
export function addNoticeRoutes(standIn: StandIn, state: SandboxState): void {
  const path = ['/rest/1.3/shipping2/shipnotice/:receipt', '/rest/1.3/shipping3/shipnotice/:receipt'];

  standIn.app.get(path, needs(state, 'api_order_read'), onlyGranted, (request: Request, response: Response) => {
    const order = orderOf(state, request, response);
    if (!order) return forbid(response);
    const rows = state.notices.filter((notice) => notice.receipt === order.receipt);
    sendNotices(state, response, order, rows);
  });
  standIn.app.post(
    path,
    needs(state, 'api_order_read', 'api_order_write'),
    onlyGranted,
    (request: Request, response: Response) => {
      const order = orderOf(state, request, response);
      if (!order) return forbid(response);
      const refusal = refusalOf(state, request, order);
      if (refusal !== null) return sendText(response, 400, refusal);
      const notice = noticeFrom(request, order);
      keep(state, notice);
      if (parameter(request, 'fillOrder') === 'true') fill(state, order, notice);
      sendNotices(state, response, order, [notice]);
    },
  );
}

function orderOf(state: SandboxState, request: Request, response: Response): SandboxOrder | null {
  const order = state.orders.find((each) => each.receipt === request.params.receipt);
  return order && mayRead(response, order) ? order : null;
}

const goods = (order: SandboxOrder) => order.lines.filter((line) => line.shippable).map((line) => line.itemNo);

/** The business rules of a notice, in the order in which they are looked at. */
function refusalOf(state: SandboxState, request: Request, order: SandboxOrder): string | null {
  const [date, carrier, item] = ['date', 'carrier', 'item'].map((name) => parameter(request, name));
  if (request.get('content-length') === undefined) return 'Content-Length is required';
  if (date === undefined || !/^\d{4}-\d\d-\d\d$/.test(date)) return 'date is required as yyyy-mm-dd';
  if (date < pacificDay(order.placedAt)) return 'date is before the purchase';
  if (date > pacificDay(state.now())) return 'date is in the future';
  if (carrier === undefined) return 'carrier is required';
  if (goods(order).length === 0) return 'The receipt holds no physical item';
  if (item === undefined && goods(order).length > 1) return 'item is required for a receipt of several physical items';
  if (item !== undefined && !goods(order).includes(item)) return `Item ${item} is not part of the receipt`;
  return null;
}

function noticeFrom(request: Request, order: SandboxOrder): SandboxNotice {
  return {
    receipt: order.receipt,
    itemNo: parameter(request, 'item') ?? goods(order)[0] ?? null,
    shipDate: parameter(request, 'date')!,
    carrier: parameter(request, 'carrier')!,
    trackingId: parameter(request, 'tracking') ?? null,
    comments: parameter(request, 'comments') ?? null,
    generated: false,
  };
}

function keep(state: SandboxState, notice: SandboxNotice): void {
  state.notices.push(notice);
  state.mails.push({ receipt: notice.receipt, itemNo: notice.itemNo });
}

/** The same notice for whatever is left of the purchase: this receipt's other items and the receipts bought with it. */
function fill(state: SandboxState, order: SandboxOrder, notice: SandboxNotice): void {
  const purchase = order.partOf ?? order.receipt;
  for (const each of state.orders.filter((other) => (other.partOf ?? other.receipt) === purchase))
    for (const itemNo of openItems(state, each))
      keep(state, { ...notice, receipt: each.receipt, itemNo, generated: true });
}

function sendNotices(state: SandboxState, response: Response, order: SandboxOrder, notices: SandboxNotice[]): void {
  const shippedTo = `${order.customer.firstName} ${order.customer.lastName}`;
  const rows = notices.map((notice) => noticeData(notice, shippedTo));
  sendRows(state, response, 'shippingNoticeData', rows, false);
}
