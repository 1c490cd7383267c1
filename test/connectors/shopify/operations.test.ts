import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  buildClientSchema,
  isObjectType,
  NoDeprecatedCustomRule,
  parse,
  validate,
  type IntrospectionQuery,
} from 'graphql';
import * as webhooks from '../../../connectors/marketplaces/shopify/ensure-webhooks.js';
import * as notices from '../../../connectors/marketplaces/shopify/notice-documents.js';
import { dearestQuery, type Operation } from '../../../connectors/marketplaces/shopify/operation.js';
import * as orders from '../../../connectors/marketplaces/shopify/order-documents.js';
import * as probes from '../../../connectors/marketplaces/shopify/probe-documents.js';
import * as requests from '../../../connectors/marketplaces/shopify/request-documents.js';
import * as returns from '../../../connectors/marketplaces/shopify/return-documents.js';
import * as stock from '../../../connectors/marketplaces/shopify/stock-documents.js';
import { topics } from '../../../connectors/marketplaces/shopify/topics.js';
import { trackingCompanies } from '../../../connectors/marketplaces/shopify/tracking-companies.js';

/** The schema Shopify ships with its own tool. */
const file = 'node_modules/@shopify/dev-mcp/dist/data/admin_2026-10.json.gz';
const introspection = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { data: IntrospectionQuery };
const schema = buildClientSchema(introspection.data, { assumeValid: true });

const isOperation = (value: unknown): value is Operation<unknown> =>
  typeof value === 'object' && value !== null && 'text' in value && 'cost' in value;
const fixed = [orders, notices, stock, probes, webhooks, requests, returns].flatMap((documents) =>
  Object.entries(documents).filter((entry): entry is [string, Operation<unknown>] => isOperation(entry[1])),
);
const money = ['shopMoney', 'presentmentMoney'] as const;
const made: [string, Operation<unknown>][] = [
  ...money.flatMap((amounts): [string, Operation<unknown>][] => [
    [`ordersPage large ${amounts}`, orders.ordersPage('large', amounts, false)],
    [`ordersPage small ${amounts}, services`, orders.ordersPage('small', amounts, true)],
    [`ordersById ${amounts}`, orders.ordersById(amounts, true, orders.ordersAtOnce)],
    [`moreLines ${amounts}`, orders.moreLines(amounts)],
  ]),
  ['fulfillmentsOf 20', notices.fulfillmentsOf(20)],
  ['fulfillmentsOf 250', notices.fulfillmentsOf(250)],
  ['subscribe, every topic', webhooks.subscribe(topics.map((each) => each.topic))],
];

describe('every document', () => {
  it('is looked at', () => expect(fixed.length).toBeGreaterThan(15));

  it.each([...fixed, ...made])('%s is valid by the official schema of 2026-10', (_name, { text }) => {
    expect(validate(schema, parse(text)).map((error) => error.message)).toEqual([]);
  });

  it.each([...fixed, ...made])('%s costs no more than one query may', (_name, { cost }) => {
    expect(cost).toBeLessThanOrEqual(dearestQuery);
  });

  it.each([...fixed, ...made])('%s asks for nothing that Shopify has given up', (_name, { text }) => {
    const said = validate(schema, parse(text), [NoDeprecatedCustomRule]).map((error) => error.message);
    expect(said).toEqual([]);
  });
});

it('names only carriers that Shopify knows, exactly as it writes them', () => {
  const type = schema.getType('FulfillmentTrackingInfo');
  const description = (isObjectType(type) && type.getFields()['company']?.description) || '';
  const everywhere = [...description.matchAll(/^ +\* ([^*\n]+)$/gm)].map((match) => match[1]!.trim());
  const byCountry = [...description.matchAll(/\*\*: ([^*]+)/g)].flatMap((match) => match[1]!.split(/,\s*/));
  const listed = new Set([...everywhere, ...byCountry.map((name) => name.trim())]);
  expect(listed.size).toBeGreaterThan(90);
  expect(trackingCompanies.filter((name) => !listed.has(name))).toEqual([]);
});

it('registers only topics there are', () => {
  const type = schema.getType('WebhookSubscriptionTopic');
  const known = type && 'getValues' in type ? type.getValues().map((value) => value.name) : [];
  expect(topics.map((each) => each.topic).filter((topic) => !known.includes(topic))).toEqual([]);
});
