import { covers } from '../graphql/access.js';
import type { Call } from '../graphql/call.js';
import type { Fulfillment, FulfillmentOrder } from '../state/fulfillments.js';
import { byGid, moment } from '../state/shop.js';
import { everythingOf, fulfilParts, mail, type Part } from '../work/fulfil.js';
import { itemOf, levelOf, lineOf, locationOf, onHand, orderOf } from '../work/lookups.js';
import { fulfillmentBody } from '../work/webhook-bodies.js';
import { supportedActions } from '../work/supported-actions.js';
import { packagesIn, trackingProblem, type TrackingInput } from './tracking.js';
import { userError, type UserError } from './user-errors.js';

interface FulfillmentInput {
  lineItemsByFulfillmentOrder: {
    fulfillmentOrderId: string;
    fulfillmentOrderLineItems?: { id: string; quantity: number }[] | null;
  }[];
  notifyCustomer?: boolean | null;
  trackingInfo?: TrackingInput | null;
}

/**
 * Fulfills what is asked for and nothing else is looked at: the same call again fulfills again while pieces remain,
 * and sends a second mail (reference/shopify.md §4).
 */
function fulfillmentCreate({ fulfillment: input }: { fulfillment: FulfillmentInput }, call: Call) {
  const refuse = (error: UserError) => ({ fulfillment: null, userErrors: [error] });
  const parts: Part[] = [];
  for (const entry of input.lineItemsByFulfillmentOrder) {
    const found = partsOf(call, entry);
    if ('message' in found) return refuse(found);
    parts.push(...found);
  }
  const problem = togetherProblem(parts) ?? trackingProblem(input.trackingInfo) ?? stockProblem(call, parts);
  if (problem) return refuse(problem);
  const shipping = { ...packagesIn(input.trackingInfo), notify: input.notifyCustomer ?? false };
  return { fulfillment: fulfilParts(call.shop, parts, shipping), userErrors: [] };
}

function partsOf(call: Call, entry: FulfillmentInput['lineItemsByFulfillmentOrder'][number]): Part[] | UserError {
  const fulfillmentOrder = byGid('FulfillmentOrder', call.shop.fulfillmentOrders, entry.fulfillmentOrderId);
  const field = ['fulfillment'];
  if (!fulfillmentOrder || !covers(call, 'write', fulfillmentOrder))
    return userError(field, 'Fulfillment order does not exist.');
  if (!supportedActions(call.shop, fulfillmentOrder).includes('CREATE_FULFILLMENT'))
    return userError(
      field,
      `Fulfillment order ${fulfillmentOrder.id} has an unfulfillable status= ${fulfillmentOrder.status.toLowerCase()}.`,
    );
  const lines = entry.fulfillmentOrderLineItems ?? [];
  // Lines left out mean everything that remains.
  return lines.length === 0 ? everythingOf(fulfillmentOrder) : chosen(fulfillmentOrder, lines);
}

function chosen(fulfillmentOrder: FulfillmentOrder, lines: { id: string; quantity: number }[]): Part[] | UserError {
  const parts = lines.map(({ id, quantity }) => ({
    line: byGid('FulfillmentOrderLineItem', fulfillmentOrder.lines, id),
    quantity,
  }));
  if (parts.some(({ line }) => !line)) return userError(['fulfillment'], 'Fulfillment order line item does not exist.');
  if (parts.some(({ line, quantity }) => quantity < 1 || quantity > line!.remaining))
    return userError(['fulfillment'], 'Invalid fulfillment order line item quantity requested.');
  return parts.map(({ line, quantity }) => ({ fulfillmentOrder, id: line!.id, quantity }));
}

function togetherProblem(parts: Part[]): UserError | null {
  const orders = new Set(parts.map(({ fulfillmentOrder }) => fulfillmentOrder.orderId));
  const locations = new Set(parts.map(({ fulfillmentOrder }) => fulfillmentOrder.locationId));
  if (parts.length === 0) return userError(['fulfillment'], 'Fulfillment must have at least one line item.');
  if (new Set(parts.map(({ id }) => id)).size < parts.length)
    return userError(['fulfillment'], 'Fulfillment order line items must be unique.');
  if (orders.size > 1) return userError(['fulfillment'], 'All fulfillment orders must belong to the same order');
  if (locations.size > 1)
    return userError(['fulfillment'], 'All fulfillment orders must be assigned to a single location');
  return null;
}

/** A shop that fulfills only what the location has in stock, as R135 tells it; the wording is ours. */
function stockProblem({ shop }: Call, parts: Part[]): UserError | null {
  if (!shop.settings.deniesWithoutStock) return null;
  for (const { fulfillmentOrder, id, quantity } of parts) {
    const { lineId } = fulfillmentOrder.lines.find((each) => each.id === id)!;
    const line = lineOf(orderOf(shop, fulfillmentOrder), lineId);
    const level = levelOf(shop, line.itemId, fulfillmentOrder.locationId);
    const name = locationOf(shop, fulfillmentOrder.locationId).name;
    if (itemOf(shop, line.itemId).tracked && (!level || onHand(level) < quantity))
      return userError(['fulfillment'], `${line.title} (${line.sku}) is not in stock at ${name}.`);
  }
  return null;
}

interface TrackingUpdate {
  fulfillmentId: string;
  trackingInfoInput: TrackingInput;
  notifyCustomer?: boolean | null;
}

function fulfillmentTrackingInfoUpdate(args: TrackingUpdate, { shop }: Call) {
  const fulfillment = byGid('Fulfillment', shop.fulfillments, args.fulfillmentId);
  const problem = fulfillment
    ? trackingProblem(args.trackingInfoInput)
    : userError(['fulfillmentId'], 'Fulfillment does not exist.');
  if (!fulfillment || problem) return { fulfillment: null, userErrors: [problem] };
  const changed: Partial<Fulfillment> = { ...packagesIn(args.trackingInfoInput), updatedAt: moment(shop) };
  Object.assign(fulfillment, changed);
  if (args.notifyCustomer) mail(shop, fulfillment, 'shipping_update');
  shop.announce('FULFILLMENTS_UPDATE', fulfillmentBody(fulfillment));
  return { fulfillment, userErrors: [] };
}

export const fulfillmentMutations = { fulfillmentCreate, fulfillmentTrackingInfoUpdate };
