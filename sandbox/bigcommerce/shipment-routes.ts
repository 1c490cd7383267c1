import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { pageOf, sendV2List, v2Error } from './answers.js';
import { needs } from './gate.js';
import type { Life } from './life.js';
import { findOrder, openPieces } from './orders.js';
import { shipmentAnswer } from './shipment-answers.js';
import type { SandboxOrder, SandboxShipment, SandboxState } from './state.js';

const providers = ['', 'auspost', 'canadapost', 'endicia', 'usps', 'fedex', 'royalmail', 'ups', 'upsready', 'upsonline', 'shipperhq']; // prettier-ignore
/** A slug of the list that AfterShip keeps. */
const carrier = /^[a-z0-9-]*$/;

/** Shipments: never refused as a repeat, and each one mails the customer (reference/bigcommerce.md §3). */
export function shipmentRoutes(state: SandboxState, life: Life): Router {
  const router = Router({ mergeParams: true });
  const allowed = needs('store_v2_orders');

  router.get('/orders/:id/shipments', allowed, (request: Request, response: Response) => {
    const order = findOrder(state, request.params['id']);
    if (!order) return v2Error(response, 404, 'The requested resource was not found.');
    const visible = state.now().getTime() - state.settings.shipmentLagMs;
    const shipments = state.shipments.filter(
      (each) => each.orderId === order.id && Date.parse(each.createdAt) <= visible,
    );
    sendV2List(
      response,
      pageOf(request, shipments).rows.map((each) => shipmentAnswer(order, each)),
    );
  });

  router.post('/orders/:id/shipments', allowed, (request: Request, response: Response) => {
    const order = findOrder(state, request.params['id']);
    if (!order) return v2Error(response, 404, 'The requested resource was not found.');
    const read = readShipment(order, request.body);
    if (typeof read === 'string') return v2Error(response, 400, read);
    response.status(201).json(shipmentAnswer(order, life.ship(order, read)));
  });
  return router;
}

const body = z.strictObject({
  order_address_id: z.int(),
  items: z.array(z.strictObject({ order_product_id: z.int(), quantity: z.int().positive() })).min(1),
  tracking_number: z.string().max(50).default(''),
  tracking_link: z.string().max(500).default(''),
  tracking_carrier: z.string().regex(carrier).default(''),
  // Left out, it was once taken for "custom".
  shipping_provider: z.string().default('custom'),
  shipping_method: z.string().default(''),
  comments: z.string().max(65_535).default(''),
  merchant_shipping_cost: z.string().optional(),
});

/** The shipment, or the reason why not. */
function readShipment(
  order: SandboxOrder,
  sent: unknown,
): Omit<SandboxShipment, 'id' | 'orderId' | 'createdAt'> | string {
  const parsed = body.safeParse(sent);
  if (!parsed.success) return sentence(parsed.error.issues[0]!);
  const { data } = parsed;
  if (![...providers, 'custom'].includes(data.shipping_provider) && !/^carrier_\d+$/.test(data.shipping_provider))
    return `The field 'shipping_provider' is invalid.`;
  if (order.archived || !order.addresses.some((each) => each.id === data.order_address_id))
    return `The field 'order_address_id' is invalid.`;
  for (const item of data.items) {
    const line = order.lines.find((each) => each.id === item.order_product_id);
    if (!line || line.type !== 'physical' || line.addressId !== data.order_address_id)
      return `The order product ${item.order_product_id} cannot be shipped to this address.`;
    if (item.quantity > openPieces(line))
      return `The quantity of order product ${line.id} is larger than what is left to ship.`;
  }
  return {
    addressId: data.order_address_id,
    trackingNumber: data.tracking_number,
    trackingLink: data.tracking_link,
    trackingCarrier: data.tracking_carrier,
    shippingProvider: data.shipping_provider,
    shippingMethod: data.shipping_method,
    comments: data.comments,
    items: data.items.map((item) => ({ ...item, product_id: 0 })),
  };
}

function sentence(issue: z.core.$ZodIssue): string {
  const field = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0];
  return issue.code === 'unrecognized_keys'
    ? `The field '${String(field)}' cannot be written to. Please remove it from your request before trying again.`
    : `The field '${String(field ?? 'items')}' is invalid.`;
}
