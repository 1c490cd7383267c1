import type { Call } from '../graphql/call.js';
import type { FulfillmentOrder } from '../state/fulfillments.js';
import { byGid, moment } from '../state/shop.js';
import { announceFulfillmentOrder, split } from '../work/fulfillment-orders.js';
import { everythingOf } from '../work/fulfil.js';
import { addService } from '../work/stock.js';
import { kindOf } from '../work/supported-actions.js';
import { userError } from './user-errors.js';

interface RequestArguments {
  id: string;
  message?: string | null;
  reason?: string | null;
}

type RequestStatus = FulfillmentOrder['requestStatus'];

/** An answer of a fulfillment service to what the merchant asked of it; only the app that registered it may give it. */
function answers(
  from: RequestStatus,
  to: RequestStatus,
  topic: string,
  then: (fulfillmentOrder: FulfillmentOrder, call: Call) => void,
) {
  return ({ id, message = null, reason = null }: RequestArguments, call: Call) => {
    const { shop } = call;
    const ours = shop.fulfillmentOrders.filter((each) => kindOf(shop, each) === 'assigned');
    const fulfillmentOrder = byGid('FulfillmentOrder', ours, id);
    if (fulfillmentOrder?.requestStatus !== from)
      return { fulfillmentOrder: null, userErrors: [userError(['id'], `Fulfillment order is not ${from}.`)] };
    fulfillmentOrder.requestStatus = to;
    fulfillmentOrder.updatedAt = moment(shop);
    then(fulfillmentOrder, call);
    shop.record.requests.push({ at: moment(shop), fulfillmentOrder: id, answer: to, reason, message });
    announceFulfillmentOrder(shop, topic, fulfillmentOrder);
    return { fulfillmentOrder, userErrors: [] };
  };
}

/** What was given back waits in a new fulfillment order, of which nothing is asked yet. */
function giveBack(fulfillmentOrder: FulfillmentOrder, { shop }: Call): void {
  const rest = split(shop, fulfillmentOrder, everythingOf(fulfillmentOrder));
  rest.requestStatus = 'UNSUBMITTED';
  fulfillmentOrder.status = 'CANCELLED';
}

const nothingElse = () => undefined;

interface ServiceArguments {
  name: string;
  callbackUrl?: string | null;
}

function fulfillmentServiceCreate({ name, callbackUrl = null }: ServiceArguments, { shop }: Call) {
  if (shop.services.some((each) => each.name === name))
    return { fulfillmentService: null, userErrors: [userError(['name'], 'Name has already been taken')] };
  return { fulfillmentService: addService(shop, { name, ours: true, callbackUrl }), userErrors: [] };
}

export const requestMutations = {
  fulfillmentServiceCreate,
  fulfillmentOrderAcceptFulfillmentRequest: answers(
    'SUBMITTED',
    'ACCEPTED',
    'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_ACCEPTED',
    (fulfillmentOrder) => (fulfillmentOrder.status = 'IN_PROGRESS'),
  ),
  fulfillmentOrderRejectFulfillmentRequest: answers(
    'SUBMITTED',
    'REJECTED',
    'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_REJECTED',
    nothingElse,
  ),
  fulfillmentOrderAcceptCancellationRequest: answers(
    'CANCELLATION_REQUESTED',
    'CANCELLATION_ACCEPTED',
    'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_ACCEPTED',
    giveBack,
  ),
  fulfillmentOrderRejectCancellationRequest: answers(
    'CANCELLATION_REQUESTED',
    'CANCELLATION_REJECTED',
    'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_REJECTED',
    nothingElse,
  ),
};
