import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import {
  buildSchema,
  execute,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isObjectType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
} from 'graphql';
import type { Exchange, Specification, Violation } from './exchange.js';
import { isObject, type JsonObject } from './json-schema.js';

/** What Shopify says each root field and type needs, in its own words; null where it says nothing. */
interface RequiredAccess {
  queries: Record<string, string | null>;
  mutations: Record<string, string | null>;
  types: Record<string, string | null>;
}

/**
 * Each operation with its variables, and each answer's shape, by an official schema; and that the scopes an install asks for
 * are enough for every field that is read.
 */
export function graphQl(options: {
  schema: string;
  access: string;
  path: string;
  scopes: readonly string[];
}): Specification {
  const schema = buildSchema(readFileSync(options.schema, 'utf8'), { assumeValidSDL: true });
  const access = JSON.parse(readFileSync(options.access, 'utf8')) as RequiredAccess;
  return {
    check(exchange) {
      const { pathname } = exchange.call.url;
      if (pathname !== options.path || exchange.call.method !== 'POST') {
        const operation = `${exchange.call.method} ${pathname}`;
        return { operation, violations: [{ operation, of: 'request', problem: 'is no operation' }] };
      }
      const { query, variables } = JSON.parse(exchange.call.body ?? '{}') as { query: string; variables: JsonObject };
      const document = parse(query);
      const operation = getOperationAST(document)?.name?.value ?? 'unnamed';
      const of =
        (of: Violation['of']) =>
        (problem: string): Violation => ({ operation, of, problem });
      const violations = [
        ...[...requestProblems(schema, document, variables), ...headerProblems(exchange)].map(of('request')),
        ...accessProblems(schema, document, access, options.scopes).map(of('request')),
      ];
      // What the schema does not know has no shape to compare an answer with.
      if (violations.length === 0)
        violations.push(...answerProblems(schema, document, variables, exchange).map(of('answer')));
      return { operation, violations };
    },
  };
}

function requestProblems(schema: GraphQLSchema, document: DocumentNode, variables: JsonObject): string[] {
  const wrong = validate(schema, document).map((error) => error.message);
  if (wrong.length > 0) return wrong;
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  const unknown = Object.keys(variables).filter(
    (name) => !definitions.some((each) => each.variable.name.value === name),
  );
  const { errors } = getVariableValues(schema, definitions, variables);
  return [
    ...(errors ?? []).map((error) => error.message),
    ...unknown.map((name) => `the variable ${name} is not known`),
  ];
}

function headerProblems({ call }: Exchange): string[] {
  const sent = Object.keys(call.headers).map((name) => name.toLowerCase());
  return ['x-shopify-access-token', 'content-type']
    .filter((name) => !sent.includes(name))
    .map((name) => `the header ${name} is missing`);
}

/** Every type and root field that is read needs one of the scopes its words name; to write a thing means to read it. */
function accessProblems(
  schema: GraphQLSchema,
  document: DocumentNode,
  access: RequiredAccess,
  scopes: readonly string[],
): string[] {
  const granted = new Set(scopes.flatMap((scope) => [scope, scope.replace(/^write_/, 'read_')]));
  const problems = new Set<string>();
  const judge = (name: string, words: string | null | undefined) => {
    const named = [...(words ?? '').matchAll(/`((?:read|write)_\w+)`/g)].map((match) => match[1]!);
    if (named.length > 0 && !named.some((scope) => granted.has(scope))) problems.add(`${name}: ${words}`);
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const parent = info.getParentType()?.name;
        if (parent === schema.getQueryType()?.name) judge(node.name.value, access.queries[node.name.value]);
        if (parent === schema.getMutationType()?.name) judge(node.name.value, access.mutations[node.name.value]);
        const type = getNamedType(info.getType());
        if (isObjectType(type)) judge(type.name, access.types[type.name]);
      },
    }),
  );
  return [...problems];
}

/** Executing the operation on the answer itself says whether it is one: of the right types, nothing more and nothing less. */
function answerProblems(
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: JsonObject,
  { answer }: Exchange,
): string[] {
  if (answer.status !== 200)
    return [401, 402, 403, 404, 423, 429, 430, 500, 502, 503, 504].includes(answer.status)
      ? []
      : [`the status ${answer.status} is not known`];
  const body: unknown = JSON.parse(answer.text);
  if (!isObject(body)) return ['is no object'];
  const others = Object.keys(body).filter((name) => !['data', 'errors', 'extensions'].includes(name));
  const problems = others.map((name) => `${name} is not known`);
  if (body['errors'] !== undefined && !isErrors(body['errors'])) problems.push('errors are no list of messages');
  if (!isObject(body['data']))
    return body['errors'] === undefined ? [...problems, 'there are neither data nor errors'] : problems;
  const result = execute({ schema, document, variableValues, rootValue: body['data'], fieldResolver, typeResolver });
  const { data, errors } = result as { data: unknown; errors?: { message: string }[] };
  const shape = (errors ?? []).map((error) => error.message);
  // Plain objects on both sides: graphql-js makes its own without a prototype.
  if (shape.length === 0 && !isDeepStrictEqual(JSON.parse(JSON.stringify(data)), body['data']))
    shape.push('data are not what the operation selects');
  return [...problems, ...shape];
}

const isErrors = (errors: unknown) =>
  Array.isArray(errors) && errors.every((each) => isObject(each) && typeof each['message'] === 'string');

/** An answer holds each field under the name that the operation gave it. */
const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, _arguments, _context, info) => {
  if (!isObject(source)) return undefined;
  const key = String(info.path.key);
  if (!(key in source)) throw new Error(`${info.parentType.name}.${key} is missing`);
  return source[key];
};

/** By its __typename, or by its global id, which names its type. */
const typeResolver: GraphQLTypeResolver<unknown, unknown> = (value, _context, info, abstract) => {
  if (!isObject(value)) return undefined;
  const named = value['__typename'] ?? /^gid:\/\/shopify\/(\w+)\//.exec(value['id'] as string)?.[1];
  if (typeof named === 'string') return named;
  const possible = isAbstractType(abstract) ? info.schema.getPossibleTypes(abstract) : [];
  // Enough to tell whether what is there is of any type at all.
  return possible.find((type) => Object.keys(value).every((key) => key in type.getFields()))?.name;
};
