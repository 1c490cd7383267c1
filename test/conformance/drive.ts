import { createHttp } from '../../connectors/http.js';
import type { RateLimiter } from '../../connectors/rate-limiter.js';
import type { ConnectOptions } from '../../connectors/connect-options.js';
import type { Marketplace } from '../../connectors/marketplaces/port.js';
import { Failure } from '../../domain/failures.js';
import { recording, type Exchange } from './exchange.js';

const nothing = () => Promise.resolve();
const noLimit: RateLimiter = { take: nothing, block: nothing, giveBack: nothing };

/** Opens a client to a sandbox, lets `work` use the connectors it makes of it, and gives back all that was said. */
export async function drive(
  baseUrl: string,
  work: (connection: (credentials: unknown, settings?: object) => ConnectOptions<never>) => Promise<void>,
): Promise<Exchange[]> {
  const outside = createHttp({ allowed: ['127.0.0.1'] });
  const { http, exchanges } = recording(outside.http);
  try {
    await work((credentials, settings = {}) => ({
      ...{ connectionId: 'conformance', baseUrl, credentials, settings, http, limiter: noLimit },
      now: () => new Date(),
      app: null,
      renewCredentials: () => Promise.resolve(credentials),
    }));
  } finally {
    await outside.close();
  }
  return exchanges;
}

/** A step that the vendor is meant to refuse: its answer counts too. */
export async function refused(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure) return;
    throw error;
  }
  throw new Error('the sandbox took what it was meant to refuse');
}

const dayMs = 24 * 60 * 60 * 1000;

/** Every page of a live pass and of one that catches up. */
export async function listAll(store: Marketplace): Promise<void> {
  for (const lane of ['live', 'backfill'] as const) {
    let page: string | null = null;
    do {
      const since = new Date(Date.now() - 2 * dayMs).toISOString();
      const answer = await store.listOrders({ since, page, lane, known: () => Promise.resolve(new Set()) });
      page = answer.nextPage;
    } while (page !== null);
  }
}
