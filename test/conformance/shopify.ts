import type { Marketplace } from '../../connectors/marketplaces/port.js';
import type { MarketplaceStock } from '../../connectors/marketplaces/stock-port.js';
import { wantedScopes } from '../../connectors/marketplaces/shopify/scopes.js';
import { shopify as connector } from '../../connectors/marketplaces/shopify/shopify.js';
import { createShopifySandbox, type ShopifySandbox } from '../../sandbox/shopify/sandbox.js';
import { sandboxShopDomain, sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';
import { drive, listAll, refused } from './drive.js';
import type { Exchange, Specification } from './exchange.js';
import { graphQl } from './graphql.js';

export const shopify = { title: 'Shopify', specification, exchanges };

function specification(folder: string): Specification {
  return graphQl({
    schema: `${folder}/shopify/admin_2026-10.graphql`,
    access: `${folder}/shopify/required_access_2026-10.json`,
    path: '/admin/api/2026-10/graphql.json',
    scopes: wantedScopes,
  });
}

const credentials = { shop: sandboxShopDomain, accessToken: sandboxShopifyToken, apiSecret: 'sandbox-client-secret' };

async function exchanges(): Promise<Exchange[]> {
  // Nothing keeps the pace here (drive.ts), and a fast machine would empty the bucket.
  const bucket = { maximumAvailable: 1e6, restoreRate: 1e6 };
  const sandbox = createShopifySandbox({ settings: { bucket }, webhookRetryMs: [] });
  const baseUrl = await sandbox.standIn.listen();
  const [main] = sandbox.shop.locations;
  const fulfillmentLocation = String(main!.id);
  try {
    return await drive(baseUrl, async (connection) => {
      const store = connector.connect(connection(credentials, { fulfillmentLocation }));
      await store.probe();
      await listAll(store);
      sandbox.addOrders([
        { lines: [{}, { sku: 'TEA-30', quantity: 2 }] },
        { lines: Array.from({ length: 60 }, (_, index) => ({ sku: `SKU-${index}` })) },
      ]);
      await listAll(store);
      await tellShipments(store, sandbox);
      await listAll(store);
      await store.fetchOrder('999', { placedAt: new Date().toISOString() });
      await refused(() => store.fetchOrder('999'));
      await pushStock(store.stock!);
      const kept = await store.ensureWebhooks!('https://waybill.example/webhooks/1', null);
      sandbox.shop.subscriptions.pop();
      await store.ensureWebhooks!('https://waybill.example/webhooks/1', kept.keep);
      await store.ensureWebhooks!('https://waybill.example/webhooks/2', kept.keep);
      const choices = { fulfillmentLocation, localCurrency: true, fulfillmentService: 'Manual' };
      await listAll(connector.connect({ ...connection(credentials, choices), connectionId: 'choices' }));
      const stranger = { ...credentials, accessToken: 'shpat_unknown' };
      await refused(() => listAll(connector.connect({ ...connection(stranger), connectionId: 'stranger' })));
    });
  } finally {
    await sandbox.standIn.close();
  }
}

/** A package of every line, one of a carrier Shopify does not list, one without a number, and what is too much. */
async function tellShipments(store: Marketplace, sandbox: ShopifySandbox): Promise<void> {
  const parcel = (trackingNumber: string) => ({ carrier: 'UPS', trackingNumber, trackingUrl: null });
  const parcels = [
    { carrier: 'UPS', trackingNumber: '1Z999', trackingUrl: null },
    { carrier: 'Carrier Pigeon', trackingNumber: 'P-1', trackingUrl: 'https://track.example/P-1' },
    { carrier: null, trackingNumber: null, trackingUrl: null },
    { carrier: 'UPS', trackingNumber: '1Z111', trackingUrl: null, alongside: [parcel('1Z112'), parcel('1Z113')] },
  ];
  const now = new Date().toISOString();
  for (const sent of parcels) {
    const [order] = sandbox.addOrders([{ lines: [{ quantity: 2 }, { sku: 'TEA-30' }] }]);
    const lines = order!.lines.map(({ id, sku, quantity }) => ({ lineId: String(id), sku: sku ?? '', quantity }));
    const of = { externalId: String(order!.id), packageId: '1', shippedAt: now, placedAt: now, service: null, lines };
    for (const notice of store.notices({ ...of, alongside: [], ...sent })) {
      await store.findNotice(notice);
      await store.postNotice(notice);
      await store.findNotice(notice);
      await refused(() => store.postNotice({ ...notice, packageId: '2', trackingNumber: 'ANOTHER' }));
    }
    await store.fetchOrder(of.externalId);
  }
}

async function pushStock(stock: MarketplaceStock): Promise<void> {
  await stock.basis();
  let page: string | null = null;
  do page = (await stock.skus(page)).nextPage;
  while (page !== null);
  const places = await stock.places(['KIT-1', 'TEA-30', 'UNKNOWN']);
  const levels = places.map(({ placeId, sku, level }) => ({ placeId, sku, quantity: 9, was: level, key: placeId }));
  await stock.push(levels);
  // Compared with a figure that is none any more.
  await stock.push(levels.map((level) => ({ ...level, key: `${level.key}.again`, was: 1_000 })));
}
