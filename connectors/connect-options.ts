import type { Http } from './http.js';
import type { RateLimiter } from './rate-limiter.js';

/** What opening a connection takes, at every vendor. Credentials and settings are as kept: the connector parses them. */
export interface ConnectOptions<Limits> {
  connectionId: string;
  /** Null for the vendor itself; the sandbox or a proxy otherwise. */
  baseUrl: string | null;
  credentials: unknown;
  settings: unknown;
  http: Http;
  limiter: RateLimiter;
  now: () => Date;
  /** In place of the vendor's own limit: for load tests against the sandbox. */
  limits?: Limits;
}
