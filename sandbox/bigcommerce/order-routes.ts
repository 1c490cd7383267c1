import { Router, type Request, type Response } from 'express';
import type { StandIn } from '../stand-in.js';
import { listIn, numberIn, pageOf, sendV2List, v2Error } from './answers.js';
import { needs } from './gate.js';
import { shippingAddressAnswer, type Include } from './consignment-answers.js';
import { lineAnswer } from './line-answers.js';
import { orderAnswer } from './order-answers.js';
import { findOrder } from './orders.js';
import type { SandboxOrder, SandboxState } from './state.js';
import { statusAnswers } from './statuses.js';

/** Reading orders, V2 (reference/bigcommerce.md §2). */
export function orderRoutes(state: SandboxState, standIn: StandIn): Router {
  const router = Router({ mergeParams: true });
  const reads = needs('store_v2_orders');

  router.get('/order_statuses', reads, (_request, response) => void response.json(statusAnswers(state)));

  router.get('/orders', reads, (request: Request, response: Response) => {
    const found = state.orders.filter((order) => isWanted(request, order)).sort(sorting(request));
    const { rows } = pageOf(request, found);
    if (standIn.roll('duplicates', request)) rows.push(...rows.slice(0, 1));
    const include = includeIn(request);
    sendV2List(
      response,
      rows.map((order) => orderAnswer(state, order, include)),
    );
  });

  router.get('/orders/:id', reads, (request: Request, response: Response) => {
    const order = findOrder(state, request.params['id']);
    if (!order) return v2Error(response, 404, 'The requested resource was not found.');
    response.json(orderAnswer(state, order, includeIn(request)));
  });

  router.get('/orders/:id/products', reads, (request: Request, response: Response) => {
    const order = findOrder(state, request.params['id']);
    if (!order) return v2Error(response, 404, 'The requested resource was not found.');
    const { rows } = pageOf(request, order.lines);
    sendV2List(
      response,
      rows.map((line) => lineAnswer(order, line)),
    );
  });

  router.get('/orders/:id/shipping_addresses', reads, (request: Request, response: Response) => {
    const order = findOrder(state, request.params['id']);
    if (!order) return v2Error(response, 404, 'The requested resource was not found.');
    const { rows } = pageOf(request, order.addresses);
    sendV2List(
      response,
      rows.map((address) => shippingAddressAnswer(state, order, address.id)),
    );
  });
  return router;
}

function includeIn(request: Request): Include {
  const included = listIn(request, 'include') ?? [];
  return {
    consignments: included.some((each) => each.startsWith('consignments')),
    lines: included.includes('consignments.line_items'),
    object: request.query['consignment_structure'] === 'object',
  };
}

function isWanted(request: Request, order: SandboxOrder): boolean {
  const time = (name: string, otherwise: number) => {
    const text = request.query[name];
    return typeof text === 'string' ? Date.parse(text) : otherwise;
  };
  const created = Date.parse(order.createdAt);
  // Dates are kept to the second.
  const modified = Math.floor(Date.parse(order.modifiedAt) / 1000) * 1000;
  const exactly = (name: string, value: number) => numberIn(request, name, value) === value;
  return (
    order.id >= numberIn(request, 'min_id', 0) &&
    order.id <= numberIn(request, 'max_id', Infinity) &&
    exactly('status_id', order.statusId) &&
    exactly('channel_id', order.channelId) &&
    created >= time('min_date_created', 0) &&
    created <= time('max_date_created', Infinity) &&
    modified >= time('min_date_modified', 0) &&
    modified <= time('max_date_modified', Infinity)
  );
}

/** By id, lowest first, unless asked otherwise. */
function sorting(request: Request): (one: SandboxOrder, other: SandboxOrder) => number {
  const [field = 'id', direction = 'asc'] = (
    typeof request.query['sort'] === 'string' ? request.query['sort'] : 'id'
  ).split(':');
  const value = (order: SandboxOrder) =>
    ({
      date_created: Date.parse(order.createdAt),
      date_modified: Date.parse(order.modifiedAt),
      status_id: order.statusId,
    })[field] ?? order.id;
  return (one, other) => (value(one) - value(other) || one.id - other.id) * (direction === 'desc' ? -1 : 1);
}
