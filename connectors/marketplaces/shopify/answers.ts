import { z } from 'zod';
import { Failure, type FailureAbout } from '../../../domain/failures.js';
import { isDecimalText } from '../../../domain/money.js';
import type { HttpAnswer } from '../../http.js';
import { parseStorable } from '../../storable-json.js';

const throttleStatus = z.object({
  maximumAvailable: z.number(),
  currentlyAvailable: z.number(),
  restoreRate: z.number(),
});

const error = z.object({
  message: z.string().catch(''),
  path: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .catch(undefined),
  extensions: z
    .object({ code: z.string().optional(), requiredAccess: z.string().optional() })
    .optional()
    .catch(undefined),
});
export type GraphqlError = z.infer<typeof error>;

/** Refusals of the transport carry a text in place of the list (reference/shopify.md §7, Error layers). */
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z
    .union([z.array(error), z.unknown().transform((other): GraphqlError[] => [{ message: JSON.stringify(other) }])])
    .optional()
    .transform((errors) => errors ?? []),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number(),
          actualQueryCost: z.number().nullish(),
          throttleStatus,
        })
        .optional()
        .catch(undefined),
      search: z
        .array(z.object({ warnings: z.array(z.object({ field: z.string(), message: z.string() })) }))
        .optional()
        .catch(undefined),
    })
    .optional(),
});
export type Envelope = z.infer<typeof envelope>;

/** Null where the body is no GraphQL answer at all. */
export function readEnvelope(answer: HttpAnswer): Envelope | null {
  try {
    return envelope.parse(parseStorable(answer.text));
  } catch {
    return null;
  }
}

/** Shopify's own words, for a person: plain text, shortened, without e-mail addresses and tokens. */
export function vendorText(said: string): string {
  const words = said
    .replace(/<[^>]*>/g, ' ')
    .replace(/\S+@\S+/g, '[e-mail]')
    .replace(/\bshp[a-z]{2}_\S+/gi, '[token]')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? 'without a reason' : `"${words.slice(0, 300)}"`;
}

/** A refusal inside a good answer; most have no code, so they are matched by state, never by text (§4). */
export const userErrors = z.array(
  z.object({ field: z.array(z.string()).nullish(), message: z.string(), code: z.string().nullish() }),
);
export type UserErrors = z.infer<typeof userErrors>;

export const saidIn = (errors: UserErrors): string => vendorText(errors.map((each) => each.message).join(' '));

export function refuseUserErrors(errors: UserErrors, step: string, about: FailureAbout = {}): void {
  if (errors.length > 0) throw new Failure('request_rejected', `Shopify refused ${step}: ${saidIn(errors)}.`, about);
}

/** Decimal text, as it came (D11). */
export const amount = z.string().refine(isDecimalText, 'expected a decimal amount');

export const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });

export function connection<Node extends z.ZodType>(node: Node) {
  return z.object({ nodes: z.array(node), pageInfo });
}
