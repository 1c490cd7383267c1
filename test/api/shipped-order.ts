import type { Database } from '../../database/pool.js';
import { aWarehouse, anImportedOrder } from './fixtures.js';

/** An order with one of everything that is kept of it, as its workflow would have left it. */
export async function aShippedOrder(db: Database, tenantId: string, storeId: string, externalId: string) {
  const orderId = await anImportedOrder(db, tenantId, storeId, { externalId }, 'shipped');
  const warehouseId = await aWarehouse(db, tenantId);
  const reference = `${storeId}.${externalId}.1g1`;
  const trackingNumber = `1Z-${externalId}`;
  await db
    .insertInto('fulfillments')
    .values({
      ...{ reference, order_id: orderId, warehouse_id: warehouseId, number: 1, generation: 1, state: 'shipped' },
      ...{ method_code: 'GROUND', carrier: 'UPS', service: null, rule: 'ground', rule_version: 3 },
      ...{ external_id: '9001', submitted_at: new Date() },
    })
    .execute();
  await db
    .insertInto('fulfillment_lines')
    .values({ reference, line_id: 'kit-1', warehouse_sku: 'W-KIT', per_unit: 1, quantity: 1, listing_version: 2 })
    .execute();
  const shipmentId = `shp_${externalId.toLowerCase()}`;
  await db
    .insertInto('shipments')
    .values({
      ...{ id: shipmentId, reference, external_id: '77', shipped_at: '2026-11-03T08:00:00Z', carrier: 'UPS' },
      ...{ service: null, lines: JSON.stringify([{ lineId: 'kit-1', quantity: 1 }]) },
    })
    .execute();
  await db
    .insertInto('packages')
    .values({
      ...{ shipment_id: shipmentId, package_id: '1', tracking_number: trackingNumber, tracking_url: null },
      items: JSON.stringify([{ warehouseSku: 'W-KIT', quantity: 1 }]),
    })
    .execute();
  await db
    .insertInto('write_intents')
    .values({
      ...{ business_key: `writeback:${storeId}:${externalId}:kit-1:1`, kind: 'writeback', order_id: orderId },
      ...{ shipment_id: shipmentId, request_hash: 'h', state: 'done', done_at: new Date() },
      proof: JSON.stringify({ readAt: '2026-11-03T08:01:00Z', carrier: 'UPS', trackingNumber }),
    })
    .execute();
  return { orderId, warehouseId, reference, shipmentId, trackingNumber };
}
