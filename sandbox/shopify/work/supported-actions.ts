import type { FulfillmentOrder } from '../state/fulfillments.js';
import type { Shop } from '../state/shop.js';
import { locationOf } from './lookups.js';

export type FulfillmentOrderKind = 'merchant_managed' | 'assigned' | 'third_party';

/** `assigned` are those at locations of services that our own app registered (reference/shopify.md §2). */
export function kindOf(shop: Shop, fulfillmentOrder: FulfillmentOrder): FulfillmentOrderKind {
  const { serviceId } = locationOf(shop, fulfillmentOrder.locationId);
  const service = shop.services.find((each) => each.id === serviceId);
  if (!service) return 'merchant_managed';
  return service.ours ? 'assigned' : 'third_party';
}

/** What may be done now; asked before every write (reference/shopify.md §4). */
export function supportedActions(shop: Shop, row: FulfillmentOrder): string[] {
  if (row.status === 'ON_HOLD') return ['RELEASE_HOLD', 'HOLD', 'MOVE'];
  if (row.status === 'SCHEDULED') return ['MARK_AS_OPEN', 'MOVE', 'HOLD'];
  if (!['OPEN', 'IN_PROGRESS'].includes(row.status)) return [];
  if (kindOf(shop, row) === 'merchant_managed' || !shop.settings.servicesNeedAcceptance)
    return ['CREATE_FULFILLMENT', 'HOLD', 'SPLIT', ...(row.status === 'OPEN' ? ['MOVE'] : [])];
  if (['ACCEPTED', 'CANCELLATION_REJECTED'].includes(row.requestStatus))
    return ['CREATE_FULFILLMENT', 'REQUEST_CANCELLATION'];
  return row.requestStatus === 'SUBMITTED'
    ? ['REQUEST_CANCELLATION']
    : ['REQUEST_FULFILLMENT', 'HOLD', 'MOVE', 'SPLIT'];
}
