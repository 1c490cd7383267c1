import { attention } from '../../domain/attention.js';
import { handedOver, raise } from '../../domain/order-process.js';
import type { OrderAction } from '../../domain/order-states.js';
import { aLine } from './given.js';
import { begin, happen, run, type Answer, type World } from './order-world.js';

const twoWarehouses = {
  lines: [aLine({ lineId: 'a', sku: 'twin' }), aLine({ lineId: 'b', sku: 'mug' })],
  elsewhere: 'mug',
};

function started(answers: Answer[] = [], given: World['given'] = { ...twoWarehouses, elsewhere: null }): World {
  const world = begin(given, answers);
  run(world);
  return world;
}

const act = (world: World, ...actions: OrderAction[]) => {
  for (const action of actions) {
    happen.act(world, action);
    run(world);
  }
};
const alive = (world: World) =>
  [...world.held.values()].filter((each) => !each.cancelled).map((each) => each.reference);

describe('an order that its warehouse gave up', () => {
  it.each<[string, OrderAction[]]>([
    ['by a retry', ['retry']],
    ['with the address corrected before', ['editAddress', 'retry']],
    ['by the release of a hold', ['hold', 'release']],
    ['by the release of a hold in which the address was corrected', ['hold', 'editAddress', 'release']],
  ])('is sent anew under a new reference %s', (_title, actions) => {
    const world = started();
    happen.giveUp(world, 0);
    run(world);
    expect(world.order.state).toBe('needs_attention');
    act(world, ...actions);
    expect(alive(world)).toEqual(['sto_1.AB12CD34.1g2']);
    expect(world.order).toMatchObject({ state: 'submitted', generation: 2, attention: null });
  });

  it('is sent anew without what was shipped before, even if both news came at once', () => {
    const world = started();
    happen.ship(world, 0, [{ warehouseSku: 'A', quantity: 1 }], 1);
    happen.giveUp(world, 0);
    run(world);
    act(world, 'retry');
    const anew = world.order.ledger.filter((each) => each.fulfillment === 'sto_1.AB12CD34.1g2');
    expect(anew).toMatchObject([{ lineId: 'a', warehouseSku: 'B', ordered: 1 }]);
    expect(world.order.state).toBe('partially_shipped');
  });

  it('is sent anew without the lines that the marketplace gave up', () => {
    const world = started(['taken_in_part']);
    happen.giveUp(world, 0);
    run(world);
    act(world, 'retry');
    const anew = world.order.ledger.filter((each) => each.fulfillment === 'sto_1.AB12CD34.1g2');
    expect(anew).toMatchObject([{ lineId: 'b', ordered: 1 }]);
  });

  it('loses nothing when another one is given up before it could be planned anew', () => {
    const world = started(['taken', 'taken', 'unlisted'], twoWarehouses);
    happen.giveUp(world, 0);
    run(world);
    act(world, 'retry');
    expect(world.order.attention?.cause).toBe('listing_missing');
    happen.giveUp(world, 1);
    run(world);
    act(world, 'retry');
    expect(alive(world)).toEqual(['sto_1.AB12CD34.1g3', 'sto_1.AB12CD34.2g3']);
  });

  it('is not sent anew when it is cancelled instead', () => {
    const world = started();
    happen.giveUp(world, 0);
    run(world);
    act(world, 'cancel');
    expect(alive(world)).toEqual([]);
    expect(world.order.state).toBe('cancelled');
  });

  it('goes on showing that, whatever else goes wrong before a person answers', () => {
    const world = started();
    happen.giveUp(world, 0);
    raise(world.order, attention('unavailable', 'The other warehouse is down.'));
    expect(world.order.attention?.cause).toBe('cancelled_at_warehouse');
  });
});

describe('an address that is corrected', () => {
  it('before anything was asked plans the order anew under the same reference', () => {
    const world = started(['refused']);
    act(world, 'editAddress', 'retry');
    expect(alive(world)).toEqual(['sto_1.AB12CD34.1g1']);
    expect(world.order).toMatchObject({ state: 'submitted', generation: 1 });
  });

  it('comes too late when a warehouse may have been asked, even if its answer was lost', () => {
    const world = started(['taken_then_lost']);
    act(world, 'editAddress', 'hold');
    expect(world.asked).toBe(0);
    expect(handedOver(world.order)).toBe(true);
  });

  it('sends nothing of an order that was cancelled, even when a late shipment asks for attention', () => {
    const world = started();
    act(world, 'cancel');
    happen.ship(world, 0, [{ warehouseSku: 'A', quantity: 1 }], 1);
    run(world);
    expect(world.order.attention?.cause).toBe('shipped_after_cancel');
    act(world, 'editAddress', 'retry');
    expect(world.held.size).toBe(1);
    expect(world.order.state).toBe('shipped');
  });

  it('gives what was not asked for yet no reference that a warehouse knows', () => {
    const world = started(['taken', 'refused', 'refused'], twoWarehouses);
    happen.giveUp(world, 0);
    run(world);
    act(world, 'editAddress', 'retry');
    expect(alive(world)).toEqual([]);
    act(world, 'retry');
    expect(alive(world)).toEqual(['sto_1.AB12CD34.1g4', 'sto_1.AB12CD34.2g4']);
  });
});

describe('a listing or a rule that is corrected after a warehouse refused', () => {
  it('counts from the next try on: what was not asked for is planned anew, by a retry or after a hold', () => {
    for (const actions of [['retry'], ['hold', 'release']] as const) {
      const world = started(['refused', 'unlisted']);
      act(world, ...actions);
      // Only planning asks for the listings.
      expect(world.order.attention?.cause).toBe('listing_missing');
      act(world, 'retry');
      expect(alive(world)).toEqual(['sto_1.AB12CD34.1g1']);
    }
  });

  it('leaves alone what another warehouse has', () => {
    const world = started(['taken', 'refused'], twoWarehouses);
    act(world, 'retry');
    expect(alive(world)).toEqual(['sto_1.AB12CD34.1g1', 'sto_1.AB12CD34.1g2']);
    expect(world.order.ledger).toHaveLength(2);
  });
});

describe('two fulfillments of one order', () => {
  it('go their ways apart: one ships while a refund holds the other, which then is released', () => {
    const world = started(['taken', 'refused', 'refund_pending'], twoWarehouses);
    happen.ship(world, 0, [{ warehouseSku: 'B', quantity: 1 }], 1);
    act(world, 'retry');
    expect(world.order.state).toBe('held');
    expect(world.notices.size).toBe(1);
    act(world, 'release');
    expect(world.order.state).toBe('partially_shipped');
    expect(alive(world)).toHaveLength(2);
  });
});
