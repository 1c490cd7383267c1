import { sql } from 'kysely';
import type { Listing } from '../domain/listing.js';
import type { Destination, Weight } from '../domain/order.js';
import type { PlanFacts, PlannedFulfillment } from '../domain/plan.js';
import type { ShippingRuleSet } from '../domain/shipping-rule.js';
import type { StoreSettings } from '../domain/store.js';
import type { Database } from './pool.js';

interface FactsRow {
  store_id: string;
  external_id: string;
  total: string | null;
  weight: Weight | null;
  settings: StoreSettings;
  lines: PlanFacts['lines'];
  destinations: Destination[] | null;
  listings: Listing[] | null;
  rules: ShippingRuleSet | null;
}

/** Everything the plan of one order looks at, read in one statement. Lines given up at the marketplace are left out. */
export async function loadPlanFacts(db: Database, orderId: string, generation: number): Promise<PlanFacts> {
  const { rows } = await sql<FactsRow>`
    /* prepared */ select o.store_id, o.external_id, o.total, o.weight, s.settings,
      (select coalesce(jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku, 'title', l.title, 'quantity', l.quantity,
                                           'shippable', l.shippable, 'destinationId', l.destination_id) order by l.position), '[]')
         from order_lines l where l.order_id = o.id and l.standing in ('clear', 'refund_pending')) as lines,
      (select jsonb_agg(jsonb_build_object('destinationId', r.destination_id,
                'shippingDescription', r.shipping_description, 'shipTo', jsonb_build_object(
                'name', r.name, 'company', r.company, 'line1', r.line1, 'line2', r.line2,
                'city', r.city, 'region', r.region, 'postalCode', r.postal_code, 'country', r.country,
                'email', r.email, 'phone', r.phone)) order by r.destination_id)
         from recipients r where r.order_id = o.id) as destinations,
      (select jsonb_agg(jsonb_build_object('sku', c.sku, 'components', c.components, 'version', c.version,
                                           'warehouseId', c.warehouse_id))
         from (select distinct on (g.sku) g.* from listings g
               where g.store_id = o.store_id and g.sku in (select sku from order_lines where order_id = o.id)
               order by g.sku, g.version desc) c where not c.deleted) as listings,
      (select jsonb_build_object('version', u.version, 'rules', u.rules, 'otherwise', u.otherwise)
         from shipping_rule_sets u where u.store_id = o.store_id order by u.version desc limit 1) as rules
    from orders o join stores s on s.id = o.store_id where o.id = ${orderId}`.execute(db);
  const row = rows[0];
  if (!row) throw new Error(`order ${orderId} is not in the database`);
  return {
    storeId: row.store_id,
    externalId: row.external_id,
    generation,
    lines: row.lines,
    destinations: row.destinations ?? [],
    total: row.total,
    weight: row.weight,
    listings: row.listings ?? [],
    rules: row.rules,
    unlistedSku: row.settings.unlistedSku,
  };
}

/** Keeps the plan with its causes (rule, versions). Planning again before submission replaces what was not sent. */
export async function savePlan(
  db: Database,
  orderId: string,
  generation: number,
  plan: PlannedFulfillment[],
): Promise<void> {
  await sql`
    /* prepared */ with stale as (
      delete from fulfillments where order_id = ${orderId} and state = 'planned'
        and reference <> all(${plan.map((each) => each.reference)})
    ), planned as (
      insert into fulfillments (reference, order_id, warehouse_id, number, generation, destination_id, state,
                                method_code, carrier, service, rule, rule_version)
      select f.reference, ${orderId}, f."warehouseId", f.number, ${generation}, f."destinationId", 'planned',
             f."methodCode", f.carrier, f.service, f.rule, f."ruleVersion"
      from jsonb_to_recordset(${JSON.stringify(plan)}::jsonb) as f(
        reference text, "warehouseId" text, number integer, "destinationId" text, "methodCode" text, carrier text, service text, rule text,
        "ruleVersion" integer)
      on conflict (reference) do update set warehouse_id = excluded.warehouse_id,
        destination_id = excluded.destination_id, method_code = excluded.method_code,
        carrier = excluded.carrier, service = excluded.service, rule = excluded.rule,
        rule_version = excluded.rule_version
        where fulfillments.state = 'planned'
      returning reference
    ), lines as (
      select p.reference, l.* from planned p
      join jsonb_to_recordset(${JSON.stringify(plan)}::jsonb) as f(reference text, lines jsonb) using (reference),
        jsonb_to_recordset(f.lines) as l("lineId" text, "warehouseSku" text, "perUnit" integer, quantity integer,
                                         "listingVersion" integer)
    ), replaced as (
      delete from fulfillment_lines o using planned p where o.reference = p.reference and not exists (
        select 1 from lines l where (l.reference, l."lineId", l."warehouseSku") = (o.reference, o.line_id, o.warehouse_sku))
    )
    insert into fulfillment_lines (reference, line_id, warehouse_sku, per_unit, quantity, listing_version)
    select reference, "lineId", "warehouseSku", "perUnit", quantity, "listingVersion" from lines
    on conflict (reference, line_id, warehouse_sku) do update
      set per_unit = excluded.per_unit, quantity = excluded.quantity, listing_version = excluded.listing_version
  `.execute(db);
}
