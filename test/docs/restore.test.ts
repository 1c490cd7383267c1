import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { flowOf, type Flow } from '../workflows/flow.js';
import { eventually } from '../support/eventually.js';
import { startWaybill, type Waybill } from '../support/waybill.js';

let waybill: Waybill;
let flow: Flow;
beforeAll(async () => {
  waybill = await startWaybill();
  flow = flowOf(waybill);
  await waybill.enable();
});
afterAll(() => waybill.stop());

/** The statements of the run-book, as whoever restores a database runs them. */
function runBook(): string {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  return /```sql\n(update orders set workflow_started_at[^]*?)```/.exec(page)![1]!;
}

/** What `temporal workflow delete` does; the server removes it a moment later. */
async function forgetWorkflow(receipt: string): Promise<void> {
  const { temporal } = waybill;
  const handle = flow.handle(receipt);
  await temporal.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId },
  });
  await eventually(() => expect(handle.describe()).rejects.toThrow());
}

describe('the run-book for a database and a Temporal of different moments', () => {
  it('brings an order that waits for its shipment back to work, and nothing is sent or told twice', async () => {
    const receipt = await flow.buy();
    await flow.until(receipt, 'submitted');
    await forgetWorkflow(receipt);

    await sql.raw(runBook()).execute(waybill.db);
    await flow.pollStore();
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');

    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it('finishes an order whose shipment was told already, with one notice', async () => {
    const receipt = await flow.buy();
    await flow.until(receipt, 'submitted');
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');
    await forgetWorkflow(receipt);
    // As the database was a moment before the notice was recorded.
    await sql`update orders set state = 'submitted', ledger = '[]' where external_id = ${receipt}`.execute(waybill.db);
    await sql`update write_intents set state = 'sending', proof = null, done_at = null, sent_at = now()
      where business_key like ${`writeback:%${receipt}%`}`.execute(waybill.db);

    await sql.raw(runBook()).execute(waybill.db);
    await flow.pollStore();
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    await flow.pollWarehouse();
    await flow.until(receipt, 'shipped');

    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
    expect(flow.notices(receipt)).toHaveLength(1);
  });
});
