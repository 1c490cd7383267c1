import { covers } from '../graphql/access.js';
import type { Call } from '../graphql/call.js';
import type { FulfillmentOrder } from '../state/fulfillments.js';
import { byGid, idIn } from '../state/shop.js';
import { placeHold, releaseHolds } from '../work/holds.js';
import { split } from '../work/fulfillment-orders.js';
import { supportedActions } from '../work/supported-actions.js';
import { userError, type UserError } from './user-errors.js';

interface HoldArguments {
  id: string;
  fulfillmentHold: {
    reason: string;
    reasonNotes?: string | null;
    handle?: string | null;
    fulfillmentOrderLineItems?: { id: string; quantity: number }[] | null;
  };
}

/** Holds of one app on one fulfillment order (reference/shopify.md §4). */
const maximumHolds = 10;

function fulfillmentOrderHold({ id, fulfillmentHold: input }: HoldArguments, call: Call) {
  const fulfillmentOrder = writable(call, id);
  const problem = fulfillmentOrder ? holdProblem(call, fulfillmentOrder, input) : notFound;
  if (!fulfillmentOrder || problem)
    return { fulfillmentOrder: null, fulfillmentHold: null, remainingFulfillmentOrder: null, userErrors: [problem] };
  const rest = restOf(fulfillmentOrder, input.fulfillmentOrderLineItems ?? []);
  const remaining = rest.length > 0 ? split(call.shop, fulfillmentOrder, rest) : null;
  const hold = placeHold(call.shop, fulfillmentOrder, {
    handle: input.handle ?? '',
    reason: input.reason,
    notes: input.reasonNotes ?? null,
    ours: true,
  });
  return { fulfillmentOrder, fulfillmentHold: hold, remainingFulfillmentOrder: remaining, userErrors: [] };
}

const notFound = userError(['id'], 'Fulfillment order does not exist.', 'FULFILLMENT_ORDER_NOT_FOUND');

/** Of merchant-managed and third-party fulfillment orders only: an app does not hold its own service's. */
function writable(call: Call, id: string): FulfillmentOrder | undefined {
  return byGid(
    'FulfillmentOrder',
    call.shop.fulfillmentOrders.filter((each) => covers(call, 'write', each)),
    id,
  );
}

function holdProblem(call: Call, row: FulfillmentOrder, input: HoldArguments['fulfillmentHold']): UserError | null {
  const field = ['fulfillmentHold'];
  const ours = row.holds.filter((hold) => hold.ours);
  if (ours.length >= maximumHolds)
    return userError(field, 'The maximum number of holds is reached.', 'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED');
  if (ours.some((hold) => hold.handle === (input.handle ?? '')))
    return userError([...field, 'handle'], 'The handle is in use.', 'DUPLICATE_FULFILLMENT_HOLD_HANDLE');
  if (!supportedActions(call.shop, row).includes('HOLD'))
    return userError(['id'], 'The fulfillment order cannot be held.', 'TAKEN');
  const lines = input.fulfillmentOrderLineItems ?? [];
  if (lines.length > 0 && row.status === 'ON_HOLD')
    return userError(['id'], 'The fulfillment order cannot be split.', 'FULFILLMENT_ORDER_NOT_SPLITTABLE');
  return lines.map((line) => lineProblem(row, line)).find((problem) => problem !== null) ?? null;
}

function lineProblem(row: FulfillmentOrder, { id, quantity }: { id: string; quantity: number }): UserError | null {
  const field = ['fulfillmentHold', 'fulfillmentOrderLineItems'];
  if (quantity < 1) return userError(field, 'The quantity must be greater than 0.', 'GREATER_THAN_ZERO');
  const line = byGid('FulfillmentOrderLineItem', row.lines, id);
  if (!line || quantity > line.remaining)
    return userError(field, 'The line item quantity is invalid.', 'INVALID_LINE_ITEM_QUANTITY');
  return null;
}

/** What a hold of some lines leaves for a fulfillment order of its own; nothing when it holds all. */
function restOf(row: FulfillmentOrder, held: { id: string; quantity: number }[]): { id: number; quantity: number }[] {
  if (held.length === 0) return [];
  return row.lines
    .map((line) => {
      const of = held.find((each) => idIn('FulfillmentOrderLineItem', each.id) === line.id);
      return { id: line.id, quantity: line.remaining - (of?.quantity ?? 0) };
    })
    .filter(({ quantity }) => quantity > 0);
}

/** Without ids every hold goes, those of the merchant and of other apps too. */
function fulfillmentOrderReleaseHold({ id, holdIds }: { id: string; holdIds?: string[] | null }, call: Call) {
  const fulfillmentOrder = writable(call, id);
  if (!fulfillmentOrder) return { fulfillmentOrder: null, userErrors: [notFound] };
  const ids = holdIds?.map((each) => idIn('FulfillmentHold', each));
  releaseHolds(call.shop, fulfillmentOrder, (hold) => !ids || ids.includes(hold.id));
  return { fulfillmentOrder, userErrors: [] };
}

export const holdMutations = { fulfillmentOrderHold, fulfillmentOrderReleaseHold };
