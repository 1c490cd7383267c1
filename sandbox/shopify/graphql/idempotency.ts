import { getDirectiveValues, getNamedType, type GraphQLObjectType, type GraphQLResolveInfo } from 'graphql';
import { badRequest } from './connection.js';

/** Mutations that honour `@idempotent`, and since 2026-04 refuse to run without (reference/shopify.md §6). */
const guarded = [
  'refundCreate',
  'inventoryAdjustQuantities',
  'inventoryMoveQuantities',
  'inventorySetQuantities',
  'inventorySetOnHandQuantities',
  'inventoryActivate',
  'locationActivate',
  'locationDeactivate',
];

const keptMs = 24 * 3_600_000;

/** By key, what was asked and what was answered. */
export interface Attempts {
  now(): Date;
  made: Map<string, { input: string; payload: unknown; at: number }>;
}

/**
 * Runs a guarded mutation once for each key; on every other field the directive is legal and does nothing. A key whose
 * attempt failed is spent, be it only by user errors: the harsher reading of "use a new key".
 */
export function idempotently(attempts: Attempts, info: GraphQLResolveInfo, args: object, run: () => unknown): unknown {
  if (!guarded.includes(info.fieldName)) return run();
  const directive = info.schema.getDirective('idempotent')!;
  const key = getDirectiveValues(directive, info.fieldNodes[0]!, info.variableValues)?.['key'] as string | undefined;
  if (!key) throw badRequest('The @idempotent directive is required for this mutation but was not provided.');
  const at = attempts.now().getTime();
  const input = JSON.stringify([info.fieldName, args]);
  const made = attempts.made.get(key);
  if (made && at - made.at < keptMs) {
    if (made.input !== input) return refused(info, 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH', texts.mismatch);
    return failed(made.payload) ? refused(info, 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', texts.failed) : made.payload;
  }
  const payload = run();
  attempts.made.set(key, { input, payload, at });
  return payload;
}

const texts = {
  mismatch: 'The same idempotency key cannot be used with different operation parameters.',
  failed: 'A previous request with this idempotency key failed. Retry with a new idempotency key.',
};

function failed(payload: unknown): boolean {
  return (payload as { userErrors: unknown[] }).userErrors.length > 0;
}

/** The mutation's own payload with nothing in it but the error. */
function refused(info: GraphQLResolveInfo, code: string, message: string): object {
  const payload = getNamedType(info.returnType) as GraphQLObjectType;
  const nulls = Object.fromEntries(Object.keys(payload.getFields()).map((field) => [field, null]));
  return { ...nulls, userErrors: [{ field: null, message, code }] };
}
