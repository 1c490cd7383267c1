import { reconciliationWorkflowId } from '../../domain/identifiers.js';
import { closeReconciliation, saveDifferences } from '../../database/reconciliations.js';
import { aStore } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';

let harness: Harness;
let storeId: string;
beforeAll(async () => {
  harness = await startHarness();
  storeId = await aStore(harness.database.db, harness.tenant);
});
afterAll(async () => {
  const { workflow } = harness.dependencies.temporal;
  await workflow.getHandle(reconciliationWorkflowId(storeId)).terminate('the test is over');
  await harness.close();
});

const runs = () => `/v1/stores/${storeId}/reconciliations`;
const window = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' };

it('a run is opened, started once, and shown while it runs; a second one is refused meanwhile', async () => {
  const { status, body, headers } = await harness.call('operator', 'POST', runs(), { body: { ...window, mend: true } });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/v1/reconciliations/${body.id}`);
  expect(body).toMatchObject({ storeId, state: 'running', mend: true, differences: 0 });
  expect(body).toMatchObject({ requestedBy: `key:${harness.keyIds.operator}` });
  const { workflow } = harness.dependencies.temporal;
  expect((await workflow.getHandle(reconciliationWorkflowId(storeId)).describe()).type).toBe('reconciliation');
  const second = await harness.call('merchant', 'POST', runs(), { body: window });
  expect(second.status).toBe(409);
  expect(second.body.detail).toContain('under way');
});

it('the report is kept with its differences, page by page and by kind', async () => {
  const { db } = harness.database;
  const [run] = (await harness.call('merchant', 'GET', runs())).body.items;
  const about = { orderId: null, mend: null };
  const named = ['A', 'B'].map((externalId) => {
    const kind = 'order_missing_here' as const;
    return { ...about, kind, subject: externalId, externalId, message: `Order ${externalId} was not imported.` };
  });
  const tracking = { ...about, kind: 'tracking_differs' as const, subject: 's', externalId: 'C', message: 'Other.' };
  await saveDifferences(db, run!.id, [...named, tracking]);
  await saveDifferences(db, run!.id, named);
  await closeReconciliation(db, run!.id, null);

  const path = `/v1/reconciliations/${run!.id}`;
  expect((await harness.call('merchant', 'GET', path)).body).toMatchObject({ state: 'finished', differences: 3 });
  const first = (await harness.call('merchant', 'GET', `${path}/differences?limit=2`)).body;
  expect(first.items.map((each) => each.externalId)).toEqual(['A', 'B']);
  const rest = (await harness.call('merchant', 'GET', `${path}/differences?limit=2&cursor=${first.nextCursor}`)).body;
  expect(rest).toMatchObject({ items: [{ kind: 'tracking_differs' }], nextCursor: null });
  expect(rest.items[0]).toHaveProperty('fix', expect.stringContaining('carrier'));
  const ofKind = await harness.call('merchant', 'GET', `${path}/differences?kind=tracking_differs`);
  expect(ofKind.body.items).toHaveLength(1);
});

it('a window that ends before it begins is refused', async () => {
  const body = { from: window.to, to: window.from };
  expect((await harness.call('merchant', 'POST', runs(), { body })).status).toBe(400);
});

it('I7: another tenant sees nothing of it', async () => {
  const [run] = (await harness.call('merchant', 'GET', runs())).body.items;
  for (const path of [runs(), `/v1/reconciliations/${run!.id}`, `/v1/reconciliations/${run!.id}/differences`])
    expect((await harness.call('otherMerchant', 'GET', path)).status).toBe(404);
  expect((await harness.call('otherMerchant', 'POST', runs(), { body: window })).status).toBe(404);
});
