import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OrderDetail } from '../../cli/order-story.js';
import { freshDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { isAlive } from '../support/processes.js';
import { sharedServer } from '../support/shared-server.js';
import { testTaskQueue } from '../support/temporal.js';
import { descendants, lastUp, startUp, type Up } from './up.js';

interface Page<Item> {
  items: Item[];
}

interface ShipbobLedger {
  orders: { id: number; reference_id: string }[];
  accidents: Record<string, unknown>;
}

interface ClickbankLedger {
  notices: { receipt: string; itemNo: string; trackingId: string }[];
}

interface StartedEvent {
  workflowExecutionStartedEventAttributes: { input: { payloads: { data: string }[] } };
}

/** Real receipts among the first eight sample orders; the eighth is a test purchase. */
const realSamples = 7;

const folders: string[] = [];
const running: Up[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-up-'));
  folders.push(folder);
  return join(folder, 'data');
}

function begin(folder: string, settings: Record<string, string> = {}): Up {
  const up = startUp(folder, settings);
  running.push(up);
  return up;
}

afterAll(async () => {
  await Promise.all(running.map((up) => up.stop('SIGINT')));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function shippedOrders(up: Up): Promise<OrderDetail[]> {
  const { items } = await up.get<Page<{ id: string }>>('/v1/orders?state=shipped&limit=200');
  return Promise.all(items.map(({ id }) => up.get<OrderDetail>(`/v1/orders/${id}`)));
}

/** The stand-ins' own record of what reached them. */
async function ledgers(up: Up) {
  const read = async <Ledger>(path: string) => {
    const { items } = await up.get<Page<{ baseUrl: string }>>(path);
    return (await (await fetch(`${items[0]!.baseUrl}/_sandbox/ledger`)).json()) as Ledger;
  };
  return {
    clickbank: await read<ClickbankLedger>('/v1/stores'),
    shipbob: await read<ShipbobLedger>('/v1/warehouses'),
  };
}

describe('npm start', () => {
  let folder: string;
  let up: Up;
  let before: OrderDetail[];

  beforeAll(async () => {
    folder = await newFolder();
    up = begin(folder);
    await up.ready();
  }, 620_000);

  it('R1, R9, R12: connects a sample store through the API and carries its orders to shipped, with nobody touching them', async () => {
    await eventually(async () => {
      before = await shippedOrders(up);
      expect(before.length).toBeGreaterThanOrEqual(realSamples);
    }, 60);
    const stores = await up.get<Page<object>>('/v1/stores');
    expect(stores.items).toEqual([expect.objectContaining({ enabled: true, marketplace: 'clickbank' })]);
    const skipped = await up.get<Page<object>>('/v1/skipped-orders');
    expect(skipped.items).toEqual([expect.objectContaining({ cause: 'test_order' })]);
  }, 90_000);

  it('R5, R14: shows of each the proof that ClickBank knows its tracking number, and how it came there', async () => {
    for (const order of before) {
      const parcels = order.shipments.flatMap((shipment) => shipment.packages);
      const notices = order.writes.filter((write) => write.kind === 'writeback');
      expect(parcels).toHaveLength(1);
      expect(notices).toEqual([expect.objectContaining({ state: 'done' })]);
      expect(notices[0]!.proof).toMatchObject({ trackingNumber: parcels[0]!.trackingNumber });
      expect(order.timeline.map((entry) => entry.toState)).toEqual(['queued', 'submitted', 'shipped']);
    }
  });

  it('R3, R13: one warehouse order and one ship notice for each fulfillment, by its listing and its rule', async () => {
    const { clickbank, shipbob } = await ledgers(up);
    const methods = { 'Standard Shipping': 'Standard', 'Express Shipping': 'Expedited' };
    for (const order of before) {
      expect(order.fulfillments).toHaveLength(1);
      const { reference, externalId, methodCode, rule, lines } = order.fulfillments[0]!;
      const sent = shipbob.orders.filter((each) => each.reference_id === reference);
      expect(sent.map((each) => String(each.id))).toEqual([externalId]);
      const told = clickbank.notices.filter((notice) => notice.receipt === order.externalId);
      expect(told.map((notice) => notice.trackingId)).toEqual([order.shipments[0]!.packages[0]!.trackingNumber]);
      expect(methods).toHaveProperty(rule, methodCode);
      // The kit is a bundle of two goods.
      expect(lines).toHaveLength(order.lines[0]!.sku === 'kit-1' ? 2 : 1);
    }
    const references = shipbob.orders.map((each) => each.reference_id);
    expect(new Set(references).size).toBe(references.length);
    expect(shipbob.accidents).toEqual({ products: [], shippingMethods: [], refusedDuplicates: 0 });
  });

  it('has the Temporal UI show what is encrypted, as a browser would ask for it', async () => {
    const ui = new URL((await up.get<OrderDetail>(`/v1/orders/${before[0]!.id}`)).temporalUrl!);
    const ask = async <Answer>(path: string) => (await (await fetch(`${ui.origin}/api/v1/${path}`)).json()) as Answer;
    const { Codec } = await ask<{ Codec: { Endpoint: string } }>('settings');
    const { history } = await ask<{ history: { events: StartedEvent[] } }>(`${ui.pathname.slice(1)}/history`);
    const body = JSON.stringify(history.events[0]!.workflowExecutionStartedEventAttributes.input);
    const decoded = await fetch(`${Codec.Endpoint}/decode`, {
      ...{ method: 'POST', body },
      headers: { origin: ui.origin, 'content-type': 'application/json', 'x-namespace': 'default' },
    });
    const { payloads } = (await decoded.json()) as StartedEvent['workflowExecutionStartedEventAttributes']['input'];
    const input = JSON.parse(Buffer.from(payloads[0]!.data, 'base64').toString()) as object;
    expect(input).toMatchObject({ orderId: before[0]!.id });
  });

  it('leaves nothing running after Ctrl-C', async () => {
    const pids = descendants(up.pid);
    // PostgreSQL, Temporal, and the watcher of each.
    expect(pids.length).toBeGreaterThanOrEqual(4);
    expect(await up.stop('SIGINT')).toBe(0);
    await eventually(() => expect([up.pid, ...pids].filter(isAlive)).toEqual([]), 5);
  });

  it('keeps its data over a restart, and goes on selling', async () => {
    const key = (await lastUp(folder)).apiKey;
    up = begin(folder);
    await up.ready();
    expect((await lastUp(folder)).apiKey).toBe(key);
    const known = before.map((order) => order.externalId);
    await eventually(async () => {
      const now = (await shippedOrders(up)).map((order) => order.externalId);
      expect(known.filter((receipt) => !now.includes(receipt))).toEqual([]);
      expect(now.length).toBeGreaterThanOrEqual(known.length + realSamples);
    }, 60);
    expect((await up.get<Page<object>>('/v1/stores')).items).toHaveLength(1);
    const pids = descendants(up.pid);
    expect(await up.stop('SIGTERM')).toBe(0);
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]), 5);
  }, 120_000);
});

describe('its settings', () => {
  it('WAYBILL_SANDBOX=off, DATABASE_URL and TEMPORAL_ADDRESS: nothing but the service itself', async () => {
    const database = await freshDatabase();
    const up = begin(await newFolder(), {
      WAYBILL_SANDBOX: 'off',
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: sharedServer('WAYBILL_TEST_TEMPORAL'),
      WAYBILL_TASK_QUEUE_PREFIX: testTaskQueue('up'),
    });
    await up.ready();
    expect(descendants(up.pid)).toEqual([]);
    expect(up.output()).toContain('keys create --role operator');
    const count = async (rows: 'tenants' | 'api_keys') =>
      (await database.db.selectFrom(rows).select('id').execute()).length;
    expect([await count('tenants'), await count('api_keys')]).toEqual([0, 0]);
    expect(await up.stop('SIGINT')).toBe(0);
    await database.drop();
  });

  it('PORT: one that is taken is named before anything is started', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const up = begin(await newFolder(), { PORT: String(port) });
    expect(await up.ended()).toBe(1);
    expect(up.output()).toBe(
      `waybill: Port ${port} on 127.0.0.1 is taken by another program. Stop that program, or choose another port, ` +
        'e.g. PORT=8081.\n',
    );
    other.close();
  });
});
