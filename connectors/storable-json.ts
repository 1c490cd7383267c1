/**
 * JSON as PostgreSQL can keep it: it takes neither NUL nor half a surrogate pair in text or jsonb, so both become the
 * replacement character here, at the edge: one odd name must not fail the insert of a page. Throws SyntaxError.
 */
export function parseStorable(text: string): unknown {
  // Both can only come escaped, and almost no answer holds an escape: it is spared the walk through every value.
  if (!text.includes('\\u')) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(/[\0\p{Surrogate}]/gu, '\ufffd') : value,
  );
}

/** The same; null for what is not JSON, which no schema of a vendor's body takes. */
export function storableOrNull(text: string): unknown {
  try {
    return parseStorable(text);
  } catch {
    return null;
  }
}
