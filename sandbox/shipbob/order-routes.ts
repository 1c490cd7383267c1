import { Router, type Request, type Response } from 'express';
import type { StandIn } from '../stand-in.js';
import { orderAnswer, shipmentAnswer } from './order-answers.js';
import type { Deliveries } from './deliveries.js';
import { needs, writeChannel } from './gate.js';
import { createOrder } from './orders.js';
import { orderStatus, type Order, type ShipbobState } from './state.js';
import { cancelShipments } from './work.js';

export interface OrderRouteOptions {
  state: ShipbobState;
  standIn: StandIn;
  deliveries: Deliveries;
  now: () => Date;
  /** Lists and look-ups do not show an order before it is so old. */
  visibilityLagMs: number;
  acceptDuplicates: boolean;
  onCreated: (order: Order) => void;
}

export function orderRoutes(options: OrderRouteOptions): Router {
  const { state } = options;
  const router = Router();
  const reads = needs(state, 'orders_read');
  router.get('/order', reads, (request, response) => void response.json(list(options, request)));
  router.post('/order', (request, response) => create(options, request, response));
  router.get('/order/:id', reads, (request, response) => {
    const order = byId(state, request.params['id']);
    if (order) response.json(orderAnswer(state, order));
    else response.status(404).end();
  });
  // Express reads ":cancel" as a parameter unless the colon is escaped.
  router.post('/order/:id\\:cancel', (request, response) => cancel(options, request, response));
  router.get('/order/:id/shipment', reads, (request, response) => {
    const order = byId(state, request.params['id']);
    if (order) response.json(order.shipments.map((each) => shipmentAnswer(state, order, each)));
    else response.status(404).end();
  });
  router.get('/shipment/:id', reads, (request, response) => {
    const order = state.orders.find((each) => each.shipments.some((one) => String(one.id) === request.params['id']));
    const shipment = order?.shipments.find((each) => String(each.id) === request.params['id']);
    if (order && shipment) response.json(shipmentAnswer(state, order, shipment));
    else response.status(404).end();
  });
  return router;
}

function byId(state: ShipbobState, id: unknown): Order | undefined {
  return state.orders.find((each) => String(each.id) === id);
}

/** All filters must hold; dates are exclusive, as "later than" says. */
function list(options: OrderRouteOptions, request: Request): unknown[] {
  const query = request.query as Record<string, string | undefined>;
  const visibleBefore = options.now().getTime() - options.visibilityLagMs;
  // Loose on purpose: the spec promises no case, and a client has to compare exactly itself.
  const references = query['ReferenceIds']?.split(',').map((each) => each.toLowerCase());
  const ids = query['IDs']?.split(',');
  const updatedAfter = query['LastUpdateStartDate'] ? Date.parse(query['LastUpdateStartDate']) : -Infinity;
  const found = options.state.orders.filter(
    (each) =>
      each.createdAt.getTime() <= visibleBefore &&
      (!references || references.includes(each.reference.toLowerCase())) &&
      (!ids || ids.includes(String(each.id))) &&
      (query['HasTracking'] !== 'true' || each.shipments.some((one) => one.tracking?.number)) &&
      each.updatedAt.getTime() > updatedAfter,
  );
  if (query['SortOrder'] !== 'Oldest') found.reverse();
  return page(options, request, found).map((each) => orderAnswer(options.state, each));
}

function page(options: OrderRouteOptions, request: Request, orders: Order[]): Order[] {
  const limit = Math.min(250, Math.max(1, Number(request.query['Limit'] ?? 50)));
  const number = Math.max(1, Number(request.query['Page'] ?? 1));
  // A row went in before this page: its first row was the last of the page before.
  const shift = number > 1 && options.standIn.roll('shifting_pages', request) ? 1 : 0;
  const start = (number - 1) * limit - shift;
  const rows = orders.slice(start, start + limit);
  return options.standIn.roll('duplicates', request) ? [...rows, ...rows] : rows;
}

function create(options: OrderRouteOptions, request: Request, response: Response): void {
  const channelId = writeChannel(options.state, request, response);
  if (channelId === null) return;
  const { state, acceptDuplicates } = options;
  const answer = createOrder(state, { body: request.body as unknown, channelId, now: options.now(), acceptDuplicates });
  if ('errors' in answer) return void response.status(answer.status).json(answer.errors);
  response.status(201).json(orderAnswer(state, answer.order));
  options.onCreated(answer.order);
}

function cancel(options: OrderRouteOptions, request: Request, response: Response): void {
  const { state, now } = options;
  if (writeChannel(state, request, response) === null) return;
  const order = byId(state, request.params['id']);
  if (!order) return void response.status(404).end();
  if (orderStatus(order) === 'Cancelled')
    return void response.status(422).json({ '': ['Order is not in a cancellable state'] });
  const outcomes = cancelShipments(state, order, now());
  for (const { shipment, stopped } of outcomes)
    if (stopped) options.deliveries.announce('order.shipment.cancelled', order, shipment);
  const stopped = outcomes.filter((each) => each.stopped).length;
  response.json({
    order_id: order.id,
    status: stopped === outcomes.length ? 'Success' : stopped === 0 ? 'Failure' : 'PartialSuccess',
    canceled_shipment_results: outcomes.map((each) => ({
      shipment_id: each.shipment.id,
      action: 'Cancel',
      is_success: each.stopped,
      reason: each.stopped ? null : 'The shipment was already labelled',
    })),
    order: orderAnswer(state, order),
  });
}
