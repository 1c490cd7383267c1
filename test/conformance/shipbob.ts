import { warehouseSystems } from '../../connectors/warehouses/registry.js';
import type { FulfillmentRequest, NewsPage, Warehouse } from '../../connectors/warehouses/port.js';
import { createShipbobSandbox, sandboxShipbobToken } from '../../sandbox/shipbob/sandbox.js';
import { drive, refused } from './drive.js';
import type { Exchange, Specification } from './exchange.js';
import { openApi } from './openapi.js';

export const shipbob = {
  title: 'ShipBob',
  specification: (folder: string): Specification =>
    openApi([{ file: `${folder}/warehouses/shipbob-2026-01-openapi.json` }]),
  exchanges,
};

async function exchanges(): Promise<Exchange[]> {
  const sandbox = createShipbobSandbox({ limits: { perMinute: 1e9 } });
  for (const sku of ['SHIRT', 'MUG']) sandbox.addProduct({ sku, name: sku, onHand: 100 });
  sandbox.addProduct({ sku: 'SET', name: 'Set', bundle: [{ sku: 'MUG', quantity: 2 }] });
  const baseUrl = await sandbox.listen();
  try {
    return await drive(baseUrl, async (connection) => {
      const { connect } = warehouseSystems.shipbob;
      const warehouse = connect(connection({ accessToken: sandboxShipbobToken }));
      await warehouse.probe();
      await warehouse.shippingMethods();
      await warehouse.inventory(['SHIRT', 'MUG', 'NONE']);
      await warehouse.registerWebhook('https://waybill.example/webhooks/1');
      await warehouse.registerWebhook('https://waybill.example/webhooks/1');
      await sendOrders(warehouse, sandbox);
      const stranger = connect({ ...connection({ accessToken: 'not-a-token' }), connectionId: 'stranger' });
      await refused(() => stranger.shippingMethods());
    });
  } finally {
    await sandbox.close();
  }
}

async function sendOrders(warehouse: Warehouse, sandbox: ReturnType<typeof createShipbobSandbox>): Promise<void> {
  const created = await warehouse.create(request('ref.1', { items: [item('SHIRT', 2), item('SET', 1)] }));
  await warehouse.findByReference('ref.1');
  await warehouse.findByReference('ref.none');
  await refused(() => warehouse.create(request('ref.1')));
  await warehouse.create(request('ref.2', { shipTo: shortAddress }));
  sandbox.ship('ref.1', [
    { items: [{ sku: 'SHIRT', quantity: 1 }] },
    { cartons: [[{ sku: 'SHIRT', quantity: 1 }], [{ sku: 'SET', quantity: 1 }]], trackingNumber: null },
  ]);
  // Its answer is lost, so that the order itself is looked at.
  sandbox.faults = [{ kind: 'reset_after', rate: 1, times: 1, path: ':cancel$' }];
  await warehouse.cancel({ reference: 'ref.2', externalId: (await warehouse.findByReference('ref.2'))!.externalId });
  await warehouse.cancel({ reference: 'ref.1', externalId: created.externalId });
  await refused(() => warehouse.cancel({ reference: 'ref.9', externalId: '999999999' }));
  const news: NewsPage = await warehouse.listNews({ since: '2026-01-01T00:00:00.000Z', page: null });
  if (news.shipments.length !== 2 || news.cancellations.length !== 1) throw new Error('the news are not complete');
  await warehouse.fetchNews([created.externalId]);
}

const item = (warehouseSku: string, quantity: number) => ({ warehouseSku, quantity, title: warehouseSku });

const address: FulfillmentRequest['shipTo'] = {
  ...{ name: 'Pat Example', company: 'Example Co', line1: '1 Sample Street', line2: 'Flat 2', city: 'Springfield' },
  ...{ region: 'IL', postalCode: '62701', country: 'US', email: 'pat@example.com', phone: '555-0100' },
};
const shortAddress = {
  ...address,
  company: null,
  line2: null,
  region: null,
  postalCode: null,
  email: null,
  phone: null,
};

function request(reference: string, changes: Partial<FulfillmentRequest> = {}): FulfillmentRequest {
  return {
    ...{ reference, orderNumber: 'ORDER-1', methodCode: 'Standard', placedAt: '2026-11-20T10:00:00.000Z' },
    ...{ shipTo: address, items: [item('SHIRT', 2)] },
    ...changes,
  };
}
