import { isDeepStrictEqual } from 'node:util';
import { sql, type Transaction } from 'kysely';
import type { Weight } from '../domain/order.js';
import type { ShippingRuleSet } from '../domain/shipping-rule.js';
import type { Database } from './pool.js';
import type { Schema } from './schema.js';

export interface ShippingRulesVersion extends ShippingRuleSet {
  savedAt: Date;
  /** The key that saved it. */
  savedBy: string;
}

function newestFirst(db: Database | Transaction<Schema>, storeId: string) {
  return db
    .selectFrom('shipping_rule_sets')
    .select(['version', 'rules', 'otherwise', 'saved_at as savedAt', 'saved_by as savedBy'])
    .where('store_id', '=', storeId)
    .orderBy('version', 'desc');
}

/** The rules a store uses now; null before the first save. */
export async function currentShippingRules(db: Database, storeId: string): Promise<ShippingRulesVersion | null> {
  return (await newestFirst(db, storeId).limit(1).executeTakeFirst()) ?? null;
}

/** Newest first; `before` is the last version of the page before. */
export async function shippingRulesVersions(
  db: Database,
  storeId: string,
  page: { before: number | null; limit: number },
): Promise<ShippingRulesVersion[]> {
  const query = newestFirst(db, storeId).limit(page.limit);
  return (page.before === null ? query : query.where('version', '<', page.before)).execute();
}

/** Saves the whole set as the next version; saving what is there already adds none. */
export async function saveShippingRules(
  db: Database,
  storeId: string,
  set: Omit<ShippingRuleSet, 'version'>,
  savedBy: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two savers take turns, or both would choose the same version number.
    await sql`select 1 from stores where id = ${storeId} for no key update`.execute(trx);
    const newest = await newestFirst(trx, storeId).limit(1).executeTakeFirst();
    if (newest && isDeepStrictEqual([newest.rules, newest.otherwise], [set.rules, set.otherwise])) return;
    await trx
      .insertInto('shipping_rule_sets')
      .values({
        store_id: storeId,
        version: (newest?.version ?? 0) + 1,
        rules: JSON.stringify(set.rules),
        otherwise: JSON.stringify(set.otherwise),
        saved_by: savedBy,
      })
      .execute();
  });
}

/** What the rules look at, of one imported order. */
export interface StoredShippingFacts {
  orderId: string;
  externalId: string;
  description: string | null;
  country: string;
  region: string | null;
  total: string | null;
  weight: Weight | null;
  /** All lines, as the rules see them. */
  skus: string[];
  /** Only these are planned, and only their listings can pin a warehouse. */
  shippableSkus: string[];
}

/** The facts of a store's latest orders, newest first, for trying out rules. */
export async function latestShippingFacts(
  db: Database,
  storeId: string,
  limit: number,
): Promise<StoredShippingFacts[]> {
  const { rows } = await sql<StoredShippingFacts>`
    select o.id as "orderId", o.external_id as "externalId", o.shipping_description as description, r.country,
           r.region, o.total, o.weight,
           coalesce((select jsonb_agg(l.sku order by l.position) from order_lines l where l.order_id = o.id), '[]')
             as skus,
           coalesce((select jsonb_agg(l.sku order by l.position) from order_lines l
                     where l.order_id = o.id and l.shippable), '[]') as "shippableSkus"
    from orders o join recipients r on r.order_id = o.id and r.destination_id = 'main'
    where o.store_id = ${storeId}
    order by o.imported_at desc, o.id desc
    limit ${limit}`.execute(db);
  return rows;
}
