/** An application that a store's owner can install: what its developer registered, and what it was granted. */
export interface SandboxApp {
  clientId: string;
  clientSecret: string;
  scopes: string[];
  /** Codes given out and not traded yet. */
  grants: { code: string; scope: string; callback: string }[];
}

/** Invented; what an operator of Waybill would configure. */
export const sandboxBigcommerceApp = {
  clientId: 'sandboxapp00000000000000000000001',
  clientSecret: 'sandboxappsecret000000000000001',
};

export const owner = { id: 24654, email: 'owner@example.com' };
export const accountUuid = '11111111-2222-4333-8444-555555555555';
