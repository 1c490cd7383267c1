import { createHttp, type Http } from '../../../connectors/http.js';
import { clickbank } from '../../../connectors/marketplaces/clickbank/clickbank.js';
import type { Marketplace } from '../../../connectors/marketplaces/port.js';
import type { RateLimit, RateLimiter } from '../../../connectors/rate-limiter.js';
import type { PackageWriteback } from '../../../domain/shipment.js';
import { createClickbankSandbox, type ClickbankSandbox } from '../../../sandbox/clickbank/sandbox.js';
import { clockAt, type Clock } from '../bench.js';
import { noInstall } from '../no-install.js';

export { failureOf, fullPass, nothingKnown } from '../bench.js';

/** The shared limiter in memory: whoever has to wait moves the clock instead. Keeps what it was asked. */
export function memoryLimiter(clock: Clock): RateLimiter & { taken: RateLimit[][]; lanes: string[]; blocks: string[] } {
  const nextAt = new Map<string, number>();
  const blocked = new Map<string, number>();
  const limiter = {
    taken: [] as RateLimit[][],
    lanes: [] as string[],
    blocks: [] as string[],
    async take(limits: RateLimit[], lane: 'live' | 'backfill') {
      limiter.taken.push(limits);
      limiter.lanes.push(lane);
      for (const { key, capacity, perSecond } of limits) {
        const every = 1000 / perSecond;
        const next = Math.max(nextAt.get(key) ?? 0, clock.now().getTime()) + every;
        nextAt.set(key, next);
        const wait = Math.max(next - capacity * every, blocked.get(key) ?? 0) - clock.now().getTime();
        if (wait > 0) clock.advance(Math.ceil(wait));
      }
    },
    async block(key: string, milliseconds: number) {
      limiter.blocks.push(key);
      blocked.set(key, clock.now().getTime() + milliseconds);
    },
    giveBack: async () => undefined,
  };
  return limiter;
}

export interface Bench {
  sandbox: ClickbankSandbox;
  marketplace: Marketplace;
  clock: Clock;
  limiter: ReturnType<typeof memoryLimiter>;
  /** Method and path below /rest/1.3 of each call the sandbox got. */
  paths(): string[];
  /** Another connection to the same sandbox. */
  connect(options: { credentials?: unknown; settings?: unknown }): Marketplace;
  close(): Promise<void>;
}

export interface BenchOptions {
  at?: string;
  credentials?: unknown;
  settings?: unknown;
  deadlineMs?: number;
}

/** A connector on a sandbox over real HTTP; no wall clock is involved in what either decides. */
export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const clock = clockAt(options.at ?? '2026-03-04T18:00:00Z');
  const limiter = memoryLimiter(clock);
  const sandbox = createClickbankSandbox({ now: clock.now });
  const baseUrl = await sandbox.standIn.listen();
  const client = createHttp({ allowed: ['127.0.0.1'], deadlineMs: options.deadlineMs ?? 5_000 });
  const connect = (to: { credentials?: unknown; settings?: unknown }) =>
    connectTo(baseUrl, client.http, limiter, clock, { ...options, ...to });
  return {
    sandbox,
    marketplace: connect({}),
    clock,
    limiter,
    paths: () => sandbox.standIn.calls.map((call) => `${call.method} ${call.path.replace('/rest/1.3/', '')}`),
    connect,
    close: async () => {
      await client.close();
      await sandbox.standIn.close();
    },
  };
}

function connectTo(baseUrl: string, http: Http, limiter: RateLimiter, clock: Clock, options: BenchOptions) {
  return clickbank.connect({
    connectionId: 'store_1',
    baseUrl,
    credentials: options.credentials ?? { apiKey: 'API-SANDBOX-DEMO' },
    settings: options.settings ?? {},
    http,
    limiter,
    now: clock.now,
    ...noInstall,
  });
}

export function writebackOf(
  changes: Partial<PackageWriteback> & Pick<PackageWriteback, 'externalId'>,
): PackageWriteback {
  return {
    packageId: 'p1',
    shippedAt: '2026-03-04T18:00:00.000Z',
    placedAt: '2026-03-03T18:00:00.000Z',
    carrier: 'UPS',
    service: 'Ground',
    trackingNumber: '1Z999',
    trackingUrl: null,
    alongside: [],
    lines: [{ lineId: 'kit-1', sku: 'kit-1', quantity: 1 }],
    ...changes,
  };
}
