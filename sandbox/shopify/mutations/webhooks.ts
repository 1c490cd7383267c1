import type { Call } from '../graphql/call.js';
import { adminSchema } from '../graphql/schema.js';
import { byGid, moment, type Subscription } from '../state/shop.js';
import { holds } from '../state/tokens.js';
import { userError, type UserError } from './user-errors.js';

interface CreateArguments {
  topic: string;
  webhookSubscription: {
    uri?: string | null;
    callbackUrl?: string | null;
    name?: string | null;
    filter?: string | null;
    includeFields?: string[] | null;
  };
}

/** Topics that carry people's data. */
const protectedTopics = /^(orders|fulfillments|refunds|returns|customers)\//;

function webhookSubscriptionCreate({ topic, webhookSubscription: input }: CreateArguments, call: Call) {
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

function webhookSubscriptionDelete({ id }: { id: string }, { shop }: Call) {
  const subscription = byGid('WebhookSubscription', shop.subscriptions, id);
  if (!subscription)
    return {
      deletedWebhookSubscriptionId: null,
      userErrors: [userError(['id'], 'Webhook subscription does not exist')],
    };
  shop.subscriptions.splice(shop.subscriptions.indexOf(subscription), 1);
  return { deletedWebhookSubscriptionId: id, userErrors: [] };
}

export const webhookMutations = { webhookSubscriptionCreate, webhookSubscriptionDelete };
