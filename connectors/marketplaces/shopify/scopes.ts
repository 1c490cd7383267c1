import type { PermissionFinding } from '../../../domain/store.js';
import type { Settings } from './configuration.js';

/** The scopes a store needs, each with the step that fails without it (reference/shopify.md §2, Scopes for our job). */
interface Need {
  /** Any one of these will do. */
  scopes: string[];
  neededFor: string;
  optional?: true;
}

/** Whose location the store ships from: that decides which fulfillment orders are its own (§2). */
export type LocationKind = 'merchant' | 'service';

const fulfillmentOrderScopes: Record<LocationKind, string[]> = {
  merchant: ['write_merchant_managed_fulfillment_orders'],
  service: ['write_third_party_fulfillment_orders', 'write_assigned_fulfillment_orders'],
};

function needs(settings: Settings, kind: LocationKind): Need[] {
  return [
    { scopes: ['read_orders'], neededFor: 'finding orders' },
    { scopes: ['read_locations'], neededFor: 'choosing and checking the fulfillment location' },
    {
      scopes: fulfillmentOrderScopes[kind],
      neededFor: 'reading what is to be sent and writing tracking numbers back as fulfillments',
    },
    { scopes: ['write_inventory'], neededFor: 'pushing stock', optional: true },
    { scopes: ['read_returns'], neededFor: 'showing returns with the order' },
    ...(settings.fulfillmentService === 'All'
      ? []
      : [{ scopes: ['read_fulfillments'], neededFor: 'telling which lines are with the chosen fulfillment service' }]),
  ];
}

/** To write a thing means to read it; Shopify then grants, and lists, the write scope alone (§2). */
export function isGranted(granted: ReadonlySet<string>, scope: string): boolean {
  return granted.has(scope) || granted.has(scope.replace(/^read_/, 'write_'));
}

export function scopeFindings(
  granted: ReadonlySet<string>,
  settings: Settings,
  kind: LocationKind,
): PermissionFinding[] {
  return needs(settings, kind).map(({ scopes, ...need }) => ({
    permission: scopes.join(' or '),
    standing: scopes.some((scope) => isGranted(granted, scope)) ? 'granted' : 'missing',
    ...need,
  }));
}

/** What an install asks the merchant for. */
export const wantedScopes = [
  'read_orders',
  'read_locations',
  'read_fulfillments',
  'read_returns',
  'write_inventory',
  'write_merchant_managed_fulfillment_orders',
  'write_third_party_fulfillment_orders',
  'write_assigned_fulfillment_orders',
] as const;
