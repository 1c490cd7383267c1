import { createBigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { adminSchema } from '../../sandbox/shopify/graphql/schema.js';
import { createShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { sandboxShopDomain, sandboxShopifyApp, sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';
import type { RecordedCall } from '../../sandbox/stand-in.js';
import { pollNow } from '../support/poke.js';
import { startWaybill, type SampleStore, type Waybill } from '../support/waybill.js';

const orders = 50;

/**
 * Calls to each marketplace until fifty new orders of a running store are in, to the end of the pass that brought them.
 * Each order waits for a person then, so that none is looked at again before it is sent: what is counted is the import
 * alone. The very first look of a new ClickBank store takes one call more, to learn what is shipped already.
 *
 * - BigCommerce: 50 orders fill its page of 50 with their lines and addresses, and the second call says that no more
 *   follow: 2.
 * - Shopify: by what its API charges, a page of 50 orders with 8 lines and 3 fulfillment orders each is 45 points an
 *   order at 7 for the list, and 344 in all with the lists beside it (connectors/marketplaces/shopify/order-documents.ts).
 *   A query may ask for 1,000, and the answer says whether more follow: 1.
 */
export async function measureImports() {
  return {
    marketplaceCallsPer50Orders: await ofClickbank(),
    bigcommerceCallsPer50Orders: await ofBigcommerce(),
    shopifyCallsPer50Orders: await ofShopify(),
  };
}

function ofClickbank(): Promise<number> {
  return measure(undefined, ({ clickbank }) => ({
    calls: clickbank.standIn.calls,
    sell: () => clickbank.addSamples(orders, 'plain'),
  }));
}

async function ofBigcommerce(): Promise<number> {
  const bigcommerce = createBigcommerceSandbox();
  const baseUrl = await bigcommerce.standIn.listen();
  const store = { marketplace: 'bigcommerce', baseUrl, credentials: sandboxBigcommerceCredentials } as const;
  const calls = await measure(store, () => ({
    calls: bigcommerce.standIn.calls,
    sell: () => bigcommerce.addSamples(orders, 'plain'),
  }));
  await bigcommerce.close();
  return calls;
}

async function ofShopify(): Promise<number> {
  adminSchema();
  const shopify = createShopifySandbox();
  const baseUrl = await shopify.standIn.listen();
  const credentials = {
    shop: sandboxShopDomain,
    accessToken: sandboxShopifyToken,
    apiSecret: sandboxShopifyApp.clientSecret,
  };
  const calls = await measure({ marketplace: 'shopify', baseUrl, credentials }, () => ({
    calls: shopify.standIn.calls,
    sell: () => shopify.addSamples(orders, 'plain'),
  }));
  await shopify.standIn.close();
  return calls;
}

async function measure(
  store: SampleStore | undefined,
  at: (waybill: Waybill) => { calls: RecordedCall[]; sell: () => unknown },
): Promise<number> {
  const settings = { pollSeconds: { busy: 3_600, idle: 3_600 }, reviewEveryOrder: true };
  const waybill = await startWaybill({ settings, ...(store && { store }) });
  const { calls, sell } = at(waybill);
  await waybill.enable();
  const first = await until(() => lastPass(waybill));
  const before = calls.length;
  sell();
  await pollNow(waybill, { storeId: waybill.storeId });
  await until(async () => (await countOrders(waybill)) === orders && (await lastPass(waybill))! > first);
  const counted = calls.length - before;
  await waybill.stop();
  return counted;
}

/** Null before the first pass is done. */
async function lastPass({ db }: Waybill): Promise<Date | null> {
  const row = await db.selectFrom('stores').select('last_success_at').executeTakeFirst();
  return row?.last_success_at ?? null;
}

async function countOrders({ db }: Waybill): Promise<number> {
  const row = await db
    .selectFrom('orders')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirst();
  return Number(row?.count);
}

/** The first answer that is one, asked for until then. */
export async function until<Answer>(ask: () => Promise<Answer>): Promise<Exclude<Answer, null | false | undefined>> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer as Exclude<Answer, null | false | undefined>;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
