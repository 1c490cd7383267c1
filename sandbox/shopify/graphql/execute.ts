import { execute, getOperationAST, GraphQLError, Kind, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { DocumentNode, ExecutionResult, FragmentDefinitionNode, GraphQLResolveInfo } from 'graphql';
import { answers } from '../answers/all.js';
import { mutations } from '../mutations/all.js';
import { checkAccess } from './access.js';
import type { Bucket } from './bucket.js';
import type { Arguments, Call } from './call.js';
import { actualCost, requestedCost, type Operation } from './cost.js';
import { idempotently, type Attempts } from './idempotency.js';
import { adminSchema } from './schema.js';

export interface GraphqlRequest {
  query?: unknown;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

/** One query may ask for no more (reference/shopify.md §7). */
const maximumCost = 1_000;

/** Answers as the Admin API does: with 200 also to what it refuses, and the cost beside the data. */
export async function answer(request: GraphqlRequest, call: Call, bucket: Bucket, attempts: Attempts): Promise<object> {
  const prepared = prepare(request);
  if ('errors' in prepared) return prepared;
  const rule = call.shop.settings.costs;
  const asked = requestedCost(prepared, rule);
  const cost = (actual: number | null) => ({
    cost: { requestedQueryCost: asked, actualQueryCost: actual, throttleStatus: bucket.status() },
  });
  if (asked > maximumCost)
    return refused(
      'MAX_COST_EXCEEDED',
      `Query cost is ${asked}, which exceeds the single query max cost limit (${maximumCost}).`,
    );
  if (!bucket.take(asked)) return { ...refused('THROTTLED', 'Throttled'), extensions: cost(null) };
  const result = await run(prepared, call, attempts);
  const actual = Math.min(asked, actualCost(prepared, rule, result.data));
  bucket.giveBack(asked - actual);
  return { ...result, extensions: { ...cost(actual), ...ignoredTerms(call) } };
}

function refused(code: string, message: string) {
  return {
    errors: [{ message, extensions: { code, documentation: 'https://shopify.dev/api/usage/rate-limits' } }],
  };
}

const documents = new Map<string, DocumentNode | { errors: readonly GraphQLError[] }>();

/** Parsing and validating take longer than running; a client sends the same few texts again and again. */
function documentOf(text: string): DocumentNode | { errors: readonly GraphQLError[] } {
  const known = documents.get(text);
  if (known) return known;
  const document = readDocument(text);
  documents.set(text, document);
  return document;
}

function readDocument(text: string): DocumentNode | { errors: readonly GraphQLError[] } {
  try {
    const document = parse(text);
    const errors = validate(adminSchema().schema, document);
    return errors.length > 0 ? { errors } : document;
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}

function prepare({
  query,
  variables,
  operationName,
}: GraphqlRequest): (Operation & { document: DocumentNode }) | { errors: unknown } {
  if (typeof query !== 'string') return { errors: { query: 'Required parameter missing or invalid' } };
  const document = documentOf(query);
  if ('errors' in document) return document;
  const { schema } = adminSchema();
  const operation = getOperationAST(document, operationName);
  if (!operation) return { errors: [{ message: 'An operation name is required' }] };
  const read = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (read.errors) return { errors: read.errors.map((each) => coded(each, 'INVALID_VARIABLE')) };
  const fragments = document.definitions.filter(
    (each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION,
  );
  return {
    schema,
    document,
    operation,
    variables: read.coerced,
    fragments: Object.fromEntries(fragments.map((each) => [each.name.value, each])),
  };
}

function coded(error: GraphQLError, code: string) {
  return { ...error.toJSON(), extensions: { code } };
}

async function run(
  { schema, document, operation, variables }: Operation & { document: DocumentNode },
  call: Call,
  attempts: Attempts,
): Promise<ExecutionResult> {
  return execute({
    schema,
    document,
    operationName: operation.name?.value,
    variableValues: variables,
    contextValue: call,
    fieldResolver: (source, args: Arguments, context: Call, info) => resolve(source, args, context, info, attempts),
  });
}

/** From the folder of answers or of mutations; else a property of the row. Nothing is made up: what is missing fails. */
function resolve(source: unknown, args: Arguments, call: Call, info: GraphQLResolveInfo, attempts: Attempts): unknown {
  checkAccess(call, info);
  const { fieldName, parentType } = info;
  if (parentType.name === 'Mutation') {
    const mutation = mutations[fieldName];
    if (mutation) return idempotently(attempts, info, args, () => mutation(args as never, call));
  }
  const read = answers[parentType.name]?.[fieldName];
  if (read) return read(source as never, args, call);
  const value = (source as Record<string, unknown> | undefined)?.[fieldName];
  if (value !== undefined) return value;
  throw new GraphQLError(`The stand-in does not have ${parentType.name}.${fieldName}.`);
}

function ignoredTerms({ ignored }: Call): object {
  if (ignored.length === 0) return {};
  const warnings = ignored.map((field) => ({
    field,
    message: 'Invalid search field for this query.',
    code: 'invalid_field',
  }));
  return { search: [{ warnings }] };
}
