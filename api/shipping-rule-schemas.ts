import { z } from 'zod';
import { decimal, id, sku, text, time } from './schemas.js';

const upperCountry = z.string().regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166-1 code in upper case, e.g. "US"' });
const exactText = z.string().min(1).max(500);
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(500);

const condition = z
  .discriminatedUnion('field', [
    z.strictObject({
      field: z.literal('description'),
      operator: z.enum(['equals', 'contains', 'starts_with']),
      value: exactText.meta({
        description: "The marketplace's shipping description, compared character for character.",
      }),
    }),
    z.strictObject({
      field: z.literal('country'),
      operator: z.enum(['one_of', 'not_one_of']),
      values: some(upperCountry),
    }),
    z.strictObject({
      field: z.literal('region'),
      operator: z.enum(['one_of', 'not_one_of']),
      values: some(exactText),
    }),
    z.strictObject({ field: z.literal('total'), operator: z.enum(['at_least', 'below']), value: decimal }),
    z.strictObject({
      field: z.literal('weight'),
      operator: z.enum(['at_least', 'below']),
      value: decimal,
      unit: z.enum(['g', 'kg', 'oz', 'lb']),
    }),
    z.strictObject({ field: z.literal('sku'), operator: z.literal('any_of'), values: some(sku) }),
  ])
  .meta({ id: 'ShippingCondition' });

const choice = z
  .strictObject({
    warehouseId: id,
    methodCode: text(200).meta({ description: "The warehouse's own code of the shipping method." }),
    carrier: text(100).nullable().default(null),
    service: text(100).nullable().default(null),
  })
  .meta({ id: 'ShippingChoice' });

const rule = z
  .strictObject({
    name: text(200),
    conditions: z.array(condition).max(50).meta({ description: 'All must hold; none fits every order.' }),
    then: choice,
  })
  .meta({ id: 'ShippingRule' });

export const ruleSetFields = {
  rules: z
    .array(rule)
    .max(500)
    .superRefine((rules, context) => {
      rules.forEach((each, index) => {
        const message = nameProblem(rules, each.name, index);
        if (message) context.addIssue({ code: 'custom', path: [index, 'name'], message });
      });
    })
    .meta({ description: 'The first that fits decides.' }),
  otherwise: z.union([choice, z.literal('attention')], { error: 'must be a choice or "attention"' }).meta({
    description: 'What to do when no rule fits: a default, or "attention" to have such orders wait for a person.',
  }),
};

function nameProblem(rules: { name: string }[], name: string, index: number): string | null {
  // Decisions name their rule, so a name must mean one rule; "otherwise" is what the default is called there.
  if (name === 'otherwise') return 'is kept for the default';
  return rules.findIndex((other) => other.name === name) < index ? 'is the name of an earlier rule' : null;
}

export const ruleSet = z.strictObject(ruleSetFields);

export const savedRuleSet = z
  .object({
    version: z.number().int(),
    rules: z.array(rule),
    otherwise: z.union([choice, z.literal('attention')]),
    savedAt: time,
    savedBy: z.string().meta({ description: 'The API key that saved it.' }),
  })
  .meta({ id: 'ShippingRules', description: 'The Shipping Transformer Rule of a store.' });

const decision = z
  .object({ rule: z.string(), warehouseId: z.string(), methodCode: z.string() })
  .nullable()
  .meta({ description: 'Null: no rule fits, the order would wait for a person.' });

export const dryRunResult = z.object({
  orders: z.number().int(),
  changed: z.number().int(),
  results: z.array(
    z.object({
      orderId: z.string(),
      externalId: z.string(),
      description: z.string().nullable(),
      pinnedWarehouseId: z.string().nullable().meta({ description: 'A listing of the order pins this warehouse.' }),
      now: decision,
      then: decision,
      changed: z.boolean(),
    }),
  ),
});
