import { z } from 'zod';
import { connection } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, type Operation } from './operation.js';

const time = z.iso.datetime({ offset: true }).transform((written) => new Date(written).toISOString());
const soldLine = z.object({ lineItem: z.object({ id: numericId }) });

const returnLine = z.object({
  quantity: z.int().min(0),
  /** Null, like the line, for what was never fulfilled. */
  returnReasonDefinition: z.object({ name: z.string() }).nullish(),
  fulfillmentLineItem: soldLine.nullish(),
});
const returnLines = connection(returnLine);

/** 1 + 2 + 20 = 23 points: the returns of one order, few of them. */
export const returnsOfOrder = {
  text: `query ReturnsOfOrder($id: ID!, $after: String) {
    order(id: $id) {
      returns(first: 20, after: $after) {
        nodes { id name status createdAt closedAt } pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(20, 1),
  data: z.object({
    order: z
      .object({
        returns: connection(
          z.object({
            id: z.string(),
            name: z.string(),
            status: z.string(),
            createdAt: time,
            closedAt: time.nullable(),
          }),
        ),
      })
      .nullable(),
  }),
} satisfies Operation<unknown>;

/** 1 + 2 + 200 × 4 = 803 points: line, reason, fulfilled line, line of the order. */
export const linesOfReturn = {
  text: `query LinesOfReturn($id: ID!, $after: String) {
    return(id: $id) {
      returnLineItems(first: 200, after: $after) {
        nodes {
          quantity returnReasonDefinition { name }
          ... on ReturnLineItem { fulfillmentLineItem { lineItem { id } } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(200, 4),
  data: z.object({ return: z.object({ returnLineItems: returnLines }) }),
} satisfies Operation<unknown>;

const decidedLine = z.object({
  fulfillmentLineItem: soldLine.nullable(),
  dispositions: z.array(z.object({ type: z.string(), quantity: z.int().min(0) })),
});
const decidedLines = connection(decidedLine);

/** 1 + 2 + 4 × (1 + 2 + 50 × 4) = 815 points. */
export const decisionsOnReturn = {
  text: `query DecisionsOnReturn($id: ID!, $after: String) {
    return(id: $id) {
      reverseFulfillmentOrders(first: 4, after: $after) {
        nodes {
          id
          lineItems(first: 50) {
            nodes { fulfillmentLineItem { lineItem { id } } dispositions { type quantity } }
            pageInfo { hasNextPage endCursor }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(4, 1 + connectionCost(50, 4)),
  data: z.object({
    return: z.object({ reverseFulfillmentOrders: connection(z.object({ id: z.string(), lineItems: decidedLines })) }),
  }),
} satisfies Operation<unknown>;

/** 1 + 2 + 200 × 4 = 803 points. */
export const moreDecisions = {
  text: `query MoreDecisions($id: ID!, $after: String) {
    reverseFulfillmentOrder(id: $id) {
      lineItems(first: 200, after: $after) {
        nodes { fulfillmentLineItem { lineItem { id } } dispositions { type quantity } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(200, 4),
  data: z.object({ reverseFulfillmentOrder: z.object({ lineItems: decidedLines }) }),
} satisfies Operation<unknown>;
