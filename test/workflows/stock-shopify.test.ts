import { saveCredentials } from '../../database/credentials.js';
import { defaultStoreSettings } from '../../domain/store.js';
import { adminSchema } from '../../sandbox/shopify/graphql/schema.js';
import { createShopifySandbox, type ShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { pastedCredentials } from '../connectors/shopify/support.js';
import { eventually } from '../support/eventually.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from './flow.js';
import { startStockSync } from './stock-flow.js';

quietTemporal();
let waybill: Waybill;
let flow: Flow;
let shopify: ShopifySandbox;
beforeAll(async () => {
  // Unpacked here and not within the first call's deadline.
  adminSchema();
  shopify = createShopifySandbox({ webhookRetryMs: [] });
  waybill = await startWaybill();
  flow = flowOf(waybill);
  await becomeShopify();
});
afterAll(async () => {
  await waybill.stop();
  await shopify.standIn.close();
});

/** The sample store, as an account of Shopify. */
async function becomeShopify(): Promise<void> {
  const { db, keyRing, tenantId, storeId } = waybill;
  const fulfillmentLocation = String(shopify.shop.locations[0]!.id);
  const settings = {
    ...defaultStoreSettings,
    ...{ reviewFirstImport: false, pollSeconds: { busy: 3_600, idle: 3_600 }, marketplace: { fulfillmentLocation } },
  };
  await db
    .updateTable('stores')
    .set({ marketplace: 'shopify', base_url: await shopify.standIn.listen(), settings: JSON.stringify(settings) })
    .execute();
  await saveCredentials(db, keyRing, { tenantId, connectionId: storeId, field: 'api', value: pastedCredentials });
}

const stock = () => {
  const level = shopify.ledger().stock.find((each) => each.sku === 'kit-1' && each.location === 'Main Warehouse');
  return { onHand: level?.onHand, available: level?.available };
};

it('R98, R142: a Shopify store and its warehouse agree through a sale, an unpaid order, a shipment and its notice', async () => {
  for (const [sku, pieces] of Object.entries({ 'kit-1': 4, 'tea-30': 0 })) {
    shopify.addItem({ sku });
    shopify.setStock(sku, 'Main Warehouse', pieces);
  }
  waybill.shipbob.setStock('WH-KIT-1', 20);
  await waybill.enable();
  const sync = await startStockSync(waybill, { buffer: 1 });
  await eventually(() => expect(stock()).toEqual({ onHand: 19, available: 19 }));

  const [paid, unpaid] = shopify.addOrders([
    { lines: [{ sku: 'kit-1', quantity: 3 }] },
    { lines: [{ sku: 'kit-1', quantity: 2 }], financialStatus: 'PENDING' },
  ]);
  await flow.pollStore();
  const receipt = String(paid!.id);
  await flow.until(receipt, 'submitted');
  await sync.compare();
  // 20 in the warehouse, 1 kept back, 3 sold and 2 more not paid: 14 to offer, and 5 that Shopify keeps apart.
  expect(stock()).toEqual({ onHand: 19, available: 14 });
  expect(await sync.level('kit-1')).toMatchObject({ sellable: 14, waiting: 2, problem: null });

  await flow.ship(receipt);
  await flow.until(receipt, 'shipped', 30);
  shopify.cancel(unpaid!.name);
  await sync.compare();
  expect(stock()).toEqual({ onHand: 16, available: 16 });
  const { pushes } = (await sync.level('kit-1'))!;
  expect(pushes.at(-1)).toMatchObject({ was: 4, quantity: 19, state: 'proven' });
  expect(pushes[0]!.note).toMatch(/^gid:\/\/shopify\/InventoryAdjustmentGroup\//);
  await sync.stop();
}, 60_000);
