import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { messages, orderWorkflowId, workflowTypes } from '../../domain/identifiers.js';
import { mainDestination } from '../../domain/order.js';
import type { OrderInput } from '../../domain/messages.js';
import { anAddress } from '../domain/given.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { anImportedOrder } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';

quietTemporal();
let waybill: Waybill;
let harness: Harness;
beforeAll(async () => {
  waybill = await startWaybill();
  const { temporal, queues, keyRing } = waybill;
  harness = await startHarness({ temporal, taskQueues: queues, keyRing }, waybill.database);
});
afterAll(async () => {
  await harness.close();
  await waybill.stop();
});

/** An order that waits on purpose, with its real workflow, so that nothing but the test moves it. */
async function heldOrder(sku = 'kit-1'): Promise<{ id: string; workflowId: string }> {
  const externalId = `R${randomUUID().slice(0, 8)}`;
  const { storeId, tenantId } = waybill;
  const line = {
    lineId: 'l1',
    sku,
    title: 'Kit',
    quantity: 1,
    amount: '1.00',
    shippable: true,
    standing: 'clear' as const,
    wanted: 1,
    destinationId: mainDestination,
    location: null,
    service: null,
  };
  const id = await anImportedOrder(waybill.db, tenantId, storeId, { externalId, lines: [line] }, 'held');
  const hold = { reason: 'review' as const, owner: 'store settings', note: null, releaseAt: null, waitsFor: null };
  const input: OrderInput = { orderId: id, storeId, externalId, start: { state: 'held', hold }, reopened: null };
  const workflowId = orderWorkflowId({ storeId, externalId });
  await waybill.temporal.workflow.start(workflowTypes.order, {
    workflowId,
    taskQueue: waybill.queues.orders,
    args: [input],
  });
  return { id, workflowId };
}

const act = (id: string, action: string, body?: object, headers: Record<string, string> = {}) =>
  harness.call('support', 'POST', `/v1/orders/${id}/${action}`, { body, headers });
const show = async (id: string) => (await harness.call('support', 'GET', `/v1/orders/${id}`)).body;

it('holds until a time, with who and why on the timeline', async () => {
  const { id } = await heldOrder();
  const releaseAt = '2099-01-01T00:00:00Z';
  expect((await act(id, 'hold', { note: 'customer called', releaseAt })).body).toEqual({ state: 'held' });
  const { hold, timeline } = await show(id);
  expect(hold).toMatchObject({ owner: `key:${harness.keyIds.support}`, note: 'customer called', releaseAt });
  expect(timeline.at(-1)).toMatchObject({ event: 'held', actor: `key:${harness.keyIds.support}` });
});

it('answers what the running order itself says', async () => {
  const { id } = await heldOrder();
  const live = await harness.call('support', 'GET', `/v1/orders/${id}/live`);
  expect(live.body).toMatchObject({ orderId: id, state: 'held', hold: { reason: 'review' } });
});

it('gives back the reason when the workflow refuses, and repeats it for the same key', async () => {
  const { id } = await heldOrder();
  const headers = { 'idempotency-key': randomUUID() };
  const refused = await act(id, 'retry', undefined, headers);
  expect(refused.body).toMatchObject({ status: 409, detail: 'An order that is held does not take "retry".' });
  expect((await act(id, 'retry', undefined, headers)).headers.get('idempotency-replayed')).toBe('true');
});

it('carries a repeated action out once, even when its first answer was lost', async () => {
  const { id, workflowId } = await heldOrder();
  const headers = { 'idempotency-key': randomUUID() };
  await act(id, 'hold', { note: 'once' }, headers);
  // As if the process had died before it kept the answer: only Temporal knows the request now.
  await sql`delete from idempotency_keys`.execute(waybill.db);
  expect((await act(id, 'hold', { note: 'once' }, headers)).status).toBe(200);
  const { events } = await waybill.temporal.workflow.getHandle(workflowId).fetchHistory();
  expect(events!.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toHaveLength(1);
});

it('edits the address before a warehouse has it, and keeps the rest of an order that refuses', async () => {
  const { id } = await heldOrder();
  const address = { ...anAddress, line1: '2 Other Street', phone: null };
  expect((await act(id, 'edit-address', { address })).status).toBe(200);
  expect((await show(id)).shipTo).toEqual(address);
  await act(id, 'cancel');
  const late = await act(id, 'edit-address', { address: { ...address, line1: '3 Late Street' } });
  expect(late.status).toBe(409);
  expect((await show(id)).shipTo).toEqual(address);
  const staged = await waybill.db.selectFrom('address_edits').select('applied_at').where('order_id', '=', id).execute();
  expect(staged.map((edit) => edit.applied_at !== null)).toEqual([true]);
});

it('names the field of an address that is missing', async () => {
  const { id } = await heldOrder();
  const { name: _, ...rest } = anAddress;
  const answer = await act(id, 'edit-address', { address: { ...rest, country: 'usa' } });
  expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toEqual([
    '/address/name',
    '/address/country',
  ]);
});

it('cancels with its outcome; a finished order answers 409 with the state it is in', async () => {
  const { id } = await heldOrder();
  expect((await act(id, 'cancel', { note: 'changed her mind' })).body).toEqual({
    outcome: 'stopped',
    state: 'cancelled',
  });
  for (const action of ['hold', 'release', 'retry', 'cancel', 'mark-shipped-elsewhere'])
    await eventually(async () =>
      expect((await act(id, action)).body).toMatchObject({
        status: 409,
        type: 'urn:waybill:problem:workflow-closed',
        state: 'cancelled',
      }),
    );
});

it('marks an order as shipped elsewhere', async () => {
  const { id } = await heldOrder();
  expect((await act(id, 'mark-shipped-elsewhere', { note: 'sent by hand' })).body.state).toBe('closed');
});

it('wakes an order that waits for a listing as soon as the listing is saved', async () => {
  await waybill.enable();
  const { id } = await heldOrder('sku/new');
  await act(id, 'release');
  await eventually(async () =>
    expect((await show(id)).attention).toMatchObject({ cause: 'listing_missing', about: { sku: 'sku/new' } }),
  );
  const path = `/v1/stores/${waybill.storeId}/listings/${encodeURIComponent('sku/new')}`;
  const body = { components: [{ warehouseSku: 'WH-KIT-1', quantity: 1 }], warehouseId: null };
  expect((await harness.call('operator', 'PUT', path, { body })).body.version).toBe(1);
  await eventually(async () => expect((await show(id)).attention?.cause).not.toBe('listing_missing'));
  expect((await show(id)).timeline).toContainEqual(expect.objectContaining({ event: 'woken' }));
});

it('says that no worker answers instead of waiting for ever, and the action is carried out once all the same', async () => {
  const { id, workflowId } = await heldOrder();
  await eventually(async () =>
    expect((await harness.call('support', 'GET', `/v1/orders/${id}/live`)).status).toBe(200),
  );
  await waybill.stopWorkers();
  const headers = { 'idempotency-key': randomUUID() };
  const silent = await act(id, 'hold', { note: 'nobody there' }, headers);
  expect([silent.status, silent.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await harness.call('support', 'GET', `/v1/orders/${id}/live`)).status).toBe(503);
  await waybill.startWorkers();
  await eventually(async () => expect((await act(id, 'hold', { note: 'nobody there' }, headers)).status).toBe(200));
  const { events } = await waybill.temporal.workflow.getHandle(workflowId).fetchHistory();
  const accepted = events!.map(
    (each) => each.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name,
  );
  expect(accepted.filter((name) => name === messages.order.hold)).toHaveLength(1);
});
