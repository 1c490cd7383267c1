import { Failure } from '../../../domain/failures.js';
import type { PackageWriteback } from '../../../domain/shipment.js';
import type { Notice, NoticeProof } from '../port.js';
import { parseJson, rowsOf } from './answers.js';
import type { Clickbank } from './calls.js';
import type { Settings } from './configuration.js';
import { pacificDate } from './pacific.js';
import { noticeRow } from './rows.js';

export interface NoticeContext {
  call: Clickbank;
  settings: Settings;
  now: () => Date;
}

/**
 * One notice for each item of the package: ClickBank takes one item and one tracking number at a time. With
 * `fillOrder` one notice stands for the whole receipt and ClickBank makes the others itself.
 */
export function notices(settings: Settings, writeback: PackageWriteback): Notice[] {
  const lines = settings.fillOrder ? writeback.lines.slice(0, 1) : writeback.lines;
  return lines.map((line) => ({
    externalId: writeback.externalId,
    packageId: writeback.packageId,
    part: line.lineId,
    lines: [{ lineId: line.lineId, quantity: line.quantity }],
    carrier: writeback.carrier?.trim() || settings.carrierFallback,
    trackingNumber: writeback.trackingNumber?.trim() || null,
    trackingUrl: writeback.trackingUrl,
    shippedAt: writeback.shippedAt,
    placedAt: writeback.placedAt,
  }));
}

/**
 * Reads the receipt's notices and looks for this item with this tracking number, byte for byte. With `fillOrder` any
 * notice on the receipt is the proof: a second one would make ClickBank fill the order, and mail the customer, twice
 * (reference/clickbank.md §3: notices for each receipt or fillOrder, never both).
 */
export async function findNotice(context: NoticeContext, notice: Notice): Promise<NoticeProof | null> {
  const answer = await context.call({
    ...noticeCall(context, notice),
    method: 'GET',
    query: {},
    role: 'api_order_read',
  });
  for (const raw of rowsOf(answer, ['shippingNoticeData']).rows) {
    const parsed = noticeRow.safeParse(raw);
    if (!parsed.success) throw new Failure('answer_malformed', `A ship notice of ${notice.externalId} cannot be read.`);
    const { shipDate, carrier, trackingId, itemNo } = parsed.data;
    const sameItem = itemNo === null || itemNo === notice.part;
    const sameTracking = (trackingId?.trim() ?? null) === notice.trackingNumber;
    if (context.settings.fillOrder || (sameItem && sameTracking))
      return {
        readAt: context.now().toISOString(),
        carrier: carrier ?? '',
        trackingNumber: trackingId,
        answer: { shipDate, carrier, trackingId, itemNo },
      };
  }
  return null;
}

/** Not idempotent: each POST adds a notice and mails the customer. */
export async function postNotice(context: NoticeContext, notice: Notice): Promise<void> {
  const answer = await context.call({
    ...noticeCall(context, notice),
    method: 'POST',
    role: 'api_order_write',
    query: {
      date: noticeDate(notice, context.now()),
      carrier: notice.carrier,
      // Only required when a receipt holds several goods, which the row does not always show: always sent.
      item: notice.part,
      ...(notice.trackingNumber === null ? {} : { tracking: notice.trackingNumber }),
      ...(context.settings.fillOrder ? { fillOrder: 'true' } : {}),
    },
  });
  assureReceived(answer.text, notice);
}

/** A proxy's page in place of ClickBank's answer does not say whether the notice arrived. */
function assureReceived(text: string, notice: Notice): void {
  if (text.trim() === '') return;
  try {
    parseJson(text);
  } catch {
    throw new Failure('outcome_unknown', `The answer to the ship notice of ${notice.externalId} cannot be read.`, {
      receipt: notice.externalId,
    });
  }
}

/** Not before the purchase, not after today, both in Pacific days: clocks of warehouses run ahead, and behind. */
function noticeDate(notice: Notice, now: Date): string {
  const [shipped, placed, today] = [new Date(notice.shippedAt), new Date(notice.placedAt), now].map(pacificDate) as [
    string,
    string,
    string,
  ];
  if (shipped > today) return today;
  return shipped < placed ? placed : shipped;
}

function noticeCall(context: NoticeContext, notice: Notice) {
  return {
    path: `${context.settings.shippingService}/shipnotice/${encodeURIComponent(notice.externalId)}`,
    lane: 'live' as const,
    step: `the ship notice of receipt ${notice.externalId}`,
    receipt: notice.externalId,
  };
}
