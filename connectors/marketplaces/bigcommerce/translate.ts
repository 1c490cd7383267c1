import type { Address } from '../../../domain/address.js';
import { mainDestination, type Destination, type MarketplaceOrder } from '../../../domain/order.js';
import { channelName } from './configuration.js';
import { translateLines } from './lines.js';
import type { OrderParts } from './order-parts.js';
import type { AddressRow, OrderRow } from './rows.js';
import { Unreadable } from './scalars.js';
import { countsAsCancelled, countsAsShipped, heldBy, partiallyShipped } from './statuses.js';

/**
 * One order as it is now. Throws Unreadable. Its own address is that of its first shipping consignment; an order
 * without one has nothing to ship and keeps the billing address.
 */
export function translate(row: OrderRow, { addresses, lines }: OrderParts): MarketplaceOrder {
  const status = String(row.status_id);
  const cancelled = countsAsCancelled(status) || row.is_deleted;
  const destinations = addresses.map((address, index) => destination(row, address, index === 0));
  const goods = translateLines(lines, {
    status,
    cancelled,
    destinationOf: (addressId) => destinationId(addresses, addressId),
  });
  return {
    externalId: row.id,
    number: null,
    parentExternalId: null,
    kind: 'sale',
    placedAt: row.date_created,
    // Its only sign of a test; its name is what the gateway is called unless the merchant renames it.
    test: row.payment_method === 'Test Payment Gateway',
    shippedAtMarketplace: countsAsShipped(status) || goods.allShipped,
    partlyShipped: status === partiallyShipped || goods.anyShipped,
    cancelled,
    status,
    statusLabel: row.custom_status ?? row.status,
    paymentStatus: row.payment_status,
    heldBecause: heldBy(status),
    // What the shopper paid in; currency_code is what prices were shown in.
    currency: row.default_currency_code,
    total: row.total_inc_tax,
    // Whose unit no order says (reference/bigcommerce.md §8).
    weight: null,
    shippingDescription: destinations[0]?.shippingDescription ?? null,
    shipTo: destinations[0]?.shipTo ?? toAddress(row.billing_address ?? null, null),
    otherDestinations: destinations.slice(1),
    lines: goods.lines,
    vendor: row.channel_id === null ? null : channelName(row.channel_id),
  };
}

function destinationId(addresses: AddressRow[], addressId: string): string {
  const index = addresses.findIndex((each) => each.id === addressId);
  if (index < 0) throw new Unreadable(`order_address_id: the order has no address ${addressId}`);
  return index === 0 ? mainDestination : addressId;
}

function destination(row: OrderRow, address: AddressRow, main: boolean): Destination {
  return {
    destinationId: main ? mainDestination : address.id,
    // A guest gives his e-mail with the bill; support finds the order by it.
    shipTo: toAddress(address, row.billing_address?.email ?? null),
    shippingDescription: address.shipping_method,
  };
}

/** A blank field stays blank: whether the address suffices is the domain's to say, and a person's to mend. */
function toAddress(person: Omit<AddressRow, 'id' | 'shipping_method'> | null, email: string | null): Address {
  return {
    name: [person?.first_name, person?.last_name].filter(Boolean).join(' '),
    company: person?.company ?? null,
    line1: person?.street_1 ?? '',
    line2: person?.street_2 ?? null,
    city: person?.city ?? '',
    region: person?.state ?? null,
    postalCode: person?.zip ?? null,
    country: person?.country_iso2?.toUpperCase() ?? '',
    email: person?.email ?? email,
    phone: person?.phone ?? null,
  };
}
