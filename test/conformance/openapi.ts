import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Exchange, Specification, Violation } from './exchange.js';
import { isObject, schemasOf, type Json, type JsonObject } from './json-schema.js';

interface Operation {
  document: Document;
  /** As the document writes it, e.g. "GET /2026-01/order/{orderId}". */
  name: string;
  pointer: string;
  path: RegExp;
  definition: JsonObject;
  parameters: { pointer: string; parameter: JsonObject }[];
}

interface Document {
  root: JsonObject;
  schemas: ReturnType<typeof schemasOf>;
}

/** Query, path and body of each call, and status and body of each answer, by OpenAPI documents. */
export function openApi(
  documents: { file: string; below?: string }[],
  own: { headers?: string[] } = {},
): Specification {
  const operations = documents.flatMap(({ file, below }) => operationsOf(load(file), below ?? ''));
  return {
    check(exchange) {
      const { method, url } = exchange.call;
      const operation = operations.find((each) => each.name.startsWith(`${method} `) && each.path.test(url.pathname));
      if (!operation) {
        const name = `${method} ${url.pathname}`;
        return { operation: name, violations: [{ operation: name, of: 'request', problem: 'is no operation' }] };
      }
      const named =
        (of: 'request' | 'answer') =>
        (problem: string): Violation => ({ operation: operation.name, of, problem });
      const violations = [
        ...[...parameterProblems(operation, exchange), ...bodyProblems(operation, exchange)].map(named('request')),
        ...headerProblems(operation, exchange, own.headers ?? []).map(named('request')),
        ...answerProblems(operation, exchange).map(named('answer')),
      ];
      return { operation: operation.name, violations };
    },
  };
}

function load(file: string): Document {
  const text = readFileSync(file, 'utf8');
  const root = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as JsonObject;
  return { root, schemas: schemasOf(root) };
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head'];

/** Those with the fewest placeholders first: "/webhook/stats" is no "/webhook/{id}". */
function operationsOf(document: Document, below: string): Operation[] {
  const paths = Object.entries(document.root['paths'] as JsonObject);
  const found = paths.flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const definition = (item as JsonObject)[method];
      if (!isObject(definition)) return [];
      const base = `#/paths/${escaped(path)}`;
      const shared = parametersAt(document, `${base}/parameters`, (item as JsonObject)['parameters']);
      const particular = parametersAt(document, `${base}/${method}/parameters`, definition['parameters']);
      return [
        {
          ...{ document, definition, path: pathPattern(below + path), parameters: [...shared, ...particular] },
          ...{ name: `${method.toUpperCase()} ${path}`, pointer: `${base}/${method}` },
        },
      ];
    }),
  );
  return found.sort((a, b) => placeholders(a) - placeholders(b));
}

const placeholders = (operation: Operation) => operation.name.split('{').length;
const escaped = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

function pathPattern(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{[^}]+\}/g, '[^/:]+')}$`);
}

function parametersAt(document: Document, pointer: string, list: Json | undefined): Operation['parameters'] {
  if (!Array.isArray(list)) return [];
  return list.map((each, index) => resolved(document, `${pointer}/${index}`, each as JsonObject));
}

function resolved(document: Document, pointer: string, found: JsonObject): Operation['parameters'][number] {
  const reference = found['$ref'];
  if (typeof reference !== 'string') return { pointer, parameter: found };
  return { pointer: reference, parameter: at(document, reference) };
}

function at(document: Document, pointer: string): JsonObject {
  const names = pointer
    .slice(2)
    .split('/')
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<Json>((value, name) => (value as JsonObject)[name]!, document.root) as JsonObject;
}

const nameOf = (named: JsonObject) => named['name'] as string;

function parameterProblems({ document, parameters }: Operation, { call }: Exchange): string[] {
  const known = parameters.filter(({ parameter }) => parameter['in'] === 'query');
  const unknown = [...new Set(call.url.searchParams.keys())].filter(
    (name) => !known.some(({ parameter }) => parameter['name'] === name),
  );
  return [
    ...unknown.map((name) => `the query parameter ${name} is not known`),
    ...known.flatMap(({ pointer, parameter }) => {
      const name = nameOf(parameter);
      const values = call.url.searchParams.getAll(name);
      if (values.length === 0) return parameter['required'] === true ? [`the query parameter ${name} is missing`] : [];
      if (!parameter['schema']) return [];
      const value = isList(document, parameter) ? values.flatMap((each) => each.split(',')) : values[0];
      return document.schemas.problemsOfText(`${pointer}/schema`, value).map((each) => `${name}: ${each}`);
    }),
  ];
}

function isList(document: Document, parameter: JsonObject): boolean {
  let schema = parameter['schema'] as JsonObject;
  if (typeof schema['$ref'] === 'string') schema = at(document, schema['$ref']);
  return schema['type'] === 'array';
}

/** Headers of HTTP itself: OpenAPI wants parameters of the first three to be ignored. */
const common = ['accept', 'authorization', 'content-type', 'content-length', 'user-agent'];

function headerProblems({ document, parameters, definition }: Operation, { call }: Exchange, own: string[]): string[] {
  const sent = Object.keys(call.headers).map((name) => name.toLowerCase());
  const known = parameters.filter(({ parameter }) => parameter['in'] === 'header').map(({ parameter }) => parameter);
  const schemes = securityHeaders(document, definition);
  const names = [...common, ...own, ...known.map((each) => nameOf(each).toLowerCase()), ...schemes];
  return [
    ...sent.filter((name) => !names.includes(name)).map((name) => `the header ${name} is not known`),
    ...known
      .filter((each) => each['required'] === true && !names.slice(0, 3).includes(nameOf(each).toLowerCase()))
      .filter((each) => !sent.includes(nameOf(each).toLowerCase()))
      .map((each) => `the header ${nameOf(each)} is missing`),
    ...schemes.filter((name) => !sent.includes(name)).map((name) => `the header ${name} is missing`),
  ];
}

/** The headers that the first way of proving oneself needs. */
function securityHeaders({ root }: Document, definition: JsonObject): string[] {
  const wanted = (definition['security'] ?? root['security']) as JsonObject[] | undefined;
  const schemes = ((root['components'] as JsonObject)['securitySchemes'] ?? {}) as Record<string, JsonObject>;
  return Object.keys(wanted?.[0] ?? {}).flatMap((name) => {
    const scheme = schemes[name];
    if (scheme?.['type'] === 'apiKey') return scheme['in'] === 'header' ? [nameOf(scheme).toLowerCase()] : [];
    return ['authorization'];
  });
}

function bodyProblems({ document, definition, pointer }: Operation, { call }: Exchange): string[] {
  if (!isObject(definition['requestBody'])) return call.body ? ['a body is sent, and none is known'] : [];
  const { pointer: place, parameter: wanted } = resolved(document, `${pointer}/requestBody`, definition['requestBody']);
  if (!call.body) return wanted['required'] === true ? ['the body is missing'] : [];
  const media = mediaType(wanted['content'] as JsonObject, call.headers['content-type'] ?? '');
  if (!media) return [`the body is ${call.headers['content-type'] ?? 'of no type'}`];
  const schema = `${place}/content/${escaped(media)}/schema`;
  return document.schemas.problemsOfBody(schema, JSON.parse(call.body)).map((each) => `body${each}`);
}

/** The name under which the document lists a content type. */
function mediaType(content: JsonObject, type: string): string | null {
  const bare = type.split(';')[0]!.trim().toLowerCase();
  return Object.keys(content).find((each) => each.split(';')[0]!.trim().toLowerCase() === bare) ?? null;
}

function answerProblems({ document, definition, pointer }: Operation, { answer }: Exchange): string[] {
  const responses = definition['responses'] as JsonObject;
  const status = [String(answer.status), `${Math.floor(answer.status / 100)}XX`, 'default'].find(
    (each) => responses[each],
  );
  if (!status) return [`the status ${answer.status} is not known`];
  const { pointer: place, parameter: wanted } = resolved(
    ...([document, `${pointer}/responses/${status}`, responses[status] as JsonObject] as const),
  );
  const content = wanted['content'];
  if (answer.text === '') return [];
  if (!isObject(content)) return answer.status < 300 ? [`${answer.status} has a body, and none is known`] : [];
  const media = mediaType(content, answer.headers['content-type'] ?? '');
  if (!media) return [`${answer.status} is ${answer.headers['content-type'] ?? 'of no type'}`];
  if (!media.includes('json') || !isObject((content[media] as JsonObject)['schema'])) return [];
  const schema = `${place}/content/${escaped(media)}/schema`;
  return document.schemas.problemsOfBody(schema, JSON.parse(answer.text)).map((each) => `${answer.status}${each}`);
}
