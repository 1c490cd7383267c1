import { z } from 'zod';
import { connection } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, type Operation } from './operation.js';
import { wireFulfillmentOrderLines, wireFulfillmentOrders, wireLines } from './order-wire.js';

/** Which of the two amounts that Shopify keeps of everything is read (R141). */
export type Money = 'shopMoney' | 'presentmentMoney';

/** How many of each nested list come with an order at once; what is more is read after it. */
interface Sizes {
  lines: number;
  fulfillmentOrders: number;
  /** Of each fulfillment order. */
  fulfillmentOrderLines: number;
}

const line = (money: Money) => `
  id sku name quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
  discountedTotalSet { ${money} { amount } }`;
/** The line, its money bag and the amount. */
const lineCost = 3;

const fulfillmentOrderLine = 'remainingQuantity totalQuantity lineItem { id }';
/** The line of the fulfillment order, and the order's line it stands for. */
const fulfillmentOrderLineCost = 2;

const fulfillmentOrder = (lines: number) => `
  id status requestStatus fulfillAt
  assignedLocation { location { id } }
  deliveryMethod { methodType }
  destination { firstName lastName company address1 address2 city province zip countryCode email phone }
  fulfillmentHolds { displayReason }
  lineItems(first: ${lines}) { nodes { ${fulfillmentOrderLine} } pageInfo { hasNextPage endCursor } }`;
/** Itself, assigned location, location, delivery method, destination, holds; and its lines. */
const fulfillmentOrderCost = (lines: number) => 6 + connectionCost(lines, fulfillmentOrderLineCost);

const order = (money: Money, sizes: Sizes) => `
  id processedAt updatedAt cancelledAt test displayFinancialStatus displayFulfillmentStatus email phone totalWeight
  currentTotalPriceSet { ${money} { amount currencyCode } }
  shippingAddress { firstName lastName company address1 address2 city province provinceCode zip countryCodeV2 phone }
  shippingLine { title }
  lineItems(first: ${sizes.lines}) { nodes { ${line(money)} } pageInfo { hasNextPage endCursor } }
  fulfillmentOrders(first: ${sizes.fulfillmentOrders}) {
    nodes { ${fulfillmentOrder(sizes.fulfillmentOrderLines)} } pageInfo { hasNextPage endCursor }
  }`;
/** Itself, its money bag and amount, address, shipping line; and its nested lists. */
const orderCost = (sizes: Sizes) =>
  5 +
  connectionCost(sizes.lines, lineCost) +
  connectionCost(sizes.fulfillmentOrders, fulfillmentOrderCost(sizes.fulfillmentOrderLines));

/** Tells the fulfillment service of each location (R137); one location each (reference/shopify.md §4). */
const services = 'shop { fulfillmentServices { handle location { id } } }';
const servicesCost = 3;

const node = z.unknown();
const servicesAnswer = z
  .object({
    fulfillmentServices: z.array(z.object({ handle: z.string(), location: z.object({ id: numericId }).nullable() })),
  })
  .optional();

/**
 * 25 orders a page, so that 50 are two calls. The arithmetic (connectionCost counts two more for each list):
 *
 * | part of an order                                     | points                     |
 * |------------------------------------------------------|----------------------------|
 * | order, price bag, price, address, shipping line      | 5                          |
 * | 4 lines of 3                                         | 2 + 12 = 14                |
 * | 1 fulfillment order: 6, and 4 lines of 2 in 2 + 8    | 2 + 16 = 18                |
 * | together                                             | 37                         |
 *
 * 25 × 37 + 2 = 927. The list of re-routed orders beside it costs 2 + 20 × 2 = 42, the services 3: 972 of 1,000. An order
 * that was split, or has more than four lines, costs a fifth of one more call (see ordersById).
 */
const pageSize = 25;
const pageSizes: Sizes = { lines: 4, fulfillmentOrders: 1, fulfillmentOrderLines: 4 };
const reroutedBeside = 20;

export function ordersPage(money: Money, withServices: boolean) {
  return {
    text: `query OrdersPage($query: String!, $after: String, $first: Boolean!) {
      orders(first: ${pageSize}, after: $after, query: $query, sortKey: UPDATED_AT) {
        nodes { ${order(money, pageSizes)} } pageInfo { hasNextPage endCursor }
      }
      fulfillmentOrders(first: ${reroutedBeside}, query: $query, sortKey: UPDATED_AT) @include(if: $first) {
        nodes { order { id updatedAt } } pageInfo { hasNextPage endCursor }
      }
      ${withServices ? services : ''}
    }`,
    cost:
      connectionCost(pageSize, orderCost(pageSizes)) +
      connectionCost(reroutedBeside, 2) +
      (withServices ? servicesCost : 0),
    data: z.object({
      orders: connection(node),
      fulfillmentOrders: connection(z.object({ order: z.object({ id: numericId, updatedAt: z.string() }) })).optional(),
      shop: servicesAnswer,
    }),
  } satisfies Operation<unknown>;
}

/** Orders whose fulfillment orders changed: 2 + 100 × 2 = 202 points. */
const reroutedPerPage = 100;
export const reroutedPage = {
  text: `query ReroutedPage($query: String!, $after: String) {
    fulfillmentOrders(first: ${reroutedPerPage}, after: $after, query: $query, sortKey: UPDATED_AT) {
      nodes { order { id updatedAt } } pageInfo { hasNextPage endCursor }
    }
  }`,
  cost: connectionCost(reroutedPerPage, 2),
  data: z.object({
    fulfillmentOrders: connection(z.object({ order: z.object({ id: numericId, updatedAt: z.string() }) })),
  }),
} satisfies Operation<unknown>;

/**
 * An order with 15 lines and 3 fulfillment orders of 15 lines: 5 + 47 + (2 + 3 × (6 + 32)) = 168 points, so five of
 * them are 840.
 */
export const ordersAtOnce = 5;
const byIdSizes: Sizes = { lines: 15, fulfillmentOrders: 3, fulfillmentOrderLines: 15 };

export function ordersById(money: Money, withServices: boolean, count: number) {
  return {
    text: `query OrdersById($ids: [ID!]!) {
      nodes(ids: $ids) { ... on Order { ${order(money, byIdSizes)} } }
      ${withServices ? services : ''}
    }`,
    cost: count * orderCost(byIdSizes) + (withServices ? servicesCost : 0),
    data: z.object({ nodes: z.array(node), shop: servicesAnswer }),
  } satisfies Operation<unknown>;
}

/** The rest of an order's lines: 250 are the most of any list, 2 + 250 × 3 = 752 points. */
const restOfLines = 250;
export function moreLines(money: Money) {
  return {
    text: `query MoreLines($id: ID!, $after: String) {
      order(id: $id) {
        lineItems(first: ${restOfLines}, after: $after) { nodes { ${line(money)} } pageInfo { hasNextPage endCursor } }
      }
    }`,
    cost: 1 + connectionCost(restOfLines, lineCost),
    data: z.object({ order: z.object({ lineItems: wireLines }) }),
  } satisfies Operation<unknown>;
}

/** The rest of its fulfillment orders: ten with 40 lines each, 2 + 10 × (6 + 82) = 882 points. */
const restOfFulfillmentOrders = 10;
const linesOfEach = 40;
export const moreFulfillmentOrders = {
  text: `query MoreFulfillmentOrders($id: ID!, $after: String) {
    order(id: $id) {
      fulfillmentOrders(first: ${restOfFulfillmentOrders}, after: $after) {
        nodes { ${fulfillmentOrder(linesOfEach)} } pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(restOfFulfillmentOrders, fulfillmentOrderCost(linesOfEach)),
  data: z.object({ order: z.object({ fulfillmentOrders: wireFulfillmentOrders }) }),
} satisfies Operation<unknown>;

/** The rest of one fulfillment order's lines: 2 + 250 × 2 = 502 points. */
export const moreFulfillmentOrderLines = {
  text: `query MoreFulfillmentOrderLines($id: ID!, $after: String) {
    fulfillmentOrder(id: $id) {
      lineItems(first: 250, after: $after) { nodes { ${fulfillmentOrderLine} } pageInfo { hasNextPage endCursor } }
    }
  }`,
  cost: 1 + connectionCost(250, fulfillmentOrderLineCost),
  data: z.object({ fulfillmentOrder: z.object({ lineItems: wireFulfillmentOrderLines }) }),
} satisfies Operation<unknown>;
