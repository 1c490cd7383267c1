import { stageAddressEdit } from '../../database/address-edits.js';
import { readCredentials, saveCredentials } from '../../database/credentials.js';
import { carryOutErasures } from '../../database/erasure.js';
import { saveSkipped } from '../../database/orders-import.js';
import { recordInstalled } from '../../database/store-accounts.js';
import { Failure } from '../../domain/failures.js';
import type { PrivacyKind } from '../../domain/privacy.js';
import { anAddress } from '../domain/given.js';
import { shopifyHeaders } from '../support/install-calls.js';
import { tablesHolding } from '../support/rows-holding.js';
import { anImportedOrder, aStore } from './fixtures.js';
import { everything, startInstallHarness, type InstallHarness } from './install-harness.js';

let harness: InstallHarness;
beforeAll(async () => (harness = await startInstallHarness()));
afterAll(() => harness.close());
beforeEach(() => void (harness.probe.report = everything));

interface Person {
  name: string;
  email: string;
  phone: string;
}
let people = 0;
/** An invented person of whom every word is found again wherever it was left. */
function aPerson(): Person {
  const number = ++people;
  return { name: `Canaria${number} Birdsong`, email: `Canary${number}@Example.com`, phone: `20855501${number}9` };
}
const wordsOf = ({ name, email, phone }: Person) => [name, email, phone];
const db = () => harness.database.db;

let orders = 0;
/** An order of this person, with a staged correction of its address. */
async function anOrderOf(person: Person, storeId: string, state: 'shipped' | 'queued' = 'shipped') {
  const externalId = String(5_000_000_000_000 + ++orders);
  const shipTo = { ...anAddress, ...person, line1: `${person.name} Lane` };
  const id = await anImportedOrder(db(), harness.tenant, storeId, { externalId, shipTo }, state);
  await stageAddressEdit(db(), id, 'main', { ...shipTo, line2: person.name });
  return { id, externalId };
}

async function skip(storeId: string, key: string, raw: unknown) {
  const row = { skipKey: key, externalId: null, lineId: null, cause: 'order_malformed' as const, reason: 'x', raw };
  await saveSkipped(db(), { id: storeId, tenantId: harness.tenant }, [row]);
}

async function shopifyStore() {
  const storeId = await harness.aStore('shopify');
  const shop = `shop-${storeId.slice(-10)}.myshopify.com`;
  await recordInstalled(db(), storeId, shop, harness.clock.now);
  const place = { tenantId: harness.tenant, connectionId: storeId, field: 'api' as const };
  await saveCredentials(db(), harness.dependencies.keyRing, { ...place, value: { shop, accessToken: 'alive' } });
  return { storeId, shop };
}

function notify(topic: string, body: object, headers?: Record<string, string>) {
  const raw = JSON.stringify(body);
  return harness.call('nobody', 'POST', '/webhooks/apps/shopify', {
    raw,
    headers: headers ?? shopifyHeaders(topic, raw),
  });
}

interface Shown {
  id: string;
  kind: PrivacyKind;
  externalIds: string[];
  dueAt: string;
  doneAt: string | null;
  done: Record<string, unknown>;
}
async function requestsOf(storeId: string): Promise<Shown[]> {
  const { body } = await harness.call('merchant', 'GET', `/v1/privacy-requests?store=${storeId}`);
  return body.items as unknown as Shown[];
}
async function ask(body: object, who: 'merchant' | 'otherMerchant' = 'merchant') {
  const answer = await harness.call(who, 'POST', '/v1/privacy-requests', { body });
  return { ...answer, request: answer.body as unknown as Shown };
}

describe('customers/redact', () => {
  it('erases the orders it names and those of the e-mail, everywhere, at once; others stay', async () => {
    const { storeId, shop } = await shopifyStore();
    const [person, other] = [aPerson(), aPerson()];
    const named = await anOrderOf({ ...person, email: 'old-address@example.com' }, storeId);
    const byMail = await anOrderOf(person, storeId);
    await anOrderOf(other, storeId);
    await skip(storeId, 'hash-1', { buyer: { mail: person.email.toLowerCase(), who: person.name } });
    const body = { shop_domain: shop, customer: { email: person.email, phone: person.phone }, orders_to_redact: [Number(named.externalId)] }; // prettier-ignore
    expect((await notify('customers/redact', body)).status).toBe(200);

    expect(await tablesHolding(harness.database, [...wordsOf(person), 'old-address@example.com'])).toEqual([]);
    expect(await tablesHolding(harness.database, wordsOf(other))).toEqual(['address_edits', 'recipients']);
    const [request] = await requestsOf(storeId);
    expect(request).toMatchObject({
      ...{ kind: 'customer_erasure', done: { recipients: 2, addressEdits: 2, skippedBodies: 1 } },
      ...{ doneAt: harness.clock.now.toISOString(), dueAt: '2026-12-27T12:00:00.000Z' },
    });
    expect(request!.externalIds.sort()).toEqual([byMail.externalId, named.externalId, 'hash-1'].sort());
    const order = await harness.call('merchant', 'GET', `/v1/orders/${named.id}`);
    expect([order.status, order.body.shipTo]).toEqual([200, null]);

    expect((await notify('customers/redact', body)).status).toBe(200);
    expect(await requestsOf(storeId)).toHaveLength(1);
  });

  it('leaves an open order its address until it is final, then takes it away', async () => {
    const { storeId, shop } = await shopifyStore();
    const person = aPerson();
    const open = await anOrderOf(person, storeId, 'queued');
    await notify('customers/redact', { shop_domain: shop, customer: { email: person.email }, orders_to_redact: [] });
    expect(await requestsOf(storeId)).toMatchObject([{ doneAt: null, done: { recipients: 0 } }]);
    await carryOutErasures(db(), harness.clock.now);
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual(['address_edits', 'recipients']);

    await db().updateTable('orders').set({ state: 'shipped' }).where('id', '=', open.id).execute();
    await carryOutErasures(db(), harness.clock.now);
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
    expect(await requestsOf(storeId)).toMatchObject([
      { doneAt: harness.clock.now.toISOString(), done: { recipients: 1 } },
    ]);
  });

  it("takes an open order's address too when the day has come", async () => {
    const { storeId, shop } = await shopifyStore();
    const person = aPerson();
    await anOrderOf(person, storeId, 'queued');
    await notify('customers/redact', { shop_domain: shop, customer: { email: person.email } });
    const [request] = await requestsOf(storeId);
    await carryOutErasures(db(), new Date(Date.parse(request!.dueAt) - 1));
    expect(await tablesHolding(harness.database, wordsOf(person))).not.toEqual([]);
    await carryOutErasures(db(), new Date(request!.dueAt));
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
  });

  it('what was erased of an order that was not imported does not come back when the marketplace shows it again', async () => {
    const storeId = await aStore(db(), harness.tenant);
    const person = aPerson();
    await skip(storeId, 'again', { name: person.name, mail: person.email });
    await ask({ storeId, kind: 'customer_erasure', email: person.email });
    const old = new Date(Date.now() - 3 * 60 * 60 * 1000);
    await db().updateTable('skipped_orders').set({ last_seen_at: old }).where('skip_key', '=', 'again').execute();
    await skip(storeId, 'again', { name: person.name, mail: person.email });
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
  });
});

describe('customers/data_request', () => {
  it('shows all that is held of the person, and counts as done once it was taken', async () => {
    const { storeId, shop } = await shopifyStore();
    const person = aPerson();
    const order = await anOrderOf(person, storeId, 'queued');
    await anOrderOf(aPerson(), storeId);
    await skip(storeId, 'hash-2', { mail: person.email });
    await notify('customers/data_request', { shop_domain: shop, customer: { email: person.email.toLowerCase() } });
    const [request] = await requestsOf(storeId);
    expect(request).toMatchObject({ kind: 'customer_data_request', doneAt: null });

    const exported = await harness.call('merchant', 'GET', `/v1/privacy-requests/${request!.id}/export`);
    expect(exported.body).toMatchObject({
      orders: [
        {
          ...{ externalId: order.externalId, state: 'queued', lines: [{ sku: 'kit-1' }] },
          ...{ addresses: [{ shipTo: person }], corrections: [{ address: person }] },
        },
      ],
      skipped: [{ raw: { mail: person.email } }],
    });
    expect((await requestsOf(storeId))[0]).toMatchObject({
      ...{ doneAt: harness.clock.now.toISOString(), done: { exportedBy: harness.keyIds.merchant } },
    });
  });

  it('keeps nothing of the person itself, not even the e-mail it came with', async () => {
    const { storeId, shop } = await shopifyStore();
    const person = aPerson();
    await notify('customers/data_request', { shop_domain: shop, customer: person });
    await ask({ storeId, kind: 'customer_data_request', email: person.email });
    expect(await requestsOf(storeId)).toHaveLength(2);
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
    for (const word of wordsOf(person)) expect(harness.log.join()).not.toContain(word);
  });
});

describe('shop/redact', () => {
  it('erases the people of all orders of the shop and its keys, in deleted stores too', async () => {
    const { storeId, shop } = await shopifyStore();
    const [person, other] = [aPerson(), aPerson()];
    await anOrderOf(person, storeId);
    await skip(storeId, 'hash-3', { who: person.name });
    const old = await shopifyStore();
    await recordInstalled(db(), old.storeId, shop, harness.clock.now);
    await anOrderOf(person, old.storeId);
    await harness.call('merchant', 'DELETE', `/v1/stores/${old.storeId}`);
    await anOrderOf(other, (await shopifyStore()).storeId);
    harness.probe.report = new Failure('credentials_refused', 'Shopify answered 401.');
    expect((await notify('shop/redact', { shop_domain: shop })).status).toBe(200);

    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
    expect(await tablesHolding(harness.database, wordsOf(other))).toEqual(['address_edits', 'recipients']);
    expect(await readCredentials(db(), harness.dependencies.keyRing, storeId)).toBeNull();
    expect(await requestsOf(storeId)).toMatchObject([
      { kind: 'store_erasure', done: { credentials: true, recipients: 1 } },
    ]);
  });

  it('is settled without erasing when the application is back', async () => {
    const { storeId, shop } = await shopifyStore();
    const person = aPerson();
    await anOrderOf(person, storeId);
    await notify('shop/redact', { shop_domain: shop });
    expect(await requestsOf(storeId)).toMatchObject([
      { doneAt: expect.any(String) as string, done: { reason: expect.stringContaining('again') as string } },
    ]);
    expect(await tablesHolding(harness.database, wordsOf(person))).not.toEqual([]);
    expect(await readCredentials(db(), harness.dependencies.keyRing, storeId)).not.toBeNull();
  });
});

describe('app/uninstalled', () => {
  it('forgets the keys after one look, and tells a person', async () => {
    const { storeId, shop } = await shopifyStore();
    harness.probe.report = new Failure('credentials_refused', 'Shopify answered 401.');
    const before = harness.probe.calls;
    await notify('app/uninstalled', { myshopify_domain: shop });
    expect(harness.probe.calls - before).toBe(1);
    await notify('app/uninstalled', { myshopify_domain: shop });
    expect(await readCredentials(db(), harness.dependencies.keyRing, storeId)).toBeNull();
    const { body } = await harness.call('merchant', 'GET', `/v1/stores/${storeId}`);
    expect(body.health).toMatchObject({ attention: { cause: 'app_uninstalled' } });
  });

  it('is late news when the token lives: nothing changes', async () => {
    const { storeId, shop } = await shopifyStore();
    await notify('app/uninstalled', { myshopify_domain: shop });
    expect(await readCredentials(db(), harness.dependencies.keyRing, storeId)).not.toBeNull();
  });

  it('is asked for again when Shopify does not answer just now', async () => {
    const { storeId, shop } = await shopifyStore();
    harness.probe.report = new Failure('unavailable', 'no answer');
    expect((await notify('app/uninstalled', { myshopify_domain: shop })).status).toBe(502);
    expect(await readCredentials(db(), harness.dependencies.keyRing, storeId)).not.toBeNull();
  });
});

it('refuses what Shopify did not sign with 401, and does nothing of it', async () => {
  const { storeId, shop } = await shopifyStore();
  const body = { shop_domain: shop, customer: { email: 'ann@example.com' } };
  for (const headers of [{}, shopifyHeaders('shop/redact', JSON.stringify(body), 'other')])
    expect((await notify('shop/redact', body, { 'x-shopify-topic': 'shop/redact', ...headers })).status).toBe(401);
  expect(await requestsOf(storeId)).toEqual([]);
});

describe('by hand, for stores of every marketplace', () => {
  it('erases at once and says what was done', async () => {
    const storeId = await aStore(db(), harness.tenant);
    const person = aPerson();
    await anOrderOf(person, storeId);
    const { status, request } = await ask({ storeId, kind: 'customer_erasure', email: person.email.toUpperCase() });
    expect(status).toBe(201);
    expect(request).toMatchObject({ done: { recipients: 1, addressEdits: 1 }, doneAt: expect.any(String) as string });
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
  });

  it('names a person by order ids too, but never nobody', async () => {
    const storeId = await aStore(db(), harness.tenant);
    const person = aPerson();
    const { externalId } = await anOrderOf(person, storeId);
    expect((await ask({ storeId, kind: 'customer_erasure' })).status).toBe(400);
    expect((await ask({ storeId, kind: 'customer_erasure', externalIds: [externalId] })).status).toBe(201);
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
  });

  it('finds what a deleted store still holds', async () => {
    const storeId = await aStore(db(), harness.tenant);
    const person = aPerson();
    await anOrderOf(person, storeId);
    await harness.call('merchant', 'DELETE', `/v1/stores/${storeId}`);
    expect((await ask({ storeId, kind: 'customer_erasure', email: person.email })).status).toBe(201);
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual([]);
  });

  it('reaches no order of another store or tenant, whatever e-mail or id it names', async () => {
    const mine = await aStore(db(), harness.tenant);
    const theirs = await aStore(db(), harness.otherTenant);
    const person = aPerson();
    const { externalId } = await anOrderOf(person, mine);
    await ask(
      { storeId: theirs, kind: 'customer_erasure', email: person.email, externalIds: [externalId] },
      'otherMerchant',
    );
    expect((await ask({ storeId: mine, kind: 'store_erasure' }, 'otherMerchant')).status).toBe(404);
    expect(await tablesHolding(harness.database, wordsOf(person))).toEqual(['address_edits', 'recipients']);
  });

  it('lists the open ones apart, page by page', async () => {
    const storeId = await aStore(db(), harness.tenant);
    for (let index = 0; index < 3; index++) await ask({ storeId, kind: 'customer_data_request', externalIds: ['X'] });
    await ask({ storeId, kind: 'customer_erasure', externalIds: ['X'] });
    const list = (query: string) => harness.call('support', 'GET', `/v1/privacy-requests?store=${storeId}${query}`);
    const open = await list('&open=true&limit=2');
    expect(open.body.items).toHaveLength(2);
    expect((await list(`&open=true&cursor=${open.body.nextCursor}`)).body.items).toHaveLength(1);
    expect((await list('')).body.items).toHaveLength(4);
  });

  it('a request to erase a store exports nobody', async () => {
    const storeId = await aStore(db(), harness.tenant);
    const { request } = await ask({ storeId, kind: 'store_erasure' });
    expect((await harness.call('merchant', 'GET', `/v1/privacy-requests/${request.id}/export`)).status).toBe(409);
  });
});
