import { Failure } from '../../../domain/failures.js';
import type { HttpAnswer } from '../../http.js';
import { isRecord, toArray } from './quirks.js';

export interface Rows {
  rows: unknown[];
  /** 206 says that more pages follow, 200 that this is the last; how full a page is says nothing. */
  more: boolean;
}

/**
 * The rows of a list answer. Nothing found is a 204, an empty body, `null` or `{}`; anything else without the root
 * key is a fault, never an empty list.
 */
export function rowsOf(answer: HttpAnswer, roots: readonly string[]): Rows {
  const more = answer.status === 206;
  const body = answer.status === 204 || answer.text.trim() === '' ? null : parseJson(answer.text);
  if (body === null) return { rows: [], more };
  if (!isRecord(body)) throw notUnderstood(roots);
  const root = roots.find((each) => each in body);
  if (root === undefined && Object.keys(body).length > 0) throw notUnderstood(roots);
  return { rows: root === undefined ? [] : toArray(body[root]), more };
}

function notUnderstood(roots: readonly string[]): Failure {
  return new Failure('answer_malformed', `ClickBank's answer holds no ${roots.join(' or ')}.`);
}

/**
 * PostgreSQL takes neither NUL nor half a surrogate pair in text or jsonb, so both become the replacement character
 * here, at the edge: one odd name must not fail the insert of a page.
 */
export function parseJson(text: string): unknown {
  try {
    // Both can only come escaped, and almost no answer holds an escape: it is spared the walk through every value.
    if (!text.includes('\\u')) return JSON.parse(text);
    return JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'string' ? value.replace(/[\0\p{Surrogate}]/gu, '\ufffd') : value,
    );
  } catch {
    throw new Failure('answer_malformed', 'ClickBank answered with something that is not JSON.');
  }
}

/** ClickBank's own words, for a person: plain text, shortened, without e-mail addresses and keys. */
export function vendorText(answer: HttpAnswer): string {
  const words = answer.text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\S+@\S+/g, '[e-mail]')
    .replace(/\b(API|DEV)-\S+/gi, '[key]')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? `status ${answer.status} without a reason` : `"${words.slice(0, 300)}"`;
}
