import type { OrderLine } from '../../../domain/order.js';
import { asksForServices, isTaken, moneyIn } from './chosen.js';
import type { Settings } from './configuration.js';
import type { WireLine, WireOrder } from './order-wire.js';
import { partsOf, type Route } from './routes.js';

export const isGoods = (line: WireLine) => line.requiresShipping && !line.isGiftCard;

export interface LineContext {
  order: WireOrder;
  routes: Route[];
  settings: Settings;
  shipped: boolean;
  destinationOf: (route: Route | undefined) => string;
}

/**
 * One line, or several where its pieces are with different services or locations and the settings tell those apart: the
 * pieces the store takes keep the line's own id, which its notices name; the others get an id of their own, so that they
 * are left out as rows (R138).
 */
export function linesOf(line: WireLine, context: LineContext): OrderLine[] {
  const { settings, shipped, destinationOf } = context;
  const routes = context.routes.filter((route) => route.lineId === line.id);
  const parts = partsOf(routes, (route) => isTaken(route, settings));
  const elsewhere = parts.others.reduce((sum, route) => sum + route.remaining, 0);
  const own: OrderLine = {
    lineId: line.id,
    sku: line.sku ?? '',
    title: line.name,
    quantity: quantityOf(line, shipped, parts.own?.remaining ?? unrouted(line)),
    wanted: Math.max(line.currentQuantity - elsewhere, 0),
    amount: moneyIn(line.discountedTotalSet, settings).amount,
    shippable: isGoods(line) && goesByParcel(parts.own, context),
    standing: line.currentQuantity === 0 ? 'refunded' : 'clear',
    destinationId: destinationOf(parts.own),
    location: parts.own?.location ?? null,
    service: parts.own?.service ?? null,
  };
  const others = parts.others.map((route) => ({
    ...own,
    lineId: `${line.id}@${route.location ?? 'none'}`,
    quantity: route.remaining,
    wanted: route.remaining,
    amount: null,
    destinationId: destinationOf(route),
    location: route.location,
    service: route.service,
  }));
  return [own, ...others];
}

function quantityOf(line: WireLine, shipped: boolean, remaining: number): number {
  if (line.currentQuantity === 0) return line.quantity;
  return shipped ? line.currentQuantity : remaining;
}

/**
 * Pieces that no fulfillment order shows. Before Shopify has routed the order, that is all of them; after that, they
 * are in fulfillment orders that the scopes do not cover, which Shopify leaves out without a word (§2).
 */
const unrouted = (line: WireLine) => Math.min(line.unfulfilledQuantity, line.currentQuantity);

/** Collected in a shop, brought by its own van, handed over at the till: no parcel (DeliveryMethodType). */
const byHand = ['PICK_UP', 'RETAIL', 'LOCAL', 'NONE'];

/** What only others see is no parcel of ours; where the settings tell locations apart, they leave it out (R138). */
function goesByParcel(route: Route | undefined, { order, settings }: LineContext): boolean {
  if (route) return !byHand.includes(route.from.deliveryMethod?.methodType ?? 'SHIPPING');
  return order.fulfillmentOrders.nodes.length === 0 || settings.filterByLocation || asksForServices(settings);
}
