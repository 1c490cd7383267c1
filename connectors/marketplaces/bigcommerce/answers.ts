import { z } from 'zod';
import type { HttpAnswer } from '../../http.js';

/**
 * Nothing found is a 204 or an empty body, in V2 also past the last page (reference/bigcommerce.md §2): both are null.
 * Undefined for what is not JSON. PostgreSQL takes neither NUL nor half a surrogate pair in text or jsonb, so both
 * become the replacement character here: one odd name must not fail the insert of a page.
 */
export function jsonOf(answer: Pick<HttpAnswer, 'status' | 'text'>): unknown {
  if (answer.status === 204 || answer.text.trim() === '') return null;
  try {
    return JSON.parse(answer.text, (_key, value: unknown) =>
      typeof value === 'string' ? value.replace(/[\0\p{Surrogate}]/gu, '\ufffd') : value,
    );
  } catch {
    return undefined;
  }
}

/** A V2 list; null is an empty one. Its rows are read one by one, so that one bad row stops no other. */
export const v2List = z
  .array(z.unknown())
  .nullable()
  .transform((rows) => rows ?? []);

/** A V3 list with its paging. */
export function v3List<Row extends z.ZodType>(row: Row) {
  return z
    .object({
      data: z.array(row),
      meta: z
        .object({ pagination: z.object({ current_page: z.number(), total_pages: z.number() }).optional() })
        .optional(),
    })
    .nullable()
    .transform((answer) => {
      const { current_page: page, total_pages: pages } = answer?.meta?.pagination ?? {};
      return { rows: answer?.data ?? [], more: page !== undefined && pages !== undefined && page < pages };
    });
}

/** V2 errors are an array of messages, V3 errors an object with a title and fields; some of V2's paths answer like V3. */
const v2Error = z.array(z.object({ message: z.string() }));
const v3Error = z.object({ title: z.string(), errors: z.record(z.string(), z.unknown()).nullish() });

/** BigCommerce's own words, for a person: shortened, without e-mail addresses and the token. */
export function vendorText(answer: Pick<HttpAnswer, 'status' | 'text'>, accessToken: string): string {
  const body = jsonOf(answer);
  const v3 = v3Error.safeParse(body).data;
  const said =
    v2Error
      .safeParse(body)
      .data?.map((each) => each.message)
      .join(' ') ??
    (v3 &&
      [v3.title, ...Object.entries(v3.errors ?? {}).map(([field, why]) => `${field}: ${String(why)}`)].join('; ')) ??
    answer.text.replace(/<[^>]*>/g, ' ');
  const words = said
    .replaceAll(accessToken, '[token]')
    .replace(/\S+@\S+/g, '[e-mail]')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? `status ${answer.status} without a reason` : `"${words.slice(0, 300)}"`;
}
