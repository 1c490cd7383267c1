import fc from 'fast-check';
import {
  canMove,
  finalStates,
  isFinal,
  orderStates,
  orderTransitions,
  refuseAction,
  type OrderAction,
  type OrderState,
} from '../../domain/order-states.js';
import { check } from './check.js';

const anyState = fc.constantFrom(...orderStates);
const anyAction = fc.constantFrom<OrderAction>(
  'hold',
  'release',
  'cancel',
  'editAddress',
  'retry',
  'markShippedElsewhere',
);

function reachable(from: OrderState, moves: (state: OrderState) => readonly OrderState[]): Set<OrderState> {
  const seen = new Set<OrderState>([from]);
  for (const state of seen) moves(state).forEach((to) => seen.add(to));
  return seen;
}

describe('the table of order states', () => {
  it('names known states only, each once, and never a move to where one is', () => {
    expect(Object.keys(orderTransitions).sort()).toEqual([...orderStates].sort());
    for (const from of orderStates) {
      const to = orderTransitions[from];
      expect(orderStates).toEqual(expect.arrayContaining([...to]));
      expect(new Set(to).size).toBe(to.length);
      expect(to).not.toContain(from);
    }
  });

  it('reaches every state from queued', () => {
    expect([...reachable('queued', (state) => orderTransitions[state])].sort()).toEqual([...orderStates].sort());
  });

  it('agrees with canMove for every pair', () => {
    check(
      fc.property(anyState, anyState, (from, to) => {
        expect(canMove(from, to)).toBe(from === to || orderTransitions[from].includes(to));
      }),
    );
  });

  it('leads on to a final state from every other, so that no order is stuck for ever', () => {
    for (const from of orderStates)
      expect([...reachable(from, (state) => orderTransitions[state])].some(isFinal)).toBe(true);
  });

  it('lets a person be asked in every state, and lets the question be answered', () => {
    for (const state of orderStates.filter((each) => each !== 'needs_attention')) {
      expect(canMove(state, 'needs_attention')).toBe(true);
      // Back to where it stood, or from a state before submission anew through the queue.
      expect(canMove('needs_attention', state)).toBe(true);
    }
  });

  it('leaves a final state only for what a late shipment brings', () => {
    expect(orderStates.filter(isFinal)).toEqual([...finalStates]);
    for (const state of finalStates) {
      expect(orderTransitions[state].length).toBeGreaterThan(0);
      expect(['needs_attention', 'partially_shipped', 'shipped']).toEqual(
        expect.arrayContaining([...orderTransitions[state]]),
      );
    }
    for (const state of ['cancelled', 'closed'] as const) {
      expect(canMove(state, 'partially_shipped')).toBe(true);
      expect(canMove(state, 'shipped')).toBe(true);
    }
  });

  it('never takes goods back: after a shipment no order waits for the warehouse anew as if nothing had left', () => {
    for (const state of ['partially_shipped', 'shipped'] as const)
      for (const before of ['queued', 'submitted'] as const) expect(canMove(state, before)).toBe(false);
  });

  it('D1: queued and held are two states; held is left for queued, never the other way by itself alone', () => {
    expect(canMove('held', 'queued')).toBe(true);
    expect(refuseAction('release', 'held', false)).toBeNull();
    expect(refuseAction('release', 'queued', false)).not.toBeNull();
    expect(canMove('queued', 'submitted')).toBe(true);
  });
});

describe('the actions of a person', () => {
  /** Where each action takes an order at once; retry goes back to the step that stopped, so it has no single aim. */
  const aims: Partial<Record<OrderAction, OrderState>> = {
    hold: 'held',
    release: 'queued',
    cancel: 'cancelled',
    markShippedElsewhere: 'closed',
  };

  it('lead only where the table lets an order go', () => {
    check(
      fc.property(anyState, anyAction, (state, action) => {
        const aim = aims[action];
        if (aim && refuseAction(action, state, false) === null) expect(canMove(state, aim)).toBe(true);
      }),
    );
  });

  it('are refused in words that name the action', () => {
    check(
      fc.property(anyState, anyAction, fc.boolean(), (state, action, handedOver) => {
        const refusal = refuseAction(action, state, handedOver);
        if (refusal !== null) expect(refusal).toContain(`"${action}"`);
      }),
    );
  });

  it.each<[OrderAction, OrderState[]]>([
    ['hold', ['queued', 'held', 'needs_attention']],
    ['release', ['held']],
    ['cancel', ['queued', 'held', 'needs_attention', 'submitted', 'partially_shipped']],
    ['editAddress', ['queued', 'held', 'needs_attention']],
    ['retry', ['needs_attention']],
    ['markShippedElsewhere', ['queued', 'held', 'needs_attention', 'submitted', 'partially_shipped']],
  ])('%s fits just %j', (action, states) => {
    const fits = orderStates.filter((state) => refuseAction(action, state, false) === null);
    expect(fits.sort()).toEqual(states.sort());
  });

  it('never gain by handing over; address and hold are lost to it', () => {
    check(
      fc.property(anyState, anyAction, (state, action) => {
        const before = refuseAction(action, state, false);
        const after = refuseAction(action, state, true);
        if (before !== null) expect(after).toBe(before);
        else expect(after === null).toBe(action !== 'editAddress' && action !== 'hold');
      }),
    );
  });

  it('leave a way out of needs_attention whether or not a warehouse was asked', () => {
    for (const handedOver of [false, true])
      for (const action of ['retry', 'cancel', 'markShippedElsewhere'] as const)
        expect(refuseAction(action, 'needs_attention', handedOver)).toBeNull();
  });
});
