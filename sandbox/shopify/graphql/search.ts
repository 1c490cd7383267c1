import type { Call } from './call.js';

/** Shopify's search syntax: terms side by side are both wanted; OR, NOT, "-", brackets and quotes do what they say. */
export type Search =
  | { kind: 'all'; of: Search[] }
  | { kind: 'any'; of: Search[] }
  | { kind: 'not'; of: Search }
  | { kind: 'term'; field: string | null; operator: '=' | '<' | '<=' | '>' | '>='; value: string };

/** What a field of the search means for a row: the values of which one has to match. */
export type SearchFields<Row> = Record<string, (row: Row) => SearchValue | SearchValue[]>;
/** Numbers and Dates are compared, text is equal whatever its case. */
export type SearchValue = string | number | boolean | Date | null;

/**
 * The rows that match. A field that does not exist is ignored, not refused: it is named in `ignored`, as Shopify names it
 * in `extensions.search`.
 */
export function search<Row>(
  rows: Row[],
  query: string | null | undefined,
  all: SearchFields<Row>,
  { ignored, shop }: Pick<Call, 'ignored' | 'shop'>,
): Row[] {
  if (query == null || query.trim() === '') return rows;
  const parsed = parse(query);
  const known = Object.entries(all).filter(([name]) => !shop.settings.unknownSearchTerms.includes(name));
  const fields = Object.fromEntries(known);
  for (const name of fieldsOf(parsed)) if (!Object.hasOwn(fields, name) && !ignored.includes(name)) ignored.push(name);
  return rows.filter((row) => matches(parsed, row, fields));
}

function fieldsOf(search: Search): string[] {
  if (search.kind === 'term') return search.field === null ? [] : [search.field];
  return search.kind === 'not' ? fieldsOf(search.of) : search.of.flatMap(fieldsOf);
}

function parse(query: string): Search {
  // A term, with a field and a quoted value or without; a bracket; or a word of the syntax. A backslash escapes inside quotes.
  const tokens = query.match(/[()]|-?(?:[\w.]+:)?(?:[<>]=?)?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\s()]+)/g) ?? [];
  let next = 0;
  return either();

  function either(): Search {
    const of = [both()];
    while (tokens[next] === 'OR') {
      next += 1;
      of.push(both());
    }
    return of.length === 1 ? of[0]! : { kind: 'any', of };
  }

  function both(): Search {
    const of: Search[] = [];
    while (next < tokens.length && tokens[next] !== 'OR' && tokens[next] !== ')') {
      if (tokens[next] === 'AND') next += 1;
      else of.push(one());
    }
    return { kind: 'all', of };
  }

  function one(): Search {
    const token = tokens[next++]!;
    if (token === 'NOT') return { kind: 'not', of: one() };
    if (token === '(') {
      const inner = either();
      next += 1;
      return inner;
    }
    return token.startsWith('-') ? { kind: 'not', of: term(token.slice(1)) } : term(token);
  }
}

function term(token: string): Search {
  const [, field = null, operator = '=', value = ''] = /^(?:([\w.]+):)?([<>]=?)?(.*)$/s.exec(token)!;
  return {
    kind: 'term',
    field,
    operator: operator as '=',
    value: /^(['"]).*\1$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value,
  };
}

function matches<Row>(search: Search, row: Row, fields: SearchFields<Row>): boolean {
  switch (search.kind) {
    case 'all':
      return search.of.every((each) => matches(each, row, fields));
    case 'any':
      return search.of.some((each) => matches(each, row, fields));
    case 'not':
      return !matches(search.of, row, fields);
    case 'term': {
      const read = fields[search.field ?? 'default'];
      return read ? [read(row)].flat().some((value) => compares(value, search.operator, search.value)) : true;
    }
  }
}

function compares(value: SearchValue, operator: string, wanted: string): boolean {
  if (value === null) return false;
  const [left, right] = sides(value, wanted);
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return left === right;
  }
}

function sides(value: NonNullable<SearchValue>, wanted: string): [number, number] | [string, string] {
  if (value instanceof Date) return [value.getTime(), Date.parse(wanted)];
  // Ids are searched as numbers and as global ids alike.
  if (typeof value === 'number') return [value, Number(wanted.replace(/^gid:\/\/shopify\/\w+\//, ''))];
  return [String(value).toLowerCase(), wanted.toLowerCase()];
}
