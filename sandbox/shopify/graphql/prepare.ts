import { getOperationAST, getVariableValues, Kind, parse, validate } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, GraphQLError } from 'graphql';
import type { Operation } from './cost.js';
import { adminSchema } from './schema.js';

export interface GraphqlRequest {
  query?: unknown;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

export type Prepared = Operation & { document: DocumentNode };
export type Refused = { errors: unknown };

/** Every array of an input may hold so many (reference/shopify.md §5). */
const maximumArray = 250;

/** Reads and checks what a client sends against the official schema. */
export function prepare({ query, variables, operationName }: GraphqlRequest): Prepared | Refused {
  if (typeof query !== 'string') return { errors: { query: 'Required parameter missing or invalid' } };
  const document = documentOf(query);
  if ('errors' in document) return document;
  const { schema } = adminSchema();
  const operation = getOperationAST(document, operationName);
  if (!operation) return { errors: [{ message: 'An operation name is required' }] };
  const read = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (read.errors) return { errors: read.errors.map((each) => coded(each.message, 'INVALID_VARIABLE')) };
  const longest = longestArray(read.coerced);
  if (longest > maximumArray)
    return {
      errors: [
        coded(
          `The input array size of ${longest} is greater than the maximum allowed of ${maximumArray}.`,
          'MAX_INPUT_SIZE_EXCEEDED',
        ),
      ],
    };
  const fragments = document.definitions.filter(
    (each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION,
  );
  return {
    ...{ schema, document, operation, variables: read.coerced },
    fragments: Object.fromEntries(fragments.map((each) => [each.name.value, each])),
  };
}

function coded(message: string, code: string) {
  return { message, extensions: { code } };
}

const documents = new Map<string, DocumentNode | Refused>();

/** Parsing and validating take longer than running; a client sends the same few texts again and again. */
function documentOf(text: string): DocumentNode | Refused {
  const known = documents.get(text);
  if (known) return known;
  const document = readDocument(text);
  documents.set(text, document);
  return document;
}

function readDocument(text: string): DocumentNode | Refused {
  try {
    const document = parse(text);
    const errors = validate(adminSchema().schema, document);
    return errors.length > 0 ? { errors } : document;
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}

function longestArray(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).map(longestArray);
  return Math.max(Array.isArray(value) ? value.length : 0, ...inside);
}
