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

/** A statement of the run-book, as whoever restores a database runs it. */
async function runFromRunBook(start: string): Promise<void> {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^ *```sql\n([^]*?)^ *```/gm)].map((match) => match[1]!.trim());
  const found = blocks.filter((block) => block.startsWith(start));
  expect(found).toHaveLength(1);
  await sql.raw(found[0]!).execute(waybill.db);
}

const startAgain = 'update orders set workflow_started_at';
const tellAgain = 'update shipments s set signalled_at';

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

    await runFromRunBook(startAgain);
    await flow.pollStore();
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    await runFromRunBook(tellAgain);
    await flow.ship(receipt);
    await flow.until(receipt, 'shipped');

    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
    expect(flow.notices(receipt)).toHaveLength(1);
  });

  it.each([
    ['Temporal was lost', () => Promise.resolve()],
    ['the database is of a moment before the notice was recorded', forgetNotice],
  ])('goes on with an order that shipped in part and tells no parcel twice: %s', async (_case, makeOlder) => {
    const receipt = await flow.buy({ lines: [{ itemNo: 'kit-1', quantity: 2 }] });
    await flow.until(receipt, 'submitted');
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'T-1' }]);
    await flow.until(receipt, 'partially_shipped');
    await forgetWorkflow(receipt);
    await makeOlder(receipt);

    await runFromRunBook(startAgain);
    await flow.pollStore();
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ step: 'wait_for_shipments' }));
    await runFromRunBook(tellAgain);
    await flow.pollWarehouse();
    await eventually(async () => expect(await flow.query(receipt)).toMatchObject({ state: 'partially_shipped' }));
    await flow.ship(receipt, [{ items: [{ sku: 'WH-KIT-1', quantity: 1 }], trackingNumber: 'T-2' }]);
    await flow.until(receipt, 'shipped');

    expect(flow.warehouseOrders(receipt)).toHaveLength(1);
    expect(flow.notices(receipt).map((notice) => notice.trackingId)).toEqual(['T-1', 'T-2']);
  });
});

async function forgetNotice(receipt: string): Promise<void> {
  await sql`with o as (
      update orders set state = 'submitted', ledger = '[]' where external_id = ${receipt} returning id
    ), s as (
      update shipments set lines = null from fulfillments f, o where f.reference = shipments.reference and f.order_id = o.id
    )
    update write_intents set state = 'sending', proof = null, done_at = null, sent_at = now()
    from o where order_id = o.id and kind = 'writeback'`.execute(waybill.db);
}
