import type { Request, Response } from 'express';
import type { StandIn } from '../stand-in.js';
import { mayRead, parameter } from './access.js';
import { pacificDay } from './pacific.js';
import type { SandboxOrder, SandboxState } from './state.js';
import { sendRows, sendText } from './wire.js';

const dayPattern = /^\d{4}-\d\d-\d\d$/;

/** Orders in the inclusive range of Pacific days, oldest first; null when the range is refused, which is then answered. */
export function ordersInRange(
  state: SandboxState,
  request: Request,
  response: Response,
  defaultDays: number,
): SandboxOrder[] | null {
  const [start, end] = [parameter(request, 'startDate'), parameter(request, 'endDate')];
  if ((start === undefined) !== (end === undefined)) return refuse(response, 'startDate and endDate go together');
  if ([start, end].some((date) => date !== undefined && !dayPattern.test(date)))
    return refuse(response, 'Dates are yyyy-mm-dd');
  const first = start ?? pacificDay(new Date(state.now().getTime() - defaultDays * 86_400_000));
  const last = end ?? pacificDay(state.now());
  return state.orders
    .filter((order) => mayRead(response, order))
    .filter((order) => {
      const day = pacificDay(order.placedAt);
      return day >= first && day <= last;
    })
    .sort((a, b) => a.placedAt.localeCompare(b.placedAt));
}

function refuse(response: Response, reason: string): null {
  sendText(response, 400, reason);
  return null;
}

/** One page by the Page header, as 206 or, the last, as 200. */
export function sendPage(
  standIn: StandIn,
  state: SandboxState,
  exchange: { request: Request; response: Response },
  root: string,
  rows: unknown[],
): void {
  const { request, response } = exchange;
  const page = Math.max(1, Number(request.get('page') ?? 1) || 1);
  const size = state.settings.pageSize;
  const start = (page - 1) * size + shiftOf(standIn, request, page);
  const shown = rows.slice(start, page * size);
  if (standIn.roll('duplicates', request)) shown.push(...shown.slice(0, 1));
  sendRows(state, response, root, shown, rows.length > page * size);
}

/**
 * As if, since the page before, one row had left a list that shrinks (`notshipped`: the first row of this page has
 * moved to the page before and is not seen) or had come into one that grows (the last row is seen again).
 */
function shiftOf(standIn: StandIn, request: Request, page: number): number {
  if (page === 1 || !standIn.roll('shifting_pages', request)) return 0;
  return parameter(request, 'status') === 'notshipped' ? 1 : -1;
}
