import { Failure } from '../../../domain/failures.js';
import type { Tracking } from '../../../domain/shipment.js';
import type { Notice } from '../port.js';
import { carrierCode } from './carriers.js';
import { completedSets } from './goods.js';
import { openPieces } from './pieces.js';
import type { LineRow } from './rows.js';

/** From the spec of POST /orders/{id}/shipments. */
const longestNumber = 50;
const longestLink = 500;

/** How every mark of ours begins. */
export const markerWord = 'Waybill package ';

/**
 * The mark by which a shipment is known as ours, for people to read: a package's own id, and the moment it left, since
 * an id need only be unique within one shipment.
 */
export function marker(notice: Pick<Notice, 'packageId' | 'shippedAt'>): string {
  return `${markerWord}${notice.packageId}, shipped ${notice.shippedAt}`;
}

/** Only what is told: BigCommerce refuses bodies that echo what it answered (reference/bigcommerce.md §3, Errors). */
export function shipmentBody(notice: Notice, lines: LineRow[]): Record<string, unknown> {
  return {
    order_address_id: Number(addressOf(notice, lines)),
    items: itemsOf(notice, lines),
    ...tracking(notice),
  };
}

/** Read from the order, and one for all lines: a parcel goes to one address. */
function addressOf(notice: Notice, lines: LineRow[]): string {
  const addresses = new Set(
    notice.lines.map(({ lineId }) => lines.find((line) => line.id === lineId)?.order_address_id),
  );
  const [address] = addresses;
  if (addresses.size === 1 && address) return address;
  const which = notice.lines.map((line) => line.lineId).join(', ');
  throw new Failure(
    'writeback_refused',
    `Order ${notice.externalId}: line ${which} no longer goes to one address of the order.`,
    { order: notice.externalId, line: which },
  );
}

function itemsOf(notice: Notice, lines: LineRow[]) {
  const sent = new Map(notice.lines.map((line) => [line.lineId, line.quantity]));
  for (const set of completedSets(lines, sent)) sent.set(set.id, openPieces(set));
  return [...sent].map(([lineId, quantity]) => ({ order_product_id: Number(lineId), quantity }));
}

/**
 * A known carrier makes BigCommerce link to its tracking page. An unknown one is told as an empty provider, since a
 * missing one was once taken for "custom", without any link in the mail; then our own link helps. There is one field
 * for one number: a number that is too long for it, and those of other parcels, are left to the comments.
 */
function tracking(notice: Notice): Record<string, string> {
  const { trackingNumber: number, trackingUrl: link } = notice;
  const known = carrierCode(notice.carrier);
  const fits = number !== null && number.length <= longestNumber;
  const comments = [
    marker(notice),
    ...(number !== null && !fits ? [`tracking number ${number}`] : []),
    ...(notice.alongside ?? []).map((each) => `also sent: ${inWords(each)}`),
  ].join('; ');
  return {
    ...(fits && { tracking_number: number }),
    shipping_provider: '',
    ...(known && { [known.field]: known.code }),
    ...(!(known && fits) && link && link.length <= longestLink && { tracking_link: link }),
    comments,
  };
}

function inWords({ carrier, trackingNumber, trackingUrl }: Tracking): string {
  return [carrier, trackingNumber, trackingUrl].filter((part) => part !== null && part !== '').join(' ');
}
