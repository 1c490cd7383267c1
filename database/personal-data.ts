import { sql } from 'kysely';
import type { PrivacyRequest } from './privacy-requests.js';
import { orderAddresses, orderLines, orderShipments } from './order-detail.js';
import type { Database } from './pool.js';

/** Everything that is held of the people a request is about: what a customer is entitled to see. */
export async function personalData(db: Database, request: PrivacyRequest) {
  const orders = await db
    .selectFrom('orders')
    .select(['id', 'external_id as externalId', 'state', 'currency', 'total', 'placed_at as placedAt'])
    .where('store_id', '=', request.storeId)
    .where(sql<boolean>`external_id = any(${request.externalIds})`)
    .orderBy('id')
    .execute();
  const skipped = await db
    .selectFrom('skipped_orders')
    .select(['external_id as externalId', 'cause', 'first_seen_at as firstSeenAt', 'raw'])
    .where('store_id', '=', request.storeId)
    .where(sql<boolean>`skip_key = any(${request.externalIds})`)
    .where('raw', 'is not', null)
    .orderBy('id')
    .execute();
  return {
    orders: await Promise.all(orders.map(async (order) => ({ ...order, ...(await partsOf(db, order.id)) }))),
    skipped,
  };
}

async function partsOf(db: Database, orderId: string) {
  const [addresses, lines, shipments, corrections] = await Promise.all([
    orderAddresses(db, orderId),
    orderLines(db, orderId),
    orderShipments(db, orderId),
    db
      .selectFrom('address_edits')
      .select(['staged_at as stagedAt', 'address'])
      .where('order_id', '=', orderId)
      .execute(),
  ]);
  return {
    addresses,
    corrections,
    lines: lines.map(({ sku, title, quantity, amount }) => ({ sku, title, quantity, amount })),
    packages: shipments.flatMap((shipment) =>
      shipment.packages.map(({ trackingNumber, trackingUrl }) => ({
        ...{ carrier: shipment.carrier, shippedAt: shipment.shippedAt, trackingNumber, trackingUrl },
      })),
    ),
  };
}
