import type { StoreSettings } from '../../domain/store.js';
import { adminSchema } from '../../sandbox/shopify/graphql/schema.js';
import { createShopifySandbox, type ShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import type { Order } from '../../sandbox/shopify/state/orders.js';
import type { Settings } from '../../sandbox/shopify/state/settings.js';
import { pastedCredentials } from '../connectors/shopify/support.js';
import { startWaybill, type Waybill } from '../support/waybill.js';
import { flowOf, type Flow } from './flow.js';

/** A shop whose points keep no test waiting. */
export function openShop(settings: Partial<Settings> = {}): ShopifySandbox {
  // Unpacked here and not within the first call's deadline.
  adminSchema();
  return createShopifySandbox({ settings: { bucket: { maximumAvailable: 1e6, restoreRate: 1e6 }, ...settings } });
}

/** Waybill whose sample store takes what this shop sells at one location, and lists these SKUs. */
export async function startShopifyStore(
  shopify: ShopifySandbox,
  { location, skus, ...settings }: Partial<StoreSettings> & { location: string; skus: string[] },
): Promise<{ waybill: Waybill; flow: Flow; stop: () => Promise<void> }> {
  for (const sku of skus) shopify.setStock(sku, location, 1_000);
  const fulfillmentLocation = String(shopify.shop.locations.find((each) => each.name === location)!.id);
  const waybill = await startWaybill({
    settings: { marketplace: { fulfillmentLocation, filterByLocation: true }, ...settings },
    store: { marketplace: 'shopify', baseUrl: await shopify.standIn.listen(), credentials: pastedCredentials },
    listings: Object.fromEntries(skus.map((sku) => [sku, [{ warehouseSku: `WH-${sku}`, quantity: 1 }]])),
  });
  const stop = async () => {
    await waybill.stop();
    await shopify.standIn.close();
  };
  return { waybill, flow: flowOf(waybill), stop };
}

export const fulfillmentsOf = (shopify: ShopifySandbox, order: Order) =>
  shopify.shop.fulfillments.filter((each) => each.orderId === order.id);
