import type { Request, Response } from 'express';
import { createBucket } from './graphql/bucket.js';
import { answer, type Shared } from './graphql/execute.js';
import type { GraphqlRequest } from './graphql/prepare.js';
import type { Shop } from './state/shop.js';
import { isAlive, type Token } from './state/tokens.js';
import { routeDue } from './work/routing.js';

/** POST /admin/api/{version}/graphql.json */
export function graphqlRoute(shop: Shop) {
  const now = () => shop.now();
  const bucket = createBucket(now, () => shop.settings.bucket);
  const shared: Shared = { bucket, attempts: { now, made: new Map() } };
  return async (request: Request, response: Response): Promise<void> => {
    response.set('X-Shopify-API-Version', versionRun(shop, String(request.params['version'])));
    const token = tokenOf(shop, request);
    if (!token) return void response.status(401).json({ errors: invalidToken });
    routeDue(shop);
    const call = { shop, token, ignored: [] };
    response.json(await answer((request.body ?? {}) as GraphqlRequest, call, shared));
  };
}

const invalidToken = '[API] Invalid API key or access token (unrecognized login or wrong password)';

/** A version out of support, or none, falls forward to the oldest that is in it (reference/shopify.md §1). */
function versionRun(shop: Shop, asked: string): string {
  const { versions } = shop.settings;
  return versions.includes(asked) ? asked : versions[0]!;
}

function tokenOf(shop: Shop, request: Request): Token | undefined {
  const given = request.get('x-shopify-access-token');
  return shop.tokens.find((each) => each.accessToken === given && isAlive(each, shop.now()));
}
