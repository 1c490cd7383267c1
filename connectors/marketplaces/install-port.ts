import type { AppNotice, CallbackReading, Installed, ProvenCallback, SignedCall } from '../../domain/install.js';
import type { App } from '../connect-options.js';
import type { Http } from '../http.js';

/**
 * How a store is connected by installing our application at its marketplace (OAuth, authorization code). Only
 * `exchange` makes a call; it throws Failure. Everything else is pure and never throws.
 */
export interface MarketplaceInstall {
  /**
   * Whether the callback brings our state back, and so proves which wish it fulfils. Where it does not, one account can
   * be wished for by one store only, and a person types the code of the wish.
   */
  readonly bringsState: boolean;

  /** Origins whose pages show ours in a frame, as a CSP source; null where none does. */
  readonly framedBy: string | null;

  /** The account as the marketplace writes it, of what a person may write; null for what can be none. */
  accountOf(text: string): string | null;

  /** The account that saved credentials open, pasted ones too; null where they do not say. */
  accountIn(credentials: unknown): string | null;

  /** Where the merchant's browser goes next, in an address and in words. */
  authorize(request: { app: App; account: string; state: string; redirectUrl: string; baseUrl: string | null }): {
    url: string;
    instructions: string;
  };

  /** Checks everything that the query of the callback can prove. */
  readCallback(query: Record<string, string>, app: App, now: Date): CallbackReading;

  /** Trades the code for credentials, once. */
  exchange(request: {
    app: App;
    callback: ProvenCallback;
    /** The credentials that are saved, to be replaced; null where there are none. */
    present: unknown;
    redirectUrl: string;
    baseUrl: string | null;
    http: Http;
    now: Date;
  }): Promise<Installed>;

  /**
   * Who opens our application at its marketplace, before it is installed too; null where the query of the address proves
   * nothing.
   */
  readOpening(query: Record<string, string>, app: App, now: Date): SignedCall | null;

  /** A call about the life of an install that proves itself by a token; null for one that does not, or is never made. */
  readSignedCall(token: string, app: App, now: Date): SignedCall | null;

  /** What an authentic notification to the application says; null for one that is not. */
  readNotice(request: { headers: Record<string, string>; rawBody: Buffer; app: App }): AppNotice | null;
}
