import fc from 'fast-check';
import type { Listing } from '../../domain/listing.js';
import { openLedger, planFulfillments, type Plan, type PlanFacts, type PlannedFulfillment } from '../../domain/plan.js';
import { mainDestination } from '../../domain/order.js';
import type { ShippingRuleSet } from '../../domain/shipping-rule.js';
import { check } from './check.js';
import { aChoice, aDestination, aLine, anAddress, externalIds, frozen } from './given.js';

const skus = ['kit', 'mug', 'ebook', 'Kit'];
const warehouses = ['whs_1', 'whs_2'];
const pieces = fc.integer({ min: 1, max: 5 });

const listings: fc.Arbitrary<Listing[]> = fc.uniqueArray(
  fc.record({
    sku: fc.constantFrom(...skus),
    components: fc.array(fc.record({ warehouseSku: fc.constantFrom('W1', 'W2', 'W3'), quantity: pieces }), {
      minLength: 1,
      maxLength: 3,
    }),
    warehouseId: fc.option(fc.constantFrom(...warehouses)),
    version: fc.integer({ min: 1, max: 9 }),
  }),
  { selector: (listing) => listing.sku },
);
const rules: fc.Arbitrary<ShippingRuleSet> = fc.record({
  version: fc.integer({ min: 1, max: 9 }),
  rules: fc.constantFrom(
    [],
    warehouses.map((warehouseId) => ({ name: `to ${warehouseId}`, conditions: [], then: aChoice({ warehouseId }) })),
  ),
  otherwise: fc.constantFrom<ShippingRuleSet['otherwise']>('attention', aChoice(), aChoice({ warehouseId: 'whs_2' })),
});
const lines = fc
  .array(
    fc.record({
      sku: fc.constantFrom(...skus),
      quantity: pieces,
      shippable: fc.boolean(),
      destinationId: fc.constantFrom(mainDestination, mainDestination, 'other'),
    }),
    { maxLength: 5 },
  )
  .map((list) => list.map((line, index) => ({ ...line, lineId: `line-${index}`, title: line.sku })));
const facts: fc.Arbitrary<PlanFacts> = fc.record({
  storeId: fc.constant('sto_1'),
  externalId: externalIds,
  generation: fc.integer({ min: 1, max: 3 }),
  lines,
  destinations: fc
    .option(fc.constantFrom('Standard', 'Express'))
    .map((shippingDescription) => [aDestination({ shippingDescription }), aDestination({ destinationId: 'other' })]),
  total: fc.constant('10'),
  weight: fc.constant(null),
  listings,
  rules: fc.option(rules, { freq: 6 }),
  unlistedSku: fc.constantFrom('attention', 'pass_through'),
});

const aPlan = (over: Partial<PlanFacts> = {}): PlanFacts => ({
  storeId: 'sto_1',
  externalId: 'AB12CD34',
  generation: 1,
  lines: [aLine()],
  destinations: [aDestination()],
  total: '59.90',
  weight: null,
  listings: [{ sku: 'kit-1', components: [{ warehouseSku: 'W1', quantity: 1 }], warehouseId: null, version: 3 }],
  rules: { version: 2, rules: [], otherwise: aChoice() },
  unlistedSku: 'attention',
  ...over,
});

function planned(plan: Plan): PlannedFulfillment[] {
  if ('problem' in plan) throw new Error(plan.problem.message);
  return plan.fulfillments;
}

describe('a plan', () => {
  it('R3: maps each physical line by its listing, every piece of every component once', () => {
    check(
      fc.property(facts, (given) => {
        const plan = planFulfillments(given);
        if ('problem' in plan) return;
        const wanted = new Map<string, number>();
        const add = (lineId: string, sku: string, quantity: number) =>
          wanted.set(`${lineId} ${sku}`, (wanted.get(`${lineId} ${sku}`) ?? 0) + quantity);
        for (const line of given.lines.filter((each) => each.shippable)) {
          const listing = given.listings.find((each) => each.sku === line.sku);
          if (!listing) add(line.lineId, line.sku, line.quantity);
          for (const part of listing?.components ?? [])
            add(line.lineId, part.warehouseSku, part.quantity * line.quantity);
        }
        const asked = plan.fulfillments.flatMap((each) => each.lines);
        expect(asked.length).toBe(wanted.size);
        expect(new Map(asked.map((each) => [`${each.lineId} ${each.warehouseSku}`, each.quantity]))).toEqual(wanted);
        for (const each of asked) {
          const line = given.lines.find((one) => one.lineId === each.lineId)!;
          expect(each.quantity).toBe(each.perUnit * line.quantity);
          expect(each.listingVersion).toBe(given.listings.find((one) => one.sku === line.sku)?.version ?? null);
        }
      }),
      2000,
    );
  });

  it('never asks a warehouse for a digital line', () => {
    check(
      fc.property(facts, (given) => {
        const plan = planFulfillments(given);
        const digital = given.lines.filter((line) => !line.shippable);
        if ('problem' in plan) return expect(digital.map((line) => line.lineId)).not.toContain(plan.problem.about.line);
        const asked = plan.fulfillments.flatMap((each) => each.lines.map((line) => line.lineId));
        expect(digital.filter((line) => asked.includes(line.lineId))).toEqual([]);
        if (digital.length === given.lines.length) expect(plan.fulfillments).toEqual([]);
      }),
    );
  });

  it('asks each warehouse once for each address, keeps a line in one piece, and goes where its listing pins it', () => {
    check(
      fc.property(facts, (given) => {
        const plan = planFulfillments(given);
        if ('problem' in plan) return;
        const at = plan.fulfillments.map((each) => `${each.warehouseId} ${each.destinationId}`);
        expect(new Set(at).size).toBe(at.length);
        for (const line of given.lines.filter((each) => each.shippable)) {
          const homes = plan.fulfillments.filter((each) => each.lines.some((one) => one.lineId === line.lineId));
          expect(homes.length).toBe(1);
          expect(homes[0]!.destinationId).toBe(line.destinationId);
          const pin = given.listings.find((each) => each.sku === line.sku)?.warehouseId ?? null;
          if (pin !== null) expect(homes[0]!.warehouseId).toBe(pin);
        }
      }),
    );
  });

  it('gives each fulfillment a reference of its own, and another in another generation', () => {
    check(
      fc.property(facts, (given) => {
        const references = (generation: number) => {
          const plan = planFulfillments({ ...given, generation });
          return 'problem' in plan ? [] : plan.fulfillments.map((each) => each.reference);
        };
        const both = [...references(given.generation), ...references(given.generation + 1)];
        expect(new Set(both).size).toBe(both.length);
      }),
    );
  });

  it('is the same for the same facts and changes nothing of them', () => {
    check(
      fc.property(facts, (given) => {
        const first = planFulfillments(frozen(structuredClone(given)));
        expect(planFulfillments(given)).toEqual(first);
      }),
    );
  });

  it('keeps the cause of each choice: rule and version', () => {
    const rules: ShippingRuleSet = {
      version: 7,
      rules: [{ name: 'all ground', conditions: [], then: aChoice({ methodCode: 'G' }) }],
      otherwise: 'attention',
    };
    expect(planned(planFulfillments(aPlan({ rules })))).toEqual([
      {
        reference: 'sto_1.AB12CD34.1g1',
        number: 1,
        destinationId: 'main',
        warehouseId: 'whs_1',
        methodCode: 'G',
        carrier: 'UPS',
        service: 'Ground',
        rule: 'all ground',
        ruleVersion: 7,
        lines: [{ lineId: 'kit-1', warehouseSku: 'W1', perUnit: 1, quantity: 1, listingVersion: 3 }],
      },
    ]);
  });

  it('asks for a component that a listing names twice in one line of the fulfillment', () => {
    const components = [
      { warehouseSku: 'W1', quantity: 1 },
      { warehouseSku: 'W2', quantity: 1 },
      { warehouseSku: 'W1', quantity: 2 },
    ];
    const given = aPlan({
      lines: [aLine({ quantity: 2 })],
      listings: [{ sku: 'kit-1', components, warehouseId: null, version: 1 }],
    });
    expect(planned(planFulfillments(given))[0]!.lines).toEqual([
      { lineId: 'kit-1', warehouseSku: 'W1', perUnit: 3, quantity: 6, listingVersion: 1 },
      { lineId: 'kit-1', warehouseSku: 'W2', perUnit: 1, quantity: 2, listingVersion: 1 },
    ]);
  });

  it('keeps two lines with the same warehouse SKU apart', () => {
    const given = aPlan({ lines: [aLine({ lineId: 'one', quantity: 2 }), aLine({ lineId: 'two' })] });
    expect(planned(planFulfillments(given))[0]!.lines).toMatchObject([
      { lineId: 'one', warehouseSku: 'W1', quantity: 2 },
      { lineId: 'two', warehouseSku: 'W1', quantity: 1 },
    ]);
  });

  it('opens a ledger that holds just what is asked for, nothing shipped and nothing cancelled', () => {
    check(
      fc.property(facts, (given) => {
        const plan = planFulfillments(given);
        if ('problem' in plan) return;
        const asked = plan.fulfillments.flatMap(({ reference, lines: all }) =>
          all.map(({ lineId, warehouseSku, perUnit, quantity }) => ({
            fulfillment: reference,
            lineId,
            warehouseSku,
            perUnit,
            ordered: quantity,
            shipped: 0,
            cancelled: 0,
          })),
        );
        expect(openLedger(plan.fulfillments)).toEqual(asked);
      }),
    );
  });
});

describe('a plan that cannot be made', () => {
  const problem = (over: Partial<PlanFacts>) => {
    const plan = planFulfillments(aPlan(over));
    return 'problem' in plan ? plan.problem : null;
  };

  it('R3: names the line and the SKU that no listing maps, and waits for that listing', () => {
    const found = problem({ lines: [aLine(), aLine({ lineId: 'line-2', sku: 'mug:2' })] });
    expect(found).toMatchObject({
      cause: 'listing_missing',
      about: { line: 'line-2', sku: 'mug:2' },
      waitsFor: 'listing:sto_1:mug:2',
    });
    expect(found?.message).toContain('line-2');
    expect(found?.message).toContain('"mug:2"');
  });

  it('R106: a line without a SKU is named by its product, also where unlisted SKUs are passed through', () => {
    for (const unlistedSku of ['attention', 'pass_through'] as const) {
      const found = problem({ unlistedSku, lines: [aLine(), aLine({ lineId: '65', sku: ' ', title: 'Garden Mug' })] });
      expect(found).toMatchObject({ cause: 'listing_missing', about: { line: '65', product: 'Garden Mug' } });
      expect(found?.message).toContain('Line 65: product "Garden Mug" has no SKU');
      // No listing can ever be saved for it.
      expect(found?.waitsFor).toBeNull();
    }
  });

  it('R106: a product without a SKU is mapped by what stands for it, waits for that listing, and is never passed through', () => {
    const lines = [aLine({ lineId: '65', sku: 'variant:77', title: 'Garden Mug' })];
    for (const unlistedSku of ['attention', 'pass_through'] as const) {
      const found = problem({ unlistedSku, lines });
      expect(found).toMatchObject({
        ...{ cause: 'listing_missing', waitsFor: 'listing:sto_1:variant:77' },
        about: { line: '65', sku: 'variant:77', product: 'Garden Mug' },
      });
      expect(found?.message).toMatch(/^Line 65: product "Garden Mug" has no SKU\. Save a listing for "variant:77"/);
    }
    const listing = { sku: 'variant:77', components: [{ warehouseSku: 'WH-MUG', quantity: 1 }] };
    const [only] = planned(
      planFulfillments(aPlan({ lines, listings: [{ ...listing, warehouseId: null, version: 1 }] })),
    );
    expect(only!.lines).toMatchObject([{ lineId: '65', warehouseSku: 'WH-MUG' }]);
  });

  it('R3: passes an unlisted SKU through as it is where the store says so', () => {
    const [only] = planned(planFulfillments(aPlan({ listings: [], unlistedSku: 'pass_through' })));
    expect(only!.lines).toEqual([
      { lineId: 'kit-1', warehouseSku: 'kit-1', perUnit: 1, quantity: 1, listingVersion: null },
    ]);
  });

  it('R18: without a rule no method is chosen: it names description, line and SKU and waits for the rules', () => {
    for (const rules of [null, { version: 2, rules: [], otherwise: 'attention' as const }]) {
      const found = problem({ rules, destinations: [aDestination({ shippingDescription: 'GROUND' })] });
      expect(found).toMatchObject({
        cause: 'shipping_rule_unmatched',
        about: { description: 'GROUND', line: 'kit-1', sku: 'kit-1', rules_version: rules ? '2' : '0' },
        waitsFor: 'shipping-rule:sto_1',
      });
      expect(found?.message).toContain('"GROUND"');
    }
    expect(problem({ rules: null, destinations: [aDestination({ shippingDescription: null })] })?.message).toContain(
      'no shipping description',
    );
  });

  it('names the warehouse that a listing pins when no rule sends there', () => {
    const pinned: Listing = {
      sku: 'kit-1',
      components: [{ warehouseSku: 'W1', quantity: 1 }],
      warehouseId: 'whs_9',
      version: 1,
    };
    const found = problem({ listings: [pinned] });
    expect(found).toMatchObject({ cause: 'shipping_rule_unmatched', about: { warehouse: 'whs_9', sku: 'kit-1' } });
    expect(found?.message).toContain('whs_9');
  });

  it('names the address fields that are blank before anything else, and no value of them', () => {
    const found = problem({
      destinations: [aDestination({ shipTo: { ...anAddress, city: ' ', country: '' } })],
      listings: [],
      rules: null,
    });
    expect(found).toMatchObject({ cause: 'address_incomplete', about: { field: 'city,country' } });
    expect(JSON.stringify(found)).not.toContain(anAddress.name);
  });

  it('is never half a plan: one line without a listing stops the whole order', () => {
    check(
      fc.property(facts, (given) => {
        const plan = planFulfillments({ ...given, unlistedSku: 'attention' });
        const unlisted = given.lines.filter(
          (line) => line.shippable && !given.listings.some((each) => each.sku === line.sku),
        );
        if (unlisted.length > 0) expect('problem' in plan).toBe(true);
      }),
    );
  });
});
