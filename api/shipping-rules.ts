import { z } from 'zod';
import { listingsOf } from '../database/listings.js';
import {
  currentShippingRules,
  latestShippingFacts,
  saveShippingRules,
  shippingRulesVersions,
  type StoredShippingFacts,
} from '../database/shipping-rules.js';
import type { Store } from '../database/stores.js';
import { waitKeys } from '../domain/identifiers.js';
import type { Listing } from '../domain/listing.js';
import { chooseShipping, type ShippingRuleSet } from '../domain/shipping-rule.js';
import { findVisible, idParam, located } from './connection-door.js';
import { cutPage, readCursor } from './cursor.js';
import type { Dependencies } from './dependencies.js';
import { refuseForeignWarehouses } from './listings.js';
import { notFound } from './problems.js';
import { everyone, managers, route } from './route.js';
import { pageOf, paging } from './schemas.js';
import { dryRunResult, ruleSet, ruleSetFields, savedRuleSet } from './shipping-rule-schemas.js';
import { storeDoor } from './store-door.js';
import { tellFixSaved } from './wake.js';

const isVersion = (value: unknown): value is number => Number.isSafeInteger(value);

export const shippingRuleRoutes = [
  route({
    method: 'get',
    path: '/v1/stores/{id}/shipping-rules',
    summary: 'Show the shipping rules of a store',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'The present version.', schema: savedRuleSet },
    async handle(call) {
      const store = await findVisible(storeDoor, call, call.params.id);
      const rules = await currentShippingRules(call.dependencies.db, store.id);
      if (!rules) throw notFound('shipping rule set of store', store.id);
      return rules;
    },
  }),
  route({
    method: 'get',
    path: '/v1/stores/{id}/shipping-rules/versions',
    summary: 'List the versions of the shipping rules',
    access: everyone,
    params: idParam,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'Newest first.', schema: pageOf(savedRuleSet) },
    async handle(call) {
      const store = await findVisible(storeDoor, call, call.params.id);
      const { limit, cursor } = call.query;
      const page = { before: readCursor(cursor, isVersion), limit: limit + 1 };
      const versions = await shippingRulesVersions(call.dependencies.db, store.id, page);
      return cutPage(versions, limit, (last) => last.version);
    },
  }),
  route({
    method: 'put',
    path: '/v1/stores/{id}/shipping-rules',
    summary: 'Save the shipping rules of a store',
    description:
      'The whole set, as a new version; saving the same again changes nothing. Every order that waits for a rule ' +
      'goes on by itself.',
    access: managers,
    params: idParam,
    body: ruleSet,
    answer: { status: 200, description: 'The rules as they are now.', schema: savedRuleSet },
    async handle(call) {
      const { body, dependencies, caller } = call;
      const store = await findVisible(storeDoor, call, call.params.id);
      await refuseForeignChoices(dependencies, store, body);
      await saveShippingRules(dependencies.db, store.id, body, caller.keyId);
      await tellFixSaved(dependencies, located(storeDoor, store), {
        key: waitKeys.shippingRule(store.id),
        settingsChanged: false,
      });
      return (await currentShippingRules(dependencies.db, store.id))!;
    },
  }),
  route({
    method: 'post',
    path: '/v1/stores/{id}/shipping-rules/dry-run',
    summary: 'Try shipping rules on the latest orders',
    description: 'Changes nothing: shows what each order would get by the present rules and by those given.',
    access: managers,
    params: idParam,
    body: z.strictObject({ ...ruleSetFields, lastOrders: z.number().int().min(1).max(200).default(50) }),
    answer: { status: 200, description: 'Newest order first.', schema: dryRunResult },
    async handle(call) {
      const { body, dependencies } = call;
      const store = await findVisible(storeDoor, call, call.params.id);
      await refuseForeignChoices(dependencies, store, body);
      const facts = await latestShippingFacts(dependencies.db, store.id, body.lastOrders);
      const listings = await listingsOf(dependencies.db, store.id, [...new Set(facts.flatMap((each) => each.skus))]);
      const present = await currentShippingRules(dependencies.db, store.id);
      const results = facts.flatMap((each) => compare(each, listings, present, { ...body, version: 0 }));
      return { orders: facts.length, changed: results.filter((each) => each.changed).length, results };
    },
  }),
];

/** One result for each warehouse that a listing of the order pins, or one where none does. */
function compare(
  facts: StoredShippingFacts,
  listings: Listing[],
  present: ShippingRuleSet | null,
  wanted: ShippingRuleSet,
) {
  const pins = new Set(
    facts.shippableSkus.map((sku) => listings.find((listing) => listing.sku === sku)?.warehouseId ?? null),
  );
  return [...pins].map((pinnedWarehouseId) => {
    const now = present && decide(present, facts, pinnedWarehouseId);
    const then = decide(wanted, facts, pinnedWarehouseId);
    return {
      orderId: facts.orderId,
      externalId: facts.externalId,
      description: facts.description,
      pinnedWarehouseId,
      now,
      then,
      changed: now?.warehouseId !== then?.warehouseId || now?.methodCode !== then?.methodCode,
    };
  });
}

function decide(set: ShippingRuleSet, facts: StoredShippingFacts, pin: string | null) {
  const decision = chooseShipping(set, facts, pin);
  if (!decision) return null;
  const { warehouseId, methodCode } = decision.choice;
  return { rule: decision.rule, warehouseId, methodCode };
}

async function refuseForeignChoices(
  dependencies: Dependencies,
  store: Store,
  set: Omit<ShippingRuleSet, 'version'>,
): Promise<void> {
  const named = set.rules.map((each, index) => ({
    warehouseId: each.then.warehouseId,
    pointer: `/rules/${index}/then/warehouseId`,
  }));
  if (set.otherwise !== 'attention')
    named.push({ warehouseId: set.otherwise.warehouseId, pointer: '/otherwise/warehouseId' });
  await refuseForeignWarehouses(dependencies.db, store.tenantId, named);
}
