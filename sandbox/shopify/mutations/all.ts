import type { Call } from '../graphql/call.js';
import { fulfillmentMutations } from './fulfillments.js';
import { holdMutations } from './holds.js';
import { inventoryMutations } from './inventory.js';
import { requestMutations } from './requests.js';
import { webhookMutations } from './webhooks.js';

/** By the name of the mutation, what it does. The schema has checked the arguments. */
export const mutations: Record<string, (args: never, call: Call) => unknown> = {
  ...fulfillmentMutations,
  ...holdMutations,
  ...requestMutations,
  ...inventoryMutations,
  ...webhookMutations,
};
