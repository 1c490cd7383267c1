import { z } from 'zod';
import { connection, userErrors } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, mutationCost, type Operation } from './operation.js';

/** What the warehouse counts. Shopify keeps what it sold apart, as committed (reference/shopify.md §5). */
export const quantityName = 'on_hand';

const level = z.object({
  isActive: z.boolean(),
  location: z.object({ name: z.string(), isActive: z.boolean() }),
  quantities: z.array(z.object({ name: z.string(), quantity: z.int() })),
});

const item = z.object({
  id: numericId,
  sku: z.string().nullable(),
  tracked: z.boolean(),
  inventoryLevel: level.nullable(),
});
export type WireItem = z.infer<typeof item>;

/** 2 + 150 × 5 = 752 points: the item, its level, the location and two figures. */
const itemsPerPage = 150;
export const itemsBySku = {
  text: `query ItemsBySku($query: String!, $location: ID!, $after: String) {
    inventoryItems(first: ${itemsPerPage}, query: $query, after: $after) {
      nodes {
        id sku tracked
        inventoryLevel(locationId: $location, includeInactive: true) {
          isActive location { name isActive }
          quantities(names: ["${quantityName}", "committed"]) { name quantity }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
    location(id: $location) { name isActive }
  }`,
  cost: 1 + connectionCost(itemsPerPage, 5),
  data: z.object({
    inventoryItems: connection(item),
    location: z.object({ name: z.string(), isActive: z.boolean() }).nullable(),
  }),
} satisfies Operation<unknown>;

/** 1 + 2 + 250 × 2 = 503 points. */
export const skusAtLocation = {
  text: `query SkusAtLocation($location: ID!, $after: String) {
    location(id: $location) {
      inventoryLevels(first: 250, after: $after) { nodes { item { sku } } pageInfo { hasNextPage endCursor } }
    }
  }`,
  cost: 1 + connectionCost(250, 2),
  data: z.object({
    location: z
      .object({ inventoryLevels: connection(z.object({ item: z.object({ sku: z.string().nullable() }) })) })
      .nullable(),
  }),
} satisfies Operation<unknown>;

/** The key is honoured for 24 hours (reference/shopify.md §6). */
export const setQuantities = {
  text: `mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { id } userErrors { field message code }
    }
  }`,
  cost: mutationCost,
  data: z.object({
    inventorySetQuantities: z.object({
      /** Null where every figure was right already. */
      inventoryAdjustmentGroup: z.object({ id: z.string() }).nullable(),
      userErrors,
    }),
  }),
} satisfies Operation<unknown>;

export const activateItem = {
  text: `mutation ActivateItem($item: ID!, $location: ID!, $onHand: Int!, $key: String!) {
    inventoryActivate(inventoryItemId: $item, locationId: $location, onHand: $onHand) @idempotent(key: $key) {
      inventoryLevel { id } userErrors { field message }
    }
  }`,
  cost: mutationCost,
  data: z.object({
    inventoryActivate: z.object({ inventoryLevel: z.object({ id: z.string() }).nullable(), userErrors }),
  }),
} satisfies Operation<unknown>;
