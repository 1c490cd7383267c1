import type { MarketplaceOrder, Weight } from '../../../domain/order.js';
import { moneyIn } from './chosen.js';
import type { Settings } from './configuration.js';
import { destinationsOf } from './destinations.js';
import { heldBecause } from './holds.js';
import { isGoods, linesOf } from './order-lines.js';
import type { WireOrder } from './order-wire.js';
import type { Services } from './read-orders.js';
import { routesOf } from './routes.js';

/**
 * An order with all of its lists. What is still to be sent comes from the fulfillment orders, never from the order's
 * own display status (reference/shopify.md §3, §4).
 */
export function translate(order: WireOrder, settings: Settings, services: Services | null): MarketplaceOrder {
  const routes = routesOf(order, services);
  const shipped = isShipped(order);
  const destinations = destinationsOf(order, routes);
  const price = moneyIn(order.currentTotalPriceSet, settings);
  return {
    externalId: order.id,
    number: order.name,
    parentExternalId: null,
    kind: 'sale',
    placedAt: order.processedAt,
    test: order.test,
    shippedAtMarketplace: shipped,
    partlyShipped: !shipped && isPartlyShipped(order),
    cancelled: order.cancelledAt !== null,
    status: order.displayFulfillmentStatus,
    statusLabel: null,
    paymentStatus: order.displayFinancialStatus,
    heldBecause: heldBecause(order, routes, settings),
    currency: price.currencyCode ?? null,
    total: price.amount,
    weight: weightOf(order.totalWeight),
    shippingDescription: order.shippingLine?.title ?? null,
    shipTo: destinations.main,
    otherDestinations: destinations.others,
    lines: order.lineItems.nodes.flatMap((line) =>
      linesOf(line, { order, routes, settings, shipped, destinationOf: destinations.of }),
    ),
    vendor: null,
  };
}

function isShipped(order: WireOrder): boolean {
  const wanted = order.lineItems.nodes.filter((line) => isGoods(line) && line.currentQuantity > 0);
  return (
    order.displayFulfillmentStatus === 'FULFILLED' ||
    (wanted.length > 0 && wanted.every((line) => line.unfulfilledQuantity === 0))
  );
}

/** R145: as the merchant sees it, goods that need no shipping included; or some goods have left. */
function isPartlyShipped(order: WireOrder): boolean {
  return (
    order.displayFulfillmentStatus === 'PARTIALLY_FULFILLED' ||
    order.lineItems.nodes.some((line) => isGoods(line) && line.unfulfilledQuantity < line.currentQuantity)
  );
}

/** Grams as a number of 64 bits; 0 where the products have no weight. */
function weightOf(grams: string | null): Weight | null {
  return grams === null || grams === '0' ? null : { value: grams, unit: 'g' };
}
