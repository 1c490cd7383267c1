import type { Address, Line, Order } from '../state/orders.js';
import { moment, type Shop } from '../state/shop.js';
import { locationOf } from './lookups.js';
import { touch } from './orders.js';
import { routeDue } from './routing.js';
import { itemFor } from './stock.js';

/** What is left out is filled in with a paid order of one piece. */
export type OrderSpec = Partial<Omit<Order, 'lines' | 'address'>> & {
  lines?: LineSpec[];
  address?: Partial<Address> | null;
};

export type LineSpec = Partial<Omit<Line, 'locationId'>> & {
  /** Name or number of the location that fulfills it, of a service's too. */
  location?: string | number;
};

/** Keeps the order and announces it; its fulfillment orders follow after the shop's delay. */
export function addOrder(shop: Shop, spec: OrderSpec): Order {
  const now = moment(shop);
  const createdAt = spec.createdAt ?? now;
  const currency = shop.settings.currency;
  const order: Order = {
    id: shop.nextId(),
    name: `#${1001 + shop.orders.length}`,
    createdAt,
    updatedAt: now,
    processedAt: createdAt,
    cancelledAt: null,
    cancelReason: null,
    closedAt: null,
    test: false,
    edited: false,
    financialStatus: 'PAID',
    currency,
    presentmentCurrency: spec.currency ?? currency,
    email: 'ann@example.com',
    phone: null,
    note: null,
    tags: [],
    attributes: [],
    sourceName: 'web',
    shipping: { title: 'Standard', code: 'standard', price: '5.0', presentmentPrice: '5.0' },
    routesAt: shop.now().getTime() + shop.settings.routingDelayMs,
    startsOnHold: false,
    fulfillAt: null,
    customerId: shop.nextId(),
    ...spec,
    address: spec.address === null ? null : { ...sampleAddress, ...spec.address },
    lines: (spec.lines ?? [{}]).map((line) => newLine(shop, line)),
  };
  shop.orders.push(order);
  touchNew(shop, order, spec.updatedAt);
  routeDue(shop);
  return order;
}

function touchNew(shop: Shop, order: Order, updatedAt: string | undefined): void {
  touch(shop, order, 'ORDERS_CREATE', ...(order.financialStatus === 'PAID' ? ['ORDERS_PAID'] : []));
  if (updatedAt !== undefined) order.updatedAt = updatedAt;
}

export function newLine(shop: Shop, { location, ...spec }: LineSpec): Line {
  const sku = spec.sku === undefined ? 'KIT-1' : spec.sku;
  const title = spec.title ?? sku ?? 'Without SKU';
  const quantity = spec.quantity ?? 1;
  const price = spec.price ?? '49.95';
  return {
    id: shop.nextId(),
    itemId: itemFor(shop, sku, title).id,
    sku,
    title,
    quantity,
    current: quantity,
    price,
    presentmentPrice: price,
    requiresShipping: spec.giftCard !== true,
    giftCard: false,
    locationId: location === undefined ? shop.locations[0]!.id : locationOf(shop, location).id,
    properties: [],
    ...spec,
  };
}

const sampleAddress: Address = {
  firstName: 'Ann',
  lastName: 'Sample',
  company: null,
  address1: '1 Main St',
  address2: null,
  city: 'Boise',
  provinceCode: 'ID',
  countryCode: 'US',
  zip: '83702',
  phone: null,
};
