import { GraphQLError } from 'graphql';

export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean;
}

/** What a list can be sorted and paged by; the id breaks ties. */
export interface Position {
  value: string | number;
  id: number;
}

/** The largest page of any connection. */
const maximum = 250;

/**
 * One page of rows, in the shape of a Relay connection. A cursor holds the position and not the number of its row, so
 * a row that moves within a list sorted by time is seen again or later, as at Shopify.
 */
export function connection<Row>(args: PageArguments, rows: Row[], position: (row: Row) => Position) {
  const [size, fromEnd] = sizeOf(args);
  const direction = args.reverse ? -1 : 1;
  const placed = rows.map((row) => ({ row, at: position(row) })).sort((a, b) => direction * compare(a.at, b.at));
  const [after, before] = [read(args.after), read(args.before)];
  const between = placed.filter(
    ({ at }) =>
      (after === null || direction * compare(at, after) > 0) &&
      (before === null || direction * compare(at, before) < 0),
  );
  const page = fromEnd ? between.slice(Math.max(0, between.length - size)) : between.slice(0, size);
  const edges = page.map(({ row, at }) => ({ cursor: write(at), node: row }));
  const rest = between.length > page.length;
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: fromEnd ? before !== null : rest,
      hasPreviousPage: fromEnd ? rest : after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** For rows with a number of their own, in its order. */
export function byId<Row extends { id: number }>(args: PageArguments, rows: Row[]) {
  return connection(args, rows, (row) => ({ value: 0, id: row.id }));
}

/** For lists that keep the order in which they are given. */
export function inOrder<Row>(args: PageArguments, rows: Row[]) {
  return connection(args, rows, (row) => ({ value: 0, id: rows.indexOf(row) }));
}

function sizeOf(args: PageArguments): [size: number, fromEnd: boolean] {
  const size = args.first ?? args.last;
  if (size == null) throw badRequest('you must provide one of first or last');
  if (args.first != null && args.last != null) throw badRequest('providing both first and last is not supported');
  if (size < 0 || size > maximum) throw badRequest(`first or last must be between 0 and ${maximum}`);
  return [size, args.first == null];
}

function compare(a: Position, b: Position): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.id - b.id;
}

function write({ value, id }: Position): string {
  return Buffer.from(JSON.stringify({ last_id: id, last_value: value })).toString('base64');
}

function read(cursor: string | null | undefined): Position | null {
  if (cursor == null) return null;
  try {
    const { last_id, last_value } = JSON.parse(Buffer.from(cursor, 'base64').toString()) as {
      last_id: number;
      last_value: string | number;
    };
    return { id: last_id, value: last_value };
  } catch {
    throw badRequest('Invalid cursor for current pagination sort.');
  }
}

export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}
