import type { Hold } from './hold.js';
import { waitKeys } from './identifiers.js';
import type { MarketplaceOrder } from './order.js';
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
  | 'order_malformed';

export type ImportDecision =
  | { import: true; state: OrderState; hold: Hold | null; reason: string }
  | { import: false; cause: SkipCause; reason: string };

/** What the store knows beside its settings. */
export interface ImportContext {
  storeId: string;
  firstImportOpen: boolean;
  /** Restricts the import to one vendor nickname, compared without case (reference/clickbank.md §7, Testing). */
  vendor: string | null;
  /** UTC, ISO 8601. */
  now: string;
}

/** Whether a marketplace's order becomes ours, and how it starts. Pure: the same order and settings decide alike. */
export function decideImport(order: MarketplaceOrder, settings: StoreSettings, context: ImportContext): ImportDecision {
  return leftOut(order, settings, context) ?? { import: true, ...start(order, settings, context) };
}

function leftOut(order: MarketplaceOrder, settings: StoreSettings, context: ImportContext): ImportDecision | null {
  const skip = (cause: SkipCause, reason: string): ImportDecision => ({ import: false, cause, reason });
  if (order.test && !settings.importTestOrders)
    return skip('test_order', 'A test purchase, and the store does not import test orders.');
  if (context.vendor && order.vendor?.toLowerCase() !== context.vendor.toLowerCase())
    return skip('other_vendor', `Sold by ${order.vendor ?? 'an unnamed vendor'}, the store takes ${context.vendor}.`);
  if (settings.acceptOrdersAfter !== null && isBefore(order.placedAt, settings.acceptOrdersAfter))
    return skip(
      'before_cut_in',
      `Placed ${order.placedAt}, the store accepts orders after ${settings.acceptOrdersAfter}.`,
    );
  const shippable = order.lines.filter((line) => line.shippable);
  if (shippable.length === 0) return skip('nothing_to_ship', 'No line is a physical product.');
  if (shippable.every((line) => ['refunded', 'charged_back', 'cancelled'].includes(line.standing)))
    return skip('refunded', 'Every physical line is refunded, charged back or cancelled.');
  if (order.shippedAtMarketplace && !fulfilledElsewhere(order, settings))
    return skip('already_shipped', 'The marketplace already counts it as shipped.');
  return null;
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
