import { z } from 'zod';

/** Tokens are copied from a web page and bring blanks, line breaks or zero-width characters along; none holds any. */
const secret = z
  .string()
  .transform((pasted) => pasted.replace(/[\s\u200b-\u200d\u2060\ufeff]/g, ''))
  .pipe(z.string().regex(/^[\x21-\x7e]{6,500}$/, 'expected it as Shopify shows it: copy it, do not type it'));

/**
 * R132: "acme", "acme.myshopify.com" or a link into its admin; kept as the whole host name. The pattern is the one
 * Shopify's own libraries check a shop by (reference/shopify.md §2).
 */
export const shop = z
  .string()
  .transform((typed) => {
    const text = typed.trim().toLowerCase();
    const admin = /^(?:https:\/\/)?admin\.shopify\.com\/store\/([^/?#]+)/.exec(text);
    const host = admin?.[1] ?? text.replace(/^https?:\/\//, '').replace(/[/?#].*$/, '');
    return host.includes('.') ? host : `${host}.myshopify.com`;
  })
  .pipe(z.string().regex(/^[a-z0-9][a-z0-9-_]*\.myshopify\.com$/, 'expected the name before .myshopify.com'))
  .describe('The shop name as in <name>.myshopify.com, not the domain customers see.');

/** D9, R136: there is no public API behind this key (reference/shopify.md §10), so nothing is ever called with it. */
const returnMagicApiKey = secret
  .optional()
  .describe('Kept, and not used: Return Magic has no public API. Returns are read from Shopify itself.');

/** A token of an app the merchant made, which never expires (R130). */
const pasted = z.strictObject({
  shop,
  accessToken: secret.describe('Admin API access token of a custom app, shown once when the app is installed.'),
  apiSecret: secret.describe('API secret key of the same app: it signs the webhooks.'),
  returnMagicApiKey,
});

/**
 * Private apps signed in with an API key and its password; Shopify makes none any more and has turned those there were
 * into custom apps, which have a token and a secret (community.shopify.com/t/101372).
 */
const isLegacy = (entered: unknown) =>
  typeof entered === 'object' && entered !== null && ['password', 'apiKey', 'username'].some((name) => name in entered);
const legacyReason =
  'what was entered is of a legacy private app, whose password opens nothing any more: enter the Admin API access token ' +
  'and the API secret key of a custom app, made under Settings, Apps, Develop apps';

/** What the authorization-code install and each renewal give: an offline token that expires (R133). */
const installed = z.strictObject({
  shop,
  accessToken: secret,
  refreshToken: secret,
  /** UTC, ISO 8601. */
  expiresAt: z.iso.datetime(),
  /** What was granted, comma-separated, as Shopify gave it. */
  scope: z.string(),
  returnMagicApiKey,
});

export const credentials = z.union([pasted, installed], {
  error: ({ input }) =>
    isLegacy(input)
      ? legacyReason
      : 'expected "shop", "accessToken" and "apiSecret" of a custom app, and no other field',
});
export type Credentials = z.infer<typeof credentials>;
export type InstalledCredentials = z.infer<typeof installed>;

export const allServices = 'All';

/** As Shopify's API names them; the setting offers the seven of R146. */
const financialStatuses = [
  'PAID',
  'PENDING',
  'AUTHORIZED',
  'PARTIALLY_PAID',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'VOIDED',
] as const;

export const settings = z
  .strictObject({
    /** R134: numeric id of the location that ships; chosen after the authorization, the probe lists them. */
    fulfillmentLocation: z
      .string()
      .trim()
      .transform((id) => id.replace(/^gid:\/\/shopify\/Location\//, ''))
      .pipe(z.string().regex(/^\d{1,20}$/, 'expected the numeric id of a location, as the connection test lists them'))
      .nullable()
      .default(null),
    /** R137, D10: handle of the one fulfillment service whose lines are taken; "manual" are the merchant's own. */
    fulfillmentService: z.string().trim().min(1).max(255).default(allServices),
    /** R139: only lines assigned to the fulfillment location. */
    filterByLocation: z.boolean().default(false),
    /** R140 */
    excludeEmpty: z.boolean().default(false),
    /** R141: money in the buyer's currency instead of the shop's. */
    localCurrency: z.boolean().default(false),
    /** R142, R143: stock goes to every item with the SKU; else a SKU that several items share gets none. */
    duplicateSkus: z.boolean().default(false),
    /** R144, R145: also orders of which something was fulfilled already, a gift card for instance. */
    partialFulfillments: z.boolean().default(false),
    /** R146, R147 */
    financialStatuses: z.array(z.enum(financialStatuses)).min(1).default(['PAID']),
    /** D10: Shopify mails the customer when a package is told. */
    notifyCustomer: z.boolean().default(true),
  })
  .refine((chosen) => !chosen.filterByLocation || chosen.fulfillmentLocation !== null, {
    message: 'choose the fulfillment location to filter by',
    path: ['fulfillmentLocation'],
  });
export type Settings = z.infer<typeof settings>;
