import { answerCancellation, answerFulfillment, type RequestedOrder } from '../../domain/fulfillment-requests.js';
import { finalStates } from '../../domain/order-states.js';

type Facts = NonNullable<RequestedOrder['order']>;
const ours = (over: Partial<Facts> = {}): RequestedOrder => ({
  order: { state: 'held', attention: null, cancelOutcome: null, open: [{ lineId: 'a', quantity: 2 }], ...over },
  leftOut: null,
});
const leftOut = (cause: NonNullable<RequestedOrder['leftOut']>['cause']): RequestedOrder => ({
  order: null,
  leftOut: { cause, reason: 'Because.' },
});

describe('a request to send an order', () => {
  it.each(['held', 'queued', 'submitted', 'partially_shipped'] as const)('is accepted where it is %s', (state) => {
    expect(answerFulfillment(ours({ state }))).toMatchObject({ accepted: true });
  });

  it.each(finalStates)('is rejected where it is %s', (state) => {
    expect(answerFulfillment(ours({ state }))).toMatchObject({ accepted: false, reason: 'other' });
  });

  it.each([
    ['address_incomplete', 'address_wrong'],
    ['sku_unknown_at_warehouse', 'sku_unknown'],
  ] as const)('with %s is rejected as %s: only the merchant can mend it', (attention, reason) => {
    expect(answerFulfillment(ours({ state: 'needs_attention', attention }))).toMatchObject({ accepted: false, reason });
  });

  it('that a person can mend here is accepted', () => {
    expect(answerFulfillment(ours({ state: 'needs_attention', attention: 'listing_missing' }))).toMatchObject({
      accepted: true,
    });
  });

  it.each(['order_malformed', 'payment_status_not_selected', 'status_not_monitored'] as const)(
    'waits where the order may still be imported (%s)',
    (cause) => expect(answerFulfillment(leftOut(cause))).toBeNull(),
  );

  it.each(['test_order', 'before_cut_in', 'nothing_to_ship', 'other_location', 'cancelled', 'refunded'] as const)(
    'is rejected with the cause where the import leaves it out for good (%s)',
    (cause) =>
      expect(answerFulfillment(leftOut(cause))).toEqual({ accepted: false, reason: 'other', note: 'Because.' }),
  );

  it('waits for an order that is not to be seen yet', () => {
    expect(answerFulfillment({ order: null, leftOut: null })).toBeNull();
  });
});

describe('a request to cancel an order', () => {
  const whole = [{ lineId: 'a', quantity: 2 }];

  it('first asks the order, and is answered by its outcome', () => {
    expect(answerCancellation(ours(), whole)).toBe('ask');
    expect(answerCancellation(ours({ cancelOutcome: 'asking' }), whole)).toBe('wait');
    expect(answerCancellation(ours({ cancelOutcome: 'stopped' }), whole)).toMatchObject({ accepted: true });
    expect(answerCancellation(ours({ cancelOutcome: 'too_late' }), whole)).toMatchObject({ accepted: false });
  });

  it('of an order that has ended is answered by how it ended', () => {
    expect(answerCancellation(ours({ state: 'cancelled' }), whole)).toMatchObject({ accepted: true });
    expect(answerCancellation(ours({ state: 'shipped', open: [] }), whole)).toMatchObject({ accepted: false });
  });

  it('of an order that was never taken in is accepted', () => {
    expect(answerCancellation({ order: null, leftOut: null }, whole)).toMatchObject({ accepted: true });
  });

  it('of a part is refused, unless several requests make the whole', () => {
    const part = { lineId: 'a', quantity: 1 };
    const refused = answerCancellation(ours(), [part]);
    expect(refused).toMatchObject({ accepted: false });
    expect((refused as { note: string }).note).toContain('line a');
    expect(answerCancellation(ours(), [part, part])).toBe('ask');
  });
});
