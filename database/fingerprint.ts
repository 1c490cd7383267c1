import { createHash } from 'node:crypto';
import { destinationsOf, type Destination, type MarketplaceOrder } from '../domain/order.js';

/**
 * A fingerprint of everything of an order that can change after its import and matters to it; null stands for an order
 * that the marketplace no longer has. What we cause ourselves, the pieces still to send, is not part of it.
 */
export function orderFingerprint(order: MarketplaceOrder | null): string {
  if (order === null) return 'gone';
  const { cancelled, heldBecause, shippedAtMarketplace } = order;
  const lines = order.lines
    .map((line) => [line.lineId, line.sku, line.wanted, line.standing, line.destinationId])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const addresses = destinationsOf(order).map((each) => [each.destinationId, addressFingerprint(each)]);
  return hash([cancelled, heldBecause, shippedAtMarketplace, lines, addresses]);
}

/** The address and the customer's choice for it: either may lead to another warehouse or method. */
export function addressFingerprint({ shipTo, shippingDescription }: Destination): string {
  const { name, company, line1, line2, city, region, postalCode, country, email, phone } = shipTo;
  return hash([name, company, line1, line2, city, region, postalCode, country, email, phone, shippingDescription]);
}

/** Half a SHA-256 tells all the orders of a store apart. */
function hash(values: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32);
}
