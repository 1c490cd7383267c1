import { missingAddressFields, type Address } from './address.js';
import { attention, type Attention } from './attention.js';
import { fulfillmentReference, waitKeys } from './identifiers.js';
import type { LedgerEntry } from './ledger.js';
import type { Listing, UnlistedSkuPolicy } from './listing.js';
import type { OrderLine, Weight } from './order.js';
import { chooseShipping, type ShippingDecision, type ShippingRuleSet } from './shipping-rule.js';

/** All that planning looks at; the same facts always give the same plan. */
export interface PlanFacts {
  storeId: string;
  externalId: string;
  /** Rises when a person sends an order out anew after the warehouse cancelled it. */
  generation: number;
  lines: Pick<OrderLine, 'lineId' | 'sku' | 'quantity' | 'shippable'>[];
  shipTo: Address;
  shippingDescription: string | null;
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

/** Maps each line by its listing, picks warehouse and method by the shipping rules, and groups by warehouse. */
export function planFulfillments(facts: PlanFacts): Plan {
  const missing = missingAddressFields(facts.shipTo);
  if (missing.length > 0)
    return {
      problem: attention('address_incomplete', `The delivery address lacks ${missing.join(', ')}.`, {
        field: missing.join(','),
      }),
    };
  const groups = new Map<string, { decision: ShippingDecision; lines: PlannedLine[] }>();
  for (const line of facts.lines.filter((each) => each.shippable)) {
    const listing = facts.listings.find((each) => each.sku === line.sku) ?? null;
    if (!listing && facts.unlistedSku === 'attention') return { problem: unlisted(facts.storeId, line) };
    const decision = chooseFor(facts, listing?.warehouseId ?? null);
    if (!decision) return { problem: unmatched(facts, line, listing?.warehouseId ?? null) };
    const group = groups.get(decision.choice.warehouseId) ?? { decision, lines: [] };
    group.lines.push(...components(line, listing));
    groups.set(decision.choice.warehouseId, group);
  }
  return { fulfillments: [...groups.values()].map((group, index) => fulfillment(facts, group, index + 1)) };
}

function chooseFor(facts: PlanFacts, warehouseId: string | null): ShippingDecision | null {
  if (!facts.rules) return null;
  return chooseShipping(
    facts.rules,
    {
      description: facts.shippingDescription,
      country: facts.shipTo.country,
      region: facts.shipTo.region,
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

function fulfillment(
  facts: PlanFacts,
  group: { decision: ShippingDecision; lines: PlannedLine[] },
  number: number,
): PlannedFulfillment {
  const { choice, rule, version } = group.decision;
  return {
    reference: fulfillmentReference({ ...facts, number }),
    number,
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

function unmatched(facts: PlanFacts, line: PlanFacts['lines'][number], pinned: string | null): Attention {
  const what = facts.shippingDescription === null ? 'no shipping description' : `"${facts.shippingDescription}"`;
  const where = pinned === null ? '' : ` by warehouse ${pinned}, which the listing of SKU "${line.sku}" asks for`;
  return attention(
    'shipping_rule_unmatched',
    `Line ${line.lineId}: no shipping rule fits ${what} to ${facts.shipTo.country}${where}.`,
    {
      line: line.lineId,
      sku: line.sku,
      description: facts.shippingDescription ?? '',
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
