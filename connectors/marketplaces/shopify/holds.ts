import { isTaken } from './chosen.js';
import type { Settings } from './configuration.js';
import { isGoods } from './order-lines.js';
import type { WireFulfillmentOrder, WireOrder } from './order-wire.js';
import type { Route } from './routes.js';

/**
 * Why the order may not be sent now: what holds the fulfillment orders that the store takes, whoever made the hold
 * (reference/shopify.md §4). Right after checkout there are none yet: the order waits for them too.
 */
export function heldBecause(order: WireOrder, routes: Route[], settings: Settings): string | null {
  const open = order.lineItems.nodes.some(
    (line) => isGoods(line) && line.unfulfilledQuantity > 0 && line.currentQuantity > 0,
  );
  if (open && order.cancelledAt === null && order.fulfillmentOrders.nodes.length === 0)
    return 'Shopify has not routed it to a location that the app may see.';
  const taken = routes.filter((route) => isTaken(route, settings));
  return [...new Set(taken.flatMap(({ from }) => reasonOf(from) ?? []))].join(' ') || null;
}

/** Shopify's wording of a reason is shown, never the merchant's note, which may name people. */
function reasonOf(from: WireFulfillmentOrder): string | null {
  const { status, requestStatus, fulfillAt, supportedActions } = from;
  if (status === 'ON_HOLD')
    return `On hold at Shopify: ${from.fulfillmentHolds.map((hold) => hold.displayReason).join(', ') || 'no reason given'}.`;
  if (status === 'SCHEDULED') return `Scheduled at Shopify for ${fulfillAt ?? 'a later day'}.`;
  if (requestStatus === 'CANCELLATION_REQUESTED') return 'The merchant asks the fulfillment service to cancel it.';
  // Goods sent now could not be told: Shopify says before each write what it will take (§4).
  if (!supportedActions.some((each) => each.action === 'CREATE_FULFILLMENT'))
    return 'Shopify takes no fulfillment of it now: its fulfillment service has to be asked, and accept, first.';
  return null;
}
