import {
  createShopifySandbox,
  type ShopifySandbox,
  type ShopifySandboxOptions,
} from '../../../sandbox/shopify/sandbox.js';
import { sandboxShopifyToken } from '../../../sandbox/shopify/state/tokens.js';

export interface Answer {
  data?: unknown;
  errors?: { message: string; path?: unknown[]; extensions?: { code?: string } }[];
  extensions?: {
    cost: {
      requestedQueryCost: number;
      actualQueryCost: number | null;
      throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
    };
    search?: unknown;
  };
}

/** The value at a path of names and numbers, "orders.nodes.0.id". */
export function at<Value = unknown>(answer: Answer, path: string): Value {
  const step = (value: unknown, key: string) => (value as Record<string, unknown>)[key];
  return path.split('.').reduce(step, answer.data) as Value;
}

/** The one that `open` opened last, and its address. */
export let sandbox: ShopifySandbox;
export let base: string;
/** The sandbox's clock, which only moves when it is told to. */
export let clock: number;

export async function open(options: ShopifySandboxOptions = {}): Promise<void> {
  clock = Date.parse('2026-11-20T12:00:00Z');
  sandbox = createShopifySandbox({ now: () => new Date(clock), webhookRetryMs: [5, 5], ...options });
  base = await sandbox.standIn.listen();
}

export const close = () => sandbox.standIn.close();

export function wait(milliseconds: number): void {
  clock += milliseconds;
}

export function post(query: string, variables: object = {}, { token = sandboxShopifyToken, version = '2026-10' } = {}) {
  return fetch(`${base}/admin/api/${version}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  });
}
export async function ask(query: string, variables: object = {}): Promise<Answer> {
  return (await (await post(query, variables)).json()) as Answer;
}
/** The answer's data at the path; no error of any kind is expected. */
export async function read<Value>(path: string, query: string, variables: object = {}): Promise<Value> {
  const answer = await ask(query, variables);
  expect(answer.errors).toBeUndefined();
  return at<Value>(answer, path);
}
export const codes = ({ errors = [] }: Answer) => errors.map((each) => each.extensions?.code);

export interface FulfillmentOrder {
  id: string;
  status: string;
  requestStatus: string;
  supportedActions: { action: string }[];
  assignedLocation: { name: string };
  lineItems: { nodes: { id: string; sku: string; totalQuantity: number; remainingQuantity: number }[] };
}
export const fulfillmentOrderFields = `id status requestStatus supportedActions { action } assignedLocation { name }
  lineItems(first: 10) { nodes { id sku totalQuantity remainingQuantity } }`;
export const fulfillmentOrders = () =>
  read<FulfillmentOrder[]>(
    'fulfillmentOrders.nodes',
    `{ fulfillmentOrders(first: 50, includeClosed: true) { nodes { ${fulfillmentOrderFields} } } }`,
  );

export interface Created {
  fulfillment: { id: string; name: string; trackingInfo: object[] } | null;
  userErrors: { message: string }[];
}
export const fulfil = (fulfillment: object) =>
  read<Created>(
    'fulfillmentCreate',
    `mutation ($fulfillment: FulfillmentInput!) {
      fulfillmentCreate(fulfillment: $fulfillment) {
        fulfillment { id name trackingInfo { company number url } } userErrors { field message }
      }
    }`,
    { fulfillment },
  );
export const everythingOf = (...orders: { id: string }[]) => ({
  lineItemsByFulfillmentOrder: orders.map(({ id }) => ({ fulfillmentOrderId: id })),
});
