import type { PackageWriteback } from '../../../domain/shipment.js';
import type { Notice, NoticeProof, ProvenNotice } from '../port.js';
import type { Settings } from './configuration.js';
import { gid } from './ids.js';
import { fulfillmentsOf, linesOfFulfillment, type WireFulfillment } from './notice-documents.js';
import type { Ask, Shopify } from './operation.js';
import { refuseOutOfSight } from './out-of-sight.js';
import { toTheEnd } from './read-orders.js';
import { trackingCompany } from './tracking-companies.js';

export interface NoticeContext {
  call: Shopify;
  settings: Settings;
  now: () => Date;
}

/** One notice a package: Shopify takes all of its lines at once. Which locations they are at is seen when it is told. */
export function notices(writeback: PackageWriteback): Notice[] {
  const { alongside } = writeback;
  return [
    {
      externalId: writeback.externalId,
      packageId: writeback.packageId,
      part: 'package',
      lines: writeback.lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      carrier: trackingCompany(writeback.carrier ?? '') ?? '',
      trackingNumber: writeback.trackingNumber?.trim() || null,
      trackingUrl: writeback.trackingUrl,
      ...(alongside.length > 0 && { alongside }),
      shippedAt: writeback.shippedAt,
      placedAt: writeback.placedAt,
    },
  ];
}

/** Proof is that fulfillments of the order with this tracking number hold all that the package holds. */
export async function findNotice(
  context: NoticeContext,
  notice: Notice,
  others: ProvenNotice[],
): Promise<NoticeProof | null> {
  const { covered, fulfillments } = await coverage(context, notice, others);
  if (notice.lines.some((line) => (covered.get(line.lineId) ?? 0) < line.quantity)) return null;
  const tracking = fulfillments.flatMap((each) => each.trackingInfo);
  const told = tracking.find((each) => each.number?.trim() === notice.trackingNumber) ?? tracking[0];
  return {
    readAt: context.now().toISOString(),
    carrier: told?.company ?? '',
    trackingNumber: notice.trackingNumber,
    answer: {
      fulfillment: fulfillments.map((each) => each.name).join(', '),
      [provenBy]: fulfillments.map((each) => each.id).join(' '),
      status: fulfillments.map((each) => each.status).join(', '),
      createdAt: fulfillments[0]?.createdAt ?? null,
      company: told?.company ?? null,
      trackingNumber: told?.number ?? null,
    },
  };
}

/** Where a proof keeps the fulfillments it was read from. */
const provenBy = 'fulfillmentIds';

interface Piece {
  of: WireFulfillment;
  lineId: string;
  quantity: number;
}

/**
 * How many pieces of each line the notice's own fulfillments hold. A fulfillment carries no reference of ours, so its
 * tracking number makes it one of ours, and what another proven package of the order was read from is that package's: two
 * may share a number and the same lines.
 */
export async function coverage(
  context: NoticeContext,
  notice: Notice,
  others: ProvenNotice[],
): Promise<{ covered: Map<string, number>; fulfillments: WireFulfillment[] }> {
  const matching = (await readFulfillments(context, notice)).filter((each) => isOf(each, notice));
  const pieces: Piece[] = [];
  for (const of of matching)
    for (const line of await readLines(context.call, of, asking(notice))) pieces.push({ of, ...line });
  for (const other of others) takeAway(pieces, other);
  const covered = new Map<string, number>();
  for (const { lineId, quantity } of pieces) covered.set(lineId, (covered.get(lineId) ?? 0) + quantity);
  const holds = (each: WireFulfillment) => pieces.some(({ of, quantity }) => of === each && quantity > 0);
  return { covered, fulfillments: matching.filter(holds) };
}

/** Of a fulfillment that is no more, nothing can be taken: it proves nothing for anybody. */
function takeAway(pieces: Piece[], { notice, proof }: ProvenNotice): void {
  const ids = proof.answer[provenBy]?.split(' ') ?? [];
  for (const { lineId, quantity } of notice.lines) {
    let left = quantity;
    for (const piece of pieces.filter((each) => each.lineId === lineId && ids.includes(each.of.id))) {
      const taken = Math.min(piece.quantity, left);
      piece.quantity -= taken;
      left -= taken;
    }
  }
}

export function asking(notice: Notice): Ask {
  return {
    lane: 'live',
    step: `the fulfillment of order ${notice.externalId}`,
    about: { order: notice.externalId, package: notice.packageId },
  };
}

/** Twenty are nearly always all: the dearer question is asked only where they are not. */
async function readFulfillments({ call, now }: NoticeContext, notice: Notice): Promise<WireFulfillment[]> {
  const ask = asking(notice);
  for (const count of [20, 250]) {
    const { order } = await call(fulfillmentsOf(count), { id: gid('Order', notice.externalId) }, ask);
    if (!order) {
      await refuseOutOfSight(call, notice, now(), ask);
      return [];
    }
    if (order.fulfillments.length < count || count === 250) return order.fulfillments;
  }
  return [];
}

async function readLines(call: Shopify, { id }: WireFulfillment, ask: Ask) {
  const page = async (after: string | null) =>
    (await call(linesOfFulfillment, { id, after }, ask)).fulfillment.fulfillmentLineItems;
  const { nodes } = await toTheEnd(await page(null), page);
  return nodes.map((line) => ({ lineId: line.lineItem.id, quantity: line.quantity ?? 0 }));
}

/** These took nothing off what is to be sent, or gave it back. */
const undone = ['CANCELLED', 'ERROR', 'FAILURE'];

/** Warehouses' clocks run ahead, and behind; a fulfillment without a number from before the package is not its own. */
const clocksDifferMs = 24 * 60 * 60_000;

function isOf(fulfillment: WireFulfillment, notice: Notice): boolean {
  if (undone.includes(fulfillment.status)) return false;
  const numbers = fulfillment.trackingInfo.flatMap((each) => each.number?.trim() || []);
  if (notice.trackingNumber !== null) return numbers.includes(notice.trackingNumber);
  const since = Date.parse(notice.shippedAt) - clocksDifferMs;
  return numbers.length === 0 && Date.parse(fulfillment.createdAt) >= since;
}
