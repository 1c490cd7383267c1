import { defaultDataConverter } from '@temporalio/common';
import { storeWorkflowId, waitKeys, warehouseWorkflowId } from '../../domain/identifiers.js';
import type { ProbeReport } from '../../domain/store.js';
import { aStore, aWarehouse, anImportedOrder } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';
import { aShippedOrder } from './shipped-order.js';

const passing: ProbeReport = { permissions: [], accounts: ['acme'], problems: [] };
let report = passing;
let harness: Harness;
const registered: string[] = [];
beforeAll(async () => {
  harness = await startHarness({
    probe: async () => report,
    registerWebhook: async (id) => void registered.push(id),
  });
});
beforeEach(() => (report = passing));
afterAll(() => harness.close());

const send = (method: string, path: string, body?: object) => harness.call('merchant', method, path, { body });

async function newStore(): Promise<string> {
  return (await send('POST', '/v1/stores', { name: 'Shop', marketplace: 'clickbank' })).body.id;
}

async function enabledStore(): Promise<string> {
  const id = await newStore();
  await send('PUT', `/v1/stores/${id}/credentials`, { apiKey: 'long enough' });
  await send('POST', `/v1/stores/${id}/test`);
  expect((await send('POST', `/v1/stores/${id}/enable`)).status).toBe(200);
  return id;
}

/** What was said to a workflow, in order; no worker runs here, so it all lies in the history. */
async function heard(workflowId: string): Promise<unknown[]> {
  const { events } = await harness.dependencies.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const started = event.workflowExecutionStartedEventAttributes;
    const signal = event.workflowExecutionSignaledEventAttributes;
    const payload = (started ?? signal)?.input?.payloads?.[0];
    const said = payload && defaultDataConverter.payloadConverter.fromPayload(payload);
    if (started) return [['started', said]];
    return signal ? [[signal.signalName, ...(said === undefined ? [] : [said])]] : [];
  });
}

describe('adding a connection', () => {
  it('R12: starts disabled, with the defaults that are safe', async () => {
    const { body } = await send('POST', '/v1/stores', {
      name: 'Shop',
      marketplace: 'clickbank',
      settings: { delayMinutes: 5 },
    });
    expect(body).toMatchObject({
      enabled: false,
      credentials: null,
      firstImportOpenedAt: null,
      health: { probe: null },
    });
    expect(body.settings).toMatchObject({ delayMinutes: 5, reviewFirstImport: true, importTestOrders: false });
  });

  it('is enabled only after a test that passed, and tested only with credentials', async () => {
    const id = await newStore();
    expect((await send('POST', `/v1/stores/${id}/test`)).status).toBe(409);
    await send('PUT', `/v1/stores/${id}/credentials`, { apiKey: 'long enough' });
    const untested = await send('POST', `/v1/stores/${id}/enable`);
    expect(untested.body).toMatchObject({ status: 409, type: 'urn:waybill:problem:not-tested' });
    await send('POST', `/v1/stores/${id}/test`);
    await send('PUT', `/v1/stores/${id}/credentials`, { apiKey: 'other credentials' });
    expect((await send('POST', `/v1/stores/${id}/enable`)).status).toBe(409);
    expect((await send('GET', `/v1/stores/${id}`)).body).toMatchObject({ enabled: false, credentials: { version: 2 } });
  });

  it('R17 D6: a missing write permission is named with the step that would fail, and nothing is enabled', async () => {
    report = {
      ...passing,
      permissions: [
        { permission: 'API Order Read Role', standing: 'granted', neededFor: 'importing orders' },
        { permission: 'API Order Write Role', standing: 'missing', neededFor: 'writing tracking back' },
      ],
    };
    const id = await newStore();
    await send('PUT', `/v1/stores/${id}/credentials`, { apiKey: 'long enough' });
    expect((await send('POST', `/v1/stores/${id}/test`)).body.passes).toBe(false);
    const refused = await send('POST', `/v1/stores/${id}/enable`);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('API Order Write Role (writing tracking back)'),
    ]);
    expect((await send('GET', `/v1/stores/${id}`)).body.health.probe).toMatchObject({
      passes: false,
      permissions: report.permissions,
    });
  });

  it('D6: a permission that only a write can prove is shown as unproven and does not stand in the way', async () => {
    report = { ...passing, permissions: [{ permission: 'write', standing: 'unproven', neededFor: 'tracking' }] };
    const id = await enabledStore();
    const { body } = await send('GET', `/v1/stores/${id}`);
    expect(body.health.probe.permissions).toEqual(report.permissions);
  });

  it('names a credential field that is missing or unknown, and never repeats a value', async () => {
    const id = await newStore();
    const answer = await send('PUT', `/v1/stores/${id}/credentials`, { apiKey: 'short', developerKey: 'CANARY-dev' });
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer).sort()).toEqual([
      '/apiKey',
      '/developerKey',
    ]);
    expect(answer.text).not.toMatch(/CANARY-dev|short"/);
  });

  it('tells two secrets apart by fingerprint', async () => {
    const id = await newStore();
    const save = async (apiKey: string) =>
      (await send('PUT', `/v1/stores/${id}/credentials`, { apiKey })).body.fingerprint;
    const [one, other, again] = [await save('key number 1'), await save('key number 2'), await save('key number 1')];
    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });
});

describe('enabling', () => {
  it('starts the workflow once, with what it must know', async () => {
    const id = await enabledStore();
    expect((await send('POST', `/v1/stores/${id}/enable`)).status).toBe(200);
    const said = await heard(storeWorkflowId(id));
    expect(said.filter((each) => (each as string[])[0] === 'started')).toEqual([
      ['started', { storeId: id, paused: false, fixes: [] }],
    ]);
    const description = await harness.dependencies.temporal.workflow.getHandle(storeWorkflowId(id)).describe();
    expect(description.searchAttributes['WaybillStore']).toEqual([id]);
    expect(description.taskQueue).toBe(harness.dependencies.taskQueues.connections);
    expect((await send('GET', `/v1/stores/${id}`)).body.temporalUrl).toContain(encodeURIComponent(storeWorkflowId(id)));
  });

  it('registers a warehouse for webhooks, and works without', async () => {
    const id = (await send('POST', '/v1/warehouses', { name: 'House', system: 'shipbob' })).body.id;
    await send('PUT', `/v1/warehouses/${id}/credentials`, { token: 'long enough' });
    await send('POST', `/v1/warehouses/${id}/test`);
    harness.dependencies.registerWebhook = () => Promise.reject(new Error('vendor away'));
    expect((await send('POST', `/v1/warehouses/${id}/enable`)).status).toBe(200);
    harness.dependencies.registerWebhook = async (each) => void registered.push(each);
    await send('POST', `/v1/warehouses/${id}/enable`);
    expect(registered).toEqual([id]);
    expect((await heard(warehouseWorkflowId(id)))[0]).toEqual([
      'started',
      { warehouseId: id, paused: false, fixes: [] },
    ]);
  });

  it('leaves a store disabled when Temporal is away, and says when to come back', async () => {
    const away = await startHarness({ temporal: await unreachable() }, harness.database);
    try {
      const storeId = await aStore(harness.database.db, away.tenant);
      await away.call('merchant', 'PUT', `/v1/stores/${storeId}/credentials`, { body: { apiKey: 'long enough' } });
      await away.call('merchant', 'POST', `/v1/stores/${storeId}/test`);
      const answer = await away.call('merchant', 'POST', `/v1/stores/${storeId}/enable`);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect((await away.call('merchant', 'GET', `/v1/stores/${storeId}`)).body.enabled).toBe(false);
    } finally {
      await away.close();
    }
  });
});

describe('a running store', () => {
  it('hears of pause, resume and poll now, and remembers the pause', async () => {
    const id = await enabledStore();
    expect((await send('POST', `/v1/stores/${id}/pause`)).body).toEqual({ id, paused: true });
    expect((await send('GET', `/v1/stores/${id}`)).body.paused).toBe(true);
    await send('POST', `/v1/stores/${id}/resume`);
    expect((await send('POST', `/v1/stores/${id}/poll`)).status).toBe(202);
    expect((await heard(storeWorkflowId(id))).slice(-3)).toEqual([['pause'], ['resume'], ['pollNow']]);
  });

  it('hears of every saved thing that an order may wait for', async () => {
    const id = await enabledStore();
    const warehouseId = await aWarehouse(harness.database.db, harness.tenant);
    const before = (await heard(storeWorkflowId(id))).length;
    const components = [{ warehouseSku: 'W', quantity: 1 }];
    await send('PUT', `/v1/stores/${id}/listings/${encodeURIComponent('kit/1:ü')}`, { components });
    const choice = { warehouseId, methodCode: 'GROUND' };
    await send('PUT', `/v1/stores/${id}/shipping-rules`, { rules: [], otherwise: choice });
    await send('PUT', `/v1/stores/${id}/credentials`, { apiKey: 'another key' });
    await send('PATCH', `/v1/stores/${id}`, { settings: { delayMinutes: 3 } });
    await send('POST', `/v1/stores/${id}/test`);
    const fix = (key: string) => ['fixSaved', { key }];
    expect((await heard(storeWorkflowId(id))).slice(before)).toEqual([
      fix(waitKeys.listing(id, 'kit/1:ü')),
      fix(waitKeys.shippingRule(id)),
      ['settingsChanged'],
      fix(waitKeys.connection(id)),
      ['settingsChanged'],
      fix(waitKeys.connection(id)),
      fix(waitKeys.connection(id)),
    ]);
  });

  it('has what it skipped judged anew after its settings changed, and only then', async () => {
    const id = await newStore();
    const savedAt = async () =>
      (
        await harness.database.db
          .selectFrom('stores')
          .select('settings_saved_at')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      ).settings_saved_at;
    const before = await savedAt();
    await send('PATCH', `/v1/stores/${id}`, { name: 'Renamed' });
    expect(await savedAt()).toEqual(before);
    await send('PATCH', `/v1/stores/${id}`, { settings: { importTestOrders: true } });
    expect((await savedAt()).getTime()).toBeGreaterThan(before.getTime());
  });

  it('D2: the merchant, not a staff member, opens the gate after the first import; what waits for it is told', async () => {
    const id = await enabledStore();
    expect((await harness.call('support', 'POST', `/v1/stores/${id}/open-first-import`)).status).toBe(403);
    const opened = await send('POST', `/v1/stores/${id}/open-first-import`);
    const again = await send('POST', `/v1/stores/${id}/open-first-import`);
    expect(opened.body.firstImportOpenedAt).toMatch(/Z$/);
    expect(again.body.firstImportOpenedAt).toBe(opened.body.firstImportOpenedAt);
    expect(await heard(storeWorkflowId(id))).toContainEqual(['fixSaved', { key: waitKeys.firstImport(id) }]);
  });
});

describe('deleting', () => {
  it('stops the workflow, erases the credentials and forgets no order', async () => {
    const id = await enabledStore();
    const orderId = await anImportedOrder(harness.database.db, harness.tenant, id, {}, 'closed');
    expect((await send('DELETE', `/v1/stores/${id}`)).status).toBe(204);
    expect((await heard(storeWorkflowId(id))).at(-1)).toEqual(['stop']);
    expect((await send('GET', `/v1/stores/${id}`)).status).toBe(404);
    expect((await send('GET', `/v1/orders/${orderId}`)).status).toBe(200);
    const kept = await harness.database.db
      .selectFrom('credentials')
      .select('field')
      .where('connection_id', '=', id)
      .execute();
    expect(kept).toEqual([]);
  });

  it('is refused while orders or fulfillments need the connection', async () => {
    const id = await newStore();
    await anImportedOrder(harness.database.db, harness.tenant, id);
    const refused = await send('DELETE', `/v1/stores/${id}`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('1 open order.');
    const { warehouseId } = await aShippedOrder(harness.database.db, harness.tenant, id, 'SHIPPED');
    await harness.database.db.updateTable('fulfillments').set({ state: 'submitted' }).execute();
    expect((await send('DELETE', `/v1/warehouses/${warehouseId}`)).body.detail).toContain('1 open fulfillment.');
  });
});

it('R9 R11: lists what each system asks for, so that a person knows what to copy from where', async () => {
  const { body } = await send('GET', '/v1/connectors');
  expect(body.marketplaces[0]).toMatchObject({
    name: 'clickbank',
    credentials: { required: ['apiKey'] },
    noStock: null,
  });
  expect(body.warehouseSystems[0]).toMatchObject({ name: 'shipbob', credentials: { required: ['token'] } });
});

it('D5: gives each connection a webhook path of its own that cannot be guessed and that no answer shows', async () => {
  for (let n = 0; n < 3; n++) await send('POST', '/v1/warehouses', { name: `House ${n}`, system: 'shipbob' });
  await send('GET', '/v1/warehouses?limit=200');
  const rows = await harness.database.db.selectFrom('warehouses').select('webhook_path').execute();
  const paths = rows.map((row) => row.webhook_path);
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of paths) {
    // 43 characters of base64url: 256 random bits.
    expect(path).toMatch(/^[\w-]{43}$/);
    expect(harness.answers.join() + harness.log.join()).not.toContain(path);
  }
});

async function unreachable(): Promise<Harness['dependencies']['temporal']> {
  const { Client, Connection } = await import('@temporalio/client');
  // Port 1 of this machine: nobody listens there, so the refusal comes at once.
  return new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
}
