import type { z } from 'zod';

/**
 * The first thing wrong with an order as a marketplace sent it, led by its field: `lineItems[0].quantity: expected …`.
 * Whether a value is quoted is the schema's to say.
 */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return `${path.join('').replace(/^\./, '') || 'order'}: ${issue?.message ?? 'not understood'}`;
}
