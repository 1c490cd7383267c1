import type { Hold } from './hold.js';
import { waitKeys } from './identifiers.js';
import type { MarketplaceOrder, OrderLine } from './order.js';
import type { OrderState } from './order-states.js';
import type { StoreSettings } from './store.js';

/** Why the importer left an order out. Each one is kept as a row and can be listed (D7). */
export type SkipCause =
  | 'test_order'
  | 'before_cut_in'
  | 'nothing_to_ship'
  | 'refunded'
  | 'already_shipped'
  | 'other_vendor'
  | 'order_malformed'
  | 'cancelled'
  | 'empty_order'
  | 'status_not_monitored'
  | 'payment_status_not_selected'
  | 'partly_shipped'
  | 'other_location'
  | 'other_service';

/** What may still become an order: judged anew whenever the marketplace shows it again. */
export const notYet: SkipCause[] = [
  'order_malformed',
  'status_not_monitored',
  'payment_status_not_selected',
  'nothing_to_ship',
  'empty_order',
  'partly_shipped',
  'other_location',
  'other_service',
];

export type ImportDecision =
  | {
      import: true;
      /** Without the lines that were left out. */
      order: MarketplaceOrder;
      state: OrderState;
      hold: Hold | null;
      reason: string;
      leftOut: LeftOutLine[];
    }
  | { import: false; cause: SkipCause; reason: string };

/** A line that a setting leaves out of an order that is imported (R138). */
export interface LeftOutLine {
  lineId: string;
  cause: SkipCause;
  reason: string;
}

/** Only lines of this location (R139) and of this fulfillment service (R137). Null takes those of all. */
export interface TakenPlaces {
  location: string | null;
  service: string | null;
}

export const samePlaces = (one: TakenPlaces, other: TakenPlaces): boolean =>
  one.location === other.location && one.service === other.service;

/**
 * Which of a marketplace's orders and lines a store takes, in terms every marketplace shares; made of the store's
 * settings by its connector. Null means that the marketplace or the merchant makes no such distinction.
 */
export interface ImportRules extends TakenPlaces {
  /** Restricts the import to one vendor nickname, compared without case (reference/clickbank.md §7, Testing). */
  vendor: string | null;
  /** Statuses that mean ready to ship (R95, R114). */
  statuses: string[] | null;
  /** Payment statuses that may ship (R146). */
  paymentStatuses: string[] | null;
  /** Import what was fulfilled in part already (R144). */
  partlyShipped: boolean;
  /** Leave orders without any line out as `empty_order` (R140); else they count as having nothing to ship. */
  excludeEmpty: boolean;
}

/** A marketplace without any of these distinctions. */
export const everyOrder: ImportRules = {
  vendor: null,
  statuses: null,
  paymentStatuses: null,
  location: null,
  service: null,
  partlyShipped: true,
  excludeEmpty: false,
};

/** What the store knows beside its settings. */
export interface ImportContext {
  storeId: string;
  firstImportOpen: boolean;
  rules: ImportRules;
  /** UTC, ISO 8601. */
  now: string;
}

/** Whether a marketplace's order becomes ours, and how it starts. Pure: the same order and settings decide alike. */
export function decideImport(order: MarketplaceOrder, settings: StoreSettings, context: ImportContext): ImportDecision {
  const leftOut = order.lines.flatMap((line) => leftOutLine(line, context.rules) ?? []);
  const taken = { ...order, lines: order.lines.filter((line) => !leftOut.some((each) => each.lineId === line.lineId)) };
  const skipped = skip(taken, leftOut, settings, context);
  return skipped ?? { import: true, order: taken, ...start(taken, settings, context), leftOut };
}

/**
 * An order without the lines of other locations and services: what its later states are compared by. `takes` is what it
 * was imported with, so that a line leaves it when the marketplace moves it, and not when the store's settings change. Of
 * a line that was sent as a whole the marketplace names no location any more: whose it was, the rows say.
 */
export function linesTaken(order: MarketplaceOrder, takes: TakenPlaces): MarketplaceOrder {
  return { ...order, lines: order.lines.filter((line) => line.quantity === 0 || elsewhere(line, takes) === null) };
}

function leftOutLine(line: OrderLine, rules: ImportRules): LeftOutLine | null {
  const { lineId } = line;
  if (line.quantity === 0)
    return { lineId, cause: 'already_shipped', reason: `Line ${lineId} was fulfilled already at the marketplace.` };
  return elsewhere(line, rules);
}

function elsewhere(line: OrderLine, { location, service }: TakenPlaces): LeftOutLine | null {
  const { lineId } = line;
  if (location !== null && line.shippable && line.location !== location)
    return {
      lineId,
      cause: 'other_location',
      reason: `Line ${lineId} is at location ${line.location ?? 'none'}, the store takes ${location}.`,
    };
  if (service !== null && line.shippable && line.service !== service)
    return {
      lineId,
      cause: 'other_service',
      reason: `Line ${lineId} is with the fulfillment service ${line.service ?? 'none'}, the store takes ${service}.`,
    };
  return null;
}

function skip(
  order: MarketplaceOrder,
  leftOut: LeftOutLine[],
  settings: StoreSettings,
  context: ImportContext,
): ImportDecision | null {
  const { rules } = context;
  const skip = (cause: SkipCause, reason: string): ImportDecision => ({ import: false, cause, reason });
  if (order.test && !settings.importTestOrders)
    return skip('test_order', 'A test purchase, and the store does not import test orders.');
  if (rules.vendor && order.vendor?.toLowerCase() !== rules.vendor.toLowerCase())
    return skip('other_vendor', `Sold by ${order.vendor ?? 'an unnamed vendor'}, the store takes ${rules.vendor}.`);
  if (settings.acceptOrdersAfter !== null && isBefore(order.placedAt, settings.acceptOrdersAfter))
    return skip(
      'before_cut_in',
      `Placed ${order.placedAt}, the store accepts orders after ${settings.acceptOrdersAfter}.`,
    );
  if (order.cancelled) return skip('cancelled', 'It was cancelled at the marketplace.');
  const wants = unwanted(order, settings, rules);
  if (wants) return skip(wants.cause, wants.reason);
  const shippable = order.lines.filter((line) => line.shippable);
  if (shippable.length === 0 && leftOut[0]) return skip(leftOut[0].cause, leftOut.map((each) => each.reason).join(' '));
  if (rules.excludeEmpty && order.lines.length === 0) return skip('empty_order', 'It has no line.');
  if (shippable.length === 0) return skip('nothing_to_ship', 'No line is a physical product.');
  if (shippable.every((line) => ['refunded', 'charged_back', 'cancelled'].includes(line.standing)))
    return skip('refunded', 'Every physical line is refunded, charged back or cancelled.');
  if (order.shippedAtMarketplace && !fulfilledElsewhere(order, settings))
    return skip('already_shipped', 'The marketplace already counts it as shipped.');
  return null;
}

/** Statuses the store does not import. Older orders that were fulfilled elsewhere are recorded whatever their status. */
function unwanted(
  order: MarketplaceOrder,
  settings: StoreSettings,
  rules: ImportRules,
): { cause: SkipCause; reason: string } | null {
  if (fulfilledElsewhere(order, settings)) return null;
  if (rules.statuses && !rules.statuses.includes(order.status ?? ''))
    return {
      cause: 'status_not_monitored',
      reason: `Its status is ${statusInWords(order)}, the store imports ${rules.statuses.join(', ')}.`,
    };
  if (rules.paymentStatuses && !rules.paymentStatuses.includes(order.paymentStatus ?? ''))
    return {
      cause: 'payment_status_not_selected',
      reason: `Its payment status is ${order.paymentStatus ?? 'none'}, the store imports ${rules.paymentStatuses.join(', ')}.`,
    };
  if (!rules.partlyShipped && order.partlyShipped && !order.shippedAtMarketplace)
    return { cause: 'partly_shipped', reason: 'A part of it was fulfilled already, and the store leaves those out.' };
  return null;
}

function statusInWords({ status, statusLabel }: MarketplaceOrder): string {
  return statusLabel === null ? (status ?? 'none') : `${status ?? 'none'} (${statusLabel})`;
}

function fulfilledElsewhere(order: MarketplaceOrder, settings: StoreSettings): boolean {
  return settings.fulfilledElsewhereBefore !== null && isBefore(order.placedAt, settings.fulfilledElsewhereBefore);
}

/** As moments: the same one is written with and without milliseconds, and as text "…00.000Z" sorts before "…00Z". */
function isBefore(time: string, bound: string): boolean {
  return Date.parse(time) < Date.parse(bound);
}

/** The first reason that applies decides; a test order is never sent on, it closes at once. */
function start(
  order: MarketplaceOrder,
  settings: StoreSettings,
  context: ImportContext,
): { state: OrderState; hold: Hold | null; reason: string } {
  if (fulfilledElsewhere(order, settings))
    return {
      state: 'closed',
      hold: null,
      reason: `Placed before ${settings.fulfilledElsewhereBefore}: fulfilled elsewhere, never sent to a warehouse.`,
    };
  if (order.test)
    return { state: 'closed', hold: null, reason: 'A test purchase: imported, never sent to a warehouse.' };
  const hold = startingHold(settings, context);
  if (hold) return { state: 'held', hold, reason: `Held on import: ${hold.reason}.` };
  return { state: 'queued', hold: null, reason: 'Imported.' };
}

function startingHold(settings: StoreSettings, context: ImportContext): Hold | null {
  const owner = 'store settings';
  if (settings.reviewFirstImport && !context.firstImportOpen)
    return {
      reason: 'first_import',
      owner,
      note: null,
      releaseAt: null,
      waitsFor: waitKeys.firstImport(context.storeId),
    };
  if (settings.reviewEveryOrder) return { reason: 'review', owner, note: null, releaseAt: null, waitsFor: null };
  if (settings.delayMinutes > 0)
    return {
      reason: 'delay',
      owner,
      note: null,
      releaseAt: new Date(Date.parse(context.now) + settings.delayMinutes * 60_000).toISOString(),
      waitsFor: null,
    };
  return null;
}
