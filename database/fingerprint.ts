import { createHash } from 'node:crypto';
import { givenUp, sentByOthers } from '../domain/line-changes.js';
import { toldOf, type KeptOrder } from '../domain/order-changes.js';
import { destinationsOf, type Destination, type MarketplaceOrder } from '../domain/order.js';

type ToldRow = Pick<KeptOrder, 'told' | 'telling'>;
const nothingTold: ToldRow = { told: [], telling: false };

/**
 * A fingerprint of everything of an order that can change after its import and matters to it; null stands for an order
 * that the marketplace no longer has. What we cause ourselves, the pieces of `told`, is not part of it; what others
 * sent is.
 */
export function orderFingerprint(order: MarketplaceOrder | null, kept: ToldRow = nothingTold): string {
  if (order === null) return 'gone';
  const { cancelled, heldBecause, shippedAtMarketplace } = order;
  const lines = order.lines
    .map((line) => [line.lineId, line.sku, line.wanted, line.standing, line.destinationId])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const addresses = destinationsOf(order).map((each) => [each.destinationId, addressFingerprint(each)]);
  const told = toldOf(kept, order);
  const others = order.lines.flatMap((line) => {
    const ours = told(line.lineId);
    const pieces = ours === null || !line.shippable || givenUp(line) ? 0 : sentByOthers(line, ours);
    return pieces > 0 ? [[line.lineId, pieces]] : [];
  });
  // Only where there are any, so that the fingerprints kept of all other orders stay what they are.
  return hash([cancelled, heldBecause, shippedAtMarketplace, lines, addresses, ...(others.length > 0 ? [others] : [])]);
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
