import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { WebhooksEnsured } from '../port.js';
import { connection, refuseUserErrors, userErrors } from './answers.js';
import { connectionCost, mutationCost, type Ask, type Operation, type Shopify } from './operation.js';
import { toTheEnd } from './read-orders.js';
import { isGranted } from './scopes.js';
import { topics } from './topics.js';

const subscription = z.object({ id: z.string(), topic: z.string(), uri: z.string() });

/** 2 + 100 + 2 = 104 points. */
export const subscriptions = {
  text: `query Subscriptions($after: String) {
    currentAppInstallation { accessScopes { handle } }
    webhookSubscriptions(first: 100, after: $after) { nodes { id topic uri } pageInfo { hasNextPage endCursor } }
  }`,
  cost: 2 + connectionCost(100, 1),
  data: z.object({
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
    webhookSubscriptions: connection(subscription),
  }),
} satisfies Operation<unknown>;

/**
 * What is delivered of an order, a refund or a return: ids and no people, because what counts is fetched. `updated_at`
 * is among them, or Shopify takes two changes of one order for the same notification (reference/shopify.md §8). What
 * fulfillment orders and stock send holds no people, and is left whole for the same reason.
 */
const slimFields = JSON.stringify(['id', 'admin_graphql_api_id', 'order_id', 'order.id', 'created_at', 'updated_at']);
const isSlim = (topic: string) => /^(ORDERS|REFUNDS|RETURNS)_/.test(topic);

/** All missing topics in one call. */
export function subscribe(missing: readonly string[]) {
  const create = (topic: string) => `${topic}: webhookSubscriptionCreate(
      topic: ${topic}, webhookSubscription: { uri: $url${isSlim(topic) ? `, includeFields: ${slimFields}` : ''} }
    ) { userErrors { field message } }`;
  return {
    text: `mutation Subscribe($url: String!) {
      ${missing.map(create).join('\n      ')}
    }`,
    cost: mutationCost * missing.length,
    data: z.record(z.string(), z.object({ userErrors })),
  } satisfies Operation<unknown>;
}

export const moveSubscription = {
  text: `mutation MoveSubscription($id: ID!, $url: String!) {
    webhookSubscriptionUpdate(id: $id, webhookSubscription: { uri: $url }) { userErrors { field message } }
  }`,
  cost: mutationCost,
  data: z.object({ webhookSubscriptionUpdate: z.object({ userErrors }) }),
} satisfies Operation<unknown>;

const asking: Ask = { lane: 'live', step: 'registering webhooks' };

/**
 * Registers what is missing: Shopify deletes a subscription after eight deliveries in a row that failed
 * (reference/shopify.md §8). Those at our former address are moved here. Topics whose scope is not granted are left
 * out: the probe names the scope.
 */
export async function ensureWebhooks(
  call: Shopify,
  url: string,
  known: Record<string, string> | null,
): Promise<WebhooksEnsured> {
  const { granted, registered } = await readRegistered(call);
  const wanted = topics.filter(
    ({ scopes }) => scopes.length === 0 || scopes.some((scope) => isGranted(granted, scope)),
  );
  const here = new Set(registered.filter((each) => each.uri === url).map((each) => each.topic));
  const former = registered.filter((each) => each.uri === known?.['url'] && each.uri !== url && !here.has(each.topic));
  for (const { id, topic } of former) {
    const { webhookSubscriptionUpdate } = await call(moveSubscription, { id, url }, asking);
    refuseUserErrors(webhookSubscriptionUpdate.userErrors, `moving the webhook ${topic}`);
    here.add(topic);
  }
  const missing = wanted.map((each) => each.topic).filter((topic) => !here.has(topic));
  if (missing.length > 0) await register(call, url, missing);
  return {
    keep: { url },
    mended: [
      ...former.map(({ topic }) => `${topic} was sent to our former address`),
      ...missing.map((topic) => `${topic} was not registered`),
    ],
  };
}

async function readRegistered(call: Shopify) {
  const first = await call(subscriptions, { after: null }, asking);
  const { nodes } = await toTheEnd(
    first.webhookSubscriptions,
    async (after) => (await call(subscriptions, { after }, asking)).webhookSubscriptions,
  );
  return {
    granted: new Set(first.currentAppInstallation.accessScopes.map((scope) => scope.handle)),
    registered: nodes,
  };
}

async function register(call: Shopify, url: string, missing: string[]): Promise<void> {
  const answer = await call(subscribe(missing), { url }, asking);
  for (const topic of missing) {
    const given = answer[topic];
    if (!given)
      throw new Failure('answer_malformed', `Shopify's answer does not speak of the webhook ${topic}.`, { topic });
    refuseUserErrors(given.userErrors, `the webhook ${topic}`, { topic });
  }
}
