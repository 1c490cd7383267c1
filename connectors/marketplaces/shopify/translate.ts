import type { Address } from '../../../domain/address.js';
import {
  mainDestination,
  type Destination,
  type MarketplaceOrder,
  type OrderLine,
  type Weight,
} from '../../../domain/order.js';
import { allServices, type Settings } from './configuration.js';
import type { Money } from './order-documents.js';
import type { MoneyBag, WireAddress, WireDestination, WireLine, WireOrder } from './order-wire.js';
import { partsOf, routesOf, type Route } from './routes.js';
import type { Services } from './read-orders.js';

export const moneyOf = (settings: Settings): Money => (settings.localCurrency ? 'presentmentMoney' : 'shopMoney');

/** Whether the settings leave out lines by the service they are with: only then are the services asked for (R137). */
export const asksForServices = (settings: Settings): boolean => settings.fulfillmentService !== allServices;

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
    parentExternalId: null,
    kind: 'sale',
    placedAt: order.processedAt,
    test: order.test,
    shippedAtMarketplace: shipped,
    partlyShipped: !shipped && isPartlyShipped(order),
    cancelled: order.cancelledAt !== null,
    status: order.displayFulfillmentStatus,
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

function moneyIn(bag: MoneyBag, settings: Settings): { amount: string | null; currencyCode?: string | undefined } {
  return bag[moneyOf(settings)] ?? { amount: null };
}

const goods = (line: WireLine) => line.requiresShipping && !line.isGiftCard;

function isShipped(order: WireOrder): boolean {
  const wanted = order.lineItems.nodes.filter((line) => goods(line) && line.currentQuantity > 0);
  return (
    order.displayFulfillmentStatus === 'FULFILLED' ||
    (wanted.length > 0 && wanted.every((line) => line.unfulfilledQuantity === 0))
  );
}

/** R145: as the merchant sees it, goods that need no shipping included; or some goods have left. */
function isPartlyShipped(order: WireOrder): boolean {
  return (
    order.displayFulfillmentStatus === 'PARTIALLY_FULFILLED' ||
    order.lineItems.nodes.some((line) => goods(line) && line.unfulfilledQuantity < line.currentQuantity)
  );
}

/**
 * Holds of the fulfillment orders that the store takes, whoever made them (reference/shopify.md §4). Right after
 * checkout there are no fulfillment orders yet: the order waits for them too. Shopify's wording of a reason is shown,
 * never the merchant's note, which may name people.
 */
function heldBecause(order: WireOrder, routes: Route[], settings: Settings): string | null {
  const open = order.lineItems.nodes.some(
    (line) => goods(line) && line.unfulfilledQuantity > 0 && line.currentQuantity > 0,
  );
  if (open && order.cancelledAt === null && order.fulfillmentOrders.nodes.length === 0)
    return 'Shopify has not routed it to a location that the app may see.';
  const reasons = routes
    .filter((route) => isTaken(route, settings))
    .flatMap(({ from }) => {
      if (from.status === 'ON_HOLD')
        return `On hold at Shopify: ${from.fulfillmentHolds.map((hold) => hold.displayReason).join(', ') || 'no reason given'}.`;
      if (from.status === 'SCHEDULED') return `Scheduled at Shopify for ${from.fulfillAt ?? 'a later day'}.`;
      if (from.requestStatus === 'CANCELLATION_REQUESTED')
        return 'The merchant asks the fulfillment service to cancel it.';
      return [];
    });
  return [...new Set(reasons)].join(' ') || null;
}

/** The same question the import rules ask of a line, asked of where it is. */
function isTaken(route: Pick<Route, 'location' | 'service'>, settings: Settings): boolean {
  if (settings.filterByLocation && route.location !== settings.fulfillmentLocation) return false;
  return settings.fulfillmentService === allServices || route.service === settings.fulfillmentService;
}

interface LineContext {
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
function linesOf(line: WireLine, context: LineContext): OrderLine[] {
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
    shippable: goods(line) && goesByParcel(parts.own, context),
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

/** Grams as a number of 64 bits; 0 where the products have no weight. */
function weightOf(grams: string | null): Weight | null {
  return grams === null || grams === '0' ? null : { value: grams, unit: 'g' };
}

/** A blank field stays blank: whether the address suffices is the domain's to say, and a person's to mend. */
function addressOf(order: WireOrder, address: WireAddress): Address {
  return {
    name: nameOf(address),
    company: address.company,
    line1: address.address1 ?? '',
    line2: address.address2,
    city: address.city ?? '',
    region: address.provinceCode ?? address.province,
    postalCode: address.zip,
    country: address.countryCodeV2 ?? '',
    email: order.email,
    phone: address.phone ?? order.phone,
  };
}

function destinationAddress(order: WireOrder, to: WireDestination): Address {
  return {
    name: nameOf(to),
    company: to.company,
    line1: to.address1 ?? '',
    line2: to.address2,
    city: to.city ?? '',
    region: to.province,
    postalCode: to.zip,
    country: to.countryCode ?? '',
    email: to.email ?? order.email,
    phone: to.phone ?? order.phone,
  };
}

const nameOf = (of: { firstName: string | null; lastName: string | null }) =>
  [of.firstName, of.lastName].filter((part) => part?.trim()).join(' ');

const nowhere: Address = {
  name: '', company: null, line1: '', line2: null, city: '', region: null, postalCode: null, country: '', email: null,
  phone: null,
}; // prettier-ignore

/**
 * The order's shipping address, and others where fulfillment orders go elsewhere (a pickup point, a parcel to a friend),
 * numbered in the order of the fulfillment orders. Regions are not compared: an order gives their code, a fulfillment
 * order their name.
 */
function destinationsOf(order: WireOrder, routes: Route[]) {
  const targets = routes.flatMap(({ from }) => from.destination ?? []);
  const main = order.shippingAddress
    ? addressOf(order, order.shippingAddress)
    : targets[0]
      ? destinationAddress(order, targets[0])
      : { ...nowhere, email: order.email, phone: order.phone };
  const places = [placeOf(main)];
  const others: Destination[] = [];
  for (const target of targets) {
    const address = destinationAddress(order, target);
    if (places.includes(placeOf(address))) continue;
    places.push(placeOf(address));
    others.push({
      destinationId: `address-${places.length}`,
      shipTo: address,
      shippingDescription: order.shippingLine?.title ?? null,
    });
  }
  const of = (route: Route | undefined): string => {
    const target = route?.from.destination;
    const index = target ? places.indexOf(placeOf(destinationAddress(order, target))) : 0;
    return index === 0 ? mainDestination : `address-${index + 1}`;
  };
  return { main, others, of };
}

function placeOf(address: Address): string {
  const { name, line1, line2, postalCode, city, country } = address;
  return [name, line1, line2, postalCode, city, country].map((part) => (part ?? '').trim().toLowerCase()).join('|');
}
