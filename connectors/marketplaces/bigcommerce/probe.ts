import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { PermissionFinding, ProbeReport } from '../../../domain/store.js';
import { v3List } from './answers.js';
import type { Bigcommerce } from './calls.js';
import type { Credentials, Settings } from './configuration.js';
import { covers, scopeTitle, type Scope } from './scopes.js';

export interface ProbeContext {
  call: Bigcommerce;
  credentials: Credentials;
  settings: Settings;
}

const storeAnswer = z.object({ name: z.string(), domain: z.string().optional() });
const statusesAnswer = z.array(z.object({ id: z.int(), name: z.string(), custom_label: z.string().optional() }));
const anyList = v3List(z.unknown());

/** Orders need the first two; stock, which is optional (R110), needs the others too. */
const forOrders: Scope[] = ['store_v2_orders_read_only', 'store_v2_orders'];
const neededFor: Record<Scope, string> = {
  store_v2_orders_read_only: 'importing orders and reading shipments back',
  store_v2_orders: 'writing shipments with tracking numbers back',
  store_v2_products_read_only: 'stock only: seeing which products have inventory tracking on',
  store_inventory_read_only: 'stock only: reading the stock levels of the store',
  store_inventory: 'stock only: pushing stock to the store',
  store_locations_read_only: 'stock only: finding the location whose stock is pushed',
  store_v2_information_read_only: 'stock only: reading when orders take stock off; and the name of the store',
};

/**
 * Five calls, one for each read scope: a scope that is missing is only told by the call that needs it (R113, D6). A write
 * scope cannot be tried without a write: it is unproven, unless the token came by an install that said what it grants.
 */
export async function probe({ call, credentials, settings }: ProbeContext): Promise<ProbeReport> {
  const ask = <Answer extends z.ZodType>(scope: Scope, path: string, answer: Answer) =>
    unlessMissing(
      call(
        { method: 'GET', path, query: path.startsWith('v3') ? { limit: '1' } : {}, scope, step: neededFor[scope] },
        answer,
      ),
    );
  const store = await ask('store_v2_information_read_only', 'v2/store', storeAnswer);
  const statuses = await ask('store_v2_orders_read_only', 'v2/order_statuses', statusesAnswer);
  const variants = await ask('store_v2_products_read_only', 'v3/catalog/variants', anyList);
  const items = await ask('store_inventory_read_only', 'v3/inventory/items', anyList);
  const locations = await ask('store_locations_read_only', 'v3/inventory/locations', anyList);
  const permissions = [
    read('store_v2_orders_read_only', statuses),
    written('store_v2_orders', credentials.scope),
    read('store_v2_products_read_only', variants),
    read('store_inventory_read_only', items),
    written('store_inventory', credentials.scope),
    read('store_locations_read_only', locations),
    read('store_v2_information_read_only', store),
  ];
  const nothing = [store, statuses, variants, items, locations].every((answer) => answer === null);
  return {
    permissions,
    accounts: [...(store ? [`${store.name} (${credentials.storeHash})`] : []), ...monitored(settings, statuses)],
    problems: [
      ...(nothing ? [`Every call is refused: is ${credentials.storeHash} the hash of the store the token is of?`] : []),
      ...unknownStatuses(settings, statuses),
    ],
  };
}

async function unlessMissing<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Failure && error.code === 'permission_missing') return null;
    throw error;
  }
}

function read(scope: Scope, answer: unknown): PermissionFinding {
  return finding(scope, answer === null ? 'missing' : 'granted');
}

function written(scope: Scope, granted: string | undefined): PermissionFinding {
  if (granted === undefined) return finding(scope, 'unproven');
  return finding(scope, covers(granted, scope) ? 'granted' : 'missing');
}

function finding(scope: Scope, standing: PermissionFinding['standing']): PermissionFinding {
  const found = { permission: scopeTitle(scope), standing, neededFor: neededFor[scope] };
  return forOrders.includes(scope) ? found : { ...found, optional: true };
}

type Statuses = z.infer<typeof statusesAnswer> | null;

/** The store's own labels, so that a person sees what the chosen ids mean there (R116). */
function monitored(settings: Settings, statuses: Statuses): string[] {
  const chosen = (statuses ?? []).filter((status) => settings.statuses.includes(status.id));
  return chosen.map((status) => `imports orders in status ${labelled(status)}`);
}

function unknownStatuses(settings: Settings, statuses: Statuses): string[] {
  if (!statuses) return [];
  const unknown = settings.statuses.filter((id) => !statuses.some((status) => status.id === id));
  const all = statuses.map(labelled).join(', ');
  return unknown.map((id) => `The store has no order status ${id}. It has ${all}.`);
}

function labelled({ id, name, custom_label: label }: NonNullable<Statuses>[number]): string {
  return `${id} "${label || name}"`;
}
