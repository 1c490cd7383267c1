import { z } from 'zod';
import type { NewsPage } from '../port.js';
import { isCancelled, type OrderDesk } from './orders.js';
import { toShipment, Unreadable, type StockPerPiece } from './shipment.js';
import { wireNewsOrder, wireShipment, type WireNewsOrder, type WireShipment } from './wire.js';

/** The clock of ShipBob and ours may differ, and its lists may lag; what is seen twice is dropped by the caller. */
const overlapMs = 10 * 60 * 1000;
const pageSize = 250;
/** Each entry is read by itself, so that one that cannot be read stops no other. */
const anyEntries = z.array(z.unknown());
/** What ShipBob sends when it does not heed Limit: from this many rows on, another page is asked for. */
const defaultPageSize = 50;

/**
 * One page of the orders ShipBob changed. All channels are asked, not only ours: orders written with an earlier
 * access token, and so in another channel, are still shipped. What is not ours the caller drops by its reference.
 */
export async function listNews(desk: OrderDesk, request: { since: string; page: string | null }): Promise<NewsPage> {
  const page = Number(request.page ?? '1');
  const since = new Date(Date.parse(request.since) - overlapMs).toISOString();
  // Oldest first: what changes meanwhile only pushes rows to later pages, so that none is skipped.
  const query = { LastUpdateStartDate: since, SortOrder: 'Oldest', Limit: String(pageSize), Page: String(page) };
  const call = { method: 'GET', path: '/order', query, permission: 'orders_read' } as const;
  const entries = await desk.client.call(call, anyEntries);
  return { ...(await translate(desk, entries)), nextPage: entries.length >= defaultPageSize ? String(page + 1) : null };
}

/** A webhook is only a hint: an id that cannot be one, or that ShipBob does not know, brings no news. */
export async function fetchNews(desk: OrderDesk, externalOrderIds: string[]): Promise<NewsPage> {
  const ids = externalOrderIds.filter((id) => /^\d+$/.test(id));
  if (ids.length === 0) return { shipments: [], cancellations: [], malformed: [], nextPage: null };
  const query = { IDs: ids.join(','), Limit: String(pageSize) };
  const call = { method: 'GET', path: '/order', query, permission: 'orders_read' } as const;
  return { ...(await translate(desk, await desk.client.call(call, anyEntries))), nextPage: null };
}

type News = Omit<NewsPage, 'nextPage'>;

async function translate(desk: OrderDesk, entries: unknown[]): Promise<News> {
  const news: News = { shipments: [], cancellations: [], malformed: [] };
  const stockPerPiece = async (sku: string) => desk.catalogue.stockPerPiece(sku, await desk.channelId());
  for (const entry of entries) {
    const order = wireNewsOrder.safeParse(entry);
    if (order.success) await addOrder(news, order.data, stockPerPiece);
    else news.malformed.push({ reference: referenceOf(entry), problem: words('order', order.error) });
  }
  return news;
}

async function addOrder(news: News, order: WireNewsOrder, stockPerPiece: StockPerPiece): Promise<void> {
  const reference = order.reference_id;
  // Entered by hand at ShipBob: without a reference it cannot be one of ours.
  if (!reference) return;
  const shipments = readShipments(news, reference, order.shipments ?? []);
  for (const shipment of shipments.filter(hasLeft)) {
    try {
      news.shipments.push(await toShipment(reference, order, shipments, shipment, stockPerPiece));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      news.malformed.push({ reference, problem: `shipment ${shipment.id}: ${error.message}` });
    }
  }
  const everyShipmentRead = shipments.length === (order.shipments ?? []).length;
  if (isCancelled({ status: order.status, shipments: everyShipmentRead ? shipments : [] }))
    news.cancellations.push({ reference, reason: cancelReason(shipments) });
}

function readShipments(news: News, reference: string, entries: unknown[]): WireShipment[] {
  return entries.flatMap((entry) => {
    const shipment = wireShipment.safeParse(entry);
    if (!shipment.success) {
      news.malformed.push({ reference, problem: words('shipment', shipment.error) });
      return [];
    }
    if (!knownStatuses.includes(shipment.data.status))
      news.malformed.push({ reference, problem: unknownStatus(shipment.data) });
    return [shipment.data];
  });
}

/**
 * Only `Completed` has left the building (ShipBob's status reference). `LabeledCreated` has a tracking number but can
 * still be cancelled, and a notice to a customer cannot be taken back; it turns `Completed` soon and is news again.
 */
function hasLeft(shipment: WireShipment): boolean {
  return shipment.status === 'Completed';
}

const knownStatuses = [
  'None',
  'Processing',
  'Completed',
  'Exception',
  'OnHold',
  'Cancelled',
  'CleanSweeped',
  'LabeledCreated',
  'ImportReview',
];

function unknownStatus(shipment: WireShipment): string {
  return `shipment ${shipment.id}: status: "${shipment.status}" is not known and counts as not shipped`;
}

function cancelReason(shipments: WireShipment[]): string {
  const details = shipments.flatMap((each) => each.status_details ?? []);
  const said = details.map((each) => each.description ?? each.name).find((each) => each);
  return said ? `ShipBob cancelled the order: ${said}` : 'ShipBob cancelled the order.';
}

function referenceOf(entry: unknown): string | null {
  const found = z.object({ reference_id: z.string() }).safeParse(entry);
  return found.success ? found.data.reference_id : null;
}

function words(what: string, error: z.ZodError): string {
  const issue = error.issues[0];
  return `${what}: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'unreadable'}`;
}
