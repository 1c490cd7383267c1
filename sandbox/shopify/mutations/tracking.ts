import type { Fulfillment } from '../state/fulfillments.js';
import { userError, type UserError } from './user-errors.js';

export interface TrackingInput {
  company?: string | null;
  number?: string | null;
  numbers?: string[] | null;
  url?: string | null;
  urls?: string[] | null;
}

/** The schema warns of mixing one and many; what Shopify does then it does not say, so the stand-in refuses. */
export function trackingProblem(input: TrackingInput | null | undefined): UserError | null {
  if (!input) return null;
  const one = input.number != null || input.url != null;
  const many = input.numbers != null || input.urls != null;
  return one && many ? userError(['trackingInfo'], 'Give number and url, or numbers and urls.') : null;
}

export function packagesIn(input: TrackingInput | null | undefined): Pick<Fulfillment, 'company' | 'packages'> {
  const numbers = input?.numbers ?? (input?.number != null ? [input.number] : []);
  const urls = input?.urls ?? (input?.url != null ? [input.url] : []);
  const company = input?.company ?? null;
  const packages = Array.from({ length: Math.max(numbers.length, urls.length) }, (_, index) => {
    const number = numbers[index] ?? null;
    return { number, url: urls[index] ?? (number === null ? null : builtUrl(company, number)) };
  });
  return { company, packages };
}

/** A few of the names that Shopify knows, exactly as it writes them. */
const pages: Record<string, (number: string) => string> = {
  UPS: (number) => `https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums=${number}`,
  USPS: (number) => `https://tools.usps.com/go/TrackConfirmAction.action?tLabels=${number}`,
  FedEx: (number) => `https://www.fedex.com/fedextrack/?trknbr=${number}`,
  'DHL Express': (number) => `https://www.dhl.com/us-en/home/tracking.html?tracking-id=${number}`,
};

/** By the company's name; without one Shopify guesses from the number, which can be wrong (reference/shopify.md §11). */
function builtUrl(company: string | null, number: string): string | null {
  const guessed = company ?? (number.startsWith('1Z') ? 'UPS' : 'USPS');
  return pages[guessed]?.(number) ?? null;
}
