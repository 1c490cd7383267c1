import { z } from 'zod';
import { isDecimalText } from '../../../domain/money.js';

/** BigCommerce writes numbers as numbers or as text, by field and by age (reference/bigcommerce.md §2). */

/** An id as text; 0 and null say that there is none. */
export const id = z
  .union([z.int(), z.string().regex(/^\d+$/)], { error: 'expected an id' })
  .nullish()
  .transform((value) => (value === null || value === undefined || String(value) === '0' ? null : String(value)));

export const requiredId = id.transform((value, context): string => {
  if (value !== null) return value;
  context.addIssue({ code: 'custom', message: 'is missing' });
  return z.NEVER;
});

/** Kept byte for byte; blank counts as absent. */
export const text = z
  .string()
  .nullish()
  .transform((value) => (value?.trim() ? value : null));

/** A count; absent is 0. */
export const count = z
  .union([z.number(), z.string()], { error: 'expected a whole number' })
  .nullish()
  .transform((value, context): number => {
    const number = Number(value ?? 0);
    if (Number.isInteger(number) && number >= 0 && number < 1e9) return number;
    context.addIssue({ code: 'custom', message: `expected a whole number, got ${JSON.stringify(value)}`.slice(0, 80) });
    return z.NEVER;
  });

export const pieces = count.refine((value) => value > 0, 'expected a positive whole number');

export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** Decimal text, as it came (D11). */
export const amount = z
  .union([z.number(), z.string()], { error: 'expected a decimal amount' })
  .nullish()
  .transform((value, context): string | null => {
    if (value === null || value === undefined || value === '') return null;
    if (isDecimalText(String(value))) return String(value);
    context.addIssue({
      code: 'custom',
      message: `expected a decimal amount, got ${JSON.stringify(value)}`.slice(0, 80),
    });
    return z.NEVER;
  });

/** RFC 2822 in V2, as UTC, ISO 8601. */
export const instant = z.string().transform((value, context): string => {
  const time = new Date(value);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  context.addIssue({ code: 'custom', message: `expected a date and time, got ${JSON.stringify(value.slice(0, 40))}` });
  return z.NEVER;
});

/** One order cannot be understood; the message names the field, and the others of its page go on. */
export class Unreadable extends Error {}
