import { z } from 'zod';

/**
 * Keys are copied from a web page and bring blanks, line breaks or zero-width characters along (R34); no key holds any.
 * What is left must be fit for a header.
 */
const key = z
  .string()
  .transform((pasted) => pasted.replace(/[\s\u200b-\u200d\u2060\ufeff]/g, ''))
  .pipe(z.string().regex(/^[\x21-\x7e]{6,200}$/, 'expected a key as ClickBank shows it: copy it, do not type it'));

/** Today's single key, or the developer and clerk pair of older accounts (R7, D4). */
export const credentials = z
  .union([z.strictObject({ apiKey: key }), z.strictObject({ developerKey: key, clerkKey: key })])
  // Keys belong to the primary account since 2023 (reference/clickbank.md §1): whoever connects must be able to sign in there.
  .describe(
    'Made in the primary (master) account: sign in there, Settings, API Management; both read and write ticked.',
  );
export type Credentials = z.infer<typeof credentials>;

/** The raw key without any scheme; the pair joined by a colon (reference/clickbank.md §1). */
export function authorization(of: Credentials): string {
  return 'apiKey' in of ? of.apiKey : `${of.developerKey}:${of.clerkKey}`;
}

export const settings = z.strictObject({
  /** The product owner's account nickname, ClickBank's "Site" (R35); null takes every account the key can read. */
  vendor: z
    .string()
    .trim()
    .transform((nickname) => nickname || null)
    .nullable()
    .default(null),
  /** shipping3 adds the phone number; ClickBank grants it on request only. */
  shippingService: z.enum(['shipping2', 'shipping3']).default('shipping2'),
  /** One notice for the whole receipt, from which ClickBank makes the others itself. */
  fillOrder: z.boolean().default(false),
  /** ClickBank insists on a carrier; this is told where neither the warehouse nor the shipping rule names one. */
  carrierFallback: z.string().trim().min(1).max(60).default('Other'),
});
export type Settings = z.infer<typeof settings>;
