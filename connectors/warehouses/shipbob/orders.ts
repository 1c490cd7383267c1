import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { CancelResult, FulfillmentRequest, WarehouseOrder } from '../port.js';
import type { Catalogue } from './catalogue.js';
import type { ShipbobClient } from './client.js';
import { orderBody, peopleIn } from './order-body.js';
import { wireCancelResult, wireOrder, type WireOrder } from './wire.js';

const wireOrders = z.array(wireOrder);

/** What the calls about orders share. */
export interface OrderDesk {
  client: ShipbobClient;
  catalogue: Catalogue;
  channelId: () => Promise<string>;
  locationId: number | null;
}

/**
 * Exact look-up. It asks all channels, not only ours: each new access token brings its own channel, and an order
 * written with the token before must not be sent again. Such an order, or a stranger's, is a `reference_conflict`;
 * two of ours are `outcome_ambiguous`.
 */
export async function findOrder(desk: OrderDesk, reference: string): Promise<WarehouseOrder | null> {
  if (reference.includes(','))
    throw new Failure('request_rejected', 'ShipBob cannot look up a reference that holds a comma.', { reference });
  const query = { ReferenceIds: reference, Limit: '250' };
  const call = { method: 'GET', path: '/order', query, permission: 'orders_read' } as const;
  const found = (await desk.client.call(call, wireOrders)).filter((each) => each.reference_id === reference);
  const [order, another] = found;
  if (!order) return null;
  if (another)
    throw new Failure('outcome_ambiguous', `ShipBob holds ${found.length} orders under reference ${reference}.`, {
      reference,
      orders: found.map((each) => each.id).join(','),
    });
  if (order.channel?.id !== (await desk.channelId()))
    throw new Failure(
      'reference_conflict',
      `Order ${order.id} of ShipBob channel ${order.channel?.id ?? 'unknown'} has our reference ${reference}.`,
      { reference, order: order.id },
    );
  return toWarehouseOrder(order, reference);
}

export async function createOrder(desk: OrderDesk, request: FulfillmentRequest): Promise<WarehouseOrder> {
  const channelId = await desk.channelId();
  const skus = [...new Set(request.items.map((each) => each.warehouseSku))];
  await desk.catalogue.requireSkus(skus, channelId);
  await desk.catalogue.requireMethod(request.methodCode);
  const body = orderBody(request, desk.locationId);
  const call = { method: 'POST', path: '/order', body, permission: 'orders_write', channelId } as const;
  const order = await desk.client.call({ ...call, people: peopleIn(request.shipTo) }, wireOrder);
  if (order.reference_id !== request.reference)
    throw new Failure('outcome_unknown', `ShipBob answered the create of ${request.reference} with another order.`, {
      reference: request.reference,
    });
  return toWarehouseOrder(order, request.reference);
}

/** `stopped` only when ShipBob counts the whole order as cancelled; one parcel that leaves makes it `too_late`. */
export async function cancelOrder(
  desk: OrderDesk,
  order: { reference: string; externalId: string },
): Promise<CancelResult> {
  const channelId = await desk.channelId();
  const path = `/order/${order.externalId}:cancel`;
  try {
    const call = { method: 'POST', path, permission: 'orders_write', channelId } as const;
    const answer = await desk.client.call(call, wireCancelResult);
    if (answer.status === 'Success' || answer.order?.status === 'Cancelled') return { outcome: 'stopped' };
    return { outcome: 'too_late', reason: reasons(answer) };
  } catch (error) {
    if (!(error instanceof Failure) || !['outcome_unknown', 'request_rejected'].includes(error.code)) throw error;
    return lookAfterCancel(desk, order.externalId, error);
  }
}

/** The write's own answer was lost or a refusal ("not in a cancellable state"): the order itself tells. */
async function lookAfterCancel(desk: OrderDesk, externalId: string, failure: Failure): Promise<CancelResult> {
  const call = { method: 'GET', path: `/order/${externalId}`, permission: 'orders_read' } as const;
  const order = await desk.client.call(call, wireOrder);
  if (isCancelled(order)) return { outcome: 'stopped' };
  const leaving = (order.shipments ?? []).filter((each) => ['Completed', 'LabeledCreated'].includes(each.status));
  if (failure.code === 'request_rejected') return { outcome: 'too_late', reason: failure.message };
  if (leaving.length > 0)
    return { outcome: 'too_late', reason: `Labelled or sent: shipment ${leaving.map((each) => each.id).join(', ')}.` };
  throw failure;
}

function reasons(answer: z.infer<typeof wireCancelResult>): string {
  const refused = (answer.canceled_shipment_results ?? []).filter((each) => !each.is_success);
  if (refused.length === 0) return `ShipBob answered ${answer.status}.`;
  return refused.map((each) => `shipment ${each.shipment_id}: ${each.reason ?? 'no reason given'}`).join('; ');
}

/** An order is given up when ShipBob says so, or when each of its shipments is cancelled. */
export function isCancelled(order: { status: string; shipments?: { status: string }[] | null | undefined }): boolean {
  const shipments = order.shipments ?? [];
  return (
    order.status === 'Cancelled' || (shipments.length > 0 && shipments.every((each) => each.status === 'Cancelled'))
  );
}

function toWarehouseOrder(order: WireOrder, reference: string): WarehouseOrder {
  const sums = new Map<string, number>();
  for (const product of order.products) {
    const sku = product.reference_id ?? product.sku ?? `product ${product.id ?? 'without id'}`;
    sums.set(sku, (sums.get(sku) ?? 0) + product.quantity);
  }
  return {
    externalId: order.id,
    reference,
    items: [...sums].map(([warehouseSku, quantity]) => ({ warehouseSku, quantity })),
    cancelled: isCancelled(order),
  };
}
