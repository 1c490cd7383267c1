import { mainDestination, type Destination } from '../domain/order.js';
import type { Database } from './pool.js';

/** What addresses an order's workflow, and where the order stands; null when the tenant has no such order. */
export async function findOrder(db: Database, id: string, tenantId: string | null) {
  let query = db
    .selectFrom('orders')
    .select([
      'id',
      'tenant_id as tenantId',
      'store_id as storeId',
      'external_id as externalId',
      'number',
      'parent_external_id as parentExternalId',
      'kind',
      'state',
      'hold',
      'attention',
      'waits_for as waitsFor',
      'cancel_outcome as cancelOutcome',
      'test',
      'vendor',
      'currency',
      'total',
      'weight',
      'shipping_description as shippingDescription',
      'generation',
      'ledger',
      'placed_at as placedAt',
      'imported_at as importedAt',
      'updated_at as updatedAt',
    ])
    .where('id', '=', id);
  if (tenantId !== null) query = query.where('tenant_id', '=', tenantId);
  return (await query.executeTakeFirst()) ?? null;
}

export type OrderRow = NonNullable<Awaited<ReturnType<typeof findOrder>>>;

export async function orderLines(db: Database, orderId: string) {
  return db
    .selectFrom('order_lines')
    .select(['line_id as lineId', 'sku', 'title', 'quantity', 'amount', 'shippable', 'standing'])
    .select('destination_id as destinationId')
    .where('order_id', '=', orderId)
    .orderBy('position')
    .execute();
}

/** The order's own address first; one that was erased is left out. */
export async function orderAddresses(db: Database, orderId: string): Promise<Destination[]> {
  const rows = await db
    .selectFrom('recipients')
    .select(['destination_id as destinationId', 'shipping_description as shippingDescription'])
    .select(['name', 'company', 'line1', 'line2', 'city', 'region', 'country', 'email', 'phone'])
    .select('postal_code as postalCode')
    .where('order_id', '=', orderId)
    .where('erased_at', 'is', null)
    .orderBy((eb) => eb('destination_id', '<>', mainDestination))
    .orderBy('destination_id')
    .execute();
  return rows.map(({ destinationId, shippingDescription, ...shipTo }) => ({
    destinationId,
    shippingDescription,
    shipTo,
  }));
}

/** What each warehouse was asked to send, with the rule and the versions that decided it. */
export async function orderFulfillments(db: Database, orderId: string) {
  const [fulfillments, lines] = await Promise.all([
    db
      .selectFrom('fulfillments')
      .select([
        'reference',
        'warehouse_id as warehouseId',
        'number',
        'generation',
        'destination_id as destinationId',
        'state',
        'method_code as methodCode',
        'carrier',
        'service',
        'rule',
        'rule_version as ruleVersion',
        'external_id as externalId',
        'planned_at as plannedAt',
        'submitted_at as submittedAt',
      ])
      .where('order_id', '=', orderId)
      .orderBy('generation')
      .orderBy('number')
      .execute(),
    db
      .selectFrom('fulfillment_lines as l')
      .innerJoin('fulfillments as f', 'f.reference', 'l.reference')
      .select([
        'l.reference',
        'l.line_id as lineId',
        'l.warehouse_sku as warehouseSku',
        'l.per_unit as perUnit',
        'l.quantity',
        'l.listing_version as listingVersion',
      ])
      .where('f.order_id', '=', orderId)
      .orderBy('l.line_id')
      .orderBy('l.warehouse_sku')
      .execute(),
  ]);
  return fulfillments.map((each) => ({ ...each, lines: ofReference(lines, each.reference) }));
}

function ofReference<Row extends { reference: string }>(rows: Row[], reference: string): Omit<Row, 'reference'>[] {
  return rows.filter((row) => row.reference === reference).map(({ reference: _, ...row }) => row);
}

export async function orderShipments(db: Database, orderId: string) {
  const [shipments, packages] = await Promise.all([
    db
      .selectFrom('shipments as s')
      .innerJoin('fulfillments as f', 'f.reference', 's.reference')
      .select([
        's.id',
        's.reference',
        's.external_id as externalId',
        's.shipped_at as shippedAt',
        's.received_at as receivedAt',
        's.carrier',
        's.service',
        's.lines',
      ])
      .where('f.order_id', '=', orderId)
      .orderBy('s.received_at')
      .orderBy('s.id')
      .execute(),
    db
      .selectFrom('packages as p')
      .innerJoin('shipments as s', 's.id', 'p.shipment_id')
      .innerJoin('fulfillments as f', 'f.reference', 's.reference')
      .select([
        'p.shipment_id as shipmentId',
        'p.package_id as packageId',
        'p.tracking_number as trackingNumber',
        'p.tracking_url as trackingUrl',
        'p.items',
        'p.parts_of as partsOf',
      ])
      .where('f.order_id', '=', orderId)
      .orderBy('p.package_id')
      .execute(),
  ]);
  return shipments.map((shipment) => ({
    ...shipment,
    packages: packages.filter((each) => each.shipmentId === shipment.id).map(({ shipmentId: _, ...each }) => each),
  }));
}

/** Every outside write for the order, with what was read back as proof. */
export async function orderWrites(db: Database, orderId: string) {
  return db
    .selectFrom('write_intents')
    .select([
      'business_key as key',
      'kind',
      'shipment_id as shipmentId',
      'state',
      'attempts',
      'sent_at as sentAt',
      'done_at as doneAt',
      'proof',
    ])
    .where('order_id', '=', orderId)
    .orderBy('business_key')
    .execute();
}

export async function orderTimeline(db: Database, orderId: string) {
  return db
    .selectFrom('timeline')
    .select(['at', 'event', 'from_state as fromState', 'to_state as toState', 'actor', 'message', 'details'])
    .where('order_id', '=', orderId)
    .orderBy('id')
    .execute();
}
