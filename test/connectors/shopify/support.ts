import type { ConnectOptions } from '../../../connectors/connect-options.js';
import { createHttp } from '../../../connectors/http.js';
import type { Marketplace } from '../../../connectors/marketplaces/port.js';
import { shopify } from '../../../connectors/marketplaces/shopify/shopify.js';
import type { RateLimit, RateLimiter } from '../../../connectors/rate-limiter.js';
import type { PackageWriteback } from '../../../domain/shipment.js';
import { adminSchema } from '../../../sandbox/shopify/graphql/schema.js';
import { createShopifySandbox, type ShopifySandbox } from '../../../sandbox/shopify/sandbox.js';
import type { Settings } from '../../../sandbox/shopify/state/settings.js';
import { sandboxShopDomain, sandboxShopifyToken } from '../../../sandbox/shopify/state/tokens.js';
import { clockAt, type Clock } from '../bench.js';
import { noInstall } from '../no-install.js';

export { failureOf, fullPass, nothingKnown } from '../bench.js';

/** Never waits; remembers what was taken, given back and blocked. */
export interface OpenLimiter extends RateLimiter {
  taken: RateLimit[];
  givenBack: RateLimit[];
  blocked: { key: string; milliseconds: number }[];
  lanes: string[];
}

export function openLimiter(): OpenLimiter {
  const limiter: OpenLimiter = {
    taken: [],
    givenBack: [],
    blocked: [],
    lanes: [],
    take: async (limits, lane) => {
      limiter.taken.push(...limits);
      limiter.lanes.push(lane);
    },
    giveBack: async (limits) => void limiter.givenBack.push(...limits),
    block: async (key, milliseconds) => void limiter.blocked.push({ key, milliseconds }),
  };
  return limiter;
}

export const pastedCredentials = {
  shop: sandboxShopDomain,
  accessToken: sandboxShopifyToken,
  apiSecret: 'sandbox-client-secret',
};

type Changes = Partial<Pick<ConnectOptions<never>, 'credentials' | 'app' | 'renewCredentials' | 'limiter'>> & {
  settings?: Record<string, unknown>;
};

export interface Bench {
  sandbox: ShopifySandbox;
  marketplace: Marketplace;
  clock: Clock;
  limiter: OpenLimiter;
  /** Numeric id of the shop's first location. */
  location: string;
  /** Another connection to the same shop. */
  connect(changes?: Changes): Marketplace;
  /** Names of the operations the sandbox was sent since the last look. */
  operations(): string[];
  close(): Promise<void>;
}

let connections = 0;

/** A connector on a sandbox over real HTTP; no wall clock is involved in what either decides. */
export async function openBench(
  options: { at?: string; deadlineMs?: number; settings?: Record<string, unknown>; shop?: Partial<Settings> } = {},
): Promise<Bench> {
  // Unpacked here and not within the first call's deadline.
  adminSchema();
  const clock = clockAt(options.at ?? '2026-11-20T12:00:00Z');
  const limiter = openLimiter();
  const sandbox = createShopifySandbox({
    ...(options.shop && { settings: options.shop }),
    now: clock.now,
    webhookRetryMs: [],
  });
  const baseUrl = await sandbox.standIn.listen();
  const outside = createHttp({ allowed: ['127.0.0.1'], deadlineMs: options.deadlineMs ?? 10_000 });
  const { http } = outside;
  const connectionId = `store-${(connections += 1)}`;
  const location = String(sandbox.shop.locations[0]!.id);
  const connect: Bench['connect'] = ({ settings, ...changes } = {}) =>
    shopify.connect({
      ...{ connectionId, baseUrl, credentials: pastedCredentials, http, limiter, now: clock.now, ...noInstall },
      settings: { fulfillmentLocation: location, ...options.settings, ...settings },
      ...changes,
    });
  let seen = 0;
  return {
    ...{ sandbox, marketplace: connect(), clock, limiter, location, connect },
    operations: () => {
      const calls = sandbox.standIn.calls.slice(seen);
      seen = sandbox.standIn.calls.length;
      return calls.map((call) => /^\w+ (\w+)/.exec((call.body as { query?: string }).query ?? '')?.[1] ?? call.path);
    },
    close: async () => {
      await outside.close();
      await sandbox.standIn.close();
    },
  };
}

/** Of an order that the bench's shop would surely show. */
export const lately = '2026-11-20T11:00:00Z';

export function writebackOf(
  order: { id: number; lines: { id: number; sku: string | null; quantity: number }[] },
  changes: Partial<PackageWriteback> = {},
): PackageWriteback {
  return {
    externalId: String(order.id),
    packageId: 'p1',
    shippedAt: '2026-11-20T12:00:00.000Z',
    placedAt: '2026-11-19T12:00:00.000Z',
    carrier: 'USPS',
    service: null,
    alongside: [],
    trackingNumber: '9400-1',
    trackingUrl: null,
    lines: order.lines.map((line) => ({ lineId: String(line.id), sku: line.sku ?? '', quantity: line.quantity })),
    ...changes,
  };
}
