import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveCredentials } from '../../database/credentials.js';
import { newId } from '../../database/ids.js';
import { recordInstalled } from '../../database/store-accounts.js';
import { storeWorkflowId, workflowTypes } from '../../domain/identifiers.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { adminSchema } from '../../sandbox/shopify/graphql/schema.js';
import { createShopifySandbox, type ShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { pastedCredentials } from '../connectors/shopify/support.js';
import { eventually } from '../support/eventually.js';
import { app, claimsAt, shopifyHeaders, signedPayload } from '../support/install-calls.js';
import { pollNow } from '../support/poke.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { saveListings, startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf } from '../workflows/flow.js';
import { startStockSync } from '../workflows/stock-flow.js';
import { startCommandLine, type CommandLine } from './command-line.js';

/**
 * Issue 4, "What shows that it works", 4: what commonly goes wrong at BigCommerce and Shopify is shown when it can first
 * be known, with what to do, to whoever asks the API or the command line. Both stores of one tenant, in one house.
 */
let bigcommerce: BigcommerceSandbox;
let shopify: ShopifySandbox;
let waybill: Waybill;
let cli: CommandLine;
let files: string;
/** As `flowOf`, for the store at Shopify, which has our second set of ids. */
let shop: { storeId: string; flow: ReturnType<typeof flowOf> };

const settings = { pollSeconds: { busy: 3_600, idle: 3_600 } };

beforeAll(async () => {
  quietTemporal();
  adminSchema();
  files = await mkdtemp(join(tmpdir(), 'waybill-credentials-'));
  bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 } });
  shopify = createShopifySandbox({
    ...{ settings: { deniesWithoutStock: true }, webhookRetryMs: [] },
  });
  const baseUrl = await bigcommerce.standIn.listen();
  waybill = await startWaybill({
    settings,
    store: { marketplace: 'bigcommerce', baseUrl, credentials: sandboxBigcommerceCredentials },
  });
  const storeId = await addShopifyStore();
  shop = { storeId, flow: flowOf({ ...waybill, storeId }) };
  cli = await startCommandLine(waybill.database, {
    ...{ WAYBILL_ENCRYPTION_KEYS: waybill.keys, WAYBILL_TASK_QUEUE_PREFIX: waybill.prefix },
    ...{ WAYBILL_SHOPIFY_CLIENT_ID: app.clientId, WAYBILL_SHOPIFY_CLIENT_SECRET: app.clientSecret },
    ...{ WAYBILL_BIGCOMMERCE_CLIENT_ID: app.clientId, WAYBILL_BIGCOMMERCE_CLIENT_SECRET: app.clientSecret },
    WAYBILL_PUBLIC_URL: 'https://waybill.example.com',
  });
  await waybill.enable();
});

afterAll(async () => {
  await cli?.api.stop();
  const workflow = waybill?.temporal.workflow.getHandle(storeWorkflowId(shop.storeId));
  await workflow?.terminate('the test is over').catch(() => undefined);
  await waybill?.stop();
  await bigcommerce?.close();
  await shopify?.standIn.close();
  await rm(files, { recursive: true, force: true });
});

/** Another store of the tenant, with what it needs to read an account. */
async function addStore(
  name: string,
  of: { marketplace: 'bigcommerce' | 'shopify'; baseUrl: string; value: Record<string, string>; settings: object },
): Promise<string> {
  const { db, tenantId, keyRing } = waybill;
  const storeId = newId('sto');
  const { settings: saved } = await db.selectFrom('stores').select('settings').executeTakeFirstOrThrow();
  await db
    .insertInto('stores')
    .values({
      ...{ id: storeId, tenant_id: tenantId, name, enabled: true, marketplace: of.marketplace },
      ...{ base_url: of.baseUrl, webhook_path: randomBytes(16).toString('hex') },
      settings: JSON.stringify({ ...saved, marketplace: of.settings }),
    })
    .execute();
  await saveCredentials(db, keyRing, { tenantId, connectionId: storeId, field: 'api', value: of.value });
  return storeId;
}

async function addShopifyStore(): Promise<string> {
  const { db, temporal, queues, warehouseId, database } = waybill;
  const storeId = await addStore('Example Shop', {
    ...{ marketplace: 'shopify', baseUrl: await shopify.standIn.listen(), value: pastedCredentials },
    settings: { fulfillmentLocation: String(shopify.shop.locations[0]!.id) },
  });
  await saveListings(database, storeId, { 'kit-1': [{ warehouseSku: 'WH-KIT-1', quantity: 1 }] });
  const otherwise = { warehouseId, methodCode: 'Standard', carrier: 'USPS', service: null };
  await db
    .insertInto('shipping_rule_sets')
    .values({ store_id: storeId, version: 1, saved_by: 'test', rules: '[]', otherwise: JSON.stringify(otherwise) })
    .execute();
  await temporal.workflow.start(workflowTypes.store, {
    ...{ workflowId: storeWorkflowId(storeId), taskQueue: queues.connections },
    args: [{ storeId, paused: false, fixes: [] }],
  });
  return storeId;
}

/** Saves credentials as a person does, from a file. */
async function saveFrom(store: string, credentials: object) {
  const file = join(files, `${randomBytes(4).toString('hex')}.json`);
  await writeFile(file, JSON.stringify(credentials));
  return cli.waybill('stores', 'credentials', store, file);
}

const api = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${cli.operator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${cli.operator.key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: JSON.parse(text === '' ? '{}' : text) as Record<string, unknown> };
};

describe('too few scopes', () => {
  it('at BigCommerce: shown when the credentials are saved, with the step that fails and what to do', async () => {
    const [token] = bigcommerce.state.tokens;
    const scopes = token!.scopes;
    token!.scopes = scopes.filter((scope) => !scope.startsWith('store_v2_orders'));
    const { code, out } = await saveFrom('Example Store', sandboxBigcommerceCredentials);
    token!.scopes = scopes;
    expect(code).toBe(1);
    expect(out).toMatch(/^Example Store does not pass its test\.$/m);
    expect(out).toMatch(/^Orders: read-only \(store_v2_orders_read_only\) +missing +importing orders/m);
    expect(out).toMatch(/^What to do: Give the key the permission named here .* or save a new key that has it/m);
    expect((await saveFrom('Example Store', sandboxBigcommerceCredentials)).code).toBe(0);
  });

  it('at Shopify: shown when the credentials are saved, and kept with the store for whoever looks later', async () => {
    const { scopes } = shopify.shop.tokens[0]!;
    shopify.setScopes(scopes.filter((scope) => scope !== 'read_orders'));
    expect(await saveFrom('Example Shop', pastedCredentials)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^What to do: Give the key[^]*^read_orders +missing +finding orders$/m) as string,
    });
    const shown = await cli.waybill('stores', 'show', 'Example Shop');
    expect(shown.out).toMatch(/Example Shop does not pass its test\.[^]*What to do: Give the key/);
    const { body } = await api('GET', `/v1/stores/${shop.storeId}`);
    expect(body).toMatchObject({ health: { probe: { passes: false, fix: expect.stringContaining('permission') as string } } }); // prettier-ignore
    shopify.setScopes(scopes);
    expect((await saveFrom('Example Shop', pastedCredentials)).code).toBe(0);
  });

  it.each([
    ['BigCommerce', 'Store Inventory: read-only'],
    ['Shopify', 'write_inventory'],
  ])(
    'for stock alone at %s: orders go on, and a stock sync is refused when it is asked for',
    async (at, permission) => {
      const [token, store] = at === 'Shopify'
      ? [shopify.shop.tokens[0]!, { id: shop.storeId, name: 'Example Shop' }]
      : [bigcommerce.state.tokens[0]!, { id: waybill.storeId, name: 'Example Store' }]; // prettier-ignore
      const { scopes } = token;
      token.scopes = scopes.filter((scope) => !scope.includes('inventory'));
      const tested = await cli.waybill('stores', 'test', store.name);
      expect(tested.code).toBe(0);
      expect(tested.out).toMatch(new RegExp(`^${permission}.* +missing +.*stock`, 'm'));
      const refused = await api('POST', '/v1/stock-syncs', { storeId: store.id, warehouseId: waybill.warehouseId });
      expect(refused.status).toBe(409);
      expect(refused.body['detail']).toMatch(
        new RegExp(`^The store lacks ${permission}[^]*Give the key[^]*/v1/stores/${store.id}/test\\.$`),
      );
      token.scopes = scopes;
      expect((await cli.waybill('stores', 'test', store.name)).code).toBe(0);
    },
  );
});

describe('a legacy token', () => {
  it('of BigCommerce is refused when it is entered, with the kind of account to make', async () => {
    const legacy = {
      username: 'orders',
      apiPath: 'https://store-x1.mybigcommerce.com/api/v2/',
      apiToken: 'legacy0001',
    };
    const { code, err } = await saveFrom('Example Store', legacy);
    expect(code).toBe(1);
    expect(err).toMatch(/legacy API account.*make a store-level API account \(V2\/V3 token\)/);
    expect(err).not.toContain('legacy0001');
  });

  it('of BigCommerce that passes for another is found by the test that follows', async () => {
    const { code, out } = await saveFrom('Example Store', {
      ...sandboxBigcommerceCredentials,
      accessToken: 'legacy0001',
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^Problem: .*is of a legacy account\.$/m);
    expect(out).toMatch(/^What to do: Copy the credentials again/m);
    expect((await saveFrom('Example Store', sandboxBigcommerceCredentials)).code).toBe(0);
  });

  it('of a Shopify private app is refused when it is entered, with the kind of app to make', async () => {
    const { code, err } = await saveFrom('Example Shop', {
      shop: 'x1',
      apiKey: 'key00001',
      password: 'shppa_legacy0001',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/legacy private app.*Admin API access token and the API secret key of a custom app/);
    expect(err).not.toContain('shppa_legacy0001');
    const half = await saveFrom('Example Shop', { shop: 'x1', accessToken: 'token00001' });
    expect(half.err).toContain('expected "shop", "accessToken" and "apiSecret" of a custom app');
  });
});

describe('a missing SKU', () => {
  const needs = async (id: string, told: RegExp, fix: RegExp) => {
    await eventually(async () => {
      const { out } = await cli.waybill('orders', 'list', '--attention');
      expect(out).toMatch(new RegExp(`${id} .*needs_attention `));
    });
    const { out } = await cli.waybill('orders', 'show', id);
    expect(out).toMatch(told);
    expect(out).toMatch(fix);
  };

  it('of an order from BigCommerce: unmapped, or not given to the product at all', async () => {
    const [unmapped, without] = bigcommerce.addOrders([
      { lines: [{ sku: 'mug-1', name: 'Garden Mug' }] },
      { lines: [{ sku: '', name: 'Garden Mug' }] },
    ]);
    await pollNow(waybill, { storeId: waybill.storeId });
    await needs(String(unmapped!.id), /Needs a person: .*mug-1/, /What to do: Add a listing for the SKU/);
    await needs(String(without!.id), /"Garden Mug" has no SKU\. Save a listing for "variant:\d+"/, /What to do: /);
  });

  it('of an order from Shopify: unmapped, or not given to the product at all', async () => {
    const [unmapped, without] = shopify.addOrders([{ lines: [{ sku: 'MUG-1' }] }, { lines: [{ sku: '' }] }]);
    await pollNow(waybill, { storeId: shop.storeId });
    await needs(String(unmapped!.id), /Needs a person: .*MUG-1/, /What to do: Add a listing for the SKU/);
    await needs(String(without!.id), /has no SKU\. Give it one at the marketplace/, /What to do: /);
  });

  it('of the stock of either: each SKU without a listing is named, and what to do', async () => {
    bigcommerce.addProduct({ name: 'Garden Mug', skus: ['mug-1'], onHand: 4 });
    shopify.addItem({ sku: 'mug-1' });
    shopify.setStock('mug-1', 'Main Warehouse', 4);
    for (const [name, storeId] of [['Example Store', waybill.storeId], ['Example Shop', shop.storeId]] as const) {
      const sync = await startStockSync({ ...waybill, storeId });
      await eventually(async () => expect((await sync.row()).comparedAt).not.toBeNull());
      const { out } = await cli.waybill('stock', 'show', name, '--problems');
      expect(out).toMatch(/^mug-1 .*No listing maps SKU "mug-1"\. Add a listing for the SKU/m);
      await sync.stop();
      expect((await api('DELETE', `/v1/stock-syncs/${sync.syncId}`)).status).toBe(204);
    } // prettier-ignore
  });
});

describe('a location out of stock', () => {
  it('at Shopify: the order names SKU and location when the shipment is refused, and goes on after a retry', async () => {
    shopify.addItem({ sku: 'kit-1' });
    shopify.setStock('kit-1', 'Main Warehouse', 1);
    const [order] = shopify.addOrders([{ lines: [{ sku: 'kit-1', quantity: 2 }] }]);
    const id = String(order!.id);
    await shop.flow.pollStore();
    await shop.flow.until(id, 'submitted');
    await shop.flow.ship(id, [{ trackingNumber: '1ZOUT1', carrier: 'UPS' }]);
    await shop.flow.untilAttention(id, 'out_of_stock_at_location');
    const { out } = await cli.waybill('orders', 'show', id);
    expect(out).toMatch(/Needs a person: .*kit-1.*Main Warehouse/);
    expect(out).toMatch(/What to do: Correct the stock of the SKU at the location named here/);
    shopify.setStock('kit-1', 'Main Warehouse', 9);
    expect((await cli.waybill('orders', 'retry', id)).code).toBe(0);
    await shop.flow.until(id, 'shipped');
  });

  it('at BigCommerce, which takes shipments of what it has not: told all the same, and a disabled location by SKU', async () => {
    bigcommerce.addProduct({ name: 'Kit', skus: ['kit-1'], onHand: 0 });
    const [order] = bigcommerce.addOrders([{ lines: [{ sku: 'kit-1', quantity: 2 }] }]);
    const id = String(order!.id);
    const flow = flowOf(waybill);
    await flow.pollStore();
    await flow.until(id, 'submitted');
    await flow.ship(id, [{ trackingNumber: '1ZOUT2' }]);
    await flow.until(id, 'shipped');
    bigcommerce.state.locations[0]!.enabled = false;
    const sync = await startStockSync(waybill);
    await eventually(async () => expect((await sync.row()).comparedAt).not.toBeNull());
    const { out } = await cli.waybill('stock', 'show', 'Example Store', '--problems');
    bigcommerce.state.locations[0]!.enabled = true;
    expect(out).toMatch(/^kit-1 .*Default location.* Enable the location in the pages of the store/m);
    await sync.stop();
    expect((await api('DELETE', `/v1/stock-syncs/${sync.syncId}`)).status).toBe(204);
  });
});

describe('two stores that are one account and location', () => {
  it.each(['BigCommerce', 'Shopify'])(
    'at %s: refused when the second stock sync is asked for, found in its round where it is there, and written by one',
    async (at) => {
      const [name, first] = at === 'Shopify' ? ['Example Shop', shop.storeId] : ['Example Store', waybill.storeId];
      const row = await waybill.db.selectFrom('stores').selectAll().where('id', '=', first).executeTakeFirstOrThrow();
      const twin = `Twin at ${at}`;
      const second = await addStore(twin, {
        ...{ marketplace: row.marketplace as 'shopify', baseUrl: row.base_url!, settings: row.settings.marketplace },
        value: at === 'Shopify' ? pastedCredentials : sandboxBigcommerceCredentials,
      });
      const { warehouseId } = waybill;
      const made = await api('POST', '/v1/stock-syncs', { storeId: first, warehouseId });
      expect(made.status).toBe(201);
      await eventually(async () => {
        const { body } = await api('GET', `/v1/stock-syncs/${String(made.body['id'])}`);
        expect(body['lastSuccessAt']).not.toBeNull();
      });
      const refused = await api('POST', '/v1/stock-syncs', { storeId: second, warehouseId });
      expect([refused.status, refused.body['detail']]).toEqual([
        ...[409, expect.stringMatching(new RegExp(`written by store "${name}" .*Keep one: pause or delete`)) as string],
      ]);

      const written = () => [bigcommerce.state.stockWrites.length, shopify.ledger().stock];
      const before = written();
      const other = await startStockSync({ ...waybill, storeId: second });
      await eventually(async () => expect((await other.row()).attention?.cause).toBe('stock_location_taken'));
      expect(written()).toEqual(before);
      expect((await cli.waybill('stock', 'list')).out).toMatch(new RegExp(`${twin} .*The stock of `));
      const shown = await cli.waybill('stock', 'show', twin);
      expect(shown.out).toMatch(/^Needs a person: The stock of .*\nWhat to do: Keep one: pause or delete/);

      await cli.waybill('stock', 'pause', name);
      await other.round();
      expect((await other.row()).attention).toBeNull();
      await other.stop();
      expect((await api('DELETE', `/v1/stock-syncs/${String(made.body['id'])}`)).status).toBe(204);
    },
  );
});

describe('an uninstalled app', () => {
  const shown = async (storeId: string, name: string) => {
    const list = await cli.waybill('stores', 'list');
    expect(list.out).toMatch(new RegExp(`^${storeId} .*The application of store ${storeId} was uninstalled`, 'm'));
    const { out } = await cli.waybill('stores', 'show', name);
    expect(out).toMatch(/Needs a person: .*was uninstalled at the marketplace\.\nWhat to do: Install it again/);
    const tested = await cli.waybill('stores', 'test', name);
    expect([tested.code, tested.err]).toEqual([1, expect.stringMatching(/was uninstalled.*Install it again/)]);
    const { body } = await api('GET', `/v1/stores/${storeId}`);
    expect(body).toMatchObject({ health: { attention: { cause: 'app_uninstalled' } } });
  };

  it('at BigCommerce: the store says so as soon as the control panel has called', async () => {
    const { storeHash } = sandboxBigcommerceCredentials;
    await recordInstalled(waybill.db, waybill.storeId, storeHash, new Date(Date.now() - 60_000));
    const token = signedPayload(claimsAt(new Date(), { sub: `stores/${storeHash}` }));
    const called = await fetch(`${cli.api.url}/oauth/bigcommerce/uninstall?signed_payload_jwt=${token}`);
    expect(called.status).toBe(200);
    await shown(waybill.storeId, 'Example Store');
  });

  it('at Shopify: the store says so as soon as the notification is in', async () => {
    await recordInstalled(waybill.db, shop.storeId, pastedCredentials.shop, new Date(Date.now() - 60_000));
    shopify.uninstall();
    const body = JSON.stringify({ id: 1, myshopify_domain: pastedCredentials.shop });
    const headers = { ...shopifyHeaders('app/uninstalled', body), 'x-shopify-shop-domain': pastedCredentials.shop };
    const called = await fetch(`${cli.api.url}/webhooks/apps/shopify`, {
      ...{ method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } },
    });
    expect(called.status).toBe(200);
    await shown(shop.storeId, 'Example Shop');
  });
});
