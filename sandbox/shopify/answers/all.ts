import type { Fields } from '../graphql/call.js';
import { shop, webhookSubscription } from './app.js';
import {
  fulfillment,
  fulfillmentHold,
  fulfillmentLineItem,
  fulfillmentOrder,
  fulfillmentOrderLineItem,
} from './fulfillments.js';
import { lineItem } from './lines.js';
import { customer, order } from './orders.js';
import { query } from './query.js';
import {
  disposition,
  refund,
  refundLineItem,
  returned,
  returnLineItem,
  reverseFulfillmentOrder,
  reverseFulfillmentOrderLineItem,
} from './returns.js';
import { fulfillmentService, inventoryItem, inventoryLevel, location, product, productVariant } from './stock.js';

/** By the type's name in the schema, how its fields are read. */
export const answers: Record<string, Fields<never>> = {
  QueryRoot: query,
  Shop: shop,
  WebhookSubscription: webhookSubscription,
  Order: order,
  Customer: customer,
  LineItem: lineItem,
  FulfillmentOrder: fulfillmentOrder,
  FulfillmentOrderLineItem: fulfillmentOrderLineItem,
  FulfillmentHold: fulfillmentHold,
  Fulfillment: fulfillment,
  FulfillmentLineItem: fulfillmentLineItem,
  Refund: refund,
  RefundLineItem: refundLineItem,
  Return: returned,
  ReturnLineItem: returnLineItem,
  ReverseFulfillmentOrder: reverseFulfillmentOrder,
  ReverseFulfillmentOrderLineItem: reverseFulfillmentOrderLineItem,
  ReverseFulfillmentOrderDisposition: disposition,
  Location: location,
  FulfillmentService: fulfillmentService,
  InventoryItem: inventoryItem,
  InventoryLevel: inventoryLevel,
  ProductVariant: productVariant,
  Product: product,
};
