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
import {
  told,
  type Ledgers,
  type BigcommerceLedger,
  type ClickbankLedger,
  type ShipbobLedger,
  type ShopifyLedger,
} from './ledgers.js';
import { descendants, lastUp, startUp, type Up } from './up.js';

interface Page<Item> {
  items: Item[];
}

interface Store {
  id: string;
  marketplace: 'clickbank' | 'bigcommerce' | 'shopify';
  enabled: boolean;
  baseUrl: string;
}

interface StockLevel {
  sku: string;
  problem: object | null;
  pushes: { state: string }[];
}

interface StartedEvent {
  workflowExecutionStartedEventAttributes: { input: { payloads: { data: string }[] } };
}

/** Real orders among the first samples: of ClickBank's eight receipts one is a test purchase. */
const realSamples = { clickbank: 7, bigcommerce: 4, shopify: 4 };
const samplesInAll = 15;

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

interface FoundOrder {
  id: string;
  storeId: string;
  externalId: string;
}

async function shippedOrders(up: Up): Promise<FoundOrder[]> {
  return (await up.get<Page<FoundOrder>>('/v1/orders?state=shipped&limit=200')).items;
}

/** Twice a second: the API takes 3,000 calls a minute from an address, and one that asks faster sees only refusals. */
const lookEveryMs = 500;

/** The stand-ins' own record of what reached them. */
async function ledgers(up: Up): Promise<Ledgers> {
  const { items: stores } = await up.get<Page<Store>>('/v1/stores');
  const { items: warehouses } = await up.get<Page<{ baseUrl: string }>>('/v1/warehouses');
  const read = async <Ledger>(baseUrl: string) => (await (await fetch(`${baseUrl}/_sandbox/ledger`)).json()) as Ledger;
  const ofStore = <Ledger>(name: Store['marketplace']) =>
    read<Ledger>(stores.find(({ marketplace }) => marketplace === name)!.baseUrl);
  return {
    clickbank: await ofStore<ClickbankLedger>('clickbank'),
    bigcommerce: await ofStore<BigcommerceLedger>('bigcommerce'),
    shopify: await ofStore<ShopifyLedger>('shopify'),
    shipbob: await read<ShipbobLedger>(warehouses[0]!.baseUrl),
  };
}

describe('npm start', () => {
  let folder: string;
  let up: Up;
  let before: OrderDetail[];
  let stores: Store[];

  beforeAll(async () => {
    folder = await newFolder();
    up = begin(folder);
    await up.ready();
  }, 620_000);

  it('R1, R9, R12: connects three sample stores through the API and carries their orders to shipped, with nobody touching them', async () => {
    stores = (await up.get<Page<Store>>('/v1/stores')).items;
    const look = async () => {
      const shipped = await shippedOrders(up);
      for (const { id, marketplace } of stores)
        expect(shipped.filter(({ storeId }) => storeId === id).length).toBeGreaterThanOrEqual(realSamples[marketplace]);
      return shipped;
    };
    const shipped = await eventually(look, 60, lookEveryMs);
    before = await Promise.all(shipped.map(({ id }) => up.get<OrderDetail>(`/v1/orders/${id}`)));
    const enabled = Object.keys(realSamples).map((marketplace) => [marketplace, true]);
    expect(stores.map((store) => [store.marketplace, store.enabled])).toEqual(enabled);
    const skipped = await up.get<Page<object>>('/v1/skipped-orders');
    expect(skipped.items).toEqual([expect.objectContaining({ cause: 'test_order' })]);
  }, 90_000);

  it('R5, R14: shows of each the proof that its store knows each tracking number, and how it came there', async () => {
    for (const order of before) {
      const parcels = order.shipments.flatMap((shipment) => shipment.packages);
      const notices = order.writes.filter((write) => write.kind === 'writeback');
      expect(parcels).toHaveLength(order.fulfillments.length);
      expect(notices.map(({ state }) => state)).toEqual(parcels.map(() => 'done'));
      const proven = notices.map(({ proof }) => (proof as { trackingNumber: string }).trackingNumber);
      expect(proven.sort()).toEqual(parcels.map(({ trackingNumber }) => trackingNumber).sort());
      // The first of two fulfillments is submitted while its order still waits for the second.
      const came = order.timeline.filter(({ fromState, toState }) => fromState !== toState);
      const states = came.map(({ toState }) => toState).filter((state) => state !== 'partially_shipped');
      expect(states).toEqual(['queued', 'submitted', 'shipped']);
    }
  });

  it('R3, R13: one warehouse order and one notice for each fulfillment, by its listing and its rule', async () => {
    const found = await ledgers(up);
    const methods = { 'Standard Shipping': 'Standard', 'Express Shipping': 'Expedited', Standard: 'Standard' };
    for (const order of before) {
      for (const { reference, externalId, methodCode, rule } of order.fulfillments) {
        const sent = found.shipbob.orders.filter((each) => each.reference_id === reference);
        expect(sent.map((each) => String(each.id))).toEqual([externalId]);
        expect(methods).toHaveProperty(rule, methodCode);
      }
      const parcels = order.shipments.flatMap((shipment) => shipment.packages);
      expect(told(found, order).sort()).toEqual(parcels.map(({ trackingNumber }) => trackingNumber).sort());
      // The kit is a bundle of two goods.
      const goods = order.lines.map(({ sku }) => (sku?.toLowerCase() === 'kit-1' ? 2 : 1) as number);
      const asked = order.fulfillments.flatMap(({ lines }) => lines);
      expect(asked).toHaveLength(goods.reduce((sum, each) => sum + each));
    }
    const references = found.shipbob.orders.map((each) => each.reference_id);
    expect(new Set(references).size).toBe(references.length);
    expect(found.shipbob.accidents).toEqual({ products: [], shippingMethods: [], refusedDuplicates: 0 });
  });

  it('R98: writes the stock of the warehouse to both stores that take it, with proof', async () => {
    const { items: syncs } = await up.get<Page<{ id: string; storeId: string }>>('/v1/stock-syncs');
    const takes = stores.filter(({ marketplace }) => marketplace !== 'clickbank').map(({ id }) => id);
    expect(syncs.map(({ storeId }) => storeId)).toEqual(takes);
    await eventually(async () => {
      for (const { id } of syncs) {
        const { items } = await up.get<Page<StockLevel>>(`/v1/stock-syncs/${id}/levels`);
        expect(items.map(({ sku, problem }) => [sku.toLowerCase(), problem])).toEqual([
          ['book-7', null],
          ['kit-1', null],
          ['tea-30', null],
        ]);
        expect(items.map(({ pushes }) => pushes[0]?.state)).toEqual(['proven', 'proven', 'proven']);
      }
    }, 30);
    const { bigcommerce, shopify } = await ledgers(up);
    expect(bigcommerce.stockWrites.length).toBeGreaterThan(0);
    expect(new Set(shopify.inventorySets.map(({ sku }) => sku))).toEqual(new Set(['BOOK-7', 'KIT-1', 'TEA-30']));
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
    await eventually(
      async () => {
        const now = (await shippedOrders(up)).map((order) => order.externalId);
        expect(known.filter((receipt) => !now.includes(receipt))).toEqual([]);
        expect(now.length).toBeGreaterThanOrEqual(known.length + samplesInAll);
      },
      60,
      lookEveryMs,
    );
    expect((await up.get<Page<object>>('/v1/stores')).items).toHaveLength(3);
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
