import { Failure } from '../../../domain/failures.js';
import type { Tracking } from '../../../domain/shipment.js';
import type { Notice, ProvenNotice } from '../port.js';
import { saidIn } from './answers.js';
import { gid } from './ids.js';
import { createFulfillment, moreToFulfill, toFulfill, type OpenFulfillmentOrder } from './notice-documents.js';
import { asking, coverage, type NoticeContext } from './notices.js';
import { refuseOutOfSight } from './out-of-sight.js';
import { toTheEnd } from './read-orders.js';
import { assureStock, type Part } from './shelf.js';
import { trackingCompany } from './tracking-companies.js';

/** Arrays that Shopify takes hold 250 entries at most (reference/shopify.md §4). */
const linesAtOnce = 250;

/**
 * Tells one package. Fulfillment orders are read just before, because a refund, an edit or a move makes new ones of
 * them; lines are always named, because a fulfillment order without lines means all of it. One call takes one
 * location only, so a package of two locations is two calls, and what is there already is not told again.
 */
export async function postNotice(context: NoticeContext, notice: Notice, others: ProvenNotice[]): Promise<void> {
  const { covered } = await coverage(context, notice, others);
  const missing = notice.lines
    .map((line) => ({ ...line, quantity: line.quantity - (covered.get(line.lineId) ?? 0) }))
    .filter((line) => line.quantity > 0);
  const open = await readOpen(context, notice);
  const parts = missing.flatMap((line) => allocate(context, notice, open, line));
  for (const group of groups(parts)) await tell(context, notice, group);
}

async function readOpen({ call, now }: NoticeContext, notice: Notice): Promise<OpenFulfillmentOrder[]> {
  const ask = asking(notice);
  const page = async (after: string | null) => {
    const { order } = await call(toFulfill, { id: gid('Order', notice.externalId), after }, ask);
    if (!order) {
      await refuseOutOfSight(call, notice, now(), ask);
      throw new Failure('not_found', `Shopify does not have order ${notice.externalId} any more.`, ask.about);
    }
    return order.fulfillmentOrders;
  };
  const { nodes } = await toTheEnd(await page(null), page);
  const whole: OpenFulfillmentOrder[] = [];
  for (const each of nodes) {
    const id = gid('FulfillmentOrder', each.id);
    const lineItems = await toTheEnd(
      each.lineItems,
      async (after) => (await call(moreToFulfill, { id, after }, ask)).fulfillmentOrder.lineItems,
    );
    whole.push({ ...each, lineItems });
  }
  return whole;
}

/** Takes a line's pieces from the fulfillment orders that may be fulfilled, those of the store's own location first. */
function allocate(
  { settings }: NoticeContext,
  notice: Notice,
  open: OpenFulfillmentOrder[],
  wanted: Notice['lines'][number],
): Part[] {
  const ours = (each: OpenFulfillmentOrder) => each.assignedLocation.location?.id === settings.fulfillmentLocation;
  const parts: Part[] = [];
  let left = wanted.quantity;
  for (const from of [...open].sort((one, other) => Number(ours(other)) - Number(ours(one)))) {
    if (!from.supportedActions.some((each) => each.action === 'CREATE_FULFILLMENT')) continue;
    for (const line of from.lineItems.nodes.filter((each) => each.lineItem.id === wanted.lineId)) {
      const quantity = Math.min(line.remainingQuantity, left);
      if (quantity > 0) parts.push({ from, line, quantity });
      left -= quantity;
    }
  }
  if (left === 0) return parts;
  throw tooLittle(notice, wanted, wanted.quantity - left, open);
}

/** Somebody else fulfilled, refunded or holds it: a person has to say what is true. */
function tooLittle(
  notice: Notice,
  { lineId, quantity }: Notice['lines'][number],
  remaining: number,
  open: OpenFulfillmentOrder[],
): Failure {
  const holding = open.filter((each) =>
    each.lineItems.nodes.some((line) => line.lineItem.id === lineId && line.remainingQuantity > 0),
  );
  const holds = holding.flatMap((each) => each.fulfillmentHolds.map((hold) => hold.displayReason));
  const why =
    holds.length > 0
      ? `it is on hold there: ${holds.join(', ')}`
      : 'the rest was fulfilled, refunded or removed at Shopify, or is with another service';
  return new Failure(
    'writeback_refused',
    `Order ${notice.externalId}, line ${lineId}: the package holds ${quantity}, at Shopify ${remaining} can be fulfilled; ${why}.`,
    { order: notice.externalId, line: lineId, package: notice.packageId },
  );
}

/** By location, and in pieces that one call takes. */
function groups(parts: Part[]): Part[][] {
  return groupBy(parts, (part) => part.from.assignedLocation.location?.id ?? part.from.id).flatMap(([, all]) =>
    Array.from({ length: Math.ceil(all.length / linesAtOnce) }, (_, index) =>
      all.slice(index * linesAtOnce, (index + 1) * linesAtOnce),
    ),
  );
}

function groupBy(parts: Part[], keyOf: (part: Part) => string): [key: string, parts: Part[]][] {
  const found = new Map<string, Part[]>();
  for (const part of parts) found.set(keyOf(part), [...(found.get(keyOf(part)) ?? []), part]);
  return [...found];
}

async function tell(context: NoticeContext, notice: Notice, parts: Part[]): Promise<void> {
  const ask = asking(notice);
  const fulfillment = {
    lineItemsByFulfillmentOrder: groupBy(parts, (part) => part.from.id).map(([id, each]) => ({
      fulfillmentOrderId: gid('FulfillmentOrder', id),
      fulfillmentOrderLineItems: each.map(({ line, quantity }) => ({ id: line.id, quantity })),
    })),
    trackingInfo: trackingInfo(notice),
    notifyCustomer: context.settings.notifyCustomer,
  };
  const { fulfillmentCreate } = await context.call(createFulfillment, { fulfillment }, ask);
  if (fulfillmentCreate.userErrors.length > 0) {
    await assureStock(context, notice, parts);
    throw new Failure(
      'writeback_refused',
      `Shopify refused ${ask.step}: ${saidIn(fulfillmentCreate.userErrors)}.`,
      ask.about,
    );
  }
  if (!fulfillmentCreate.fulfillment)
    throw new Failure('outcome_unknown', `Shopify's answer to ${ask.step} holds no fulfillment.`, ask.about);
}

/** Shopify's guess at a link can be wrong, so the warehouse's own link always goes along (reference/shopify.md §11). */
function trackingInfo(notice: Notice) {
  if (notice.trackingNumber === null) return null;
  if (notice.alongside) return severalNumbers([notice, ...notice.alongside]);
  return {
    number: notice.trackingNumber,
    ...(notice.carrier !== '' && { company: notice.carrier }),
    ...(notice.trackingUrl !== null && URL.canParse(notice.trackingUrl) && { url: notice.trackingUrl }),
  };
}

/**
 * One company stands for all numbers, and links are matched to numbers by their places: either is left out where it would
 * be wrong for one of them. The schema itself names goods in several boxes as what this is for.
 */
function severalNumbers(parcels: Tracking[]) {
  const numbered = parcels.filter((each) => each.trackingNumber !== null);
  const companies = new Set(numbered.map((each) => trackingCompany(each.carrier ?? '') ?? ''));
  const [company] = companies;
  const urls = numbered.map((each) => each.trackingUrl);
  return {
    numbers: numbered.map((each) => each.trackingNumber),
    ...(companies.size === 1 && company && { company }),
    ...(urls.every((url) => url !== null && URL.canParse(url)) && { urls }),
  };
}
