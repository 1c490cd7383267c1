import { getDirectiveValues, type GraphQLResolveInfo } from 'graphql';
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

/** Runs a guarded mutation once for each key; on every other field the directive is legal and does nothing. */
export function idempotently(attempts: Attempts, info: GraphQLResolveInfo, args: object, run: () => unknown): unknown {
  if (!guarded.includes(info.fieldName)) return run();
  const directive = info.schema.getDirective('idempotent')!;
  const key = getDirectiveValues(directive, info.fieldNodes[0]!, info.variableValues)?.['key'] as string | undefined;
  if (!key) throw badRequest('The @idempotent directive is required for this mutation but was not provided.');
  const at = attempts.now().getTime();
  const input = JSON.stringify([info.fieldName, args]);
  const made = attempts.made.get(key);
  if (made && at - made.at < keptMs) return made.input === input ? made.payload : mismatch(info);
  const payload = run();
  attempts.made.set(key, { input, payload, at });
  return payload;
}

const mismatchText = 'The same idempotency key cannot be used with different operation parameters.';

function mismatch(info: GraphQLResolveInfo): object {
  const payload = info.schema.getType(`${info.fieldName[0]!.toUpperCase()}${info.fieldName.slice(1)}Payload`);
  const fields = payload && 'getFields' in payload ? Object.keys(payload.getFields()) : [];
  const nulls = Object.fromEntries(fields.map((field) => [field, null]));
  const error = { field: null, message: mismatchText, code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' };
  return { ...nulls, userErrors: [error] };
}
