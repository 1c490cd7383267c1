/** Where an order stands. What the importer leaves out never becomes an order: it is a skipped row with its cause. */
export const orderStates = [
  'held',
  'needs_attention',
  'queued',
  'submitted',
  'partially_shipped',
  'shipped',
  'cancelled',
  'closed',
] as const;

export type OrderState = (typeof orderStates)[number];

/**
 * The allowed moves. Final states can still be left, because no end state ignores a shipment: one that comes after
 * cancelling or closing is written back or raised. `queued` and `held` lead to the shipped states, and
 * `partially_shipped` to `held`, because the fulfillments of one order go their ways apart: one may ship while another
 * is still to be sent, or held for a refund. `submitted` leads back to `queued` when the customer adds a line.
 */
export const orderTransitions: Record<OrderState, readonly OrderState[]> = {
  queued: ['held', 'needs_attention', 'submitted', 'partially_shipped', 'shipped', 'cancelled', 'closed'],
  held: ['queued', 'needs_attention', 'submitted', 'partially_shipped', 'shipped', 'cancelled', 'closed'],
  needs_attention: ['queued', 'held', 'submitted', 'partially_shipped', 'shipped', 'cancelled', 'closed'],
  submitted: ['queued', 'needs_attention', 'partially_shipped', 'shipped', 'cancelled', 'closed'],
  partially_shipped: ['held', 'needs_attention', 'shipped', 'cancelled', 'closed'],
  shipped: ['needs_attention'],
  cancelled: ['needs_attention', 'partially_shipped', 'shipped'],
  closed: ['needs_attention', 'partially_shipped', 'shipped'],
};

export const finalStates: readonly OrderState[] = ['shipped', 'cancelled', 'closed'];

export function isFinal(state: OrderState): boolean {
  return finalStates.includes(state);
}

/** Staying where one is changes nothing and is always allowed. */
export function canMove(from: OrderState, to: OrderState): boolean {
  return from === to || orderTransitions[from].includes(to);
}

/** The messages an order takes in each state; the API and the workflow's validators both read this table. */
export type OrderAction = 'hold' | 'release' | 'cancel' | 'editAddress' | 'retry' | 'markShippedElsewhere';

const actions: Record<OrderState, readonly OrderAction[]> = {
  queued: ['hold', 'cancel', 'editAddress', 'markShippedElsewhere'],
  held: ['release', 'hold', 'cancel', 'editAddress', 'markShippedElsewhere'],
  needs_attention: ['hold', 'retry', 'cancel', 'editAddress', 'markShippedElsewhere'],
  submitted: ['cancel', 'markShippedElsewhere'],
  partially_shipped: ['cancel', 'markShippedElsewhere'],
  shipped: [],
  cancelled: [],
  closed: [],
};

/**
 * Whether an action fits, and if not, why, in words for the person who asked.
 * `handedOver` is true once a warehouse has been asked: from then on neither the address nor a hold can be changed here.
 */
export function refuseAction(action: OrderAction, state: OrderState, handedOver: boolean): string | null {
  if (!actions[state].includes(action)) return `An order that is ${state} does not take "${action}".`;
  if (handedOver && (action === 'editAddress' || action === 'hold'))
    return `The warehouse already has this order: "${action}" works only before submission. Cancel it first, or ask the warehouse.`;
  return null;
}
