import type { HttpAnswer } from '../../http.js';

/** ClickBank's names of what a key may do (reference/clickbank.md §1, Permissions). */
export type Role = 'api_order_read' | 'api_order_write';

export interface ClickbankCall {
  method: 'GET' | 'POST';
  /** Below /rest/1.3/, its parts already encoded. */
  path: string;
  query: Record<string, string>;
  /** Sent as a header, 1 for the first. */
  page?: number;
  lane: 'live' | 'backfill';
  role: Role;
  /** What fails when this call is refused, in words. */
  step: string;
  /** The receipt the call is about, where there is one. */
  receipt: string | null;
}

/** One call under the rate limits. Answers 2xx; everything else is thrown as a Failure that names its cause. */
export type Clickbank = (call: ClickbankCall) => Promise<HttpAnswer>;

/** Sends without judging: 4xx answers come back as they are. */
export type Send = (call: Pick<ClickbankCall, 'method' | 'path' | 'query' | 'page' | 'lane'>) => Promise<HttpAnswer>;
