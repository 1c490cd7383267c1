import fc from 'fast-check';
import { rowsOf } from '../../../connectors/marketplaces/clickbank/answers.js';
import { readShippingRow, translate } from '../../../connectors/marketplaces/clickbank/translate.js';
import type { MarketplaceOrder } from '../../../domain/order.js';

/** How ClickBank may write the same thing: each choice is made at random by the property. */
interface Hand {
  nil: unknown;
  several: (values: unknown[]) => unknown;
}
const hand: fc.Arbitrary<Hand> = fc.record({
  nil: fc.constantFrom({ '@nil': 'true' }, { '@nil': true }, null, undefined, ''),
  several: fc.constantFrom(
    (values: unknown[]) => (values.length === 1 ? values[0] : values.length === 0 ? undefined : values),
    (values: unknown[]) => (values.length === 1 ? values[0] : values.length === 0 ? { '@nil': 'true' } : values),
    (values: unknown[]) => values,
  ),
});

/** Any text that PostgreSQL can keep; blank counts as absent. */
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== '');
const maybe = fc.option(words, { nil: null });
const money = fc
  .tuple(fc.nat({ max: 10 ** 9 }), fc.nat({ max: 9999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(4, '0')}`);

const line = fc.record({
  itemNo: words,
  productTitle: words,
  quantity: fc.integer({ min: 1, max: 999_999_999 }),
  customerAmount: fc.option(money, { nil: null }),
});
const order = fc.record({
  receipt: fc.stringMatching(/^[A-Z0-9]{8}$/),
  fullName: words,
  email: maybe,
  address1: words,
  address2: maybe,
  city: words,
  state: maybe,
  postalCode: maybe,
  country: fc.stringMatching(/^[A-Z]{2}$/),
  at: fc.date({ min: new Date('2001-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  shippingMethod: maybe,
  lines: fc.uniqueArray(line, { selector: (each) => each.itemNo, minLength: 1, maxLength: 4 }),
});
type Model = typeof order extends fc.Arbitrary<infer T> ? T : never;

function written(model: Model, by: Hand): Record<string, unknown> {
  const orNil = (value: string | null) => value ?? by.nil;
  const { at, lines, shippingMethod, ...rest } = model;
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, orNil(value)])),
    transactionTime: at.toISOString(),
    isTestTransaction: 'false',
    somethingNew: { deep: ['x'] },
    vendorVariables: by.nil,
    lineItemShipData: by.several(
      lines.map((each) => ({
        ...each,
        quantity: String(each.quantity),
        customerAmount: orNil(each.customerAmount),
        shippingMethod: orNil(shippingMethod),
        isRefundPending: by.nil,
        hasBeenRefunded: 'false',
      })),
    ),
  };
}

it('reads back whatever is written in ClickBank’s ways', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 3 }), hand, (models, by) => {
      const body = JSON.stringify({ orderShipData: by.several(models.map((model) => written(model, by))) });
      const { rows } = rowsOf({ status: 200, headers: {}, text: body }, ['orderShipData']);
      expect(rows).toHaveLength(models.length);
      rows.forEach((raw, index) => {
        const row = readShippingRow(raw);
        if ('problem' in row) throw new Error(row.problem);
        expect(facts(translate(row, null, false) as MarketplaceOrder)).toEqual(models[index]);
      });
    }),
    { numRuns: 150 },
  );
});

function facts(from: MarketplaceOrder): Model {
  return {
    receipt: from.externalId,
    fullName: from.shipTo.name,
    email: from.shipTo.email,
    address1: from.shipTo.line1,
    address2: from.shipTo.line2,
    city: from.shipTo.city,
    state: from.shipTo.region,
    postalCode: from.shipTo.postalCode,
    country: from.shipTo.country,
    at: new Date(from.placedAt),
    shippingMethod: from.shippingDescription,
    lines: from.lines.map((each) => ({
      itemNo: each.sku,
      productTitle: each.title,
      quantity: each.quantity,
      customerAmount: each.amount,
    })),
  };
}

it('never throws at a row, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (raw) => {
      const row = readShippingRow(raw);
      if ('problem' in row) expect(row.problem).toMatch(/^\S.*: /);
    }),
    { numRuns: 500 },
  );
});

it('replaces what PostgreSQL cannot keep, and nothing else', () => {
  const body = '{"orderShipData":{"fullName":"A\\u0000B\\ud800C \\ud83d\\ude00 \u202eD"}}';
  expect(rowsOf({ status: 200, headers: {}, text: body }, ['orderShipData']).rows).toEqual([
    { fullName: 'A\ufffdB\ufffdC 😀 \u202eD' },
  ]);
});
