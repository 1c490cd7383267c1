/**
 * The one catalogue of what can go wrong outside. A connector maps every vendor answer to one of these codes and to
 * nothing else; the activity turns it into a retry or a stop; the workflow shows its fix to a person.
 *
 * outcome says what is known of the request:
 * - `not_sent`: it had no effect. Try again, after the delay the vendor asked for.
 * - `rejected`: the vendor understood and refused, or we refused on its behalf. A person has to act.
 * - `unknown`: it may have had its effect. Find it by our reference before anything else.
 */
export type Outcome = 'not_sent' | 'rejected' | 'unknown';

interface CatalogueEntry {
  outcome: Outcome;
  /** What happened, for a person. */
  title: string;
  /** What that person should do. */
  fix: string;
}

export const failureCatalogue = {
  rate_limited: {
    outcome: 'not_sent',
    title: 'The vendor asked us to slow down',
    fix: 'Nothing: it is tried again after the delay the vendor asked for.',
  },
  unavailable: {
    outcome: 'not_sent',
    title: 'The vendor could not be reached or answered with a server error to a read',
    fix: "Nothing at first: it is tried again. If it lasts, see the vendor's status page, then the base URL and your network.",
  },
  answer_malformed: {
    outcome: 'not_sent',
    title: 'The vendor answered a read with something that cannot be understood',
    fix: 'Nothing at first: it is tried again. If it lasts, report the call and the field named here.',
  },
  outcome_unknown: {
    outcome: 'unknown',
    title: 'The vendor may or may not have carried out our write',
    fix: 'Nothing at first: we look for it by our reference before anything is sent again.',
  },
  outcome_ambiguous: {
    outcome: 'rejected',
    title: 'It cannot be told whether our write was carried out',
    fix: "Look in the vendor's own pages for the reference. Then retry if it is absent, or mark the order as shipped elsewhere.",
  },
  credentials_refused: {
    outcome: 'rejected',
    title: 'The vendor refused the credentials',
    fix: 'Copy the credentials again from the vendor (do not type them) and save them on the connection. Where an application was installed, install it again: POST /v1/stores/{id}/authorize.',
  },
  app_uninstalled: {
    outcome: 'rejected',
    title: 'The application was uninstalled at the marketplace',
    fix: 'Install it again, POST /v1/stores/{id}/authorize says where, or save new credentials. The store then catches up and its orders go on.',
  },
  permission_missing: {
    outcome: 'rejected',
    title: 'The credentials lack a permission',
    fix: "Give the key the permission named here in the vendor's settings, or save a new key that has it where those of a key are fixed; then test the connection.",
  },
  setup_unfit: {
    outcome: 'rejected',
    title: 'The connection cannot work as it is set up',
    fix: "Correct what is named here, in the settings of the connection or in the vendor's own pages, then test the connection.",
  },
  not_found: {
    outcome: 'rejected',
    title: 'The vendor does not know this thing',
    fix: "See whether it was deleted or belongs to another account, in the vendor's own pages.",
  },
  order_not_shown: {
    outcome: 'rejected',
    title: 'The marketplace does not show an order of ours, which may be only too old for it',
    fix: 'Have the marketplace show it (at Shopify the app needs the scope named here), or look in its own pages: then cancel the order, or mark it as shipped elsewhere and tell the marketplace by hand.',
  },
  request_rejected: {
    outcome: 'rejected',
    title: 'The vendor refused the request',
    fix: "Read the vendor's reason, correct the field it names, then retry.",
  },
  address_blocked: {
    outcome: 'rejected',
    title: 'The base URL points at an address that is not allowed',
    fix: 'Correct the base URL, or have an operator allow the address in WAYBILL_ALLOWED_ADDRESSES.',
  },
  sku_unknown_at_warehouse: {
    outcome: 'rejected',
    title: 'The warehouse does not know a SKU',
    fix: 'Create the product at the warehouse or correct the listing of the SKU, then retry. It is never created by accident.',
  },
  shipping_method_unknown: {
    outcome: 'rejected',
    title: 'The warehouse does not offer this shipping method',
    fix: "Correct the method code in the store's shipping rules: it must be one that the warehouse lists.",
  },
  reference_conflict: {
    outcome: 'rejected',
    title: 'The warehouse holds another order under our reference',
    fix: 'Compare the two orders at the warehouse. Cancel the wrong one there, then retry.',
  },
  listing_missing: {
    outcome: 'rejected',
    title: 'No listing maps a SKU of the store',
    fix: 'Add a listing for the SKU named here. Every order that waits for it then goes on by itself.',
  },
  shipping_rule_unmatched: {
    outcome: 'rejected',
    title: 'No shipping rule fits the order',
    fix: "Add a rule for the shipping description named here, or a default, to the store's shipping rules.",
  },
  address_incomplete: {
    outcome: 'rejected',
    title: 'The delivery address lacks a field the warehouse needs',
    fix: 'Ask the customer and edit the address of the order; it then goes on by itself.',
  },
  shipment_unexpected: {
    outcome: 'rejected',
    title: 'The warehouse shipped goods that the order does not ask for',
    fix: 'Ask the warehouse what was sent. What fits the order is written back already; retry to accept the rest as seen.',
  },
  shipment_unreadable: {
    outcome: 'rejected',
    title: 'The warehouse reported something of the shipment that cannot be understood',
    fix: 'Compare the order at the warehouse with what is named here. Retry when it is mended there; mark the order as shipped elsewhere if you told the marketplace by hand.',
  },
  shipped_after_cancel: {
    outcome: 'rejected',
    title: 'The warehouse shipped an order that was cancelled',
    fix: 'Retry to tell the marketplace of the shipment, or mark the order as shipped elsewhere to keep it quiet; arrange the return.',
  },
  shipment_overdue: {
    outcome: 'rejected',
    title: 'The warehouse has not shipped in the expected time',
    fix: 'Ask the warehouse about the reference named here. The order goes on by itself when the shipment is reported.',
  },
  writeback_refused: {
    outcome: 'rejected',
    title: 'The marketplace refused the shipment notice',
    fix: "Read the marketplace's reason; when it is settled, retry, or mark the order as shipped elsewhere.",
  },
  out_of_stock_at_location: {
    outcome: 'rejected',
    title: 'The marketplace has no stock of a shipped SKU at the location it ships from',
    fix: "Correct the stock of the SKU at the location named here in the marketplace's own pages, or run a stock sync; then retry.",
  },
  stock_location_taken: {
    outcome: 'rejected',
    title: 'Another store writes the stock of the same account and location',
    fix: 'Keep one: pause or delete the stock sync of the other store, or choose another location in the settings of one of the two. This one goes on by itself.',
  },
  cancelled_at_warehouse: {
    outcome: 'rejected',
    title: 'The warehouse cancelled its order',
    fix: 'Ask the warehouse why. Then retry to send a new request (a new generation), or cancel the order.',
  },
  changed_at_marketplace: {
    outcome: 'rejected',
    title: 'The marketplace cancelled, held or changed what a warehouse already has',
    fix: 'Ask the warehouse to stop or change its order. Once it cancelled it, retry sends what is wanted now; to let it go as it is, retry at once.',
  },
  order_malformed: {
    outcome: 'rejected',
    title: 'The marketplace sent an order that cannot be understood',
    fix: 'See the raw body kept with the skipped order and the field named here; import it again after an update.',
  },
  internal: {
    outcome: 'rejected',
    title: 'A fault of Waybill itself',
    fix: 'Report it with the request or workflow id. Retry after the update that mends it.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type FailureCode = keyof typeof failureCatalogue;

/** Names the thing a failure is about: order, line, sku, field, permission, url … Never a secret, never a person. */
export type FailureAbout = Record<string, string>;

/**
 * The only error that connectors throw. The message is written for a person and names the thing; it holds no secret,
 * no name, address, e-mail or phone.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly about: FailureAbout;
  /** How long the vendor asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, about: FailureAbout = {}, options: { retryAfterMs?: number } = {}) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.about = about;
    this.retryAfterMs = options.retryAfterMs;
  }

  get outcome(): Outcome {
    return failureCatalogue[this.code].outcome;
  }
}

export function isFailureCode(text: unknown): text is FailureCode {
  return typeof text === 'string' && Object.hasOwn(failureCatalogue, text);
}
