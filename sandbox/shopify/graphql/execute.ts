import { execute, GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { answers } from '../answers/all.js';
import { mutations } from '../mutations/all.js';
import { checkAccess } from './access.js';
import type { Bucket } from './bucket.js';
import type { Arguments, Call } from './call.js';
import { actualCost, requestedCost } from './cost.js';
import { idempotently, type Attempts } from './idempotency.js';
import { prepare, type GraphqlRequest } from './prepare.js';

/** What the calls of one app in one shop share. */
export interface Shared {
  bucket: Bucket;
  attempts: Attempts;
}

/** One query may ask for no more (reference/shopify.md §7). */
const maximumCost = 1_000;

/** Answers as the Admin API does: with 200 also to what it refuses, and the cost beside the data. */
export async function answer(request: GraphqlRequest, call: Call, shared: Shared): Promise<object> {
  const prepared = prepare(request);
  if ('errors' in prepared) return prepared;
  const rule = call.shop.settings.costs;
  const asked = requestedCost(prepared, rule);
  const cost = (actual: number | null) => {
    const throttleStatus = shared.bucket.status();
    return { cost: { requestedQueryCost: asked, actualQueryCost: actual, throttleStatus } };
  };
  if (asked > maximumCost)
    return refused(
      'MAX_COST_EXCEEDED',
      `Query cost is ${asked}, which exceeds the single query max cost limit (${maximumCost}).`,
    );
  if (!shared.bucket.take(asked)) return { ...refused('THROTTLED', 'Throttled'), extensions: cost(null) };
  const { schema, document, variables, operation } = prepared;
  const result = await execute({
    ...{ schema, document, operationName: operation.name?.value, variableValues: variables, contextValue: call },
    fieldResolver: (row: unknown, args: Arguments, _call, info) => resolve(row, args, call, info, shared.attempts),
  });
  const actual = Math.min(asked, actualCost(prepared, rule, result.data));
  shared.bucket.giveBack(asked - actual);
  return { ...result, extensions: { ...cost(actual), ...ignoredTerms(call) } };
}

function refused(code: string, message: string) {
  const documentation = 'https://shopify.dev/api/usage/rate-limits';
  return { errors: [{ message, extensions: { code, documentation } }] };
}

/** From the folder of answers or of mutations; else a property of the row. Nothing is made up: what is missing fails. */
function resolve(row: unknown, args: Arguments, call: Call, info: GraphQLResolveInfo, attempts: Attempts): unknown {
  checkAccess(call, info);
  const { fieldName, parentType } = info;
  const mutation = parentType.name === 'Mutation' ? mutations[fieldName] : undefined;
  if (mutation) return idempotently(attempts, info, args, () => mutation(args as never, call));
  const read = answers[parentType.name]?.[fieldName];
  if (read) return read(row as never, args, call);
  const value = (row as Record<string, unknown> | undefined)?.[fieldName];
  if (value !== undefined) return value;
  throw new GraphQLError(`The stand-in does not have ${parentType.name}.${fieldName}.`);
}

/** A field of a search that does not exist is no error at Shopify: it is told beside the data, and does not filter. */
function ignoredTerms({ ignored }: Call): object {
  if (ignored.length === 0) return {};
  const [message, code] = ['Invalid search field for this query.', 'invalid_field'];
  return { search: [{ warnings: ignored.map((field) => ({ field, message, code })) }] };
}
