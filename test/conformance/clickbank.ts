import { clickbank as connector } from '../../connectors/marketplaces/clickbank/clickbank.js';
import type { Marketplace } from '../../connectors/marketplaces/port.js';
import { createClickbankSandbox } from '../../sandbox/clickbank/sandbox.js';
import { sandboxKey } from '../../sandbox/clickbank/state.js';
import { drive, listAll, refused } from './drive.js';
import type { Exchange, Specification } from './exchange.js';
import { isObject } from './json-schema.js';
import { openApi } from './openapi.js';
import { xmlSchema } from './xsd.js';

export const clickbank = { title: 'ClickBank', specification, exchanges };

/**
 * ClickBank publishes XML schemas of its answers and no description of its calls: those are checked by the community's
 * OpenAPI document, and its answers' schemas are left aside for ClickBank's own.
 */
function specification(folder: string): Specification {
  const calls = openApi([{ file: `${folder}/clickbank/unofficial-open-clickbank.yaml` }]);
  const schemas = Object.entries({
    orders2: 'Orders2.xsd',
    'shipping2/shipnotice': 'Shipping2/Shipnotice.xsd',
    'shipping3/shipnotice': 'Shipping3/Shipnotice.xsd',
    shipping2: 'Shipping2.xsd',
    shipping3: 'Shipping3.xsd',
  }).map(([path, file]) => ({ path: `/rest/1.3/${path}/`, schema: xmlSchema(`${folder}/clickbank/${file}`) }));
  return {
    check(exchange) {
      const { operation, violations } = calls.check(exchange);
      const found = schemas.find(({ path }) => exchange.call.url.pathname.startsWith(path));
      const problems = found ? rowProblems(found.schema, exchange) : [];
      return {
        operation,
        violations: [
          ...violations.filter((each) => each.of === 'request' || each.problem.includes('the status')),
          ...problems.map((problem) => ({ operation, of: 'answer' as const, problem })),
        ],
      };
    },
  };
}

function rowProblems(schema: ReturnType<typeof xmlSchema>, { answer }: Exchange): string[] {
  if (answer.status >= 300 || !/json/.test(answer.headers['content-type'] ?? '')) return [];
  const body: unknown = JSON.parse(answer.text);
  return isObject(body) ? Object.entries(body).flatMap(([element, rows]) => schema(element, rows)) : [];
}

async function exchanges(): Promise<Exchange[]> {
  const sandbox = createClickbankSandbox({ limits: { perSecond: 1e9, perDay: 1e9 } });
  const baseUrl = await sandbox.standIn.listen();
  try {
    return await drive(baseUrl, async (connection) => {
      const at = (settings: object, apiKey = sandboxKey.apiKey) => connector.connect(connection({ apiKey }, settings));
      for (const shippingService of ['shipping2', 'shipping3'] as const) {
        const store = at({ shippingService });
        await store.probe();
        await listAll(store);
        sandbox.addSamples(4);
        const [order] = sandbox.addOrders([{ lines: [{}, { itemNo: 'tea-30', quantity: 2 }] }]);
        sandbox.addOrders([{ laterRows: [{ type: 'RFND', at: new Date().toISOString() }] }]);
        await listAll(store);
        await writeBack(store, order!.receipt);
        await listAll(store);
        await store.fetchOrder(order!.receipt);
        await store.fetchOrder('NONE0000');
        await writeBack(at({ shippingService, fillOrder: true }), sandbox.addOrders([{}])[0]!.receipt);
      }
      sandbox.state.settings.pageSize = 2;
      await listAll(at({ vendor: 'DEMOSHOP' }));
      await refused(() => listAll(at({}, 'API-UNKNOWN')));
    });
  } finally {
    await sandbox.standIn.close();
  }
}

async function writeBack(store: Marketplace, externalId: string): Promise<void> {
  const now = new Date().toISOString();
  const parcel = {
    packageId: '1',
    shippedAt: now,
    placedAt: now,
    carrier: 'UPS',
    service: null,
    trackingUrl: null,
    alongside: [],
  };
  const lines = [{ lineId: 'kit-1', sku: 'kit-1', quantity: 1 }];
  for (const notice of store.notices({ ...parcel, externalId, trackingNumber: '1Z999', lines })) {
    await store.findNotice(notice);
    await store.postNotice(notice);
    await store.findNotice(notice);
    await refused(() => store.postNotice({ ...notice, externalId: 'NONE0000' }));
  }
}
