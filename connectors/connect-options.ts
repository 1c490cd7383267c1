import type { Http } from './http.js';
import type { RateLimiter } from './rate-limiter.js';

/** This installation's application at a vendor. */
export interface App {
  clientId: string;
  clientSecret: string;
}

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
  /** For accounts that were connected by OAuth; null where there is no application. */
  app: App | null;
  /**
   * Holds the connection's credentials against every other process while `renew` runs on the present ones, and keeps
   * what it gives back (null keeps them as they are). Gives the credentials that count now.
   */
  renewCredentials: (renew: (current: unknown) => Promise<Record<string, string> | null>) => Promise<unknown>;
  /** In place of the vendor's own limit: for load tests against the sandbox. */
  limits?: Limits;
}
