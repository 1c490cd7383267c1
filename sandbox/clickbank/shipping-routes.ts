import type { NextFunction, Request, Response } from 'express';
import type { StandIn } from '../stand-in.js';
import { forbid, mayRead, needs, parameter } from './access.js';
import { ordersInRange, sendPage } from './lists.js';
import { isShipped, type SandboxKey, type SandboxOrder, type SandboxState } from './state.js';
import { sendText, shippingData } from './wire.js';

/** The lists of shipping2 and shipping3 (reference/clickbank.md §3). */
export function addShippingRoutes(standIn: StandIn, state: SandboxState): void {
  const { app } = standIn;
  const reads = [needs(state, 'api_order_read'), onlyGranted];

  for (const service of ['shipping2', 'shipping3'] as const) {
    const phone = service === 'shipping3';
    app.get(`/rest/1.3/${service}/list`, reads, (request: Request, response: Response) => {
      const orders = shippable(state, request, response);
      const rows = orders?.map((order) => shippingData(order, phone));
      const root = phone ? 'orderShipData2' : 'orderShipData';
      if (rows) sendPage(standIn, state, { request, response }, root, rows);
    });
    app.get(`/rest/1.3/${service}/count`, reads, (request: Request, response: Response) => {
      const orders = shippable(state, request, response);
      if (orders) sendText(response, 200, String(orders.length));
    });
  }
}

export function onlyGranted(request: Request, response: Response, next: NextFunction): void {
  const key = response.locals.key as SandboxKey;
  if (request.path.includes('/shipping3/') && !key.shipping3) return forbid(response);
  next();
}

/** Orders with goods; beside `receipt` every other parameter is ignored. */
function shippable(state: SandboxState, request: Request, response: Response): SandboxOrder[] | null {
  const receipt = parameter(request, 'receipt');
  const hasGoods = (order: SandboxOrder) => order.lines.some((line) => line.shippable);
  if (receipt !== undefined)
    return state.orders.filter((order) => order.receipt === receipt && hasGoods(order) && mayRead(response, order));
  const status = parameter(request, 'status');
  if (status === undefined || !['shipped', 'notshipped', 'all'].includes(status)) {
    sendText(response, 400, 'status must be shipped, notshipped or all');
    return null;
  }
  const orders = ordersInRange(state, request, response, Number(parameter(request, 'days') ?? 30));
  return (
    orders
      ?.filter(hasGoods)
      .filter((order) => status === 'all' || isShipped(state, order) === (status === 'shipped')) ?? null
  );
}
