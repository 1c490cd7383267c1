import { z } from 'zod';
import { numericId } from './ids.js';
import { connectionCost } from './operation.js';

/** Which of the two amounts that Shopify keeps of everything is read (R141). */
export type Money = 'shopMoney' | 'presentmentMoney';

/** How many of each nested list come with an order at once; what is more is read after it. */
export interface Sizes {
  lines: number;
  fulfillmentOrders: number;
  /** Of each fulfillment order. */
  fulfillmentOrderLines: number;
}

export const line = (money: Money) => `
  id sku name quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
  discountedTotalSet { ${money} { amount } }`;
/** The line, its money bag and the amount. */
export const lineCost = 3;

export const fulfillmentOrderLine = 'remainingQuantity totalQuantity lineItem { id }';
/** The line of the fulfillment order, and the order's line it stands for. */
export const fulfillmentOrderLineCost = 2;

export const fulfillmentOrder = (lines: number) => `
  id status requestStatus fulfillAt
  assignedLocation { location { id } }
  deliveryMethod { methodType }
  destination { firstName lastName company address1 address2 city province zip countryCode email phone }
  fulfillmentHolds { displayReason }
  supportedActions { action }
  lineItems(first: ${lines}) { nodes { ${fulfillmentOrderLine} } pageInfo { hasNextPage endCursor } }`;
/** Itself, assigned location, location, delivery method, destination, holds, actions; and its lines. */
export const fulfillmentOrderCost = (lines: number) => 7 + connectionCost(lines, fulfillmentOrderLineCost);

export const order = (money: Money, sizes: Sizes) => `
  id name processedAt updatedAt cancelledAt test displayFinancialStatus displayFulfillmentStatus email phone totalWeight
  currentTotalPriceSet { ${money} { amount currencyCode } }
  shippingAddress { firstName lastName company address1 address2 city province provinceCode zip countryCodeV2 phone }
  shippingLine { title }
  lineItems(first: ${sizes.lines}) { nodes { ${line(money)} } pageInfo { hasNextPage endCursor } }
  fulfillmentOrders(first: ${sizes.fulfillmentOrders}) {
    nodes { ${fulfillmentOrder(sizes.fulfillmentOrderLines)} } pageInfo { hasNextPage endCursor }
  }`;
/** Itself, its money bag and amount, address, shipping line; and its nested lists. */
export const orderCost = (sizes: Sizes) =>
  5 +
  connectionCost(sizes.lines, lineCost) +
  connectionCost(sizes.fulfillmentOrders, fulfillmentOrderCost(sizes.fulfillmentOrderLines));

/** Tells the fulfillment service of each location (R137); one location each (reference/shopify.md §4). */
export const services = 'shop { fulfillmentServices { handle location { id } } }';
export const servicesCost = 3;

export const servicesAnswer = z
  .object({
    fulfillmentServices: z.array(z.object({ handle: z.string(), location: z.object({ id: numericId }).nullable() })),
  })
  .optional();
