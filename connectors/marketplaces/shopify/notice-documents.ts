import { z } from 'zod';
import { connection, userErrors } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, mutationCost, type Operation } from './operation.js';

const trackingInfo = z.array(z.object({ number: z.string().nullable(), company: z.string().nullable() }));
const fulfillment = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
  trackingInfo,
});
export type WireFulfillment = z.infer<typeof fulfillment>;

/** A fulfillment and two of its tracking numbers. The list has no pages: who gets `count` of them asks for more. */
export function fulfillmentsOf(count: number) {
  return {
    text: `query FulfillmentsOf($id: ID!) {
      order(id: $id) {
        fulfillments(first: ${count}) { id name status createdAt trackingInfo(first: 2) { number company } }
      }
    }`,
    cost: 1 + connectionCost(count, 1 + 2),
    data: z.object({ order: z.object({ fulfillments: z.array(fulfillment) }).nullable() }),
  } satisfies Operation<unknown>;
}

const fulfillmentLine = z.object({ quantity: z.int().min(0).nullable(), lineItem: z.object({ id: numericId }) });

/** 2 + 100 × 2 = 202 points and the fulfillment. */
export const linesOfFulfillment = {
  text: `query LinesOfFulfillment($id: ID!, $after: String) {
    fulfillment(id: $id) {
      fulfillmentLineItems(first: 100, after: $after) {
        nodes { quantity lineItem { id } } pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(100, 2),
  data: z.object({ fulfillment: z.object({ fulfillmentLineItems: connection(fulfillmentLine) }) }),
} satisfies Operation<unknown>;

const openLine = z.object({
  id: z.string(),
  sku: z.string().nullable(),
  remainingQuantity: z.int().min(0),
  inventoryItemId: z.string().nullable(),
  lineItem: z.object({ id: numericId }),
});
export const openLines = connection(openLine);
export type OpenLine = z.infer<typeof openLine>;

const openFulfillmentOrder = z.object({
  id: numericId,
  status: z.string(),
  assignedLocation: z.object({ name: z.string(), location: z.object({ id: numericId }).nullable() }),
  supportedActions: z.array(z.object({ action: z.string() })),
  fulfillmentHolds: z.array(z.object({ displayReason: z.string() })),
  lineItems: openLines,
});
export type OpenFulfillmentOrder = z.infer<typeof openFulfillmentOrder>;

const openLineFields = 'id sku remainingQuantity inventoryItemId lineItem { id }';

/** Ten with 25 lines each: 1 + 2 + 10 × (5 + 2 + 25 × 2) = 573 points; what is more is read after it. */
export const toFulfill = {
  text: `query ToFulfill($id: ID!, $after: String) {
    order(id: $id) {
      fulfillmentOrders(first: 10, after: $after) {
        nodes {
          id status assignedLocation { name location { id } } supportedActions { action }
          fulfillmentHolds { displayReason }
          lineItems(first: 25) { nodes { ${openLineFields} } pageInfo { hasNextPage endCursor } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  cost: 1 + connectionCost(10, 5 + connectionCost(25, 2)),
  data: z.object({ order: z.object({ fulfillmentOrders: connection(openFulfillmentOrder) }).nullable() }),
} satisfies Operation<unknown>;

export const moreToFulfill = {
  text: `query MoreToFulfill($id: ID!, $after: String) {
    fulfillmentOrder(id: $id) {
      lineItems(first: 250, after: $after) { nodes { ${openLineFields} } pageInfo { hasNextPage endCursor } }
    }
  }`,
  cost: 1 + connectionCost(250, 2),
  data: z.object({ fulfillmentOrder: z.object({ lineItems: openLines }) }),
} satisfies Operation<unknown>;

/** Honours no idempotency key (reference/shopify.md §4, §6): whoever calls has looked what is there. */
export const createFulfillment = {
  text: `mutation CreateFulfillment($fulfillment: FulfillmentInput!) {
    fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
  }`,
  cost: mutationCost,
  data: z.object({
    fulfillmentCreate: z.object({ fulfillment: z.object({ id: z.string() }).nullable(), userErrors }),
  }),
} satisfies Operation<unknown>;

/** What is on the shelf there, asked only once Shopify has refused (R135). */
export const stockOnShelf = {
  text: `query StockOnShelf($item: ID!, $location: ID!) {
    inventoryItem(id: $item) {
      tracked inventoryLevel(locationId: $location) { isActive quantities(names: ["on_hand"]) { quantity } }
    }
  }`,
  cost: 3,
  data: z.object({
    inventoryItem: z
      .object({
        tracked: z.boolean(),
        inventoryLevel: z
          .object({ isActive: z.boolean(), quantities: z.array(z.object({ quantity: z.int() })) })
          .nullable(),
      })
      .nullable(),
  }),
} satisfies Operation<unknown>;
