import { attention, type Attention } from './attention.js';
import { Failure } from './failures.js';
import { waitKeys } from './identifiers.js';
import type { PrivacyKind, PrivacyNotice } from './privacy.js';
import type { ProbeReport } from './store.js';

/** What the query of an OAuth callback proves, once its signature, age and form were checked. */
export type CallbackReading =
  | {
      proven: true;
      /** The account as the marketplace writes it: a shop's host, a store hash. */
      account: string;
      /** Our state come back; null where the marketplace brings none. */
      state: string | null;
      code: string;
      /** The scopes the merchant agreed to, where the callback says so. */
      scope: string | null;
    }
  /** In words for the person in front of the browser. */
  | { proven: false; reason: string };

export type ProvenCallback = Extract<CallbackReading, { proven: true }>;

/** What the marketplace gave for the code. */
export interface Installed {
  account: string;
  /** The connector's own credentials, with the scopes that were granted as `scope`; a secret. */
  credentials: Record<string, string>;
}

/** A call the marketplace made about the life of an install, its signature and age checked. */
export interface SignedCall {
  account: string;
  /** When it was signed: UTC, ISO 8601. */
  at: string;
}

/**
 * A notification that belongs to the application and not to one store's address: which account it is about is in the
 * signed body.
 */
export interface AppNotice extends Omit<PrivacyNotice, 'kind'> {
  account: string;
  kind: PrivacyKind | 'uninstalled' | 'ignored';
}

/** What stops a store whose application was removed at the marketplace; saving new credentials ends it. */
export function uninstalledFailure(storeId: string): Failure {
  return new Failure('app_uninstalled', `The application of store ${storeId} was uninstalled at the marketplace.`, {
    connection: storeId,
  });
}

/** The same for the store itself. */
export function uninstalledAttention(storeId: string): Attention {
  const { code, message, about } = uninstalledFailure(storeId);
  return attention(code, message, about, waitKeys.connection(storeId));
}

/** A notification of an uninstall may come late, after the application is back: a token that may do anything lives. */
export function isAlive(report: ProbeReport): boolean {
  return report.accounts.length > 0 || report.permissions.some((each) => each.standing === 'granted');
}
