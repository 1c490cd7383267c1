import { z } from 'zod';
import type { Caller } from '../database/api-keys.js';
import { tenantExists } from '../database/tenants.js';
import type { ConnectorForms, Dependencies } from './dependencies.js';
import { Problem } from './problems.js';
import { id, text } from './schemas.js';

/** What a base URL may look like; whether its address is allowed is judged where the call is made. */
const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(500)
  .refine(
    (value) => {
      if (!URL.canParse(value)) return false;
      const { username, password, search, hash } = new URL(value);
      return [username, password, search, hash].every((part) => part === '');
    },
    { error: 'must have no user, password, query or fragment' },
  )
  .nullable()
  .meta({ description: "Null for the vendor's own address. Operators only." });

export const newConnectionShape = {
  name: text(200),
  tenantId: id.optional().meta({ description: 'Needed from operators; a merchant key names its tenant itself.' }),
  baseUrl: baseUrl.default(null),
};

/** A change that names nothing is a mistake of the caller's, not a wish. */
export function changesSomething(change: object): boolean {
  return Object.keys(change).length > 0;
}

export const connectionChangeShape = { name: text(200).optional(), baseUrl: baseUrl.optional() };

/** A base URL decides where credentials are sent, so merchants may not change it. */
export function refuseBaseUrl(caller: Caller, wanted: string | null | undefined, present: string | null): void {
  if (wanted !== undefined && wanted !== present && caller.role !== 'operator')
    throw new Problem('forbidden', 'Only an operator may set "baseUrl".', {
      errors: [{ pointer: '/baseUrl', detail: 'may be set by an operator only' }],
    });
}

/** The tenant a new connection belongs to: a merchant's own, whatever the body says, or the one an operator names. */
export async function owningTenant(
  call: { caller: Caller; dependencies: Dependencies },
  named: string | undefined,
): Promise<string> {
  const own = call.caller.tenantId;
  const refuse = (detail: string) =>
    new Problem('unprocessable', `"tenantId" in the body: ${detail}.`, { errors: [{ pointer: '/tenantId', detail }] });
  if (own !== null) {
    if (named !== undefined && named !== own) throw refuse('is not the tenant of this key');
    return own;
  }
  if (named === undefined) throw refuse('is needed from an operator');
  if (!(await tenantExists(call.dependencies.db, named))) throw refuse('names no tenant');
  return named;
}

/** The forms of a connector by name, or the problem that lists those there are. */
export function formsOf(known: Record<string, ConnectorForms>, name: string, field: string): ConnectorForms {
  const forms = Object.hasOwn(known, name) ? known[name] : undefined;
  if (forms) return forms;
  const detail = `must be one of: ${Object.keys(known).join(', ')}`;
  throw new Problem('unprocessable', `"${field}" in the body: ${detail}.`, {
    errors: [{ pointer: `/${field}`, detail }],
  });
}
