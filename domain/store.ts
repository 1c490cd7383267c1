import type { FailureCode } from './failures.js';
import type { UnlistedSkuPolicy } from './listing.js';
import type { RestockSetting } from './returns.js';

export type MarketplaceName = 'clickbank' | 'bigcommerce' | 'shopify';
export type WarehouseSystem = 'shipbob';

/** How one store wants its orders treated. What only one marketplace knows is in `marketplace`, checked by its connector. */
export interface StoreSettings {
  /** Import the marketplace's test purchases; they are marked and never reach a warehouse (R43, D10). */
  importTestOrders: boolean;
  /** UTC, ISO 8601: older orders are skipped. */
  acceptOrdersAfter: string | null;
  /** UTC, ISO 8601: older orders were fulfilled elsewhere and are recorded as closed, never sent to a warehouse (D2). */
  fulfilledElsewhereBefore: string | null;
  /** Hold everything until the merchant has looked at the first import and opened the gate (D2, R60). */
  reviewFirstImport: boolean;
  /** Hold each order until a person releases it. */
  reviewEveryOrder: boolean;
  /** Wait this long after import before anything is sent, so that early cancellations and edits settle (R23). */
  delayMinutes: number;
  unlistedSku: UnlistedSkuPolicy;
  /** Days after which a submitted order that has not shipped is raised to a person. */
  shipmentExpectedDays: number;
  /** The shortest and longest wait between two polls, in seconds; between them the store adapts to its traffic. */
  pollSeconds: { busy: number; idle: number };
  /** Compare marketplace, warehouse and our own rows once a day, and mend what is safe or only report it. */
  reconciliation: 'mend' | 'report' | 'off';
  /**
   * Act as the fulfillment service that our app registered: answer what the merchant asks of it. Two more calls with
   * each poll, so only for stores that have one.
   */
  answerRequests: boolean;
  /** What is to be done with pieces that come back, where nobody decided at the marketplace. */
  restockReturns: RestockSetting;
  marketplace: Record<string, unknown>;
}

/**
 * Idle: 295 s keeps a store within five minutes and within 300 calls a day, the daily probe included
 * (86,400 / 295 = 292.9 polls of one call). Shipment: ClickBank wants goods shipped within 30 days
 * (reference/clickbank.md §3, Policy); a third of that leaves a person time to act.
 */
export const defaultStoreSettings: StoreSettings = {
  importTestOrders: false,
  acceptOrdersAfter: null,
  fulfilledElsewhereBefore: null,
  reviewFirstImport: true,
  reviewEveryOrder: false,
  delayMinutes: 0,
  unlistedSku: 'attention',
  shipmentExpectedDays: 10,
  pollSeconds: { busy: 60, idle: 295 },
  reconciliation: 'mend',
  answerRequests: false,
  restockReturns: 'inspect',
  marketplace: {},
};

/** What a probe found of one permission; `unproven` where only the first write can tell (D6). */
export interface PermissionFinding {
  permission: string;
  standing: 'granted' | 'missing' | 'unproven';
  /** The step that fails without it, in words. */
  neededFor: string;
  /** Only stock needs it, which a store may do without (R110). */
  optional?: true;
}

export interface ProbeReport {
  permissions: PermissionFinding[];
  /** What the credentials open: account nicknames, channel names. */
  accounts: string[];
  /** Remarks for the person who connects, e.g. a vendor nickname the key cannot read. */
  problems: string[];
  /** Set where the vendor refused the probe itself: why. */
  refused?: FailureCode;
}

/** What became of asking a marketplace to call us. */
export interface WebhookHealth {
  /** UTC, ISO 8601. */
  checkedAt: string;
  /** What was missing or off when something was last, in words, and when that was; it is on again. */
  mended: string[];
  mendedAt: string | null;
  /** Why it could not be asked for; polling finds everything without it. */
  problem: string | null;
}

/** A connection may be enabled when nothing that it cannot do without is known to be missing. */
export function probePasses(report: ProbeReport): boolean {
  return probeReasons(report).length === 0;
}

/** Why it may not, in words: each missing permission with the step that fails without it. */
export function probeReasons(report: ProbeReport): string[] {
  return [...lackingPermissions(report), ...report.problems];
}

/** Permissions it cannot do without, each with the step that fails without it. */
export function lackingPermissions(report: ProbeReport): string[] {
  return report.permissions.filter((each) => each.standing === 'missing' && !each.optional).map(permissionText);
}

/** What keeping stock needs beyond them, where the last probe did not find it. */
export function lackingForStock(report: ProbeReport): string[] {
  return report.permissions.filter((each) => each.standing === 'missing' && each.optional).map(permissionText);
}

const permissionText = ({ permission, neededFor }: PermissionFinding) => `${permission} (${neededFor})`;

const webhooksCheckedEveryMs = 24 * 60 * 60 * 1000;
const webhooksTriedAgainMs = 60 * 60 * 1000;

/** Whether the marketplace is to be asked again to call us. `nowMs` in milliseconds. */
export function webhooksDue(health: WebhookHealth | null, nowMs: number): boolean {
  if (health === null) return true;
  const every = health.problem === null ? webhooksCheckedEveryMs : webhooksTriedAgainMs;
  return nowMs - Date.parse(health.checkedAt) >= every;
}

/** An hour: the longest a failing connection waits before it is tried again. */
const longestBackoffMs = 60 * 60 * 1000;

/**
 * How long to wait before the next poll, in milliseconds. The wait is a quarter of the time since the last new order,
 * between the store's busy and idle intervals. After failures it doubles from the busy interval up to an hour, and it is
 * never shorter than the vendor asked for.
 */
export function nextPollMs(
  intervals: StoreSettings['pollSeconds'],
  facts: { sinceLastOrderMs: number | null; failures: number; askedMs: number },
): number {
  const [busy, idle] = [intervals.busy * 1000, intervals.idle * 1000];
  if (facts.failures > 0) return Math.max(facts.askedMs, Math.min(busy * 2 ** (facts.failures - 1), longestBackoffMs));
  if (facts.sinceLastOrderMs === null) return idle;
  return Math.min(Math.max(facts.sinceLastOrderMs / 4, busy), idle);
}
