import { z } from 'zod';
import { connection } from './answers.js';
import { numericId } from './ids.js';
import { connectionCost, type Operation } from './operation.js';

/** Needs no scope. */
export const installation = {
  text: `query Installation {
    shop { name myshopifyDomain }
    currentAppInstallation { accessScopes { handle } }
  }`,
  cost: 3,
  data: z.object({
    shop: z.object({ name: z.string(), myshopifyDomain: z.string() }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
  }),
} satisfies Operation<unknown>;

const location = z.object({
  id: numericId,
  name: z.string(),
  isActive: z.boolean(),
  fulfillsOnlineOrders: z.boolean(),
  isFulfillmentService: z.boolean(),
});
export type WireLocation = z.infer<typeof location>;

/** A shop has 200 locations at most on any plan but the largest; legacy ones are those of fulfillment services. */
export const locations = {
  text: `query Locations($after: String) {
    locations(first: 250, after: $after, includeInactive: true, includeLegacy: true) {
      nodes { id name isActive fulfillsOnlineOrders isFulfillmentService } pageInfo { hasNextPage endCursor }
    }
  }`,
  cost: connectionCost(250, 1),
  data: z.object({ locations: connection(location) }),
} satisfies Operation<unknown>;

export const fulfillmentServices = {
  text: `query FulfillmentServices { shop { fulfillmentServices { handle serviceName } } }`,
  cost: 2,
  data: z.object({
    shop: z.object({
      fulfillmentServices: z.array(z.object({ handle: z.string(), serviceName: z.string() })),
    }),
  }),
} satisfies Operation<unknown>;

/** The latest orders, to see whether their addresses show. */
const looked = 10;
export const latestAddresses = {
  text: `query LatestAddresses {
    orders(first: ${looked}, reverse: true, sortKey: CREATED_AT) {
      nodes { requiresShipping shippingAddress { lastName address1 } }
    }
  }`,
  cost: connectionCost(looked, 2),
  data: z.object({
    orders: z.object({
      nodes: z.array(
        z.object({
          requiresShipping: z.boolean(),
          shippingAddress: z.object({ lastName: z.string().nullable(), address1: z.string().nullable() }).nullable(),
        }),
      ),
    }),
  }),
} satisfies Operation<unknown>;
