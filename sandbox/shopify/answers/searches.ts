import type { SearchFields } from '../graphql/search.js';
import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import type { Shop } from '../state/shop.js';
import type { Item, Location } from '../state/stock.js';
import { fulfillmentStatusOf } from '../work/order-status.js';
import { returnStatusOf } from './returns.js';

/** The words of `fulfillment_status` for what Order.displayFulfillmentStatus says. */
const fulfillmentWords: Record<string, string[]> = {
  UNFULFILLED: ['unfulfilled', 'unshipped'],
  PARTIALLY_FULFILLED: ['partial', 'unfulfilled'],
  FULFILLED: ['fulfilled', 'shipped'],
  ON_HOLD: ['on_hold', 'unfulfilled', 'unshipped'],
  SCHEDULED: ['scheduled', 'unfulfilled', 'unshipped'],
  IN_PROGRESS: ['unfulfilled', 'unshipped'],
  REQUEST_DECLINED: ['request_declined', 'unfulfilled', 'unshipped'],
};

/** The filter terms of `orders` (reference/shopify.md §3). */
export function orderSearch(shop: Shop): SearchFields<Order> {
  return {
    default: ({ name }) => [name, name.slice(1)],
    id: ({ id }) => id,
    name: ({ name }) => [name, name.slice(1)],
    created_at: ({ createdAt }) => new Date(createdAt),
    updated_at: ({ updatedAt }) => new Date(updatedAt),
    processed_at: ({ processedAt }) => new Date(processedAt),
    status: (row) => statusWords(row),
    financial_status: ({ financialStatus }) => financialStatus,
    fulfillment_status: (row) => fulfillmentWords[fulfillmentStatusOf(shop, row)] ?? [],
    return_status: (row) => returnStatusOf(shop, row),
    test: ({ test }) => test,
    tag: ({ tags }) => tags,
    sku: ({ lines }) => lines.map(({ sku }) => sku),
    source_name: ({ sourceName }) => sourceName,
    email: ({ email }) => email,
    // Where a fulfillment was made, not where one is to be made.
    fulfillment_location_id: ({ id }) =>
      shop.fulfillments.filter((each) => each.orderId === id).map((each) => each.locationId),
    // The shop that sold it at a counter: none of ours.
    location_id: () => [],
  };
}

function statusWords({ cancelledAt, closedAt }: Order): string[] {
  if (cancelledAt !== null) return ['cancelled', 'closed', 'any'];
  return closedAt === null ? ['open', 'not_closed', 'any'] : ['closed', 'any'];
}

export const fulfillmentOrderSearch: SearchFields<FulfillmentOrder> = {
  default: () => [],
  id: ({ id }) => id,
  status: ({ status }) => status,
  assigned_location_id: ({ locationId }) => locationId,
  updated_at: ({ updatedAt }) => new Date(updatedAt),
};

/** Finds any case; whoever wants the exact SKU compares it (reference/shopify.md §5). */
export const itemSearch: SearchFields<Item> = {
  default: ({ sku }) => sku,
  id: ({ id }) => id,
  sku: ({ sku }) => sku,
  created_at: ({ createdAt }) => new Date(createdAt),
};

export const locationSearch: SearchFields<Location> = {
  default: ({ name }) => name,
  name: ({ name }) => name,
  active: ({ active }) => active,
};
