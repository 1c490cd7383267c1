import { missingAddressFields } from './address.js';
import { attention, type Attention } from './attention.js';
import { fulfillmentReference, waitKeys } from './identifiers.js';
import type { LedgerEntry } from './ledger.js';
import { isStandInSku, type Listing, type UnlistedSkuPolicy } from './listing.js';
import type { Destination, OrderLine, Weight } from './order.js';
import { chooseShipping, type ShippingDecision, type ShippingRuleSet } from './shipping-rule.js';

/** All that planning looks at; the same facts always give the same plan. */
export interface PlanFacts {
  storeId: string;
  externalId: string;
  /** Rises when a person sends an order out anew after the warehouse cancelled it. */
  generation: number;
  lines: Pick<OrderLine, 'lineId' | 'sku' | 'title' | 'quantity' | 'shippable' | 'destinationId'>[];
  /** Where the lines go, each with the customer's choice for it: one for almost every order. */
  destinations: Destination[];
  total: string | null;
  weight: Weight | null;
  listings: Listing[];
  rules: ShippingRuleSet | null;
  unlistedSku: UnlistedSkuPolicy;
}

/** What one warehouse is asked to send for the order. */
export interface PlannedFulfillment {
  reference: string;
  number: number;
  warehouseId: string;
  destinationId: string;
  methodCode: string;
  carrier: string | null;
  service: string | null;
  /** The cause of the choice: rule name and version. */
  rule: string;
  ruleVersion: number;
  lines: PlannedLine[];
}

export interface PlannedLine {
  lineId: string;
  warehouseSku: string;
  /** Pieces of this component in one piece of the line. */
  perUnit: number;
  /** Pieces to send in all. */
  quantity: number;
  /** The listing's version, or null where the SKU was passed through unlisted. */
  listingVersion: number | null;
}

export type Plan = { fulfillments: PlannedFulfillment[] } | { problem: Attention };

interface Group {
  destinationId: string;
  decision: ShippingDecision;
  lines: PlannedLine[];
}

/**
 * Maps each line by its listing, picks warehouse and method by the shipping rules, and groups by address and warehouse:
 * a parcel has one address.
 */
export function planFulfillments(facts: PlanFacts): Plan {
  const groups = new Map<string, Group>();
  for (const line of facts.lines.filter((each) => each.shippable && each.quantity > 0)) {
    const planned = planLine(facts, line);
    if ('problem' in planned) return planned;
    const key = `${planned.decision.choice.warehouseId}:${planned.destinationId}`;
    const group = groups.get(key) ?? { ...planned, lines: [] };
    group.lines.push(...planned.lines);
    groups.set(key, group);
  }
  return { fulfillments: [...groups.values()].map((group, index) => fulfillment(facts, group, index + 1)) };
}

function planLine(facts: PlanFacts, line: PlanFacts['lines'][number]): Group | { problem: Attention } {
  const { destinationId } = line;
  const destination = facts.destinations.find((each) => each.destinationId === destinationId);
  if (!destination) throw new Error(`line ${line.lineId} goes to ${destinationId}, which the order does not have`);
  const incomplete = addressProblem(facts, destination);
  if (incomplete) return { problem: incomplete };
  if (line.sku.trim() === '') return { problem: skuMissing(line) };
  const listing = facts.listings.find((each) => each.sku === line.sku) ?? null;
  if (!listing && isStandInSku(line.sku)) return { problem: productUnlisted(facts.storeId, line) };
  if (!listing && facts.unlistedSku === 'attention') return { problem: unlisted(facts.storeId, line) };
  const decision = chooseFor(facts, destination, listing?.warehouseId ?? null);
  if (!decision) return { problem: unmatched(facts, destination, line, listing?.warehouseId ?? null) };
  return { destinationId, decision, lines: components(line, listing) };
}

function addressProblem(facts: PlanFacts, { destinationId, shipTo }: Destination): Attention | null {
  const missing = missingAddressFields(shipTo);
  if (missing.length === 0) return null;
  const which = facts.destinations.length > 1 ? ` ${destinationId}` : '';
  return attention('address_incomplete', `The delivery address${which} lacks ${missing.join(', ')}.`, {
    field: missing.join(','),
    ...(which && { destination: destinationId }),
  });
}

function chooseFor(facts: PlanFacts, destination: Destination, warehouseId: string | null): ShippingDecision | null {
  if (!facts.rules) return null;
  return chooseShipping(
    facts.rules,
    {
      description: destination.shippingDescription,
      country: destination.shipTo.country,
      region: destination.shipTo.region,
      total: facts.total,
      weight: facts.weight,
      skus: facts.lines.map((line) => line.sku),
    },
    warehouseId,
  );
}

/** A component that the listing names twice is asked for once: the ledger counts by line and warehouse SKU. */
function components(line: PlanFacts['lines'][number], listing: Listing | null): PlannedLine[] {
  const perUnit = new Map<string, number>();
  for (const part of listing?.components ?? [{ warehouseSku: line.sku, quantity: 1 }])
    perUnit.set(part.warehouseSku, (perUnit.get(part.warehouseSku) ?? 0) + part.quantity);
  return [...perUnit].map(([warehouseSku, pieces]) => ({
    lineId: line.lineId,
    warehouseSku,
    perUnit: pieces,
    quantity: pieces * line.quantity,
    listingVersion: listing?.version ?? null,
  }));
}

function fulfillment(facts: PlanFacts, group: Group, number: number): PlannedFulfillment {
  const { choice, rule, version } = group.decision;
  return {
    reference: fulfillmentReference({ ...facts, number }),
    number,
    destinationId: group.destinationId,
    ...choice,
    rule,
    ruleVersion: version,
    lines: group.lines,
  };
}

function unlisted(storeId: string, line: PlanFacts['lines'][number]): Attention {
  return attention(
    'listing_missing',
    `Line ${line.lineId}: no listing maps SKU "${line.sku}".`,
    { line: line.lineId, sku: line.sku },
    waitKeys.listing(storeId, line.sku),
  );
}

/** The product has no SKU; its number at the marketplace stands for one, so a listing can name it (R106). */
function productUnlisted(storeId: string, { lineId, sku, title }: PlanFacts['lines'][number]): Attention {
  return attention(
    'listing_missing',
    `Line ${lineId}: product "${title}" has no SKU. Save a listing for "${sku}", which stands for it, or give it a SKU at the marketplace for the orders to come.`,
    { line: lineId, sku, product: title },
    waitKeys.listing(storeId, sku),
  );
}

/** No listing can be named for it, and no warehouse asked: only the marketplace can give the product a SKU (R106). */
function skuMissing({ lineId, title }: PlanFacts['lines'][number]): Attention {
  return attention(
    'listing_missing',
    `Line ${lineId}: product "${title}" has no SKU. Give it one at the marketplace for the orders to come; this order has to be sent by hand.`,
    { line: lineId, product: title },
  );
}

function unmatched(
  facts: PlanFacts,
  { shipTo, shippingDescription }: Destination,
  line: PlanFacts['lines'][number],
  pinned: string | null,
): Attention {
  const what = shippingDescription === null ? 'no shipping description' : `"${shippingDescription}"`;
  const where = pinned === null ? '' : ` by warehouse ${pinned}, which the listing of SKU "${line.sku}" asks for`;
  return attention(
    'shipping_rule_unmatched',
    `Line ${line.lineId}: no shipping rule fits ${what} to ${shipTo.country}${where}.`,
    {
      line: line.lineId,
      sku: line.sku,
      description: shippingDescription ?? '',
      rules_version: String(facts.rules?.version ?? 0),
      ...(pinned !== null && { warehouse: pinned }),
    },
    waitKeys.shippingRule(facts.storeId),
  );
}

/** The ledger a plan opens: nothing shipped, nothing cancelled. */
export function openLedger(fulfillments: PlannedFulfillment[]): LedgerEntry[] {
  return fulfillments.flatMap((each) =>
    each.lines.map((line) => ({
      fulfillment: each.reference,
      lineId: line.lineId,
      warehouseSku: line.warehouseSku,
      perUnit: line.perUnit,
      ordered: line.quantity,
      shipped: 0,
      cancelled: 0,
    })),
  );
}
