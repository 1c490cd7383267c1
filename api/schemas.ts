import { z } from 'zod';

/** Free text a person writes; trimmed, never empty. */
export const text = (longest: number) => z.string().trim().min(1).max(longest);

/** An id of ours; anything else is answered like an unknown one. */
export const id = z.string().min(1).max(64);

/** In: ISO 8601 in UTC. */
export const utcTime = z.iso.datetime({ error: 'must be a UTC time such as 2026-11-20T09:30:00Z' });

/** Out: handlers hand over a Date, which leaves as ISO 8601 in UTC. */
export const time = z.union([z.date(), z.string()]).meta({ type: 'string', format: 'date-time' });

/** The same, or null. Said apart because a described schema does not become nullable by itself. */
export const maybeTime = z
  .union([z.date(), z.string(), z.null()])
  .meta({ type: ['string', 'null'], format: 'date-time' });

/** Decimal text such as "59.90"; an amount never becomes a float. */
export const decimal = z
  .string()
  .max(32)
  .regex(/^\d+(\.\d+)?$/, { error: 'must be a decimal text such as "59.90", not negative' });

export const sku = z.string().min(1).max(256);

/** Digits only: a query is text. */
const limit = z
  .string()
  .regex(/^\d{1,3}$/, { error: 'must be a whole number from 1 to 200' })
  .transform(Number)
  .pipe(z.number().min(1).max(200))
  .default(50)
  .meta({ type: 'integer', minimum: 1, maximum: 200, default: 50, description: 'Items on a page.' });

const cursor = z
  .string()
  .max(512)
  .optional()
  .meta({ description: 'nextCursor of the page before. Opaque: it may change its form at any time.' });

export const paging = { limit, cursor };

export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'Give it back as cursor for the next page; null on the last.' });

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor });
}

/** People and vendors read this many characters of a note. */
export const note = text(500).nullable().default(null);

const problemField = z.object({
  pointer: z.string().meta({ description: 'RFC 6901 pointer into the body, or "/name" of a query or path value.' }),
  detail: z.string(),
});

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The request id; quote it when you ask for help.' }),
    errors: z.array(problemField).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });
