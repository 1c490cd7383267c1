import { Failure } from '../../../domain/failures.js';
import type { PackageWriteback } from '../../../domain/shipment.js';
import type { Notice, NoticeProof } from '../port.js';
import type { Bigcommerce } from './calls.js';
import { fetchLines } from './fetch-order.js';
import { allRows } from './order-parts.js';
import { shipmentRow, type ShipmentRow } from './rows.js';
import { marker, markerWord, shipmentBody } from './shipment-body.js';

export interface NoticeContext {
  call: Bigcommerce;
  now: () => Date;
}

/**
 * One shipment for each package: it takes several lines, but one tracking number and one address, and a package has one
 * of each.
 */
export function notices(writeback: PackageWriteback): Notice[] {
  const { lines, alongside } = writeback;
  return [
    {
      externalId: writeback.externalId,
      packageId: writeback.packageId,
      part: 'package',
      lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      carrier: writeback.carrier?.trim() ?? '',
      trackingNumber: writeback.trackingNumber?.trim() || null,
      trackingUrl: writeback.trackingUrl,
      ...(alongside.length > 0 && { alongside }),
      shippedAt: writeback.shippedAt,
      placedAt: writeback.placedAt,
    },
  ];
}

/**
 * The shipment that carries our marker, or one that somebody else made of the same pieces with the same tracking number:
 * a second one would mail the customer again. There is no idempotency key (reference/bigcommerce.md §3).
 */
export async function findNotice(context: NoticeContext, notice: Notice): Promise<NoticeProof | null> {
  const shipments = await allRows(context.call, {
    ...about(notice),
    method: 'GET',
    path: `v2/orders/${notice.externalId}/shipments`,
    scope: 'store_v2_orders_read_only',
    step: `reading the shipments of order ${notice.externalId}`,
  });
  const found = shipments.map((row) => readShipment(row, notice)).find((shipment) => tells(shipment, notice));
  if (!found) return null;
  const carrier = found.shipping_provider ?? found.tracking_carrier ?? '';
  return {
    readAt: context.now().toISOString(),
    carrier,
    trackingNumber: found.tracking_number,
    answer: {
      id: found.id,
      order_address_id: found.order_address_id,
      date_created: found.date_created,
      tracking_number: found.tracking_number,
      carrier,
      items: found.items.map((item) => `${item.order_product_id}×${item.quantity}`).join(', '),
    },
  };
}

function readShipment(row: unknown, notice: Notice): ShipmentRow {
  const parsed = shipmentRow.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new Failure('answer_malformed', `A shipment of order ${notice.externalId} cannot be read.`, {
    order: notice.externalId,
  });
}

function tells(shipment: ShipmentRow, notice: Notice): boolean {
  const holds = (line: Notice['lines'][number]) =>
    shipment.items.some((item) => item.order_product_id === line.lineId && item.quantity >= line.quantity);
  if (!notice.lines.every(holds)) return false;
  // Two boxes can have one label, so a shipment with another mark of ours is another package whatever its number.
  if (shipment.comments?.startsWith(markerWord)) return shipment.comments.startsWith(marker(notice));
  return notice.trackingNumber !== null && shipment.tracking_number === notice.trackingNumber;
}

/**
 * Reads the order for its address ids and writes the shipment. Not idempotent: each one mails the customer as the store
 * is set up. The order's status follows by itself; set by hand it would be told before the tracking number is.
 */
export async function postNotice(context: NoticeContext, notice: Notice): Promise<void> {
  const { call } = context;
  const lines = await fetchLines(call, notice.externalId);
  if (!lines)
    throw new Failure('writeback_refused', `BigCommerce no longer has order ${notice.externalId}.`, {
      order: notice.externalId,
    });
  await call(
    {
      ...about(notice),
      method: 'POST',
      path: `v2/orders/${notice.externalId}/shipments`,
      body: shipmentBody(notice, lines),
      scope: 'store_v2_orders',
      step: `the shipment of order ${notice.externalId}`,
    },
    shipmentRow,
  );
}

const about = (notice: Notice) => ({ lane: 'live' as const, about: { order: notice.externalId } });
