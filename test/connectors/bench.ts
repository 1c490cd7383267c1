import type { Marketplace, OrderPage } from '../../connectors/marketplaces/port.js';
import { Failure } from '../../domain/failures.js';

/** A clock that only moves when it is told to, or when a limiter of a test makes somebody wait. */
export interface Clock {
  now: () => Date;
  advance(milliseconds: number): void;
}

export function clockAt(iso: string): Clock {
  let at = Date.parse(iso);
  return { now: () => new Date(at), advance: (milliseconds) => void (at += milliseconds) };
}

export const nothingKnown = async () => new Set<string>();

/** All pages of one pass. */
export async function fullPass(
  marketplace: Marketplace,
  request: { since: string; lane?: 'live' | 'backfill'; known?: (ids: string[]) => Promise<Set<string>> },
): Promise<Omit<OrderPage, 'nextPage'>> {
  const all: Omit<OrderPage, 'nextPage'> = { orders: [], malformed: [] };
  let page: string | null = null;
  do {
    const got: OrderPage = await marketplace.listOrders({ lane: 'live', known: nothingKnown, ...request, page });
    all.orders.push(...got.orders);
    all.malformed.push(...got.malformed);
    page = got.nextPage;
  } while (page !== null);
  return all;
}

/** The Failure that a promise ends in. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error;
}
