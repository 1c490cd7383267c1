import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';

// A CommonJS package: Node and TypeScript disagree on what its default import is.
const addFormats = formatsModule as unknown as (ajv: Ajv2020) => void;

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The schemas of one OpenAPI document, ready to validate with. OpenAPI 3.0 is not quite JSON Schema: `nullable` becomes a
 * type, and an object that names its properties may have no others, so that nothing is sent or answered that the
 * document does not know.
 */
export function schemasOf(document: JsonObject) {
  const parts = partsOfWholes(document);
  const prepared = prepare(document, '#', parts) as JsonObject;
  const strict = new Ajv2020({ strict: false, logger: false, allErrors: true, validateSchema: false });
  const coercing = new Ajv2020({
    strict: false,
    logger: false,
    allErrors: true,
    validateSchema: false,
    coerceTypes: true,
  });
  for (const ajv of [strict, coercing]) {
    addFormats(ajv);
    ajv.addSchema(prepared, 'document');
  }
  const compiled = new Map<string, ValidateFunction>();
  const problems = (ajv: Ajv2020, pointer: string, value: unknown) => {
    const key = `${ajv === strict ? 'body' : 'text'} ${pointer}`;
    const validate = compiled.get(key) ?? ajv.compile({ $ref: `document${pointer}` });
    compiled.set(key, validate);
    return validate(value) ? [] : problemsOf(validate);
  };
  return {
    /** What is wrong with a body by the schema at this pointer. */
    problemsOfBody: (pointer: string, value: unknown) => problems(strict, pointer, value),
    /** Likewise with a value that travelled as text, in a query, a path or a header. */
    problemsOfText: (pointer: string, value: unknown) => problems(coercing, pointer, value),
  };
}

function problemsOf(validate: ValidateFunction): string[] {
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const named = Object.values(params as Record<string, unknown>).map((each) => JSON.stringify(each));
    return `${instancePath || '/'} ${message ?? 'is wrong'} (${named.join(', ')})`;
  });
}

/** Pointers of schemas that others build upon: closed, they would refuse what the whole adds. */
function partsOfWholes(document: Json): Set<string> {
  const parts = new Set<string>();
  const walk = (value: Json): void => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (!isObject(value)) return;
    if (Array.isArray(value['allOf']))
      for (const part of value['allOf'])
        if (isObject(part) && typeof part['$ref'] === 'string') parts.add(part['$ref']);
    Object.values(value).forEach(walk);
  };
  walk(document);
  return parts;
}

/** What an example shows is data, and no schema. */
const data = ['example', 'examples', 'default', 'enum', 'x-examples'];

function prepare(value: Json, pointer: string, parts: Set<string>, place = { part: false, names: false }): Json {
  if (Array.isArray(value)) return value.map((each, index) => prepare(each, `${pointer}/${index}`, parts, place));
  if (!isObject(value)) return value;
  const next: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
    const within = {
      part: !place.names && ['allOf', 'anyOf', 'oneOf'].includes(name),
      names: !place.names && name === 'properties',
    };
    // Documents made from code write "oneOf" for types of which an object may well fit several.
    const kept = !place.names && name === 'oneOf' ? 'anyOf' : name;
    next[kept] = !place.names && data.includes(name) ? inner : prepare(inner, `${pointer}/${escaped}`, parts, within);
  }
  if (!place.names && typeof next['$ref'] === 'string') return nullable(reference(next, place.part, parts));
  return place.names ? next : nullable(closed(next, place.part || parts.has(pointer)));
}

/** Beside a reference OpenAPI 3.0 heeds nothing; that it may be null is meant all the same. */
function reference({ $ref, nullable }: JsonObject, part: boolean, parts: Set<string>): JsonObject {
  const alone = !part && parts.has($ref as string);
  return { $ref: $ref!, ...(nullable === true && { nullable }), ...(alone && { unevaluatedProperties: false }) };
}

/** ShipBob's document closes parts of wholes as well, which JSON Schema takes at its word; so the whole is closed instead. */
function closed(schema: JsonObject, part: boolean): JsonObject {
  const { additionalProperties, ...rest } = schema;
  if (additionalProperties !== undefined && additionalProperties !== false) return schema;
  const names = isObject(rest['properties']) || ['allOf', 'anyOf'].some((each) => Array.isArray(rest[each]));
  return part || !names ? rest : { ...rest, unevaluatedProperties: false };
}

/** In the words of OpenAPI 3.0, or of the older tools some documents went through. */
function nullable(schema: JsonObject): JsonObject {
  const { nullable: said, 'x-nullable': older, ...rest } = schema;
  if (said !== true && older !== true) return schema;
  if (typeof rest['type'] !== 'string') return { anyOf: [rest, { type: 'null' }] };
  const values = rest['enum'];
  return { ...rest, type: [rest['type'], 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
}
