import { createHttp, type Http } from '../../../connectors/http.js';
import { bigcommerce } from '../../../connectors/marketplaces/bigcommerce/bigcommerce.js';
import type { Marketplace } from '../../../connectors/marketplaces/port.js';
import { createBigcommerceSandbox, type BigcommerceSandbox } from '../../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials, type SandboxSettings } from '../../../sandbox/bigcommerce/state.js';
import { clockAt, type Clock } from '../bench.js';
import { memoryLimiter } from '../clickbank/support.js';
import { noInstall } from '../no-install.js';

export { failureOf, fullPass, nothingKnown } from '../bench.js';
export { writebackOf } from '../clickbank/support.js';

export interface Bench {
  sandbox: BigcommerceSandbox;
  marketplace: Marketplace;
  clock: Clock;
  limiter: ReturnType<typeof memoryLimiter>;
  http: Http;
  /** Method and path below the store of each call the sandbox got. */
  paths(): string[];
  /** Another connection to the same sandbox. */
  connect(options: { credentials?: unknown; settings?: unknown }): Marketplace;
  close(): Promise<void>;
}

/** A connector on a sandbox over real HTTP; no wall clock is involved in what either decides. */
export async function openBench(
  options: { settings?: unknown; sandbox?: Partial<SandboxSettings>; deadlineMs?: number } = {},
): Promise<Bench> {
  const clock = clockAt('2026-03-04T18:00:00Z');
  const limiter = memoryLimiter(clock);
  const sandbox = createBigcommerceSandbox({
    now: clock.now,
    settings: options.sandbox ?? {},
    webhookRetryMs: [5, 10],
  });
  const baseUrl = await sandbox.standIn.listen();
  const client = createHttp({ allowed: ['127.0.0.1'], deadlineMs: options.deadlineMs ?? 5_000 });
  const connect = (to: { credentials?: unknown; settings?: unknown }) =>
    bigcommerce.connect({
      connectionId: 'store_1',
      baseUrl,
      credentials: to.credentials ?? sandboxBigcommerceCredentials,
      settings: to.settings ?? options.settings ?? {},
      http: client.http,
      limiter,
      now: clock.now,
      ...noInstall,
    });
  return {
    ...{ sandbox, clock, limiter, http: client.http, connect },
    marketplace: connect({}),
    paths: () => sandbox.standIn.calls.map((call) => `${call.method} ${call.path.replace('/stores/demogarden/', '')}`),
    close: async () => {
      await client.close();
      await sandbox.close();
    },
  };
}

export const since = '2026-03-04T17:00:00Z';
