import { z } from 'zod';
import type { ConnectionState } from '../database/connections.js';
import { credentialsSavedAt } from '../database/credentials.js';
import { probeFix } from '../domain/attention.js';
import { probePasses, type ProbeReport } from '../domain/store.js';
import type { ConnectionDoor } from './connection-door.js';
import type { Dependencies } from './dependencies.js';
import { maybeTime, time } from './schemas.js';
import { workflowUrl } from './temporal.js';

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
  optional: z.literal(true).optional().meta({ description: 'Only stock needs it: the connection works without.' }),
});

export const probeReport = z
  .object({
    at: time,
    passes: z.boolean(),
    permissions: z.array(permission),
    accounts: z.array(z.string()),
    problems: z.array(z.string()),
    fix: z.string().nullable().meta({ description: 'What to do; null where it passes.' }),
  })
  .meta({ id: 'ProbeReport', description: 'What the credentials may do, asked with the least calls.' });

export function probeView(report: ProbeReport, at: Date) {
  const { refused: _, ...found } = report;
  return { at, passes: probePasses(report), ...found, fix: probeFix(report) };
}

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
      probe: each.probe && each.probedAt && probeView(each.probe, each.probedAt),
    },
    temporalUrl: workflowUrl(dependencies, door.workflowId(each.id)),
  }));
}
