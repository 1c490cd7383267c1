import { saveReturns, type DecidedReturn } from '../../database/returns.js';
import { aStore, anImportedOrder } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => (harness = await startHarness()));
afterAll(() => harness.close());

const aReturn = (returnId: string): DecidedReturn => ({
  ...{ returnId, name: `#1001-R${returnId}`, status: 'OPEN', createdAt: '2026-11-20T12:00:00.000Z', closedAt: null },
  lines: [
    {
      ...{ lineId: 'kit-1', quantity: 1, reason: 'DEFECTIVE' },
      restock: [{ decision: 'inspect', quantity: 1, decidedBy: 'store settings' }],
    },
  ],
});

it('D9: returns are shown with their order and listed by store, a page at a time', async () => {
  const { db } = harness.database;
  const storeId = await aStore(db, harness.tenant);
  const orderId = await anImportedOrder(db, harness.tenant, storeId, { externalId: 'RET1' }, 'shipped');
  await saveReturns(db, orderId, [aReturn('1'), aReturn('2')], new Date('2026-11-21T00:00:00Z'));

  const shown = (await harness.call('merchant', 'GET', `/v1/orders/${orderId}`)).body;
  expect(shown.returns).toMatchObject([
    { returnId: '1', lineId: 'kit-1', sku: 'kit-1', restock: [{ decision: 'inspect', quantity: 1 }] },
    { returnId: '2' },
  ]);

  const first = (await harness.call('merchant', 'GET', `/v1/returns?store=${storeId}&limit=1`)).body;
  expect(first.items).toMatchObject([
    { returnId: '2', orderId, storeId, externalId: 'RET1', createdAt: '2026-11-20T12:00:00.000Z' },
  ]);
  const next = (
    await harness.call('merchant', 'GET', `/v1/returns?store=${storeId}&limit=1&cursor=${first.nextCursor}`)
  ).body;
  expect(next).toMatchObject({ items: [{ returnId: '1' }], nextCursor: null });
  expect((await harness.call('merchant', 'GET', '/v1/returns?store=sto_other')).body.items).toEqual([]);
});
