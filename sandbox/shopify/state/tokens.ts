/** An access to the shop. A write scope covers reading too. */
export interface Token {
  accessToken: string;
  scopes: string[];
  /** UTC; null for a token that does not expire. */
  expiresAt: string | null;
  refreshToken: string | null;
  refreshExpiresAt: string | null;
  /** When another token took its place. */
  refreshedAt: string | null;
  /** By uninstalling the app. */
  revoked: boolean;
}

/** A merchant's yes, waiting to be exchanged. */
export interface Grant {
  code: string;
  scopes: string[];
}

/** Invented; the stand-in takes them until others are set. */
export const sandboxShopifyToken = 'shpat_sandbox_demo';
export const sandboxShopifyApp = { clientId: 'sandbox-client-id', clientSecret: 'sandbox-client-secret' };
export const sandboxShopDomain = 'sandbox-shop.myshopify.com';

/** All that Waybill can make use of, `read_all_orders` left out: Shopify grants that on application only. */
export const allScopes = [
  'read_orders',
  'read_customers',
  'read_products',
  'read_locations',
  'read_returns',
  'write_inventory',
  'write_fulfillments',
  'write_assigned_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders',
  'write_third_party_fulfillment_orders',
];

export function sandboxToken(): Token {
  return {
    accessToken: sandboxShopifyToken,
    scopes: [...allScopes],
    expiresAt: null,
    refreshToken: null,
    refreshExpiresAt: null,
    refreshedAt: null,
    revoked: false,
  };
}

export function isAlive(token: Token, now: Date): boolean {
  if (token.revoked || token.refreshedAt !== null) return false;
  return token.expiresAt === null || Date.parse(token.expiresAt) > now.getTime();
}

export function holds(token: Token, scope: string): boolean {
  return token.scopes.includes(scope) || token.scopes.includes(scope.replace(/^read_/, 'write_'));
}
