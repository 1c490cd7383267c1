/** What a person may change while the sandbox runs, all of the one shop. */
export interface Settings {
  shopName: string;
  currency: string;
  /** Whether the app may see names, addresses, phones and e-mails; else they are null (reference/shopify.md §2). */
  seesCustomerData: boolean;
  /** Until fulfillment orders appear after their order (§4). */
  routingDelayMs: number;
  /** Refuses a fulfillment of what the location does not have in stock (R135). */
  deniesWithoutStock: boolean;
  /**
   * After a fulfillment of a part: the fulfillment order keeps the rest (§4, schema text), or it is closed and the
   * rest is in a new one (§4, a staff member's answer).
   */
  afterPart: 'keeps_rest' | 'reopens_rest';
  /** Whether what is assigned to a fulfillment service can only be fulfilled after its request was accepted. */
  servicesNeedAcceptance: boolean;
  /** Terms of searches that the shop takes no more, though its API describes them: they filter nothing, and it says so. */
  unknownSearchTerms: string[];
  /** The bucket of one app in one shop: the standard plan's (§7). */
  bucket: { maximumAvailable: number; restoreRate: number };
  /** See cost.ts. */
  costs: 'measured' | 'linear';
  /** Versions in support; what is older or unknown falls forward to the first (§1). */
  versions: string[];
  /** How long an access token lives that was asked to expire. */
  tokenLifeSeconds: number;
  /** How long an exchanged refresh token may be used again; whether there is such a time, Shopify does not say (§2). */
  refreshGraceSeconds: number;
  /** What the merchant grants of what an app asks for; null for all. */
  grantsOnly: string[] | null;
  /** Where the app's three privacy topics go, set in its configuration and not by a subscription (§8). */
  complianceUrl: string | null;
}

export const standardSettings: Settings = {
  shopName: 'Sandbox Shop',
  currency: 'USD',
  seesCustomerData: true,
  routingDelayMs: 0,
  deniesWithoutStock: false,
  afterPart: 'keeps_rest',
  servicesNeedAcceptance: true,
  unknownSearchTerms: [],
  bucket: { maximumAvailable: 2_000, restoreRate: 100 },
  costs: 'measured',
  versions: ['2026-01', '2026-04', '2026-07', '2026-10'],
  tokenLifeSeconds: 3_600,
  refreshGraceSeconds: 0,
  grantsOnly: null,
  complianceUrl: null,
};
