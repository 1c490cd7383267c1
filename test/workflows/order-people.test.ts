import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { stageAddressEdit } from '../../database/address-edits.js';
import type { Address } from '../../domain/address.js';
import { sampleAddress } from './addresses.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
const gates = createGates();
beforeAll(async () => {
  const settings = { reviewEveryOrder: true };
  waybill = await startWaybill({ settings, deadlineMs: 1_500, interceptors: [gates.interceptor] });
  flow = flowOf(waybill);
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterEach(() => {
  waybill.shipbob.faults = [];
  waybill.clickbank.standIn.faults = [];
});
afterAll(() => waybill.stop());

/** Holds activities of one type back until they are let go; a first try inside the workflow task fails at once. */
function createGates() {
  const waiting = new Map<string, Promise<void>>();
  const interceptor: ActivityInterceptorsFactory = (context) => ({
    inbound: {
      async execute(input, next) {
        const gate = waiting.get(context.info.activityType);
        if (gate && context.info.isLocal) throw new Error('not just now');
        await gate;
        return next(input);
      },
    },
  });
  return {
    interceptor,
    close(activity: string): () => void {
      let open = () => {};
      waiting.set(activity, new Promise((resolve) => (open = resolve)));
      return () => (waiting.delete(activity), open());
    },
  };
}

async function held(): Promise<string> {
  const receipt = await flow.buy();
  await flow.until(receipt, 'held');
  return receipt;
}

async function submitted(): Promise<string> {
  const receipt = await held();
  await flow.act(receipt, 'release');
  await flow.until(receipt, 'submitted');
  return receipt;
}

const cancelAnswer = (receipt: string) => flow.cancel(receipt);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: Error) => (error.cause as Error).message,
  );

describe('hold and release', () => {
  it('D1: a review hold says why, by whom and until when; a person releases it', async () => {
    const receipt = await held();
    const { hold } = await flow.row(receipt);
    expect(hold).toEqual({ reason: 'review', owner: 'store settings', note: null, releaseAt: null, waitsFor: null });
    expect(flow.warehouseOrders(receipt)).toEqual([]);
    expect(await flow.act(receipt, 'release', { note: 'Looks fine.' })).toEqual({ state: 'queued' });
    await flow.until(receipt, 'submitted');
    const [, released] = await flow.timeline(receipt);
    expect(released).toMatchObject({
      ...{ event: 'released', from_state: 'held', to_state: 'queued' },
      ...{ actor: 'key:tester', message: 'Looks fine.' },
    });
    expect((await flow.row(receipt)).hold).toBeNull();
  });

  it('a hold with a release time ends by itself', async () => {
    const receipt = await held();
    const releaseAt = new Date(Date.now() + 1_000).toISOString();
    await flow.act(receipt, 'hold', { note: 'Calling the customer.', releaseAt });
    expect((await flow.row(receipt)).hold).toMatchObject({ reason: 'asked', owner: 'key:tester', releaseAt });
    await flow.until(receipt, 'submitted');
    expect(Date.now()).toBeGreaterThan(Date.parse(releaseAt));
    expect(await flow.events(receipt)).toEqual(['imported', 'held', 'released', 'submitted']);
  });

  it('I6: the same thing said twice in a row is two rows of the timeline', async () => {
    const receipt = await held();
    await flow.act(receipt, 'hold', { note: 'Wait.' });
    await flow.act(receipt, 'hold', { note: 'Wait.' });
    expect(await flow.events(receipt)).toEqual(['imported', 'held', 'held']);
  });

  it('refuses what does not fit the state, and says why', async () => {
    const receipt = await submitted();
    expect(await refusal(flow.act(receipt, 'retry'))).toBe('An order that is submitted does not take "retry".');
    expect(await refusal(flow.act(receipt, 'hold'))).toBe('An order that is submitted does not take "hold".');
    expect(await flow.events(receipt)).toEqual(['imported', 'released', 'submitted']);
  });
});

describe('cancel', () => {
  it('I4: before submission nothing ever reaches the warehouse', async () => {
    const receipt = await held();
    expect(await cancelAnswer(receipt)).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(await flow.handle(receipt).result()).toBe('cancelled');
    expect(await flow.row(receipt)).toMatchObject({ state: 'cancelled', cancel_outcome: 'stopped', hold: null });
    expect(flow.warehouseOrders(receipt)).toEqual([]);
  });

  it('I4: at the warehouse it is stopped there', async () => {
    const receipt = await submitted();
    expect(await cancelAnswer(receipt)).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ status: 'Cancelled' }]);
    const { id } = await flow.row(receipt);
    const fulfillments = waybill.db.selectFrom('fulfillments').select('state').where('order_id', '=', id);
    expect(await fulfillments.execute()).toEqual([{ state: 'cancelled' }]);
    expect((await flow.timeline(receipt)).at(-1)).toMatchObject({ event: 'cancel_stopped', actor: 'key:tester' });
  });

  it('I4: "too late" stays visible on the row, in the query and on the timeline, and the shipment is written back', async () => {
    const receipt = await submitted();
    waybill.shipbob.ship(flow.reference(receipt), [{ labelOnly: true }]);
    expect(await cancelAnswer(receipt)).toEqual({ outcome: 'too_late', state: 'submitted' });
    expect(await flow.row(receipt)).toMatchObject({ state: 'submitted', cancel_outcome: 'too_late' });
    expect(await flow.query(receipt)).toMatchObject({ cancel: { outcome: 'too_late', actor: 'key:tester' } });
    expect((await flow.timeline(receipt)).at(-1)!.message).toMatch(/^Too late to cancel: shipment \d+: /);
    await flow.ship(receipt, []);
    await flow.until(receipt, 'shipped');
    expect(await flow.row(receipt)).toMatchObject({ cancel_outcome: 'too_late' });
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('answers "asking" while the warehouse is down, and settles when it is back', async () => {
    const receipt = await submitted();
    waybill.shipbob.faults = [{ kind: 'status', rate: 1, status: 503 }];
    expect(await cancelAnswer(receipt)).toEqual({ outcome: 'asking', state: 'submitted' });
    expect(await flow.query(receipt)).toMatchObject({ step: 'cancel', cancel: { outcome: 'asking' } });
    waybill.shipbob.faults = [];
    await flow.until(receipt, 'cancelled');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ status: 'Cancelled' }]);
  }, 30_000);

  it('ends the attempts to send to a warehouse that is down', async () => {
    const receipt = await held();
    waybill.shipbob.faults = [{ kind: 'timeout_before', rate: 1, path: '/order$' }];
    const before = waybill.shipbob.calls.length;
    await flow.act(receipt, 'release');
    await eventually(() => expect(waybill.shipbob.calls.slice(before)).toMatchObject([{ fault: 'timeout_before' }]));
    // A call hangs just now: what it fails with must not keep the order from stopping.
    expect(await cancelAnswer(receipt)).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(await flow.handle(receipt).result()).toBe('cancelled');
    expect(flow.warehouseOrders(receipt)).toEqual([]);
  }, 30_000);

  it('I4: finds and stops what a request brought to the warehouse whose answer was lost', async () => {
    const receipt = await held();
    waybill.shipbob.faults = [{ kind: 'timeout_after', rate: 1, method: 'POST', path: '/order$' }];
    const before = waybill.shipbob.calls.length;
    await flow.act(receipt, 'release');
    await eventually(() =>
      expect(waybill.shipbob.calls.slice(before)).toContainEqual(expect.objectContaining({ fault: 'timeout_after' })),
    );
    expect(await cancelAnswer(receipt)).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ status: 'Cancelled' }]);
  }, 30_000);

  it('I4: is not "stopped" while somebody may still be sending', async () => {
    const receipt = await submitted();
    const reference = flow.reference(receipt);
    // As after a worker that hangs in the middle of a call: nothing at the warehouse yet, and its lease runs.
    waybill.shipbob.state.orders = waybill.shipbob.state.orders.filter((each) => each.reference !== reference);
    const { db } = waybill;
    await db.updateTable('fulfillments').set({ external_id: null }).where('reference', '=', reference).execute();
    const lease = new Date(Date.now() + 1_000);
    await db
      .updateTable('write_intents')
      .set({ state: 'sending', lease_until: lease, sent_at: new Date(Date.now() - 60_000) })
      .where('business_key', '=', `submission:${reference}`)
      .execute();
    const cancelling = waybill.activities.cancelFulfillment({ reference });
    await expect(cancelling).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(await flow.cancel(receipt)).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(Date.now()).toBeGreaterThanOrEqual(lease.getTime());
  });

  it('two wishes at once leave one end: cancelled and marked as shipped elsewhere', async () => {
    for (const [first, second] of [
      ['cancel', 'markShippedElsewhere'],
      ['markShippedElsewhere', 'cancel'],
    ] as const) {
      const receipt = await submitted();
      const open = gates.close('cancelFulfillment');
      const both = [flow.act(receipt, first), eventually(() => flow.act(receipt, second))];
      await eventually(async () => {
        const { cancel } = await flow.query(receipt);
        expect(cancel).not.toBeNull();
      });
      open();
      await Promise.all(both);
      const end: unknown = await flow.handle(receipt).result();
      expect(['cancelled', 'closed']).toContain(end);
      expect((await flow.row(receipt)).state).toBe(end);
      expect(flow.warehouseOrders(receipt)).toMatchObject([{ status: 'Cancelled' }]);
      expect((await flow.events(receipt)).slice(-2).sort()).toEqual(['cancel_stopped', 'shipped_elsewhere']);
    }
  });

  it('a wish waits for the warehouse and is not forgotten: nothing goes out after "shipped elsewhere"', async () => {
    const receipt = await submitted();
    waybill.shipbob.faults = [{ kind: 'status', rate: 1, status: 401, path: 'cancel$' }];
    await flow.act(receipt, 'markShippedElsewhere', { note: 'Sent by hand.' });
    await flow.untilAttention(receipt, 'credentials_refused');
    waybill.shipbob.faults = [];
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'closed');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ status: 'Cancelled' }]);
  });
});

describe('shipped elsewhere', () => {
  it('closes an order that waits, with who said so', async () => {
    const receipt = await held();
    await flow.act(receipt, 'markShippedElsewhere', { note: 'Handed over in the shop.' });
    expect(await flow.handle(receipt).result()).toBe('closed');
    expect((await flow.timeline(receipt)).at(-1)).toMatchObject({
      ...{ event: 'shipped_elsewhere', to_state: 'closed' },
      ...{ actor: 'key:tester', message: 'Handed over in the shop.' },
    });
  });

  it('I4: stops the warehouse, or says that it sends too', async () => {
    const receipt = await submitted();
    waybill.shipbob.ship(flow.reference(receipt), [{ labelOnly: true }]);
    await flow.act(receipt, 'markShippedElsewhere');
    await flow.until(receipt, 'closed');
    expect((await flow.timeline(receipt)).at(-1)!.message).toContain('Our warehouse sends it too');
  });
});

describe('editAddress', () => {
  async function edit(receipt: string, change: Partial<Address>) {
    const { id } = await flow.row(receipt);
    const editId = await stageAddressEdit(waybill.db, id, 'main', { ...sampleAddress, ...change });
    return flow.act(receipt, 'editAddress', { editId });
  }
  const recipient = async (receipt: string) =>
    waybill.db
      .selectFrom('recipients')
      .selectAll()
      .where('order_id', '=', (await flow.row(receipt)).id)
      .executeTakeFirstOrThrow();

  it('before submission the warehouse gets the new address', async () => {
    const receipt = await held();
    expect(await edit(receipt, { line1: '9 New Road', city: 'Nampa' })).toEqual({ state: 'held' });
    expect(await recipient(receipt)).toMatchObject({ line1: '9 New Road', city: 'Nampa', version: 2 });
    await flow.act(receipt, 'release');
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([
      { recipient: { address: { address1: '9 New Road', city: 'Nampa' } } },
    ]);
    expect(await flow.events(receipt)).toEqual(['imported', 'address_edited', 'released', 'submitted']);
  });

  it('after submission it is refused and changes nothing', async () => {
    const receipt = await submitted();
    expect(await refusal(edit(receipt, { line1: '9 New Road' }))).toBe(
      'An order that is submitted does not take "editAddress".',
    );
    expect(await recipient(receipt)).toMatchObject({ version: 1 });
  });

  it('a release in the middle of an edit counts, and what is sent is the new address', async () => {
    const receipt = await held();
    const open = gates.close('applyAddressEdit');
    const editing = edit(receipt, { line1: '10 New Road' });
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_edit' }));
    expect(await flow.act(receipt, 'release')).toEqual({ state: 'queued' });
    open();
    await editing;
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ recipient: { address: { address1: '10 New Road' } } }]);
  });

  it('a cancellation in the middle of an edit is carried out', async () => {
    const receipt = await held();
    const open = gates.close('applyAddressEdit');
    const editing = edit(receipt, { line1: '11 New Road' });
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_edit' }));
    const cancelling = cancelAnswer(receipt);
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ cancel: { outcome: 'asking' } }));
    open();
    await editing;
    expect(await cancelling).toEqual({ outcome: 'stopped', state: 'cancelled' });
    expect(await flow.handle(receipt).result()).toBe('cancelled');
  });
});

describe('news while a step is under way', () => {
  it('a warehouse that gives up the rest while the first package is written back is raised and can be answered', async () => {
    const receipt = await flow.buy({ lines: [{ quantity: 2 }] });
    await flow.until(receipt, 'held');
    await flow.act(receipt, 'release');
    await flow.until(receipt, 'submitted');
    const open = gates.close('writeBackShipment');
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }] }]);
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'write_back' }));
    await flow
      .handle(receipt)
      .signal('fulfillmentCancelled', { fulfillment: flow.reference(receipt), reason: 'Sold out.' });
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ state: 'needs_attention' }));
    open();
    await flow.untilAttention(receipt, 'cancelled_at_warehouse');
    expect(flow.notices(receipt)).toHaveLength(1);
    waybill.shipbob.cancelByWarehouse(flow.reference(receipt));
    expect(await flow.act(receipt, 'retry')).toEqual({ state: 'partially_shipped' });
    await eventually(() => expect(flow.warehouseOrders(receipt)).toHaveLength(2));
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    expect((await flow.row(receipt)).state).toBe('partially_shipped');
    await flow.ship(receipt, undefined, 2);
    await flow.until(receipt, 'shipped');
    expect(flow.notices(receipt)).toHaveLength(2);
  });
});

describe('after all of this', () => {
  it('I6: every change of state has exactly one timeline row, written with it', async () => {
    expect(await timelineProblems(waybill.db)).toEqual([]);
  });

  it('I8: no history holds people or secrets, and none is stored in the clear', async () => {
    expect(await findLeaks(waybill)).toMatchObject({ canaries: [], plain: [] });
  });
});
