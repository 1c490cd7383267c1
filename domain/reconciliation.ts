import type { ImportDecision } from './import-decision.js';
import type { ShippedItem } from './ledger.js';
import type { MarketplaceOrder, MalformedOrder } from './order.js';
import { isFinal, type OrderState } from './order-states.js';
import type { Verdict } from './order-changes.js';
import type { ShippedPackage, WarehouseShipment } from './shipment.js';

/**
 * Three ledgers of one order: the marketplace's, ours and the warehouse's. What is compared here are facts that were
 * read already; every way in which they can differ has a name, and a way to mend it where that is safe.
 */
export type DifferenceKind = keyof typeof differenceKinds;

/**
 * How a difference is mended, always on the way that would have kept it from arising: `import` judges the order as a poll
 * does, `start` gives the order its workflow, `tell` and `save_and_tell` bring a warehouse's news to the order,
 * `write_back_again` has the order look for its notices and post what is missing, `stop_again` asks the warehouse once
 * more to stop what the order gave up.
 */
export type Mend = 'import' | 'start' | 'tell' | 'save_and_tell' | 'write_back_again' | 'stop_again';

export const differenceKinds = {
  order_missing_here: {
    title: 'The marketplace has an order that was neither imported nor skipped',
    mend: 'import',
    fix: 'Import it: reconcile with mend, or change acceptOrdersAfter where it is older than the store looked back.',
  },
  order_missing_at_marketplace: {
    title: 'The marketplace no longer has an order of ours',
    mend: null,
    fix: "Look for it in the marketplace's own pages. If it was deleted there, cancel the order.",
  },
  order_not_shown: {
    title: 'The marketplace does not show an open order of ours, which may be only too old for it',
    mend: null,
    fix: 'Have the marketplace show it (at Shopify the app needs read_all_orders), or look for it in its own pages.',
  },
  workflow_missing: {
    title: 'An open order has no workflow',
    mend: 'start',
    fix: 'Reconcile with mend. Where its workflow was ended by hand, delete that workflow first.',
  },
  changed_at_marketplace: {
    title: 'The marketplace changed, held or cancelled an open order, and the order has not heard of it',
    mend: 'tell',
    fix: 'Reconcile with mend: the order then looks for itself and follows, or asks a person.',
  },
  shipped_at_marketplace_only: {
    title: 'The marketplace counts an open order as shipped, and not by us',
    mend: null,
    fix: 'Ask who shipped it. Mark the order as shipped elsewhere before the warehouse sends it too.',
  },
  fulfillment_missing_at_warehouse: {
    title: 'The warehouse does not know what was submitted to it',
    mend: null,
    fix: 'Ask the warehouse for the reference. If it has no such order, cancel ours and have it sent anew.',
  },
  cancelled_at_warehouse: {
    title: 'The warehouse cancelled what is open here',
    mend: 'tell',
    fix: 'Reconcile with mend: the order then asks a person whether to send it anew.',
  },
  cancelled_here_only: {
    title: 'The warehouse works on what was cancelled here',
    mend: 'stop_again',
    fix: 'Reconcile with mend, which asks it to stop again. Where it is too late for that, arrange the return.',
  },
  shipment_missing_here: {
    title: 'The warehouse shipped what is not known here',
    mend: 'save_and_tell',
    fix: 'Reconcile with mend: the shipment is then written back.',
  },
  notice_missing_at_marketplace: {
    title: 'The marketplace no longer shows a shipment it was told of',
    mend: 'write_back_again',
    fix: 'Reconcile with mend, unless the shipment was taken back at the marketplace on purpose.',
  },
  tracking_differs: {
    title: 'The warehouse gives another tracking number than the one kept here',
    mend: null,
    fix: "Compare with the carrier, then correct the number in the marketplace's own pages.",
  },
  quantities_differ: {
    title: 'The warehouse counts other goods than are kept here',
    mend: null,
    fix: 'Ask the warehouse what was sent, and compare with the order.',
  },
} as const satisfies Record<string, { title: string; mend: Mend | null; fix: string }>;

export interface Difference {
  kind: DifferenceKind;
  /** Tells two differences of one kind apart, alike at every look: an order's id, a reference, a parcel. */
  subject: string;
  externalId: string | null;
  orderId: string | null;
  /** One sentence that names the order, line, SKU or reference. */
  message: string;
  /** Null where only a person can tell what is right. */
  mend: Mend | null;
}

/** An order as we have it. */
export interface OurOrder {
  orderId: string;
  externalId: string;
  state: OrderState;
  generation: number;
}

/** The span of time a run compares, UTC ISO 8601. */
export interface Scope {
  to: string;
  /** Older orders were never this store's to import, unless a person says so. */
  importFrom: string;
}

/** What the comparison that every look at a marketplace makes (order-changes.ts) came to. */
type Found = Pick<Verdict, 'outcome'> & { reason?: string };

/**
 * An order the marketplace shows, against ours. `skipped`: it is among the skipped orders, with its cause. `verdict` is what
 * the marketplace shows that the order has not heard of; null where it has heard.
 */
export function compareOrder(
  there: MarketplaceOrder,
  here: OurOrder | null,
  facts: { decision: ImportDecision; skipped: boolean; scope: Scope; verdict: Found | null },
): Difference[] {
  if (here === null) return missingHere(there, facts);
  const { verdict } = facts;
  if (isFinal(here.state) || verdict === null || verdict.outcome === 'unchanged') return [];
  const { orderId, externalId } = here;
  const message = `Order ${externalId} is ${here.state} here. ${verdict.reason ?? ''}`;
  const about = { subject: externalId, externalId, orderId, message };
  // Who shipped it is for a person to find out; a look at one receipt of ClickBank would not even show it.
  if (verdict.outcome === 'shipped_elsewhere') return [{ ...about, kind: 'shipped_at_marketplace_only', mend: null }];
  return [{ ...about, kind: 'changed_at_marketplace', mend: 'tell' }];
}

function missingHere(
  there: MarketplaceOrder,
  { decision, skipped, scope }: { decision: ImportDecision; skipped: boolean; scope: Scope },
): Difference[] {
  if (Date.parse(there.placedAt) > Date.parse(scope.to) || (skipped && !decision.import)) return [];
  const { externalId } = there;
  const old = decision.import && Date.parse(there.placedAt) < Date.parse(scope.importFrom);
  const why = decision.import ? '' : ` The store leaves it out: ${decision.reason}`;
  const message = old
    ? `Order ${externalId} was placed before this store's first import looked, and is not here.`
    : `Order ${externalId} was neither imported nor skipped.${why}`;
  const mend = old ? null : 'import';
  return [{ kind: 'order_missing_here', subject: externalId, externalId, orderId: null, message, mend }];
}

/** An order that cannot be read is kept as skipped, raw; until then it is missing. */
export function compareMalformed(there: MalformedOrder, skipped: boolean): Difference[] {
  if (skipped) return [];
  const { externalId, problem } = there;
  const message = `Order ${externalId ?? 'without an id'} cannot be understood and was not kept: ${problem}`;
  const subject = externalId ?? problem;
  return [{ kind: 'order_missing_here', subject, externalId, orderId: null, message, mend: 'import' }];
}

/** An order of ours that the marketplace did not list and, asked for it, does not have. */
export function missingAtMarketplace(here: OurOrder): Difference {
  const { externalId, orderId } = here;
  const message = `Order ${externalId} is ${here.state} here, and the marketplace does not have it.`;
  return { kind: 'order_missing_at_marketplace', subject: externalId, externalId, orderId, message, mend: null };
}

/** An order that its marketplace shows no more, for its age perhaps: only what is still to be done with it is at stake. */
export function notShown(here: OurOrder): Difference[] {
  if (isFinal(here.state)) return [];
  const { externalId, orderId } = here;
  const message = `Order ${externalId} is ${here.state} here; the marketplace does not show it, perhaps for its age.`;
  return [{ kind: 'order_not_shown', subject: externalId, externalId, orderId, message, mend: null }];
}

/** How Temporal has an order's workflow: `gone` where it knows none, else as the server names its end. */
export type WorkflowStanding = 'running' | 'gone' | (string & {});

/**
 * An order that was sent out anew cannot start again from its rows: its first generation would be planned. A workflow that
 * was ended by hand was ended on purpose.
 */
export function compareWorkflow(here: OurOrder, workflow: WorkflowStanding): Difference[] {
  if (workflow === 'running' || isFinal(here.state)) return [];
  const { externalId, orderId } = here;
  const end = workflow === 'gone' ? 'has no workflow' : `has a workflow that ended as ${workflow}`;
  const anew = here.generation > 1 ? ` It was sent out ${here.generation} times, so it is not started by itself.` : '';
  const message = `Order ${externalId} is ${here.state} and ${end}.${anew}`;
  const mend = workflow === 'gone' && here.generation === 1 ? 'start' : null;
  return [{ kind: 'workflow_missing', subject: externalId, externalId, orderId, message, mend }];
}

/** What we asked a warehouse for, and count on. */
export interface OurFulfillment {
  reference: string;
  orderId: string;
  externalId: string;
  items: ShippedItem[];
  /** The order knows already that the warehouse cancelled it. */
  cancellationKnown: boolean;
}

/** A fulfillment that is open here, against the warehouse's order under its reference. */
export function compareFulfillment(
  here: OurFulfillment,
  there: { items: ShippedItem[]; cancelled: boolean } | null,
): Difference[] {
  const { reference, orderId, externalId } = here;
  const about = { subject: reference, externalId, orderId };
  if (there === null) {
    const message = `${reference} was submitted, and the warehouse has no such order.`;
    return [{ ...about, kind: 'fulfillment_missing_at_warehouse', message, mend: null }];
  }
  if (there.cancelled) {
    if (here.cancellationKnown) return [];
    return [
      { ...about, kind: 'cancelled_at_warehouse', message: `The warehouse cancelled ${reference}.`, mend: 'tell' },
    ];
  }
  return quantities(about, `The warehouse holds ${reference} with`, here.items, there.items);
}

/** A fulfillment that was sent, that our order gave up, and of which nothing is known to have shipped. */
export function compareCancelled(
  { reference, orderId, externalId }: OurFulfillment,
  there: { cancelled: boolean } | null,
): Difference[] {
  if (there === null || there.cancelled) return [];
  const message = `${reference} was cancelled here, and the warehouse still has it.`;
  return [{ kind: 'cancelled_here_only', subject: reference, externalId, orderId, message, mend: 'stop_again' }];
}

/** A shipment as we keep it. */
export interface OurShipment {
  externalId: string;
  packages: Pick<ShippedPackage, 'packageId' | 'trackingNumber' | 'items'>[];
}

/** A shipment the warehouse reports for a fulfillment of ours, against what we keep of it. */
export function compareShipment(
  there: WarehouseShipment,
  fulfillment: OurFulfillment,
  here: OurShipment | null,
): Difference[] {
  const { orderId, externalId } = fulfillment;
  const subject = `${there.reference}/${there.externalId}`;
  const about = { subject, externalId, orderId };
  const name = `Shipment ${there.externalId} of ${there.reference}`;
  if (here === null)
    return [{ ...about, kind: 'shipment_missing_here', message: `${name} is not known here.`, mend: 'save_and_tell' }];
  const tracking = there.packages.flatMap((parcel) => trackingOf(about, name, parcel, here));
  const goods = (packages: Pick<ShippedPackage, 'items'>[]) => packages.flatMap((each) => each.items);
  return [...tracking, ...quantities(about, `The warehouse shipped`, goods(here.packages), goods(there.packages))];
}

type About = Pick<Difference, 'subject' | 'externalId' | 'orderId'>;

function trackingOf(about: About, name: string, there: ShippedPackage, shipment: OurShipment): Difference[] {
  const here = shipment.packages.find((each) => each.packageId === there.packageId);
  if (here && here.trackingNumber === there.trackingNumber) return [];
  const kept = here ? (here.trackingNumber ?? 'no number') : 'no such parcel';
  const message = `${name}, parcel ${there.packageId}: the warehouse gives ${there.trackingNumber ?? 'no number'}, kept is ${kept}.`;
  const subject = `${about.subject}/${there.packageId}`;
  return [{ ...about, subject, kind: 'tracking_differs', message, mend: null }];
}

function quantities(about: About, said: string, here: ShippedItem[], there: ShippedItem[]): Difference[] {
  const [ours, theirs] = [words(here), words(there)];
  if (ours === theirs) return [];
  const message = `${said} ${theirs || 'nothing'}; kept here for ${about.subject} is ${ours || 'nothing'}.`;
  return [{ ...about, kind: 'quantities_differ', message, mend: null }];
}

/** Goods in one form, whatever their order and however they are split. */
function words(items: ShippedItem[]): string {
  const sums = new Map<string, number>();
  for (const { warehouseSku, quantity } of items) sums.set(warehouseSku, (sums.get(warehouseSku) ?? 0) + quantity);
  const named = [...sums].filter(([, quantity]) => quantity > 0);
  return named
    .map(([sku, quantity]) => `${quantity} × ${sku}`)
    .sort()
    .join(', ');
}

/** A notice that was proven once, and its order. */
export interface OurNotice {
  key: string;
  shipmentId: string;
  orderId: string;
  externalId: string;
  state: OrderState;
  trackingNumber: string | null;
}

/**
 * A proven notice that the marketplace does not show any more. It is posted again only where the order still stands:
 * who cancels an order takes its shipments back too.
 */
export function missingNotice(here: OurNotice, there: MarketplaceOrder | null): Difference {
  const { key, orderId, externalId, shipmentId } = here;
  const stands =
    there !== null &&
    !there.cancelled &&
    there.lines.some((line) => line.standing === 'clear') &&
    here.state !== 'cancelled' &&
    here.state !== 'closed';
  const message =
    `The marketplace was told of ${here.trackingNumber ?? 'a parcel without a number'} (shipment ${shipmentId}) ` +
    `for order ${externalId}, and does not show it.${stands ? '' : ' The order does not stand any more.'}`;
  const mend = stands ? 'write_back_again' : null;
  return { kind: 'notice_missing_at_marketplace', subject: key, externalId, orderId, message, mend };
}
