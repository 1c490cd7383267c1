import { fulfillmentStatusOf } from './order-status.js';
import type { Fulfillment } from '../state/fulfillments.js';
import type { Order } from '../state/orders.js';
import { gid, type Shop } from '../state/shop.js';

/** Notifications still speak the names of the older REST API, and carry people's data. */
export function orderBody(shop: Shop, order: Order): object {
  return {
    id: order.id,
    admin_graphql_api_id: gid('Order', order.id),
    name: order.name,
    email: order.email,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    cancelled_at: order.cancelledAt,
    financial_status: order.financialStatus?.toLowerCase() ?? null,
    fulfillment_status:
      { FULFILLED: 'fulfilled', PARTIALLY_FULFILLED: 'partial' }[fulfillmentStatusOf(shop, order)] ?? null,
    currency: order.currency,
    test: order.test,
    shipping_address: order.address && {
      first_name: order.address.firstName,
      last_name: order.address.lastName,
      address1: order.address.address1,
      city: order.address.city,
      country_code: order.address.countryCode,
    },
    line_items: order.lines.map(({ id, sku, quantity, current }) => ({
      id,
      admin_graphql_api_id: gid('LineItem', id),
      sku,
      quantity,
      current_quantity: current,
    })),
  };
}

export function fulfillmentBody(fulfillment: Fulfillment): object {
  return {
    id: fulfillment.id,
    admin_graphql_api_id: gid('Fulfillment', fulfillment.id),
    order_id: fulfillment.orderId,
    name: fulfillment.name,
    status: fulfillment.status.toLowerCase(),
    tracking_company: fulfillment.company,
    tracking_numbers: fulfillment.packages.map((each) => each.number),
    location_id: fulfillment.locationId,
    created_at: fulfillment.createdAt,
    updated_at: fulfillment.updatedAt,
  };
}
