import fc from 'fast-check';
import type { Address } from '../../domain/address.js';
import { everyOrder, type ImportContext } from '../../domain/import-decision.js';
import { mainDestination, type Destination, type MarketplaceOrder, type OrderLine } from '../../domain/order.js';
import type { ShippingChoice } from '../../domain/shipping-rule.js';

export const anAddress: Address = {
  name: 'Ann Sample',
  company: null,
  line1: '1 Example Street',
  line2: null,
  city: 'Boise',
  region: 'ID',
  postalCode: '83702',
  country: 'US',
  email: 'ann@example.com',
  phone: null,
};

/** The order's own address, with what the customer chose for it. */
export function aDestination(over: Partial<Destination> = {}): Destination {
  return { destinationId: mainDestination, shipTo: anAddress, shippingDescription: 'Standard', ...over };
}

export function aLine(over: Partial<OrderLine> = {}): OrderLine {
  return {
    lineId: 'kit-1',
    sku: 'kit-1',
    title: 'Kit',
    quantity: 1,
    wanted: 1,
    amount: '59.90',
    shippable: true,
    standing: 'clear',
    destinationId: mainDestination,
    location: null,
    service: null,
    ...over,
  };
}

export function anOrder(over: Partial<MarketplaceOrder> = {}): MarketplaceOrder {
  return {
    externalId: 'AB12CD34',
    number: null,
    parentExternalId: null,
    kind: 'sale',
    placedAt: '2026-11-02T10:00:00.000Z',
    test: false,
    shippedAtMarketplace: false,
    partlyShipped: false,
    cancelled: false,
    status: null,
    statusLabel: null,
    paymentStatus: null,
    heldBecause: null,
    currency: 'USD',
    total: '59.90',
    weight: null,
    shippingDescription: 'Standard',
    shipTo: anAddress,
    otherDestinations: [],
    lines: [aLine()],
    vendor: 'acme',
    ...over,
  };
}

/** A store whose first import was looked at, so that nothing holds an order. */
export const openStore: ImportContext = {
  storeId: 'sto_1',
  firstImportOpen: true,
  rules: everyOrder,
  now: '2026-11-02T10:05:00.000Z',
};

export function aChoice(over: Partial<ShippingChoice> = {}): ShippingChoice {
  return { warehouseId: 'whs_1', methodCode: 'GROUND', carrier: 'UPS', service: 'Ground', ...over };
}

/** Freezes all the way down: a decision that writes to what it was given then throws. */
export function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const text = (letters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength });

/** Ids of our own making: a prefix, an underscore, base 32 (database/ids.ts). */
export const connectionIds = text('01ab_', 4);

/** Ids of others: the marks that our own ids are joined with, and what marketplaces really write. */
export const externalIds = fc.oneof(
  text('A1:.-%', 5),
  fc.constantFrom('AB12CD34', 'AB12CD34-B002', '113-1234567-1234567', 'gid://shopify/Order/1', '#1001', 'é'),
);

/** Decimal text beside the whole number it is, over ten to the power of `scale`: what floats cannot tell apart. */
export const decimals = fc
  .record({ units: fc.bigInt({ min: 0n, max: 10n ** 24n }), scale: fc.integer({ min: 0, max: 6 }) })
  .map(({ units, scale }) => {
    const digits = units.toString().padStart(scale + 1, '0');
    const point = digits.length - scale;
    return { units, scale, text: scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}` };
  });

export type Decimal = { units: bigint; scale: number; text: string };

/** Both numbers over the same power of ten. */
export function aligned(a: Decimal, b: Decimal): [bigint, bigint] {
  return [a.units * 10n ** BigInt(b.scale), b.units * 10n ** BigInt(a.scale)];
}
