import fc from 'fast-check';
import {
  chooseShipping,
  type ShippingCondition,
  type ShippingFacts,
  type ShippingRule,
  type ShippingRuleSet,
} from '../../domain/shipping-rule.js';
import { check } from './check.js';
import { aChoice, aligned, decimals, frozen } from './given.js';

const someFacts: ShippingFacts = {
  description: 'Standard (5-7 days)',
  country: 'US',
  region: 'ID',
  total: '59.90',
  weight: { value: '1.5', unit: 'lb' },
  skus: ['kit-1', 'mug-2'],
};

// Few values, so that conditions often meet facts.
const descriptions = fc.constantFrom('Standard', 'Standard Plus', 'Express', 'express', '');
const places = fc.constantFrom('US', 'CA', 'DE');
const amounts = fc.constantFrom('0', '9.99', '10', '10.00', '10.01', '250');
const units = fc.constantFrom('g', 'kg', 'oz', 'lb');
const skus = fc.constantFrom('a', 'b', 'A');

const conditions: fc.Arbitrary<ShippingCondition> = fc.oneof(
  fc.record({
    field: fc.constant('description' as const),
    operator: fc.constantFrom('equals', 'contains', 'starts_with'),
    value: descriptions,
  }),
  fc.record({
    field: fc.constantFrom('country', 'region'),
    operator: fc.constantFrom('one_of', 'not_one_of'),
    values: fc.uniqueArray(places),
  }),
  fc.record({ field: fc.constant('total' as const), operator: fc.constantFrom('at_least', 'below'), value: amounts }),
  fc.record({
    field: fc.constant('weight' as const),
    operator: fc.constantFrom('at_least', 'below'),
    value: amounts,
    unit: units,
  }),
  fc.record({
    field: fc.constant('sku' as const),
    operator: fc.constant('any_of' as const),
    values: fc.uniqueArray(skus),
  }),
);
const choices = fc
  .record({ warehouseId: fc.constantFrom('whs_1', 'whs_2'), methodCode: fc.constantFrom('GROUND', 'AIR', 'ground') })
  .map(aChoice);
const rules: fc.Arbitrary<ShippingRule> = fc.record({
  name: fc.string({ maxLength: 8 }),
  conditions: fc.array(conditions, { maxLength: 3 }),
  then: choices,
});
const sets: fc.Arbitrary<ShippingRuleSet> = fc.record({
  version: fc.integer({ min: 1, max: 9 }),
  rules: fc.array(rules, { maxLength: 5 }),
  otherwise: fc.oneof(choices, fc.constant('attention' as const)),
});
const facts: fc.Arbitrary<ShippingFacts> = fc.record({
  description: fc.option(descriptions),
  country: places,
  region: fc.option(places),
  total: fc.option(amounts),
  weight: fc.option(fc.record({ value: amounts, unit: units })),
  skus: fc.array(skus, { maxLength: 2 }),
});
const pins = fc.option(fc.constantFrom('whs_1', 'whs_2', 'whs_3'));

const one = (condition: ShippingCondition): ShippingRuleSet => ({
  version: 1,
  rules: [{ name: 'rule', conditions: [condition], then: aChoice() }],
  otherwise: 'attention',
});
const fits = (condition: ShippingCondition, over: Partial<ShippingFacts> = {}) =>
  chooseShipping(one(condition), { ...someFacts, ...over }) !== null;

describe('the Shipping Transformer Rule', () => {
  it('R4: the first rule that fits decides, and only then `otherwise`', () => {
    check(
      fc.property(sets, facts, pins, (set, given, pin) => {
        const alone = (rule: ShippingRule) =>
          chooseShipping({ ...set, rules: [rule], otherwise: 'attention' }, given, pin) !== null;
        const first = set.rules.find(alone);
        const decision = chooseShipping(set, given, pin);
        if (first) return expect(decision).toEqual({ choice: first.then, rule: first.name, version: set.version });
        const { otherwise } = set;
        if (otherwise === 'attention' || (pin !== null && otherwise.warehouseId !== pin))
          return expect(decision).toBeNull();
        expect(decision).toEqual({ choice: otherwise, rule: 'otherwise', version: set.version });
      }),
      2000,
    );
  });

  it('R4: a rule fits when all its conditions do, each by itself', () => {
    check(
      fc.property(rules, facts, (rule, given) => {
        const together = chooseShipping({ version: 1, rules: [rule], otherwise: 'attention' }, given) !== null;
        expect(together).toBe(rule.conditions.every((each) => chooseShipping(one(each), given) !== null));
      }),
      2000,
    );
  });

  it('decides alike each time and changes nothing of what it was given', () => {
    check(
      fc.property(sets, facts, pins, (set, given, pin) => {
        const before = chooseShipping(frozen(structuredClone(set)), frozen(structuredClone(given)), pin);
        expect(chooseShipping(set, given, pin)).toEqual(before);
      }),
    );
  });

  it('decides as before when a rule is added after the one that fits', () => {
    check(
      fc.property(sets, facts, pins, rules, fc.nat(), (set, given, pin, added, place) => {
        const decision = chooseShipping(set, given, pin);
        const at = set.rules.findIndex((rule) => rule.then === decision?.choice);
        if (at < 0) return;
        const position = at + 1 + (place % (set.rules.length - at));
        const longer = { ...set, rules: set.rules.toSpliced(position, 0, added) };
        expect(chooseShipping(longer, given, pin)).toEqual(decision);
      }),
      2000,
    );
  });

  it('chooses only the warehouse that a listing pinned', () => {
    check(
      fc.property(sets, facts, fc.constantFrom('whs_1', 'whs_2', 'whs_3'), (set, given, pin) => {
        expect([undefined, pin]).toContain(chooseShipping(set, given, pin)?.choice.warehouseId);
      }),
    );
  });

  it('fits no condition on a fact that the marketplace does not state, not even a negated one', () => {
    const unstated = { description: null, region: null, total: null, weight: null, skus: [] };
    check(
      fc.property(conditions, facts, (condition, given) => {
        if (condition.field === 'country') return;
        expect(fits(condition, { ...given, ...unstated })).toBe(false);
      }),
    );
  });

  it('R13: a ClickBank shipping description becomes the provider’s method', () => {
    const set: ShippingRuleSet = {
      version: 4,
      rules: [
        {
          name: 'express abroad',
          conditions: [
            { field: 'description', operator: 'starts_with', value: 'Express' },
            { field: 'country', operator: 'not_one_of', values: ['US'] },
          ],
          then: aChoice({ methodCode: 'INTL-EXP' }),
        },
        {
          name: 'express',
          conditions: [{ field: 'description', operator: 'starts_with', value: 'Express' }],
          then: aChoice({ methodCode: '2DAY' }),
        },
      ],
      otherwise: aChoice({ methodCode: 'GROUND' }),
    };
    const code = (description: string, country: string) =>
      chooseShipping(set, { ...someFacts, description, country })?.choice.methodCode;
    expect(code('Express 2-Day', 'US')).toBe('2DAY');
    expect(code('Express 2-Day', 'CA')).toBe('INTL-EXP');
    expect(code('Standard', 'CA')).toBe('GROUND');
  });

  it('R10: the warehouse’s code of a method is handed on byte for byte', () => {
    check(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (methodCode) => {
        const set = { version: 1, rules: [], otherwise: aChoice({ methodCode }) };
        expect(chooseShipping(set, someFacts)?.choice.methodCode).toBe(methodCode);
      }),
    );
  });

  it('R18: a description that happens to be a method’s code chooses nothing without a rule', () => {
    const set: ShippingRuleSet = { ...one({ field: 'description', operator: 'equals', value: 'Standard' }) };
    expect(chooseShipping(set, { ...someFacts, description: 'GROUND' })).toBeNull();
    expect(chooseShipping({ ...set, rules: [] }, { ...someFacts, description: 'GROUND' })).toBeNull();
  });
});

describe('a condition', () => {
  it.each<[ShippingCondition, Partial<ShippingFacts>, boolean]>([
    [{ field: 'description', operator: 'equals', value: 'Standard' }, { description: 'Standard' }, true],
    [{ field: 'description', operator: 'equals', value: 'Standard' }, { description: 'standard' }, false],
    [{ field: 'description', operator: 'equals', value: 'Standard' }, { description: 'Standard ' }, false],
    [{ field: 'description', operator: 'contains', value: '5-7' }, {}, true],
    [{ field: 'description', operator: 'contains', value: 'DAYS' }, {}, false],
    [{ field: 'description', operator: 'starts_with', value: 'Standard' }, {}, true],
    [{ field: 'description', operator: 'starts_with', value: '(5-7' }, {}, false],
    [{ field: 'country', operator: 'one_of', values: ['CA', 'US'] }, {}, true],
    [{ field: 'country', operator: 'one_of', values: ['us'] }, {}, false],
    [{ field: 'country', operator: 'not_one_of', values: ['CA'] }, {}, true],
    [{ field: 'country', operator: 'not_one_of', values: ['US'] }, {}, false],
    [{ field: 'region', operator: 'one_of', values: ['ID'] }, {}, true],
    [{ field: 'region', operator: 'not_one_of', values: ['HI', 'AK'] }, {}, true],
    [{ field: 'region', operator: 'not_one_of', values: ['HI', 'AK'] }, { region: 'HI' }, false],
    [{ field: 'region', operator: 'not_one_of', values: ['HI', 'AK'] }, { region: null }, false],
    [{ field: 'total', operator: 'at_least', value: '59.9' }, {}, true],
    [{ field: 'total', operator: 'below', value: '59.9' }, {}, false],
    [{ field: 'total', operator: 'below', value: '59.91' }, {}, true],
    [{ field: 'total', operator: 'below', value: '100' }, { total: '9' }, true],
    [{ field: 'sku', operator: 'any_of', values: ['none', 'mug-2'] }, {}, true],
    [{ field: 'sku', operator: 'any_of', values: ['KIT-1'] }, {}, false],
    [{ field: 'sku', operator: 'any_of', values: [] }, {}, false],
  ])('%j against %j: %s', (condition, over, expected) => {
    expect(fits(condition, over)).toBe(expected);
  });

  it('D11: a total compares exactly, where floats would err', () => {
    expect(0.1 + 0.2 > 0.3).toBe(true);
    expect(fits({ field: 'total', operator: 'at_least', value: '0.30000000000000004' }, { total: '0.3' })).toBe(false);
    expect(fits({ field: 'total', operator: 'below', value: '0.30' }, { total: '0.3' })).toBe(false);
    check(
      fc.property(decimals, decimals, (fact, bound) => {
        const [left, right] = aligned(fact, bound);
        const over = { total: fact.text };
        expect(fits({ field: 'total', operator: 'at_least', value: bound.text }, over)).toBe(left >= right);
        expect(fits({ field: 'total', operator: 'below', value: bound.text }, over)).toBe(left < right);
      }),
    );
  });

  it('compares weights exactly across units', () => {
    // In nanograms: 1 lb is 453.59237 g and 1 oz a sixteenth of it, by definition.
    const nanograms = { g: 10n ** 9n, kg: 10n ** 12n, oz: 28_349_523_125n, lb: 453_592_370_000n };
    check(
      fc.property(decimals, units, decimals, units, (fact, factUnit, bound, unit) => {
        const [left, right] = aligned(
          { ...fact, units: fact.units * nanograms[factUnit] },
          { ...bound, units: bound.units * nanograms[unit] },
        );
        const over = { weight: { value: fact.text, unit: factUnit } };
        expect(fits({ field: 'weight', operator: 'at_least', value: bound.text, unit }, over)).toBe(left >= right);
        expect(fits({ field: 'weight', operator: 'below', value: bound.text, unit }, over)).toBe(left < right);
      }),
    );
    const pound = { field: 'weight', operator: 'at_least', value: '1', unit: 'lb' } as const;
    expect(fits(pound, { weight: { value: '16', unit: 'oz' } })).toBe(true);
    expect(fits(pound, { weight: { value: '15.999', unit: 'oz' } })).toBe(false);
    expect(fits(pound, { weight: { value: '0.45359237', unit: 'kg' } })).toBe(true);
    expect(fits(pound, { weight: { value: '453.59236', unit: 'g' } })).toBe(false);
  });
});
