import { z } from 'zod';
import { isDecimalText } from '../../../domain/money.js';
import { toUtc } from './pacific.js';

/**
 * ClickBank's JSON is a mapping of XML (reference/clickbank.md §1, JSON quirks): one element is an object, several are
 * an array, none is missing; null is {"@nil":"true"}; every scalar is a string; values beside attributes hide in "$".
 */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNil(value: unknown): boolean {
  return value === undefined || value === null || (isRecord(value) && String(value['@nil']) === 'true');
}

/** The text of a scalar, null where there is none, undefined where it is no scalar. */
export function scalarText(value: unknown): string | null | undefined {
  if (isNil(value)) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isRecord(value) && '$' in value ? scalarText(value.$) : undefined;
}

/** One, several or none, as an array. An element without content arrives as an empty text. */
export function toArray(value: unknown): unknown[] {
  if (isNil(value) || value === '') return [];
  return Array.isArray(value) ? value.filter((each) => !isNil(each)) : [value];
}

/** Any field may be left out; zod 4 looks at a missing key only where that is said. */
const anything = z.unknown().optional();

/** Blank counts as absent. `quote` puts the wrong value in the problem: only where it cannot be a person's data. */
function scalar<T>(read: (text: string) => T | undefined, expected: string, options: { quote: boolean }) {
  return anything.transform((value, context): T | null => {
    const raw = scalarText(value);
    if (raw === null || raw?.trim() === '') return null;
    const result = raw === undefined ? undefined : read(raw);
    if (result !== undefined) return result;
    const got = options.quote && raw !== undefined ? `, got "${raw.slice(0, 40)}"` : '';
    context.addIssue({ code: 'custom', message: `expected ${expected}${got}` });
    return z.NEVER;
  });
}

/** Kept byte for byte: SKUs and names are not ours to tidy. */
export const text = scalar((raw) => raw, 'text', { quote: false });

const flags: Record<string, boolean | undefined> = { true: true, false: false };
/** An absent flag is false; an unreadable one is a fault of the row, since "has been refunded" decides about goods. */
export const flag = scalar((raw) => flags[raw.trim().toLowerCase()], 'true or false', { quote: true }).transform(
  (value) => value ?? false,
);

export const pieces = scalar(
  (raw) => (/^\d{1,9}$/.test(raw.trim()) && Number(raw) > 0 ? Number(raw) : undefined),
  'a positive whole number',
  { quote: true },
);

/** Decimal text, as it came (D11). */
export const amount = scalar((raw) => (isDecimalText(raw.trim()) ? raw.trim() : undefined), 'a decimal amount', {
  quote: true,
});

/** UTC, ISO 8601. */
export const instant = scalar(toUtc, 'a date and time', { quote: true });

export function required<T>(schema: z.ZodType<T | null>) {
  return schema.transform((value, context): T => {
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: 'is missing' });
    return z.NEVER;
  });
}

export function list<T extends z.ZodType>(schema: T) {
  return anything.transform(toArray).pipe(z.array(schema));
}
