import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { startApi } from '../../api/main.js';
import { createApiClient } from '../../cli/api-client.js';
import { readCredentials } from '../../database/credentials.js';
import { readConfiguration } from '../../worker/configuration.js';
import { freePorts } from '../../servers/ports.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { serviceEnvironment, startCommandLine, type CommandLine } from './command-line.js';

let waybill: Waybill;
let cli: CommandLine;

beforeAll(async () => {
  quietTemporal();
  // No workers: what was stored stays as it came.
  waybill = await startWaybill({ workers: false });
  const [port] = await freePorts(1);
  cli = await startCommandLine(waybill.database, {
    ...{ WAYBILL_ENCRYPTION_KEYS: waybill.keys, WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix },
    ...{ PORT: String(port), WAYBILL_PUBLIC_URL: `http://127.0.0.1:${port}/` },
  });
});

afterAll(async () => {
  await cli?.api.stop();
  await waybill?.stop();
});

const inbox = () => waybill.db.selectFrom('webhook_inbox').selectAll().execute();

describe('webhooks of a warehouse', () => {
  it('are asked for when it is enabled, and their secret is kept as a credential', async () => {
    const api = createApiClient(cli.operator);
    await api.call('POST', `/v1/warehouses/${waybill.warehouseId}/test`);
    await api.call('POST', `/v1/warehouses/${waybill.warehouseId}/enable`);
    const [webhook, ...others] = waybill.shipbob.state.webhooks;
    expect(others).toEqual([]);
    expect(webhook!.url).toMatch(new RegExp(`^${cli.api.url}/webhooks/[0-9a-f]{32}$`));
    expect(await readCredentials(waybill.db, waybill.keyRing, waybill.warehouseId, 'webhook')).toEqual({
      secret: webhook!.secret,
    });
  });

  it('leave the ids of the orders they name, and nothing about people', async () => {
    const warehouse = await waybill.connections.warehouseOf(waybill.warehouseId);
    const order = await warehouse.create({
      ...{ reference: 'sto_x.R1.1g1', orderNumber: 'R1', methodCode: 'Standard', placedAt: '2026-11-20T10:00:00.000Z' },
      shipTo: {
        ...{ name: 'Ann Sample', company: null, line1: '1 Main St', line2: null, city: 'Boise', region: 'ID' },
        ...{ postalCode: '83702', country: 'US', email: 'ann@example.com', phone: null },
      },
      items: [{ warehouseSku: 'WH-KIT-1', quantity: 1, title: 'Kit' }],
    });
    waybill.shipbob.ship('sto_x.R1.1g1');
    await eventually(async () => expect(await inbox()).toHaveLength(1));
    const [row] = await inbox();
    expect(row).toMatchObject({ connection_id: waybill.warehouseId, topic: 'order.shipped' });
    expect(row!.body).toEqual({ orderIds: [order.externalId] });
  });

  it('are refused without their signature, and at an address of nobody', async () => {
    const { url } = waybill.shipbob.state.webhooks[0]!;
    const forged = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)) };
    const post = (to: string) => fetch(to, { method: 'POST', headers: forged, body: '{"order_id":1}' });
    expect((await post(url)).status).toBe(401);
    expect((await post(`${cli.api.url}/webhooks/elsewhere`)).status).toBe(404);
    expect(await inbox()).toHaveLength(1);
  });
});

it('R12: a test through the API asks the marketplace itself', async () => {
  const report = await cli.json<{ accounts: string[] }>('stores', 'test', waybill.storeId);
  expect(report.accounts).toEqual(['demoshop', 'demogarden']);
});

it('serves what it can while Temporal is away', async () => {
  const away = { ...cli.env, PORT: '0', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const api = await startApi(readConfiguration(away), pino({ level: 'silent' }));
  const stores = await createApiClient({ ...cli.operator, url: api.url }).list('/v1/stores', {});
  expect(stores.items).toHaveLength(1);
  await api.stop();
  await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
});

it('names the port that is taken and how to choose another', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const configuration = readConfiguration(serviceEnvironment(waybill.database, { PORT: String(port) }));
  await expect(startApi(configuration, pino({ level: 'silent' }))).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program. Stop that program, or choose another port, e.g. PORT=8081.`,
  );
  other.close();
});
