import { bigcommerce as connector } from '../../connectors/marketplaces/bigcommerce/bigcommerce.js';
import type { Marketplace } from '../../connectors/marketplaces/port.js';
import type { MarketplaceStock } from '../../connectors/marketplaces/stock-port.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials, type SandboxOrder } from '../../sandbox/bigcommerce/state.js';
import { drive, listAll, refused } from './drive.js';
import type { Exchange, Specification } from './exchange.js';
import { openApi } from './openapi.js';

export const bigcommerce = { title: 'BigCommerce', specification, exchanges };

/** Each document is of one version, and stands below the address of a store. */
const documents = {
  v2: ['orders.v2.oas2.yml', 'store_information.v2.yml'],
  v3: [
    ...['inventory.v3.yml', 'locations.v3.yml', 'product-variants_catalog.v3.yml', 'products_catalog.v3.yml'],
    ...['settings.v3.yml', 'webhooks.v3.yml'],
  ],
};

function specification(folder: string): Specification {
  const files = Object.entries(documents).flatMap(([version, names]) =>
    names.map((name) => ({ file: `${folder}/bigcommerce/${name}`, below: `/stores/{store_hash}/${version}` })),
  );
  return openApi(files);
}

async function exchanges(): Promise<Exchange[]> {
  const sandbox = createBigcommerceSandbox({ webhookRetryMs: [] });
  const baseUrl = await sandbox.standIn.listen();
  try {
    return await drive(baseUrl, async (connection) => {
      const store = connector.connect(connection(sandboxBigcommerceCredentials));
      await store.probe();
      await listAll(store);
      sandbox.addSamples(18);
      sandbox.addSamples(1, 'no_sku');
      sandbox.addOrders([{ lines: Array.from({ length: 60 }, () => ({})) }]);
      await listAll(store);
      await tellShipments(store, sandbox);
      await listAll(store);
      await store.fetchOrder('999999');
      await pushStock(store.stock!, sandbox);
      const kept = await store.ensureWebhooks!('https://waybill.example/webhooks/1', null);
      sandbox.state.hooks[0]!.is_active = false;
      sandbox.state.hooks.pop();
      await store.ensureWebhooks!('https://waybill.example/webhooks/1', kept.keep);
      await store.ensureWebhooks!('https://waybill.example/webhooks/2', kept.keep);
      const stranger = { ...sandboxBigcommerceCredentials, accessToken: 'not-a-token' };
      await refused(() => listAll(connector.connect(connection(stranger))));
    });
  } finally {
    await sandbox.close();
  }
}

/** A package with a number, one without, one of a carrier BigCommerce does not list, and one it refuses. */
async function tellShipments(store: Marketplace, sandbox: BigcommerceSandbox): Promise<void> {
  const parcels = [
    { carrier: 'UPS', trackingNumber: '1Z999', trackingUrl: null },
    { carrier: 'Carrier Pigeon', trackingNumber: 'P-1', trackingUrl: 'https://track.example/P-1' },
    { carrier: null, trackingNumber: null, trackingUrl: null },
  ];
  for (const parcel of parcels) {
    const [order] = sandbox.addOrders([{ lines: [{ quantity: 2 }, { sku: 'tea-30' }] }]);
    for (const notice of store.notices(writebackOf(order!, parcel))) {
      await store.findNotice(notice);
      await store.postNotice(notice);
      await store.findNotice(notice);
      await refused(() => store.postNotice({ ...notice, packageId: 'again' }));
    }
    await store.fetchOrder(String(order!.id));
  }
}

function writebackOf(
  order: SandboxOrder,
  parcel: { carrier: string | null; trackingNumber: string | null; trackingUrl: string | null },
) {
  const now = new Date().toISOString();
  return {
    ...{
      externalId: String(order.id),
      packageId: '1',
      shippedAt: now,
      placedAt: now,
      service: null,
      alongside: [],
      ...parcel,
    },
    lines: order.lines.map(({ id, sku, quantity }) => ({ lineId: String(id), sku, quantity })),
  };
}

async function pushStock(stock: MarketplaceStock, sandbox: BigcommerceSandbox): Promise<void> {
  sandbox.addProduct({ name: 'Garden Mug', skus: ['mug-1'], onHand: 4 });
  sandbox.addProduct({ name: 'Shirt', skus: ['shirt-s', 'shirt-m'], onHand: 7 });
  await stock.basis();
  let page: string | null = null;
  do page = (await stock.skus(page)).nextPage;
  while (page !== null);
  const places = await stock.places(['mug-1', 'shirt-m', 'unknown']);
  await stock.push(places.map(({ placeId, sku, level }) => ({ placeId, sku, quantity: 9, was: level, key: placeId })));
}
