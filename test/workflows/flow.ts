import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { saveCredentials } from '../../database/credentials.js';
import { newId } from '../../database/ids.js';
import type { StoreNews } from '../../connectors/marketplaces/port.js';
import { askToYield, keepDelivery } from '../../database/webhook-inbox.js';
import {
  fulfillmentReference,
  messages,
  orderWorkflowId,
  storeWorkflowId,
  warehouseWorkflowId,
  workflowTypes,
} from '../../domain/identifiers.js';
import type { ActionAnswer, CancelAnswer, OrderSnapshot } from '../../domain/messages.js';
import type { OrderState } from '../../domain/order-states.js';
import type { StoreSettings } from '../../domain/store.js';
import type { OrderSpec } from '../../sandbox/clickbank/state.js';
import { createShipbobSandbox, sandboxShipbobToken } from '../../sandbox/shipbob/sandbox.js';
import type { Parcel } from '../../sandbox/shipbob/work.js';
import { eventually, patienceSeconds } from '../support/eventually.js';
import { pollNow } from '../support/poke.js';
import type { Waybill } from '../support/waybill.js';
import { canary } from './canaries.js';

export type Flow = ReturnType<typeof flowOf>;
type Action = keyof Pick<
  typeof messages.order,
  'hold' | 'release' | 'cancel' | 'editAddress' | 'retry' | 'markShippedElsewhere'
>;

/** What the tests of order workflows say again and again, in their own words. */
export function flowOf(waybill: Waybill) {
  const { db, temporal, storeId, warehouseId, clickbank, shipbob } = waybill;
  let deliveries = 0;
  const idOf = (receipt: string) => orderWorkflowId({ storeId, externalId: receipt });
  const turnBegan = async () => {
    const { raw } = await temporal.workflow.getHandle(storeWorkflowId(storeId)).describe();
    const { seconds, nanos } = raw.pendingActivities![0]!.scheduledTime!;
    return Number(seconds) * 1_000 + nanos! / 1e6;
  };

  const flow = {
    /** A purchase at ClickBank, seen by the store at once. */
    async buy(spec: OrderSpec = {}): Promise<string> {
      const [order] = clickbank.addOrders([{ ...spec, customer: { ...canary.customer, ...spec.customer } }]);
      await pollNow(waybill, { storeId });
      return order!.receipt;
    },
    handle: (receipt: string) => temporal.workflow.getHandle(idOf(receipt)),
    query: (receipt: string) => flow.handle(receipt).query<OrderSnapshot>(messages.order.state),
    row: (receipt: string) =>
      db.selectFrom('orders').selectAll().where('external_id', '=', receipt).executeTakeFirstOrThrow(),
    async timeline(receipt: string) {
      const { id } = await flow.row(receipt);
      return db.selectFrom('timeline').selectAll().where('order_id', '=', id).orderBy('id').execute();
    },
    events: async (receipt: string) => (await flow.timeline(receipt)).map((each) => each.event),
    /** Waits for the order's row to say so, and for its workflow where it has one; gives the row. */
    until: (receipt: string, state: OrderState, seconds = patienceSeconds) =>
      eventually(async () => {
        const row = await flow.row(receipt);
        expect({ state: row.state, attention: row.attention?.cause ?? null }).toMatchObject({ state });
        if (state !== 'closed') expect(row.workflow_started_at).not.toBeNull();
        return row;
      }, seconds),
    untilAttention: (receipt: string, cause: string, seconds = patienceSeconds) =>
      eventually(async () => {
        const row = await flow.row(receipt);
        expect({ state: row.state, cause: row.attention?.cause ?? null }).toEqual({ state: 'needs_attention', cause });
        return row.attention!;
      }, seconds),
    async act(receipt: string, action: Action, request: Record<string, unknown> = {}): Promise<ActionAnswer> {
      return flow.handle(receipt).executeUpdate<ActionAnswer, [object]>(action, {
        args: [{ actor: 'key:tester', note: null, ...(action === 'hold' ? { releaseAt: null } : {}), ...request }],
      });
    },
    cancel: (receipt: string) => flow.act(receipt, 'cancel') as Promise<CancelAnswer>,
    reference: (receipt: string, number = 1, generation = 1) =>
      fulfillmentReference({ storeId, externalId: receipt, number, generation }),
    warehouseOrders: (receipt: string) =>
      shipbob.ledger().orders.filter((each) => String(each['reference_id']).includes(`.${receipt}.`)),
    notices: (receipt: string) => clickbank.ledger().notices.filter((each) => each.receipt === receipt),
    /** The warehouse sends parcels and is polled. */
    async ship(receipt: string, parcels?: Parcel[], generation = 1): Promise<void> {
      shipbob.ship(flow.reference(receipt, 1, generation), parcels);
      await flow.pollWarehouse();
    },
    pollWarehouse: (id = warehouseId) => pollNow(waybill, { warehouseId: id }),
    pollStore: () => pollNow(waybill, { storeId }),
    /** Kept as the API keeps an authentic notification. */
    announce: (kind: StoreNews['kind'], orderIds: string[] = []) =>
      keepDelivery(db, {
        ...{ connectionId: storeId, deliveryKey: `delivery-${(deliveries += 1)}`, topic: kind },
        body: { kind, orderIds },
      }),
    /** Makes the next pass of the store look back as far as a new one does. */
    async lookBack(): Promise<void> {
      await db.updateTable('stores').set({ cursor_at: null }).where('id', '=', storeId).execute();
      await flow.pollStore();
    },
    /** Changes settings as the API does, and waits for a turn that began with them: a pass under way still has the old. */
    async settings(change: Partial<StoreSettings>): Promise<void> {
      const { settings } = await db
        .selectFrom('stores')
        .select('settings')
        .where('id', '=', storeId)
        .executeTakeFirstOrThrow();
      await db
        .updateTable('stores')
        .set({ settings: JSON.stringify({ ...settings, ...change }), settings_saved_at: new Date() })
        .where('id', '=', storeId)
        .execute();
      const saved = new Date();
      await flow.tellStore('settingsChanged');
      await eventually(async () => expect(await turnBegan()).toBeGreaterThan(saved.getTime()));
    },
    async tellStore(message: 'settingsChanged' | 'pause' | 'resume' | 'stop'): Promise<void> {
      await temporal.workflow.getHandle(storeWorkflowId(storeId)).signal(messages.connection[message]);
      await askToYield(db, storeId);
    },
    /** Tells the store's workflow that what orders may wait for was saved, as the API does. */
    async saved(key: string, workflowId = storeWorkflowId(storeId), connectionId: string = storeId): Promise<void> {
      await temporal.workflow.getHandle(workflowId).signal(messages.connection.fixSaved, { key });
      await askToYield(db, connectionId);
    },
    store: () => db.selectFrom('stores').selectAll().where('id', '=', storeId).executeTakeFirstOrThrow(),
    /** The next version of the store's shipping rules. */
    async saveRules(rules: unknown[], otherwise: unknown): Promise<void> {
      await sql`insert into shipping_rule_sets (store_id, version, saved_by, rules, otherwise)
        select store_id, max(version) + 1, 'test', ${JSON.stringify(rules)}::jsonb, ${JSON.stringify(otherwise)}::jsonb
        from shipping_rule_sets where store_id = ${storeId} group by store_id`.execute(db);
    },
  };
  return flow;
}

/** Another ShipBob account of the same tenant, watched by its own workflow. */
export async function addWarehouse(waybill: Waybill) {
  const { db, tenantId, temporal, queues, keyRing } = waybill;
  const sandbox = createShipbobSandbox({ limits: { perMinute: 1e9 } });
  const baseUrl = await sandbox.listen();
  const warehouseId = newId('whs');
  await db
    .insertInto('warehouses')
    .values({
      ...{ id: warehouseId, tenant_id: tenantId, name: 'Second Warehouse', system: 'shipbob', enabled: true },
      base_url: baseUrl,
      settings: JSON.stringify({ settleSeconds: 2 }),
      webhook_path: randomBytes(16).toString('hex'),
    })
    .execute();
  const value = { accessToken: sandboxShipbobToken };
  await saveCredentials(db, keyRing, { tenantId, connectionId: warehouseId, field: 'api', value });
  const workflow = await temporal.workflow.start(workflowTypes.warehouse, {
    workflowId: warehouseWorkflowId(warehouseId),
    taskQueue: queues.connections,
    args: [{ warehouseId, paused: false, fixes: [] }],
  });
  const stop = async () => {
    await workflow.signal(messages.connection.stop);
    await askToYield(db, warehouseId);
    await workflow.result();
    await sandbox.close();
  };
  return { sandbox, warehouseId, stop };
}
