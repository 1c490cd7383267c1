import { sql } from 'kysely';
import { anAddress } from '../domain/given.js';
import { aSkippedOrder, aStore, anImportedOrder } from './fixtures.js';
import { startHarness, type Harness } from './harness.js';
import { aShippedOrder } from './shipped-order.js';

let harness: Harness;
let storeId: string;
beforeAll(async () => (harness = await startHarness()));
afterAll(() => harness.close());
beforeEach(async () => {
  await sql`truncate orders, skipped_orders cascade`.execute(harness.database.db);
  storeId = await aStore(harness.database.db, harness.tenant);
});

const order = (externalId: string, over: object = {}, state?: Parameters<typeof anImportedOrder>[4]) =>
  anImportedOrder(harness.database.db, harness.tenant, storeId, { externalId, ...over }, state);
const search = (query: string) => harness.call('merchant', 'GET', `/v1/orders?${query}`);
const found = async (query: string) =>
  ((await search(query)).body.items as { externalId: string }[]).map((each) => each.externalId).sort();

async function allPages(limit: number, between: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = (await search(`limit=${limit}${cursor && `&cursor=${cursor}`}`)).body;
    expect(page.items.length).toBeLessThanOrEqual(limit);
    seen.push(...page.items.map((each: { externalId: string }) => each.externalId));
    cursor = page.nextCursor ?? '';
    await between();
  } while (cursor);
  return seen;
}

describe('searching', () => {
  it('finds an order by each thing that support is told over the telephone', async () => {
    const id = await order('RECEIPT1', { shipTo: { ...anAddress, email: 'Ann@Example.com' } });
    await order('RECEIPT2', { shipTo: { ...anAddress, email: 'bob@example.com' } });
    const shipped = await aShippedOrder(harness.database.db, harness.tenant, storeId, 'RECEIPT3');
    expect(await found('receipt=RECEIPT1')).toEqual(['RECEIPT1']);
    expect(await found('email=ann@example.COM')).toEqual(['RECEIPT1', 'RECEIPT3']);
    expect(await found(`tracking=${shipped.trackingNumber}`)).toEqual(['RECEIPT3']);
    expect(await found('state=shipped')).toEqual(['RECEIPT3']);
    for (const text of [id, 'RECEIPT1']) expect(await found(`q=${text}`)).toEqual(['RECEIPT1']);
    expect(await found(`q=${shipped.trackingNumber}`)).toEqual(['RECEIPT3']);
    expect(await found('q=bob@example.com')).toEqual(['RECEIPT2']);
    expect(await found('q=kit-1')).toEqual(['RECEIPT1', 'RECEIPT2', 'RECEIPT3']);
    expect(await found('q=100%25')).toEqual([]);
    expect(await found(`store=${storeId}&state=queued&receipt=RECEIPT3`)).toEqual([]);
    expect(await found('store=sto_other')).toEqual([]);
  });

  it('finds an order by what the shop calls it, with and without the "#", and shows it', async () => {
    const id = await order('5001001', { number: '#1001' });
    await order('5001002', { number: '#10010' });
    await order('5001003', { number: 'EU-1001' });
    for (const query of ['number=%231001', 'number=1001', 'q=1001', 'q=%231001'])
      expect(await found(query)).toEqual(['5001001']);
    expect(await found('q=EU-1001')).toEqual(['5001003']);
    expect((await search('number=1001')).body.items[0]).toMatchObject({ id, number: '#1001' });
    expect((await harness.call('merchant', 'GET', `/v1/orders/${id}`)).body).toMatchObject({ number: '#1001' });
  });

  it('finds the orders that need a person, and by why', async () => {
    const id = await order('STUCK', {}, 'needs_attention');
    await order('FINE');
    const attention = { cause: 'listing_missing', message: 'm', fix: 'f', about: { sku: 'x' }, waitsFor: 'k' };
    await sql`update orders set attention = ${JSON.stringify(attention)} where id = ${id}`.execute(harness.database.db);
    expect(await found('attention=true')).toEqual(['STUCK']);
    expect(await found('attention=false')).toEqual(['FINE', 'STUCK']);
    expect(await found('attentionCause=listing_missing')).toEqual(['STUCK']);
    expect(await found('attentionCause=internal')).toEqual([]);
    expect((await search('attention=true')).body.items[0]?.attention).toEqual(attention);
  });

  it('shows support every tenant and a merchant only its own', async () => {
    await order('MINE');
    const theirs = await aStore(harness.database.db, harness.otherTenant);
    await anImportedOrder(harness.database.db, harness.otherTenant, theirs, { externalId: 'THEIRS' });
    const all = (await harness.call('support', 'GET', '/v1/orders')).body.items;
    expect(all.map((each: { externalId: string }) => each.externalId).sort()).toEqual(['MINE', 'THEIRS']);
    expect(await found('')).toEqual(['MINE']);
    expect(await found(`store=${theirs}`)).toEqual([]);
  });
});

describe('paging', () => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `R${String(n).padStart(3, '0')}`);

  it('shows each order once, whatever the page size, even when all were imported in the same microsecond', async () => {
    for (const name of names(23)) await order(name);
    await sql`update orders set imported_at = '2026-11-20T10:00:00.123456Z'`.execute(harness.database.db);
    for (const limit of [1, 7, 22, 23, 200]) expect((await allPages(limit)).sort()).toEqual(names(23));
  });

  it('tells microseconds apart, which a Date cannot', async () => {
    for (const name of names(12)) await order(name);
    await sql`update orders set imported_at = '2026-11-20T10:00:00.123000Z'::timestamptz
      + (substr(external_id, 2)::int % 5) * interval '1 microsecond'`.execute(harness.database.db);
    expect((await allPages(5)).sort()).toEqual(names(12));
  });

  it('misses and repeats none while orders come in and change', async () => {
    for (const name of names(20)) await order(name);
    let fresh = 0;
    const seen = await allPages(3, async () => {
      await order(`NEW${fresh++}`);
      await sql`update orders set updated_at = now(), state = 'submitted' where external_id = 'R005'`.execute(
        harness.database.db,
      );
    });
    expect(seen.sort()).toEqual(names(20));
  });
});

describe('one order', () => {
  it('shows everything with its cause, and links to its workflow', async () => {
    const externalId = 'A/1:2';
    const shipped = await aShippedOrder(harness.database.db, harness.tenant, storeId, externalId);
    const { body } = await harness.call('support', 'GET', `/v1/orders/${shipped.orderId}`);
    expect(body).toMatchObject({
      externalId,
      state: 'shipped',
      shipTo: anAddress,
      lines: [{ sku: 'kit-1', quantity: 1, amount: '59.90' }],
      fulfillments: [{ reference: shipped.reference, rule: 'ground', ruleVersion: 3, lines: [{ listingVersion: 2 }] }],
      shipments: [{ id: shipped.shipmentId, packages: [{ trackingNumber: shipped.trackingNumber }] }],
      writes: [{ kind: 'writeback', state: 'done', proof: { trackingNumber: shipped.trackingNumber } }],
      timeline: [{ event: 'imported', toState: 'shipped', message: 'Imported.' }],
      temporalUrl: `http://temporal-ui.test:8233/namespaces/default/workflows/order%3A${storeId}%3AA%2F1%3A2`,
    });
  });

  it('D11: gives money as the decimal text it came as, with its currency', async () => {
    const id = await order('MONEY', { total: '10.10', currency: 'EUR' });
    expect((await harness.call('merchant', 'GET', `/v1/orders/${id}`)).text).toContain(
      '"currency":"EUR","total":"10.10"',
    );
  });

  it('shows no address once it was erased', async () => {
    const id = await order('ERASED');
    await sql`update recipients set erased_at = now(), name = '', line1 = '', city = '', email = null`.execute(
      harness.database.db,
    );
    expect((await harness.call('merchant', 'GET', `/v1/orders/${id}`)).body.shipTo).toBeNull();
  });
});

describe('skipped orders', () => {
  it('D7: lists what the importer left out with its cause, and keeps the raw body of what it could not read', async () => {
    for (let n = 0; n < 5; n++) await aSkippedOrder(harness.database.db, harness.tenant, storeId, `SKIP${n}`);
    const first = (await harness.call('merchant', 'GET', '/v1/skipped-orders?limit=3')).body;
    const second = (await harness.call('merchant', 'GET', `/v1/skipped-orders?limit=3&cursor=${first.nextCursor}`))
      .body;
    const ids = [...first.items, ...second.items].map((each: { externalId: string }) => each.externalId);
    expect([ids, second.nextCursor]).toEqual([['SKIP4', 'SKIP3', 'SKIP2', 'SKIP1', 'SKIP0'], null]);
    expect(first.items[0]).toMatchObject({
      cause: 'order_malformed',
      reason: 'lineItemData[0].quantity: expected a whole number',
    });
    const one = await harness.call('merchant', 'GET', `/v1/skipped-orders/${first.items[0]!.id}`);
    expect(one.body.raw).toEqual({ lineItemData: [{ quantity: 'x' }] });
    const none = await harness.call('merchant', 'GET', `/v1/skipped-orders?cause=test_order&store=${storeId}`);
    expect(none.body.items).toEqual([]);
    expect((await harness.call('otherMerchant', 'GET', '/v1/skipped-orders')).body.items).toEqual([]);
  });
});
