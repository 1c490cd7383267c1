import { z } from 'zod';
import { everyOrder, type ImportRules } from '../../../domain/import-decision.js';

/**
 * V2-only accounts from before OAuth sign in with a user name against the store's own address; they know neither V3 nor
 * webhooks and are given to no new store (reference/bigcommerce.md §1).
 */
const legacyReason =
  'is of a legacy API account, which knows no V3 and no webhooks: make a store-level API account (V2/V3 token) in ' +
  'the control panel under Settings, API accounts';

/** Copied from a web page, values bring blanks, line breaks and zero-width characters along; none holds any. */
const pasted = z.string().transform((value) => value.replace(/[\s\u200b-\u200d\u2060\ufeff]/g, ''));
const secret = pasted.pipe(
  z.string().regex(/^[\x21-\x7e]{6,512}$/, 'expected a value as BigCommerce shows it: copy it, do not type it'),
);

/** The hash itself, or an address that holds it: the API path of the account, or the control panel's. */
const storeHash = pasted.transform((value, context) => {
  if (/mybigcommerce\.com\/api\/v2/i.test(value)) {
    context.addIssue({ code: 'custom', message: `this API path ${legacyReason}` });
    return z.NEVER;
  }
  const hash =
    /\/stores\/([a-z0-9]+)(?:\/|$)/i.exec(value)?.[1] ?? /^(?:https?:\/\/)?store-([a-z0-9]+)\./i.exec(value)?.[1];
  const found = (hash ?? value).toLowerCase();
  if (/^[a-z0-9]{3,20}$/.test(found)) return found;
  context.addIssue({ code: 'custom', message: 'expected the store hash, as in api.bigcommerce.com/stores/{hash}/' });
  return z.NEVER;
});

const legacyFields = ['username', 'apiPath', 'apiToken', 'storeUrl'];

/**
 * Both ways in (D3): the four values of a store-level API account (R102), pasted, or what an app install has saved, whose
 * client id and secret are the application's own. `scope` is what an install was granted.
 */
export const credentials = z
  .looseObject({
    storeHash,
    accessToken: secret,
    clientId: secret.optional(),
    clientSecret: secret.optional(),
    scope: z.string().optional(),
  })
  .refine((entered) => !legacyFields.some((field) => field in entered), {
    error: `what was entered ${legacyReason}`,
    // Also where fields are missing: a legacy account has no store hash, and that is not what is wrong.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .describe(
    'Made by the store owner in the control panel: Settings, API accounts, Create API account, V2/V3 API token, with ' +
      'Orders: modify, Products: read-only, Store Inventory: modify, Store Locations: read-only, Information & ' +
      'Settings: read-only.',
  );
export type Credentials = z.infer<typeof credentials>;

export const settings = z.strictObject({
  /** By id, never by name: merchants rename them. 0 is a payment page that was left, and no order. */
  statuses: z
    .array(z.int().min(1, '0 (Incomplete) was never paid for and is never imported').max(999))
    .min(1)
    .default([11])
    .describe(
      'Ids of the order statuses that mean ready to ship: 11 Awaiting Fulfillment (paid, to be fulfilled), ' +
        '9 Awaiting Shipment (picked and packed), 3 Partially Shipped (what is left of it), 14 Partially Refunded, ' +
        '7 Awaiting Payment, 1 Pending, 8 Awaiting Pickup, 12 Manual Verification Required, 13 Disputed. ' +
        '2, 4, 5, 6 and 10 (Shipped, Refunded, Cancelled, Declined, Completed) have nothing left to ship.',
    ),
  /** Orders of one sales channel alone; null takes all. */
  channel: z.int().positive().nullable().default(null),
  /** Where stock is written; null takes the store's default location. */
  stockLocation: z.int().positive().nullable().default(null),
});
export type Settings = z.infer<typeof settings>;

/** What stands in an order as its seller: channels are BigCommerce's sub-shops. */
export const channelName = (id: number | string) => `channel ${id}`;

/** Monitored statuses (R95, R114) and, where one is chosen, the sales channel. */
export function rules(saved: unknown): ImportRules {
  const { statuses, channel } = settings.parse(saved);
  return {
    ...everyOrder,
    statuses: statuses.map(String),
    vendor: channel === null ? null : channelName(channel),
  };
}
