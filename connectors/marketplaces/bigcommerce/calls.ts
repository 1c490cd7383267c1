import type { z } from 'zod';
import type { Scope } from './scopes.js';

export interface BigcommerceCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /stores/{hash}/, version included: "v2/orders". */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  lane?: 'live' | 'backfill';
  /** Null for webhooks, which every token may manage. */
  scope: Scope | null;
  /** What fails when this call is refused, in words that name the thing. */
  step: string;
  /** Ids for the failure, e.g. the order. */
  about?: Record<string, string>;
}

/**
 * Makes one call to a store, under its quota and with its token, and reads the answer: a 204 or an empty body as null.
 * Every bad answer is a Failure that names its cause.
 */
export type Bigcommerce = <Answer extends z.ZodType>(call: BigcommerceCall, answer: Answer) => Promise<z.infer<Answer>>;
