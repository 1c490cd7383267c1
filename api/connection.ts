import { z } from 'zod';
import type { Caller } from '../database/api-keys.js';
import type { ConnectionState, ConnectionTable } from '../database/connections.js';
import { credentialsSavedAt } from '../database/credentials.js';
import type { Database } from '../database/pool.js';
import { tenantExists } from '../database/tenants.js';
import { probePasses } from '../domain/store.js';
import type { ConnectionKind, ConnectorForms, Dependencies } from './dependencies.js';
import { notFound, Problem } from './problems.js';
import { id, text, maybeTime, time } from './schemas.js';
import { workflowUrl } from './temporal.js';

/** What differs between a store and a warehouse, for the routes both have. */
export interface ConnectionDoor<Found extends ConnectionState> {
  kind: ConnectionKind;
  table: ConnectionTable;
  find(db: Database, id: string, tenantId: string | null): Promise<Found | null>;
  forms(dependencies: Dependencies, found: Found): ConnectorForms;
  workflowId(id: string): string;
  start(dependencies: Dependencies, found: Found): Promise<void>;
  /** What still hangs on it, in words; null when it may be deleted. */
  openWork(db: Database, id: string): Promise<string | null>;
  /** Called after it was enabled. */
  enabled?(dependencies: Dependencies, found: Found): Promise<void>;
}

/** The caller's connection, or the 404 that a foreign id gets as well. */
export async function findVisible<Found extends ConnectionState>(
  door: ConnectionDoor<Found>,
  call: { caller: Caller; dependencies: Dependencies },
  connectionId: string,
): Promise<Found> {
  const found = await door.find(call.dependencies.db, connectionId, call.caller.tenantId);
  if (!found) throw notFound(door.kind, connectionId);
  return found;
}

const attentionShape = z
  .object({
    cause: z.string(),
    message: z.string(),
    fix: z.string(),
    about: z.record(z.string(), z.string()),
    waitsFor: z.string().nullable(),
  })
  .meta({ id: 'Attention', description: 'Why it cannot go on without a person, and what that person should do.' });
export const attention = attentionShape.nullable();

const permission = z.object({
  permission: z.string(),
  standing: z.enum(['granted', 'missing', 'unproven']).meta({
    description: '"unproven": no call that changes nothing can tell; the first write will.',
  }),
  neededFor: z.string().meta({ description: 'The step that fails without it.' }),
});

export const probeReport = z
  .object({
    at: time,
    passes: z.boolean(),
    permissions: z.array(permission),
    accounts: z.array(z.string()),
    problems: z.array(z.string()),
  })
  .meta({ id: 'ProbeReport', description: 'What the credentials may do, asked with the least calls.' });

/** The fields stores and warehouses show alike. Credentials show when they were saved, and nothing of themselves. */
export const connectionShape = {
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  baseUrl: z.string().nullable(),
  enabled: z.boolean(),
  paused: z.boolean(),
  createdAt: time,
  credentials: z.object({ version: z.number().int(), updatedAt: time }).nullable(),
  health: z.object({
    lastPollAt: maybeTime,
    lastSuccessAt: maybeTime,
    cursorAt: maybeTime.meta({ description: "The end of the last full pass, on the vendor's clock." }),
    attention,
    probe: probeReport.nullable().meta({ description: 'Null until tested, and again after new credentials.' }),
  }),
  temporalUrl: z.string().nullable(),
};

/** The shared part of the view of each connection, in their order. */
export async function connectionViews<Found extends ConnectionState>(
  door: ConnectionDoor<Found>,
  dependencies: Dependencies,
  connections: Found[],
) {
  const ids = connections.map((each) => each.id);
  const saved = await credentialsSavedAt(dependencies.db, ids);
  return connections.map((each) => ({
    id: each.id,
    tenantId: each.tenantId,
    name: each.name,
    baseUrl: each.baseUrl,
    enabled: each.enabled,
    paused: each.paused,
    createdAt: each.createdAt,
    credentials: saved.get(each.id) ?? null,
    health: {
      lastPollAt: each.lastPollAt,
      lastSuccessAt: each.lastSuccessAt,
      cursorAt: each.cursorAt,
      attention: each.attention,
      probe: each.probe && each.probedAt && { at: each.probedAt, passes: probePasses(each.probe), ...each.probe },
    },
    temporalUrl: workflowUrl(dependencies, door.workflowId(each.id)),
  }));
}

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
