import { saveCredentials } from '../../database/credentials.js';
import { stageAddressEdit } from '../../database/address-edits.js';
import { askToYield } from '../../database/webhook-inbox.js';
import { waitKeys, warehouseWorkflowId } from '../../domain/identifiers.js';
import { refundRecheckMs } from '../../domain/hold.js';
import type { SandboxLine } from '../../sandbox/clickbank/state.js';
import { sandboxShipbobToken } from '../../sandbox/shipbob/sandbox.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { saveListings, startWaybill, type Waybill } from '../support/waybill.js';
import { sampleAddress } from './addresses.js';
import { findLeaks } from './canaries.js';
import { addWarehouse, flowOf, type Flow } from './flow.js';
import { timelineProblems, watchStateChanges } from './state-changes.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
let standard: Record<string, unknown>;
beforeAll(async () => {
  waybill = await startWaybill({ deadlineMs: 2_000 });
  flow = flowOf(waybill);
  standard = { warehouseId: waybill.warehouseId, methodCode: 'Standard', carrier: 'USPS', service: null };
  await watchStateChanges(waybill.db);
  await waybill.enable();
});
afterEach(() => {
  waybill.shipbob.faults = [];
});
afterAll(() => waybill.stop());

const change = (receipt: string, line: Partial<SandboxLine>, index = 0) =>
  Object.assign(waybill.clickbank.state.orders.find((each) => each.receipt === receipt)!.lines[index]!, line);
const aLine = (itemNo: string): Partial<SandboxLine> => ({ itemNo, title: itemNo });

/** Imported and held, so that something can happen between import and release. */
async function held(lines: Partial<SandboxLine>[] = [{}]): Promise<string> {
  await flow.settings({ reviewEveryOrder: true });
  const receipt = await flow.buy({ lines });
  await flow.until(receipt, 'held');
  await flow.settings({ reviewEveryOrder: false });
  return receipt;
}

describe('R105, R106: a SKU without a listing', () => {
  it('waits naming line, SKU and fix; saving the listing wakes every order that waits for it', async () => {
    const receipts = [await flow.buy({ lines: [aLine('mug-1')] }), await flow.buy({ lines: [{}, aLine('mug-1')] })];
    const other = await flow.buy({ lines: [aLine('jar-1')] });
    for (const receipt of receipts) {
      const attention = await flow.untilAttention(receipt, 'listing_missing');
      expect(attention).toMatchObject({
        message: 'Line mug-1: no listing maps SKU "mug-1".',
        about: { line: 'mug-1', sku: 'mug-1' },
        waitsFor: waitKeys.listing(waybill.storeId, 'mug-1'),
      });
      expect(attention.fix).toContain('Add a listing');
    }
    await flow.untilAttention(other, 'listing_missing');

    waybill.shipbob.addProduct({ sku: 'WH-MUG' });
    await saveListings(waybill.database, waybill.storeId, { 'mug-1': [{ warehouseSku: 'WH-MUG', quantity: 1 }] });
    // Saved twice in a row: the second finds nobody waiting.
    await flow.saved(waitKeys.listing(waybill.storeId, 'mug-1'));
    await flow.saved(waitKeys.listing(waybill.storeId, 'mug-1'));
    for (const receipt of receipts) {
      await flow.until(receipt, 'submitted');
      expect(await flow.events(receipt)).toEqual(['imported', 'attention', 'woken', 'submitted']);
      const [, , woken] = await flow.timeline(receipt);
      expect(woken!.message).toContain('listing:');
    }
    expect((await flow.row(other)).state).toBe('needs_attention');
    expect(waybill.shipbob.ledger().accidents.products).toEqual([]);
  });

  it('is planned with the corrected listing when the warehouse did not know the first one', async () => {
    await saveListings(waybill.database, waybill.storeId, { 'lamp-1': [{ warehouseSku: 'WH-LAPM', quantity: 1 }] });
    const receipt = await flow.buy({ lines: [aLine('lamp-1')] });
    const attention = await flow.untilAttention(receipt, 'sku_unknown_at_warehouse');
    expect(attention.message).toContain('"WH-LAPM"');
    // Created at the warehouse meanwhile: a retry is enough. It is never created by accident.
    expect(waybill.shipbob.ledger().accidents.products).toEqual([]);
    waybill.shipbob.addProduct({ sku: 'WH-LAPM' });
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ products: [{ reference_id: 'WH-LAPM' }] }]);
  });
});

describe('R4, R13, R18: shipping rules', () => {
  afterAll(() => flow.saveRules([], standard));

  it('an order that no rule fits waits for the rule and goes on when it is saved', async () => {
    await flow.saveRules([], 'attention');
    const receipt = await flow.buy({ lines: [{ shippingMethod: 'Carrier Pigeon' }] });
    const attention = await flow.untilAttention(receipt, 'shipping_rule_unmatched');
    expect(attention).toMatchObject({
      about: { line: 'kit-1', description: 'Carrier Pigeon' },
      waitsFor: waitKeys.shippingRule(waybill.storeId),
    });
    const pigeon = {
      name: 'pigeons fly',
      conditions: [{ field: 'description', operator: 'contains', value: 'Pigeon' }],
      then: { ...standard, methodCode: 'Expedited' },
    };
    await flow.saveRules([pigeon], 'attention');
    await flow.saved(waitKeys.shippingRule(waybill.storeId));
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ shipping_method: 'Expedited' }]);
    const rule = await waybill.db
      .selectFrom('shipping_rule_sets')
      .select((eb) => eb.fn.max('version').as('version'))
      .executeTakeFirstOrThrow();
    const submitted = (await flow.timeline(receipt)).at(-1)!;
    expect(submitted.details).toMatchObject({ rule: 'pigeons fly', ruleVersion: rule.version, method: 'Expedited' });
  });

  it('a method that the warehouse does not offer is refused on our side; the corrected rule counts', async () => {
    await flow.saveRules([], { ...standard, methodCode: 'Teleport' });
    const receipt = await flow.buy();
    const attention = await flow.untilAttention(receipt, 'shipping_method_unknown');
    expect(attention.message).toContain('Standard, Expedited, 2-Day');
    expect(waybill.shipbob.ledger().accidents.shippingMethods).toEqual([]);
    await flow.saveRules([], { ...standard, methodCode: '2-Day' });
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ shipping_method: '2-Day' }]);
  });
});

describe('a connection that refuses', () => {
  const setToken = (accessToken: string) =>
    saveCredentials(waybill.db, waybill.keyRing, {
      ...{ tenantId: waybill.tenantId, connectionId: waybill.warehouseId, field: 'api' as const },
      value: { accessToken },
    }).then(() => askToYield(waybill.db, waybill.warehouseId));

  it('credentials that the warehouse refuses make its orders wait for the connection', async () => {
    await setToken('revoked-token');
    const receipt = await flow.buy();
    const key = waitKeys.connection(waybill.warehouseId);
    const attention = await flow.untilAttention(receipt, 'credentials_refused');
    expect(attention).toMatchObject({ waitsFor: key, about: { connection: waybill.warehouseId } });
    await setToken(sandboxShipbobToken);
    await flow.saved(key, warehouseWorkflowId(waybill.warehouseId), waybill.warehouseId);
    await flow.until(receipt, 'submitted');
    await eventually(async () => {
      const row = await waybill.db.selectFrom('warehouses').selectAll().executeTakeFirstOrThrow();
      expect(row.attention).toBeNull();
    });
  });

  it('R7, R17: a key without the right to write shows at the ship notice, which is made once the right is given', async () => {
    const receipt = await flow.buy();
    await flow.until(receipt, 'submitted');
    const [key] = waybill.clickbank.state.keys;
    key!.roles = ['api_order_read'];
    await flow.ship(receipt);
    const attention = await flow.untilAttention(receipt, 'permission_missing');
    expect(attention.message).toContain('Orders/Tickets Read/Write');
    expect(attention.waitsFor).toBe(waitKeys.connection(waybill.storeId));
    expect(flow.notices(receipt)).toEqual([]);
    key!.roles = ['api_order_read', 'api_order_write'];
    await flow.saved(waitKeys.connection(waybill.storeId));
    await flow.until(receipt, 'shipped');
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('another order of the warehouse under our reference is a conflict for a person', async () => {
    const receipt = await held();
    const { state } = waybill.shipbob;
    const [template] = state.orders;
    state.orders.push({
      ...structuredClone(template!),
      id: state.nextId(),
      reference: flow.reference(receipt),
      // Still to be packed: an order without a shipment would count as cancelled.
      shipments: [{ ...structuredClone(template!.shipments[0]!), status: 'Processing', tracking: null }],
      lines: [{ ...template!.lines[0]!, quantity: 77 }],
    });
    await flow.act(receipt, 'release');
    const attention = await flow.untilAttention(receipt, 'reference_conflict');
    expect(attention.message).toContain('×77');
    state.orders.pop();
    await flow.act(receipt, 'retry');
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
  });
});

describe('an address that lacks a field', () => {
  it('waits, and goes on by itself once it is corrected', async () => {
    const receipt = await flow.buy({ customer: { address1: null } });
    const attention = await flow.untilAttention(receipt, 'address_incomplete');
    expect(attention.message).toBe('The delivery address lacks line1.');
    const { id } = await flow.row(receipt);
    const editId = await stageAddressEdit(waybill.db, id, 'main', sampleAddress);
    await flow.act(receipt, 'editAddress', { editId });
    await flow.until(receipt, 'submitted');
    expect(await flow.events(receipt)).toEqual(['imported', 'attention', 'address_edited', 'submitted']);
  });
});

describe('refunds between import and release', () => {
  it('a pending refund holds the order for a day, and it is looked at again', async () => {
    const receipt = await held();
    change(receipt, { refundPending: true });
    await flow.act(receipt, 'release');
    const row = await eventually(async () => {
      const now = await flow.row(receipt);
      expect(now.hold).toMatchObject({ reason: 'refund_pending', owner: 'marketplace' });
      return now;
    });
    const wait = Date.parse(row.hold!.releaseAt!) - Date.now();
    expect(wait).toBeGreaterThan(refundRecheckMs - 60_000);
    await flow.act(receipt, 'release', { note: 'I looked.' });
    await eventually(async () =>
      expect((await flow.events(receipt)).filter((each) => each === 'held')).toHaveLength(2),
    );
    expect(flow.warehouseOrders(receipt)).toEqual([]);
    change(receipt, { refundPending: false });
    await flow.act(receipt, 'release', { note: 'I looked.' });
    await flow.until(receipt, 'submitted');
  });

  it.each([
    ['refunded', { refunded: true }, 'refunded'],
    ['charged back', { chargedBack: true }, 'charged_back'],
  ])('an order that is %s is given up and never sent', async (_title, line, standing) => {
    const receipt = await held();
    change(receipt, line);
    await flow.act(receipt, 'release');
    await flow.until(receipt, 'cancelled');
    expect(await flow.handle(receipt).result()).toBe('cancelled');
    expect(flow.warehouseOrders(receipt)).toEqual([]);
    const [why, what] = (await flow.timeline(receipt)).slice(-2);
    expect(why).toMatchObject({ event: 'given_up', actor: 'marketplace' });
    expect(why!.message).toContain(`line kit-1 (SKU kit-1) ${standing.replace('_', ' ')}: 1 → 0`);
    expect(what).toMatchObject({ event: 'cancel_stopped', actor: 'marketplace' });
    const { id } = await flow.row(receipt);
    const lines = waybill.db.selectFrom('order_lines').select('standing').where('order_id', '=', id);
    expect(await lines.execute()).toEqual([{ standing }]);
    const fulfillments = waybill.db.selectFrom('fulfillments').select('state').where('order_id', '=', id);
    expect(await fulfillments.execute()).toEqual([{ state: 'cancelled' }]);
  });

  it('the lines that are left go without the refunded one', async () => {
    const receipt = await held([{}, aLine('tea-30')]);
    change(receipt, { refunded: true }, 1);
    await flow.act(receipt, 'release');
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ products: [{ reference_id: 'WH-KIT-1' }] }]);
    expect(await flow.events(receipt)).toEqual(['imported', 'released', 'changed', 'submitted']);
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
    expect(flow.notices(receipt)).toHaveLength(1);
  });
});

describe('two warehouses in one order', () => {
  let second: Awaited<ReturnType<typeof addWarehouse>>;
  beforeAll(async () => {
    second = await addWarehouse(waybill);
    second.sandbox.addProduct({ sku: 'W2-POT' });
    await waybill.db
      .insertInto('listings')
      .values({
        ...{ store_id: waybill.storeId, sku: 'pot-1', version: 1, saved_by: 'test' },
        ...{ components: JSON.stringify([{ warehouseSku: 'W2-POT', quantity: 1 }]), warehouse_id: second.warehouseId },
      })
      .execute();
    const there = { ...standard, warehouseId: second.warehouseId };
    // The first rule fits everything; what a listing pins to the second warehouse goes by the second.
    const rules = [
      { name: 'house', conditions: [], then: standard },
      { name: 'pots', conditions: [], then: there },
    ];
    await flow.saveRules(rules, 'attention');
  });
  afterAll(async () => {
    await flow.saveRules([], standard);
    await second.stop();
  });
  const shipPot = async (receipt: string) => {
    second.sandbox.ship(flow.reference(receipt, 2));
    await flow.pollWarehouse(second.warehouseId);
  };

  it('each gets its own request, and the order follows both', async () => {
    const receipt = await flow.buy({ lines: [{}, aLine('pot-1')] });
    await flow.until(receipt, 'submitted');
    expect(flow.warehouseOrders(receipt)).toMatchObject([{ products: [{ reference_id: 'WH-KIT-1' }] }]);
    expect(second.sandbox.ledger().orders).toMatchObject([
      { reference_id: flow.reference(receipt, 2), products: [{ reference_id: 'W2-POT' }] },
    ]);
    await shipPot(receipt);
    await flow.until(receipt, 'partially_shipped');
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
    const items = flow.notices(receipt).map((each) => each.itemNo);
    expect(items).toEqual(['pot-1', 'kit-1']);
  });

  it('what one has sent is written back while the rest waits for a person', async () => {
    await saveListings(waybill.database, waybill.storeId, { 'vase-1': [{ warehouseSku: 'W1-VASE', quantity: 1 }] });
    const receipt = await flow.buy({ lines: [aLine('pot-1'), aLine('vase-1')] });
    const attention = await flow.untilAttention(receipt, 'sku_unknown_at_warehouse');
    second.sandbox.ship(flow.reference(receipt, 1));
    await flow.pollWarehouse(second.warehouseId);
    await eventually(() => expect(flow.notices(receipt)).toMatchObject([{ itemNo: 'pot-1' }]));
    await eventually(async () => expect((await flow.events(receipt)).at(-1)).toBe('written_back'));
    expect(await flow.row(receipt)).toMatchObject({ state: 'needs_attention', attention });
    waybill.shipbob.addProduct({ sku: 'W1-VASE' });
    expect(await flow.act(receipt, 'retry')).toEqual({ state: 'partially_shipped' });
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    const [there] = flow.warehouseOrders(receipt);
    waybill.shipbob.ship(String(there!['id']));
    await flow.pollWarehouse();
    await flow.until(receipt, 'shipped');
  });

  it('what one has sent is written back while the rest waits for a refund', async () => {
    const receipt = await held([{}, aLine('pot-1')]);
    change(receipt, { refundPending: true }, 1);
    await flow.act(receipt, 'release');
    await eventually(async () => expect((await flow.row(receipt)).hold?.reason).toBe('refund_pending'));
    await flow.ship(receipt);
    await eventually(() => expect(flow.notices(receipt)).toMatchObject([{ itemNo: 'kit-1' }]));
    expect(await flow.row(receipt)).toMatchObject({ state: 'held', hold: { reason: 'refund_pending' } });
    change(receipt, { refundPending: false }, 1);
    await flow.act(receipt, 'release');
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    expect(await flow.row(receipt)).toMatchObject({ state: 'partially_shipped', hold: null });
    await shipPot(receipt);
    await flow.until(receipt, 'shipped');
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
