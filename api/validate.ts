import type { ZodType } from 'zod';
import { Problem, type FieldError } from './problems.js';

type Part = 'body' | 'query' | 'path';

/** Parses one part of a request, or throws a problem that names every field that is wrong. Never repeats a value. */
export function parsePart(schema: ZodType, value: unknown, part: Part): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => fieldErrors(issue, part));
  throw new Problem('invalid-request', sentence(part, errors), { errors });
}

/** Parses what only a connector can judge (its credentials and settings), which lies at `pointer` in the body. */
export function parseForm(schema: ZodType, value: unknown, pointer: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) =>
    fieldErrors({ ...issue, path: [...segments(pointer), ...issue.path] }, 'body'),
  );
  throw new Problem('invalid-request', sentence('body', errors), { errors });
}

interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

/** zod reports unknown fields as one issue of their parent; each becomes an error of its own, at its own place. */
function fieldErrors(issue: Issue, part: Part): FieldError[] {
  if (issue.code === 'unrecognized_keys' && issue.keys)
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'is not a known field' }));
  const twice = part === 'query' && issue.message.endsWith('received array');
  return [{ pointer: pointerTo(issue.path), detail: twice ? 'is given more than once' : issue.message }];
}

function sentence(part: Part, errors: FieldError[]): string {
  const [first, ...others] = errors;
  const place = part === 'path' ? 'the address' : `the ${part}`;
  const where = first!.pointer === '' ? place : `"${fieldName(first!.pointer)}" in ${place}`;
  const rest = others.length > 0 ? ` (and ${others.length} more, see errors)` : '';
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}: ${first!.detail}${rest}.`;
}

function fieldName(pointer: string): string {
  return segments(pointer).join('.');
}

/** RFC 6901: ~ and / inside a name are escaped. */
export function pointerTo(path: PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function segments(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Nothing we take is nested deeper; deeper input is only meant to exhaust the stack. */
const deepest = 32;
/** PostgreSQL stores neither NUL nor half of a surrogate pair; asking it to would be a fault of ours. */
const unstorable = /\0|\p{Surrogate}/u;

/** Refuses what could be parsed but never stored, naming its place. */
export function refuseUnstorable(value: unknown, path: PropertyKey[] = []): void {
  if (path.length > deepest)
    throw new Problem('invalid-request', `The body is nested deeper than ${deepest} levels.`, {
      errors: [{ pointer: pointerTo(path.slice(0, 3)), detail: `is nested deeper than ${deepest} levels` }],
    });
  if (typeof value === 'string' && unstorable.test(value)) throw badText(path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (unstorable.test(key)) throw badText(path);
    refuseUnstorable(inner, [...path, key]);
  }
}

function badText(path: PropertyKey[]): Problem {
  const detail = 'holds a NUL or half of a surrogate pair, which cannot be stored';
  const name = fieldName(pointerTo(path));
  return new Problem('invalid-request', name === '' ? `The request ${detail}.` : `"${name}" ${detail}.`, {
    errors: [{ pointer: pointerTo(path), detail }],
  });
}
