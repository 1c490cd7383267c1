import { waitKeys } from '../../domain/identifiers.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { findLeaks } from './canaries.js';
import { flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  waybill = await startWaybill({ settings: { reviewFirstImport: true, fulfilledElsewhereBefore: daysAgo(10) } });
  flow = flowOf(waybill);
  await watchStateChanges(waybill.db);
});
afterAll(() => waybill.stop());

const rows = () =>
  waybill.db.selectFrom('orders').select(['external_id', 'state', 'hold', 'workflow_started_at']).execute();
const skipped = (receipt: string) =>
  eventually(() =>
    waybill.db.selectFrom('skipped_orders').selectAll().where('external_id', '=', receipt).executeTakeFirstOrThrow(),
  );

describe('D2: the first import', () => {
  it('records what was fulfilled before the cut-over as closed, and holds the rest for a review', async () => {
    const old = waybill.clickbank.addOrders([{ placedAt: daysAgo(20) }, { placedAt: daysAgo(11) }]);
    const fresh = waybill.clickbank.addOrders([{ placedAt: daysAgo(2) }, {}]);
    await waybill.enable();
    await eventually(async () => expect(await rows()).toHaveLength(4));
    await eventually(async () =>
      expect((await rows()).filter((row) => row.workflow_started_at !== null)).toHaveLength(2),
    );
    for (const { receipt } of old) {
      expect(await flow.row(receipt)).toMatchObject({ state: 'closed', workflow_started_at: null });
      const [imported] = await flow.timeline(receipt);
      expect(imported!.message).toContain('fulfilled elsewhere, never sent to a warehouse');
      await expect(flow.handle(receipt).describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
    }
    for (const { receipt } of fresh) {
      const row = await flow.row(receipt);
      expect(row).toMatchObject({ state: 'held', waits_for: waitKeys.firstImport(waybill.storeId) });
      expect(row.hold).toMatchObject({ reason: 'first_import', owner: 'store settings', releaseAt: null });
      expect(await flow.query(receipt)).toMatchObject({ state: 'held', step: 'wait_for_release' });
    }
    expect(waybill.shipbob.ledger().orders).toEqual([]);
  });

  it('R60: opening the gate lets all of them go, and what comes later goes at once', async () => {
    const waiting = (await rows()).filter((row) => row.state === 'held').map((row) => row.external_id);
    await waybill.db.updateTable('stores').set({ first_import_opened_at: new Date() }).execute();
    await flow.saved(waitKeys.firstImport(waybill.storeId));
    for (const receipt of waiting) {
      await flow.until(receipt, 'submitted');
      expect(await flow.events(receipt)).toEqual(['imported', 'woken', 'submitted']);
    }
    const receipt = await flow.buy();
    await flow.until(receipt, 'submitted');
    expect(await flow.events(receipt)).toEqual(['imported', 'submitted']);
    expect((await rows()).filter((row) => row.state === 'closed')).toHaveLength(2);
  });
});

describe('settings of a store', () => {
  it('R23: a delay lets the order go by itself when its time has come', async () => {
    await flow.settings({ delayMinutes: 1 / 40 });
    const receipt = await flow.buy();
    const row = await flow.until(receipt, 'held');
    expect(row.hold).toMatchObject({ reason: 'delay', owner: 'store settings' });
    expect(Date.parse(row.hold!.releaseAt!) - row.imported_at.getTime()).toBeGreaterThan(1_000);
    await flow.settings({ delayMinutes: 0 });
    await flow.until(receipt, 'submitted');
    const [, released] = await flow.timeline(receipt);
    expect(released).toMatchObject({ event: 'released', actor: 'timer' });
  });

  it('R43, D7, D10: a test purchase is skipped with its cause, and imported as closed once the setting says so', async () => {
    const receipt = await flow.buy({ test: true });
    expect(await skipped(receipt)).toMatchObject({ cause: 'test_order', resolved_at: null });
    await flow.settings({ importTestOrders: true });
    const row = await flow.until(receipt, 'closed');
    expect(row).toMatchObject({ test: true, workflow_started_at: null });
    expect((await skipped(receipt)).resolved_at).not.toBeNull();
    expect(flow.warehouseOrders(receipt)).toEqual([]);
    await flow.settings({ importTestOrders: false });
  });

  it('D7: everything else that is left out is a row with its cause too', async () => {
    const refunded = await flow.buy({ lines: [{ refunded: true }] });
    const digital = await flow.buy({ rawOrder: {}, lines: [{ itemNo: 'pdf-1' }] });
    expect(await skipped(refunded)).toMatchObject({ cause: 'refunded' });
    // Sold as goods although its SKU has no listing: not skipped, it waits.
    await flow.untilAttention(digital, 'listing_missing');
    await flow.settings({ acceptOrdersAfter: new Date(Date.now() + 3_600_000).toISOString() });
    const early = await flow.buy();
    expect(await skipped(early)).toMatchObject({ cause: 'before_cut_in' });
    expect((await skipped(early)).reason).toContain('the store accepts orders after');
    await flow.settings({ acceptOrdersAfter: null });
    await flow.until(early, 'submitted');
  });
});

describe('R2: receipts', () => {
  it('each receipt of a purchase is an order of its own: an upsell and a rebill', async () => {
    const [first, upsell] = waybill.clickbank.addSamples(2, 'upsell');
    const [, rebill] = waybill.clickbank.addSamples(2, 'rebill');
    await flow.pollStore();
    for (const order of [first, upsell, rebill]) await flow.until(order!.receipt, 'submitted');
    expect(await flow.row(rebill!.receipt)).toMatchObject({ kind: 'rebill' });
    const references = waybill.shipbob.ledger().orders.map((each) => each['reference_id']);
    expect(new Set(references).size).toBe(references.length);
  });

  it('D11: money stays decimal text with its currency', async () => {
    const receipt = await flow.buy({
      currency: 'EUR',
      lines: [{ amount: '0.10' }, { itemNo: 'tea-30', amount: '0.20' }],
    });
    expect(await flow.until(receipt, 'submitted')).toMatchObject({ currency: 'EUR', total: '0.30' });
    const { id } = await flow.row(receipt);
    const lines = waybill.db.selectFrom('order_lines').select('amount').where('order_id', '=', id).orderBy('position');
    expect(await lines.execute()).toEqual([{ amount: '0.10' }, { amount: '0.20' }]);
  });
});

describe('bad input', () => {
  it('a malformed order is parked with its raw body and the field, and the rest of the page goes on', async () => {
    const [before, malformed, after] = waybill.clickbank.addOrders([
      {},
      { rawShipping: { lineItemShipData: { itemNo: 'kit-1', quantity: 'two' } } },
      {},
    ]);
    await flow.pollStore();
    await flow.until(before!.receipt, 'submitted');
    await flow.until(after!.receipt, 'submitted');
    const parked = await skipped(malformed!.receipt);
    expect(parked).toMatchObject({ cause: 'order_malformed', raw: { receipt: malformed!.receipt } });
    expect(parked.reason).toContain('quantity');
    expect(parked.reason).toContain('two');
    expect((await flow.store()).attention).toBeNull();

    // Mended at the marketplace: it is looked at again and becomes an order.
    malformed!.rawShipping = {};
    await flow.pollStore();
    await flow.until(malformed!.receipt, 'submitted');
    expect((await skipped(malformed!.receipt)).resolved_at).not.toBeNull();
  });

  it('what PostgreSQL cannot store harms no other order of the page', async () => {
    const [good, nul, huge] = waybill.clickbank.addOrders([
      {},
      { customer: { lastName: 'Nul\u0000Byte 🧦 ‮' } },
      { customer: { lastName: '長'.repeat(10_000) } },
    ]);
    await flow.pollStore();
    await flow.until(good!.receipt, 'submitted');
    await eventually(async () => {
      const known = await rows();
      const parked = await waybill.db.selectFrom('skipped_orders').select('external_id').execute();
      const seen = [...known, ...parked].map((each) => each.external_id);
      for (const order of [nul, huge]) expect(seen).toContain(order!.receipt);
    });
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
