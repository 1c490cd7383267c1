import type { Call } from '../graphql/call.js';
import { adminSchema } from '../graphql/schema.js';
import { byGid, moment, type Subscription } from '../state/shop.js';
import { holds } from '../state/tokens.js';
import { userError, type UserError } from './user-errors.js';

interface SubscriptionInput {
  uri?: string | null;
  callbackUrl?: string | null;
  name?: string | null;
  filter?: string | null;
  includeFields?: string[] | null;
}

/** Topics that carry people's data. */
const protectedTopics = /^(orders|fulfillments|refunds|returns|customers)\//;

function webhookSubscriptionCreate(
  { topic, webhookSubscription: input }: { topic: string; webhookSubscription: SubscriptionInput },
  call: Call,
) {
  const { shop } = call;
  const uri = input.uri ?? input.callbackUrl ?? '';
  const problem = subscribeProblem(call, topic, uri);
  if (problem) return { webhookSubscription: null, userErrors: [problem] };
  const subscription: Subscription = {
    id: shop.nextId(),
    ...{ topic, uri },
    name: input.name ?? null,
    filter: input.filter ?? null,
    includeFields: input.includeFields ?? [],
    createdAt: moment(shop),
    failures: 0,
  };
  shop.subscriptions.push(subscription);
  return { webhookSubscription: subscription, userErrors: [] };
}

/** Unlike Shopify the stand-in takes plain http, for receivers on this machine. */
function subscribeProblem({ shop, token }: Call, topic: string, uri: string): UserError | null {
  const field = ['webhookSubscription', 'callbackUrl'];
  const { slug, scopes } = adminSchema().topic(topic);
  if (scopes.length > 0 && !scopes.some((scope) => holds(token, scope)))
    return userError(['topic'], `You do not have permission to create or update webhooks with ${slug} topic. `);
  if (!shop.settings.seesCustomerData && protectedTopics.test(slug))
    return userError(
      null,
      'This app is not approved to subscribe to webhook topics containing protected customer data.',
    );
  if (!/^https?:\/\/./.test(uri)) return userError(field, 'Address is invalid');
  if (shop.subscriptions.some((each) => each.topic === topic && each.uri === uri))
    return userError(field, 'Address for this topic has already been taken');
  return null;
}

/** Changes what is given and leaves the rest. */
function webhookSubscriptionUpdate(
  { id, webhookSubscription: input }: { id: string; webhookSubscription: SubscriptionInput },
  call: Call,
) {
  const subscription = byGid('WebhookSubscription', call.shop.subscriptions, id);
  const uri = input.uri ?? input.callbackUrl ?? subscription?.uri ?? '';
  const problem = subscription && uri !== subscription.uri ? subscribeProblem(call, subscription.topic, uri) : null;
  if (!subscription || problem) return { webhookSubscription: null, userErrors: [problem ?? unknownSubscription] };
  const { name, filter, includeFields } = { ...subscription, ...input };
  Object.assign(subscription, { uri, name, filter, includeFields: includeFields ?? [] });
  return { webhookSubscription: subscription, userErrors: [] };
}

const unknownSubscription = userError(['id'], 'Webhook subscription does not exist');

function webhookSubscriptionDelete({ id }: { id: string }, { shop }: Call) {
  const subscription = byGid('WebhookSubscription', shop.subscriptions, id);
  if (!subscription) return { deletedWebhookSubscriptionId: null, userErrors: [unknownSubscription] };
  shop.subscriptions.splice(shop.subscriptions.indexOf(subscription), 1);
  return { deletedWebhookSubscriptionId: id, userErrors: [] };
}

export const webhookMutations = {
  webhookSubscriptionCreate,
  webhookSubscriptionUpdate,
  webhookSubscriptionDelete,
};
