import { Big } from 'big.js';
import type { Weight } from './order.js';

/** One condition; all conditions of a rule must hold. Texts compare character for character, as merchants expect. */
export type ShippingCondition =
  | { field: 'description'; operator: 'equals' | 'contains' | 'starts_with'; value: string }
  | { field: 'country' | 'region'; operator: 'one_of' | 'not_one_of'; values: string[] }
  | { field: 'total'; operator: 'at_least' | 'below'; value: string }
  | { field: 'weight'; operator: 'at_least' | 'below'; value: string; unit: Weight['unit'] }
  | { field: 'sku'; operator: 'any_of'; values: string[] };

/** What the rule decides: which warehouse, and what that warehouse calls the way to send it. */
export interface ShippingChoice {
  warehouseId: string;
  /** The warehouse's own unique code of the method (R10). */
  methodCode: string;
  /** For people and for writebacks where the warehouse reports no carrier. */
  carrier: string | null;
  service: string | null;
}

export interface ShippingRule {
  name: string;
  conditions: ShippingCondition[];
  then: ShippingChoice;
}

/** A store's Shipping Transformer Rule: the first rule that fits decides. Saved whole, under a rising version. */
export interface ShippingRuleSet {
  version: number;
  rules: ShippingRule[];
  /** A default, or the explicit wish that an unmatched order waits for a person. One of the two is required. */
  otherwise: ShippingChoice | 'attention';
}

export interface ShippingFacts {
  description: string | null;
  country: string;
  region: string | null;
  total: string | null;
  weight: Weight | null;
  skus: string[];
}

export interface ShippingDecision {
  choice: ShippingChoice;
  /** The rule's name, or "otherwise". */
  rule: string;
  version: number;
}

/**
 * Picks the first fitting rule. With `warehouseId` only choices of that warehouse count (a listing pinned it).
 * Returns null when nothing fits: the order then waits in attention.
 */
export function chooseShipping(
  set: ShippingRuleSet,
  facts: ShippingFacts,
  warehouseId: string | null = null,
): ShippingDecision | null {
  const serves = (choice: ShippingChoice) => warehouseId === null || choice.warehouseId === warehouseId;
  const rule = set.rules.find((each) => serves(each.then) && each.conditions.every((one) => holds(one, facts)));
  if (rule) return { choice: rule.then, rule: rule.name, version: set.version };
  if (set.otherwise !== 'attention' && serves(set.otherwise))
    return { choice: set.otherwise, rule: 'otherwise', version: set.version };
  return null;
}

/** A fact the marketplace does not state (no weight, no total) fits no condition on it. */
function holds(condition: ShippingCondition, facts: ShippingFacts): boolean {
  switch (condition.field) {
    case 'description':
      return facts.description !== null && textHolds(condition, facts.description);
    case 'country':
      return condition.values.includes(facts.country) === (condition.operator === 'one_of');
    case 'region':
      return facts.region !== null && condition.values.includes(facts.region) === (condition.operator === 'one_of');
    case 'total':
      return facts.total !== null && amountHolds(condition.operator, new Big(facts.total), new Big(condition.value));
    case 'weight':
      return (
        facts.weight !== null &&
        amountHolds(condition.operator, grams(facts.weight), grams({ value: condition.value, unit: condition.unit }))
      );
    case 'sku':
      return condition.values.some((sku) => facts.skus.includes(sku));
  }
}

function textHolds(
  condition: { operator: 'equals' | 'contains' | 'starts_with'; value: string },
  text: string,
): boolean {
  if (condition.operator === 'equals') return text === condition.value;
  if (condition.operator === 'contains') return text.includes(condition.value);
  return text.startsWith(condition.value);
}

function amountHolds(operator: 'at_least' | 'below', fact: Big, bound: Big): boolean {
  return operator === 'at_least' ? fact.gte(bound) : fact.lt(bound);
}

/** Exact by definition since 1959: one pound is 453.59237 g, one ounce a sixteenth of it. */
const gramsPer: Record<Weight['unit'], string> = { g: '1', kg: '1000', oz: '28.349523125', lb: '453.59237' };

function grams(weight: Weight): Big {
  return new Big(weight.value).times(gramsPer[weight.unit]);
}
