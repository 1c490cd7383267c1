import { z } from 'zod';
import { connection } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, dearestQuery, type Operation } from './operation.js';
import {
  fulfillmentOrder,
  fulfillmentOrderCost,
  fulfillmentOrderLine,
  fulfillmentOrderLineCost,
  line,
  lineCost,
  order,
  orderCost,
  services,
  servicesAnswer,
  servicesCost,
  type Money,
  type Sizes,
} from './order-fields.js';
import { wireFulfillmentOrderLines, wireFulfillmentOrders, wireLines } from './order-wire.js';

/** Read one by one, so that an odd order harms no other. */
const node = z.unknown();

/** How many orders a page holds, and how much of each. */
interface Page {
  name: string;
  orders: number;
  sizes: Sizes;
  /** Fulfillment orders that changed, in the list beside the orders. */
  rerouted: number;
}

/**
 * 50 orders in one call. By what Shopify's API was seen to charge (reference/shopify.md §7 says only "sized by first";
 * 3, 8, 50 and 250 rows counted as 2, 4, 7 and 11, a list and its pageInfo 1 each, money nothing):
 *
 * | part of an order                                                     | points           |
 * |----------------------------------------------------------------------|------------------|
 * | order, address, shipping line                                        | 3                |
 * | 8 lines: 1 + 1 + 4                                                   | 6                |
 * | 3 fulfillment orders: 7 each, and 8 lines of 2 in 1 + 1 + 4 × 2 = 10 | 1 + 1 + 2 × 17   |
 * | together                                                             | 45               |
 *
 * 7 × 45 + 2 for the orders, 11 × 2 + 2 for the list beside them, 3 for the services: 344 of 1,000.
 */
const largePage: Page = {
  name: 'OrdersLargePage',
  orders: 50,
  sizes: { lines: 8, fulfillmentOrders: 3, fulfillmentOrderLines: 8 },
  rerouted: 250,
};

/**
 * 25 orders, for a shop that refused the large page as too dear. Every row in full, as the older rule has it
 * (connectionCost):
 *
 * | part of an order                                  | points      |
 * |---------------------------------------------------|-------------|
 * | order, price bag, price, address, shipping line   | 5           |
 * | 4 lines of 3                                      | 2 + 12 = 14 |
 * | 1 fulfillment order: 7, and 4 lines of 2 in 2 + 8 | 2 + 17 = 19 |
 * | together                                          | 38          |
 *
 * 25 × 38 + 2 = 952. The list beside it costs 2 + 20 × 2 = 42, the services 3: 997 of 1,000.
 */
const smallPage: Page = {
  name: 'OrdersSmallPage',
  orders: 25,
  sizes: { lines: 4, fulfillmentOrders: 1, fulfillmentOrderLines: 4 },
  rerouted: 20,
};

/** An order that has more of something than its page has room for costs a fifth of one more call (see ordersById). */
export function ordersPage(size: 'large' | 'small', money: Money, withServices: boolean) {
  const page = size === 'large' ? largePage : smallPage;
  const inFull =
    connectionCost(page.orders, orderCost(page.sizes)) +
    connectionCost(page.rerouted, 2) +
    (withServices ? servicesCost : 0);
  return {
    text: `query ${page.name}($query: String!, $after: String, $first: Boolean!) {
      orders(first: ${page.orders}, after: $after, query: $query, sortKey: UPDATED_AT) {
        nodes { ${order(money, page.sizes)} } pageInfo { hasNextPage endCursor }
      }
      fulfillmentOrders(first: ${page.rerouted}, query: $query, sortKey: UPDATED_AT) @include(if: $first) {
        nodes { order { id updatedAt } } pageInfo { hasNextPage endCursor }
      }
      ${withServices ? services : ''}
    }`,
    cost: Math.min(inFull, dearestQuery),
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
 * An order with 15 lines and 3 fulfillment orders of 15 lines: 5 + 47 + (2 + 3 × (7 + 32)) = 171 points, so five of
 * them are 855.
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

/** The rest of its fulfillment orders: ten with 40 lines each, 2 + 10 × (7 + 82) = 892 points. */
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
