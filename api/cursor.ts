import { Problem } from './problems.js';

/** Cursors are opaque to callers: what they hold is ours to change. */
export function writeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place a cursor holds, or null without one. Throws a problem when it is not one of ours. */
export function readCursor<Place>(cursor: string | undefined, fits: (value: unknown) => value is Place): Place | null {
  if (cursor === undefined) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (fits(value)) return value;
  } catch {
    // Not JSON: answered below.
  }
  const detail = 'is not a cursor of this list';
  throw new Problem('invalid-request', `"cursor" in the query: ${detail}.`, {
    errors: [{ pointer: '/cursor', detail }],
  });
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 300 && !/\0/.test(value);

/** The last key of the page before, for lists ordered by one text column. */
export function readTextCursor(cursor: string | undefined): string | null {
  return readCursor(cursor, isText);
}

/** The id of a bigint row, for lists ordered by it: more digits would not be one of ours, and PostgreSQL would refuse them. */
export const isRowId = (value: unknown): value is string => typeof value === 'string' && /^\d{1,18}$/.test(value);

/** Cuts a list that was asked for one item more than the page holds. */
export function cutPage<Item>(
  items: Item[],
  limit: number,
  place: (last: Item) => unknown,
): { items: Item[]; nextCursor: string | null } {
  const shown = items.slice(0, limit);
  const last = items.length > limit ? shown.at(-1) : undefined;
  return { items: shown, nextCursor: last === undefined ? null : writeCursor(place(last)) };
}
