import type { z } from 'zod';
import type { FailureAbout } from '../../../domain/failures.js';

/** One GraphQL document with what it costs and what it answers. A test checks each against the official schema. */
export interface Operation<Data> {
  text: string;
  /** The points it is charged at most before it runs; what it did not use is given back. */
  cost: number;
  data: z.ZodType<Data>;
}

/**
 * One query may ask for 1,000 points. Shopify says no more of its prices than: 1 for each object, nothing for scalars,
 * and for a connection "sized by first" (reference/shopify.md §7). What its API answers is far less for long lists, but
 * no page promises it; so a document is priced here by the older rule, every row in full and two more for each list,
 * and fits by either.
 */
export const connectionCost = (first: number, each: number): number => 2 + first * each;
export const mutationCost = 10;
export const dearestQuery = 1_000;

export interface Ask {
  lane: 'live' | 'backfill';
  /** What fails when this call is refused, in words. */
  step: string;
  about?: FailureAbout;
}

/** One call under the shop's limit. Throws Failure for everything but an answer with whole data and no errors. */
export type Shopify = <Data>(operation: Operation<Data>, variables: Record<string, unknown>, ask: Ask) => Promise<Data>;

export const isMutation = (operation: Operation<unknown>): boolean => operation.text.startsWith('mutation');
export const nameOf = (operation: Operation<unknown>): string => /^\w+ (\w+)/.exec(operation.text)?.[1] ?? '';
