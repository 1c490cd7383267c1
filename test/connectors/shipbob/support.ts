import { createHttp, type Http } from '../../../connectors/http.js';
import type { FulfillmentRequest, NewsPage, Warehouse } from '../../../connectors/warehouses/port.js';
import type { RateLimit, RateLimiter } from '../../../connectors/rate-limiter.js';
import { warehouseSystems } from '../../../connectors/warehouses/registry.js';
import {
  createShipbobSandbox,
  sandboxShipbobToken,
  type ShipbobSandbox,
  type ShipbobSandboxOptions,
} from '../../../sandbox/shipbob/sandbox.js';
import { noInstall } from '../no-install.js';

export { failureOf } from '../bench.js';

/** Never waits; remembers what was taken and what was blocked. */
export interface OpenLimiter extends RateLimiter {
  taken: RateLimit[];
  blocked: { key: string; milliseconds: number }[];
}

export function openLimiter(): OpenLimiter {
  const limiter: OpenLimiter = {
    taken: [],
    blocked: [],
    take: async (limits) => void limiter.taken.push(...limits),
    block: async (key, milliseconds) => void limiter.blocked.push({ key, milliseconds }),
    giveBack: async () => undefined,
  };
  return limiter;
}

export interface Bench {
  sandbox: ShipbobSandbox;
  baseUrl: string;
  limiter: OpenLimiter;
  http: Http;
  warehouse: Warehouse;
  /** Another connection to the same sandbox. */
  connect(changes?: { accessToken?: string; settings?: object; http?: Http; limiter?: RateLimiter }): Warehouse;
  /** "GET /order" … of each call since the last look. */
  calls(): string[];
  close(): Promise<void>;
}

let connections = 0;

/** A sandbox that knows SHIRT and MUG, and a connection to it over real HTTP. */
export async function openBench(options: ShipbobSandboxOptions & { deadlineMs?: number } = {}): Promise<Bench> {
  const sandbox = createShipbobSandbox({ limits: { perMinute: 100_000 }, ...options });
  sandbox.addProduct({ sku: 'SHIRT', name: 'Shirt' });
  sandbox.addProduct({ sku: 'MUG', name: 'Mug' });
  const baseUrl = await sandbox.listen();
  const plain = createHttp({ allowed: ['127.0.0.1'], deadlineMs: options.deadlineMs ?? 5_000 });
  const limiter = openLimiter();
  const connectionId = `warehouse-${(connections += 1)}`;
  const now = options.now ?? (() => new Date());
  const connect: Bench['connect'] = (changes = {}) =>
    warehouseSystems.shipbob.connect({
      connectionId,
      baseUrl,
      credentials: { accessToken: changes.accessToken ?? sandboxShipbobToken },
      settings: changes.settings ?? {},
      http: changes.http ?? plain.http,
      limiter: changes.limiter ?? limiter,
      now,
      ...noInstall,
    });
  let seen = 0;
  return {
    sandbox,
    baseUrl,
    limiter,
    http: plain.http,
    connect,
    warehouse: connect(),
    calls: () => {
      const fresh = sandbox.calls.slice(seen);
      seen = sandbox.calls.length;
      return fresh.map((call) => `${call.method} ${call.path.replace('/2026-01', '')}`);
    },
    close: async () => {
      await plain.close();
      await sandbox.close();
    },
  };
}

export function request(reference: string, changes: Partial<FulfillmentRequest> = {}): FulfillmentRequest {
  return {
    reference,
    orderNumber: 'ORDER-1',
    methodCode: 'Standard',
    placedAt: '2026-11-20T10:00:00.000Z',
    shipTo: {
      name: 'Pat Example',
      company: null,
      line1: '1 Sample Street',
      line2: null,
      city: 'Springfield',
      region: 'IL',
      postalCode: '62701',
      country: 'US',
      email: 'pat@example.com',
      phone: '555-0100',
    },
    items: [{ warehouseSku: 'SHIRT', quantity: 2, title: 'Shirt' }],
    ...changes,
  };
}

export const longAgo = '2000-01-01T00:00:00.000Z';

/** Lets the vendor do its work and then answers with a page that is no JSON. */
export function htmlInstead(http: Http): Http {
  return async (call) => ({ ...(await http(call)), text: '<html>not what you asked for</html>' });
}

/** All pages of news. */
export async function allNews(warehouse: Warehouse, since = longAgo): Promise<Omit<NewsPage, 'nextPage'>> {
  const all: Omit<NewsPage, 'nextPage'> = { shipments: [], cancellations: [], malformed: [] };
  let page: string | null = null;
  do {
    const news: NewsPage = await warehouse.listNews({ since, page });
    all.shipments.push(...news.shipments);
    all.cancellations.push(...news.cancellations);
    all.malformed.push(...news.malformed);
    page = news.nextPage;
  } while (page !== null);
  return all;
}
