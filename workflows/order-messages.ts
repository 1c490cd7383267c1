import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import { attention } from '../domain/attention.js';
import { messages } from '../domain/identifiers.js';
import type {
  ActionAnswer,
  ActionRequest,
  CancelAnswer,
  EditAddressRequest,
  FixSaved,
  FulfillmentCancelled,
  HoldRequest,
  MarketplaceChanged,
  NoticesMissing,
  OrderSnapshot,
  ShipmentOverdue,
  ShipmentReported,
  ShipmentUnreadable,
} from '../domain/messages.js';
import {
  handedOver,
  move,
  planAgain,
  raise,
  retryAfter,
  settle,
  snapshot,
  workingState,
  type OrderProcess,
} from '../domain/order-process.js';
import { isFinal, refuseAction, type OrderAction } from '../domain/order-states.js';

const hold = defineUpdate<ActionAnswer, [HoldRequest]>(messages.order.hold);
const release = defineUpdate<ActionAnswer, [ActionRequest]>(messages.order.release);
const cancel = defineUpdate<CancelAnswer, [ActionRequest]>(messages.order.cancel);
const editAddress = defineUpdate<ActionAnswer, [EditAddressRequest]>(messages.order.editAddress);
const retry = defineUpdate<ActionAnswer, [ActionRequest]>(messages.order.retry);
const markShippedElsewhere = defineUpdate<ActionAnswer, [ActionRequest]>(messages.order.markShippedElsewhere);
const shipmentReported = defineSignal<[ShipmentReported]>(messages.order.shipmentReported);
const fulfillmentCancelled = defineSignal<[FulfillmentCancelled]>(messages.order.fulfillmentCancelled);
const shipmentOverdue = defineSignal<[ShipmentOverdue]>(messages.order.shipmentOverdue);
const shipmentUnreadable = defineSignal<[ShipmentUnreadable]>(messages.order.shipmentUnreadable);
const marketplaceChanged = defineSignal<[MarketplaceChanged]>(messages.order.marketplaceChanged);
const noticesMissing = defineSignal<[NoticesMissing]>(messages.order.noticesMissing);
const fixSaved = defineSignal<[FixSaved]>(messages.order.fixSaved);
const state = defineQuery<OrderSnapshot>(messages.order.state);

const { applyAddressEdit } = proxyActivities<Activities>({ startToCloseTimeout: '30 seconds' });

/** A person gets an answer this soon; `asking` if a warehouse is slower. */
const patience = '5 seconds';

/** Everything that can be said to or asked of an order. A wish is noted here; the order's steps carry it out. */
export function answerMessages(order: OrderProcess): void {
  answerPeople(order);
  hearNews(order);
  setHandler(state, () => snapshot(order));
}

function answerPeople(order: OrderProcess): void {
  const fits = <Request>(action: OrderAction): { validator: (request: Request) => void } => ({
    validator: () => {
      const refusal = refuseAction(action, order.state, handedOver(order));
      if (refusal) throw ApplicationFailure.nonRetryable(refusal, 'action_refused');
    },
  });
  /** Answered when it is on the timeline, so that whoever asks next reads what was done. */
  const recorded = async (): Promise<ActionAnswer> => {
    await condition(() => order.moves.length === 0);
    return { state: order.state };
  };

  setHandler(
    hold,
    async ({ actor, note, releaseAt }) => {
      settle(order);
      order.hold = { reason: 'asked', owner: actor, note, releaseAt, waitsFor: null };
      move(order, 'held', { event: 'held', actor, message: note ?? 'Held on request.' });
      return recorded();
    },
    fits('hold'),
  );

  setHandler(
    release,
    async ({ actor, note }) => {
      order.hold = null;
      move(order, workingState(order), { event: 'released', actor, message: note ?? 'Released on request.' });
      return recorded();
    },
    fits('release'),
  );

  setHandler(
    retry,
    async ({ actor, note }) => {
      retryAfter(order);
      move(order, workingState(order), { event: 'retried', actor, message: note ?? 'Retried on request.' });
      return recorded();
    },
    fits('retry'),
  );

  setHandler(
    editAddress,
    async ({ actor, note, editId }) => {
      // Between here and the end of the activity the address could be sent: the order keeps still.
      order.edits += 1;
      await applyAddressEdit({ orderId: order.orderId, editId });
      order.edits -= 1;
      if (order.attention?.cause === 'address_incomplete' || order.attention?.cause === 'request_rejected')
        settle(order);
      planAgain(order);
      move(order, workingState(order), {
        event: 'address_edited',
        actor,
        message: note ?? 'The delivery address was corrected.',
      });
      return recorded();
    },
    fits('editAddress'),
  );

  setHandler(
    cancel,
    async ({ actor, note }) => {
      order.hold = null;
      settle(order);
      order.cancel = { outcome: 'asking', actor, note };
      await condition(() => order.cancel?.outcome !== 'asking' && order.moves.length === 0, patience);
      return { outcome: order.cancel.outcome, state: order.state };
    },
    fits('cancel'),
  );

  setHandler(
    markShippedElsewhere,
    async ({ actor, note }) => {
      order.hold = null;
      settle(order);
      order.elsewhere = { actor, reason: note ?? 'Marked as shipped elsewhere.' };
      await condition(() => order.elsewhere === null && order.moves.length === 0, patience);
      return { state: order.state };
    },
    fits('markShippedElsewhere'),
  );
}

/** What it is asked to stop for, its warehouses answer themselves. */
const stopping = (order: OrderProcess) => order.cancel?.outcome === 'asking' || order.elsewhere !== null;

function hearNews(order: OrderProcess): void {
  setHandler(shipmentReported, (shipment) => {
    if (order.known.includes(shipment.shipmentId)) return;
    order.known.push(shipment.shipmentId);
    order.shipments.push(shipment);
    // It is shipping after all: waiting for that is over.
    if (order.attention?.cause === 'shipment_overdue' || order.attention?.cause === 'shipment_unreadable')
      settle(order);
  });

  setHandler(fulfillmentCancelled, ({ fulfillment, reason }) => {
    const found = order.fulfillments.find((each) => each.reference === fulfillment && each.standing === 'submitted');
    if (!found || stopping(order)) return;
    found.standing = 'cancelled_by_warehouse';
    raise(
      order,
      attention('cancelled_at_warehouse', `The warehouse cancelled ${fulfillment}: ${reason}`, {
        reference: fulfillment,
      }),
    );
  });

  setHandler(shipmentOverdue, ({ fulfillment, days }) => {
    if (order.attention || stopping(order) || isFinal(order.state)) return;
    raise(
      order,
      attention('shipment_overdue', `${fulfillment} has not shipped within ${days} days.`, { reference: fulfillment }),
    );
  });

  setHandler(shipmentUnreadable, ({ fulfillment, problem }) => {
    if (order.attention || stopping(order) || isFinal(order.state)) return;
    raise(order, attention('shipment_unreadable', `${fulfillment}: ${problem}`, { reference: fulfillment }));
  });

  setHandler(marketplaceChanged, () => {
    order.toLook = true;
    order.lookFailed = false;
  });

  setHandler(noticesMissing, ({ shipmentId }) => {
    if (!order.missingNotices.includes(shipmentId)) order.missingNotices.push(shipmentId);
  });

  setHandler(fixSaved, ({ key }) => {
    if (order.hold?.waitsFor !== key && order.attention?.waitsFor !== key) return;
    order.hold = null;
    settle(order);
    move(order, workingState(order), {
      event: 'woken',
      actor: 'waybill',
      message: `What it waited for was saved (${key}).`,
    });
  });
}
