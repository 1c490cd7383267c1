import { readFileSync } from 'node:fs';
import { isObject } from './json-schema.js';

/** The elements of one complex type, by name. */
type Elements = Map<string, { type: string; many: boolean; nillable: boolean }>;

/** What a JSON answer has that an XML schema does not know, or does not know so. */
export type XmlSchema = (element: string, value: unknown) => string[];

/**
 * Reads the schemas that ClickBank publishes for its XML; its JSON is the same, with scalars as texts, null as an object and
 * a single element without its array (reference/clickbank.md §1).
 */
export function xmlSchema(file: string): XmlSchema {
  const text = readFileSync(file, 'utf8');
  const types = new Map<string, Elements>();
  for (const [, name, body] of text.matchAll(/<xs:complexType name="([^"]+)"[^>]*>([^]*?)<\/xs:complexType>/g))
    types.set(name!, elementsOf(body!));
  const values = new Map<string, string[]>();
  for (const [, name, body] of text.matchAll(/<xs:simpleType name="([^"]+)"[^>]*>([^]*?)<\/xs:simpleType>/g))
    values.set(
      name!,
      [...body!.matchAll(/<xs:enumeration value="([^"]+)"/g)].map((match) => match[1]!),
    );
  const roots = elementsOf(text.replace(/<xs:complexType[^]*?<\/xs:complexType>/g, ''));

  const check = (place: string, type: string, value: unknown): string[] => {
    const elements = types.get(type);
    if (!elements)
      return isOfType(type, values.get(type), value) ? [] : [`${place} is no ${type}: ${JSON.stringify(value)}`];
    if (!isObject(value)) return [`${place} is no ${type}`];
    return Object.entries(value).flatMap(([name, inner]) => {
      const element = elements.get(name);
      if (!element) return [`${place}/${name} is not known`];
      if (isNil(inner)) return element.nillable ? [] : [`${place}/${name} may not be nil`];
      if (!Array.isArray(inner)) return check(`${place}/${name}`, element.type, inner);
      if (!element.many) return [`${place}/${name} is a list`];
      return inner.flatMap((each, index) => check(`${place}/${name}/${index}`, element.type, each));
    });
  };
  return (element, value) => {
    const root = roots.get(element);
    if (!root) return [`${element} is not known`];
    const rows = Array.isArray(value) ? value : [value];
    return rows.flatMap((row, index) => check(`${element}/${index}`, root.type, row));
  };
}

function elementsOf(body: string): Elements {
  const elements: Elements = new Map();
  for (const [tag] of body.matchAll(/<xs:element [^>]*>/g)) {
    const of = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
    const [name, type] = [of('name'), of('type')];
    if (name && type)
      elements.set(name, { type, many: of('maxOccurs') === 'unbounded', nillable: of('nillable') === 'true' });
  }
  return elements;
}

const isNil = (value: unknown) => isObject(value) && value['@nil'] === 'true';

/** Scalars travel as texts. */
const forms: Record<string, RegExp> = {
  'xs:string': /^/,
  'xs:boolean': /^(true|false)$/,
  'xs:int': /^-?\d+$/,
  'xs:decimal': /^-?\d+(\.\d+)?$/,
  'xs:dateTime': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
};

function isOfType(type: string, values: string[] | undefined, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return values ? values.includes(value) : (forms[type]?.test(value) ?? false);
}
