import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { forgetProbe, saveProbe, type ConnectionState } from '../database/connections.js';
import { credentialsSavedAt, saveCredentials, type Credentials } from '../database/credentials.js';
import { refusedProbe } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import { probePasses, type ProbeReport } from '../domain/store.js';
import { findVisible, idParam, located, pathOf, type ConnectionDoor } from './connection-door.js';
import { probeReport, probeView } from './connection-view.js';
import { nowOf, type ConnectionKind, type Dependencies } from './dependencies.js';
import { Problem } from './problems.js';
import { managers, route, type Route } from './route.js';
import { time } from './schemas.js';
import { parseForm } from './validate.js';
import { tellFixSaved } from './wake.js';

/** Saving and testing what opens the vendor's account, for stores and warehouses alike. */
export function credentialRoutes<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route[] {
  return [credentials(door), test(door)];
}

function credentials<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'put',
    path: pathOf(door, '/credentials'),
    summary: `Save the credentials of a ${door.kind}`,
    description:
      'The fields are those GET /v1/connectors lists for its system. Write-only: no answer ever shows them. ' +
      'Every order that waits for this connection goes on by itself.',
    access: managers,
    params: idParam,
    body: z.record(z.string().max(100), z.unknown()),
    answer: {
      status: 200,
      description: 'Saved. The fingerprint tells two secrets apart without showing either.',
      schema: z.object({ fingerprint: z.string(), updatedAt: time }),
    },
    async handle(call) {
      const { db, keyRing, pepper } = call.dependencies;
      const found = await findVisible(door, call, call.params.id);
      const value = parseForm(door.forms(call.dependencies, found).credentials, call.body, '') as Credentials;
      const saved = await saveCredentials(db, keyRing, {
        tenantId: found.tenantId,
        connectionId: found.id,
        field: 'api',
        value,
      });
      await forgetProbe(db, door.table, found.id);
      await tellFixSaved(call.dependencies, located(door, found), {
        key: waitKeys.connection(found.id),
        settingsChanged: true,
      });
      return { fingerprint: fingerprint(pepper, value), updatedAt: saved.updatedAt };
    },
  });
}

/** Keyed, so that a short secret cannot be found by trying; 12 digits are plenty to tell two apart. */
function fingerprint(pepper: string, value: Credentials): string {
  return createHmac('sha256', pepper).update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

function test<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'post',
    path: pathOf(door, '/test'),
    summary: `Test a ${door.kind}`,
    description:
      'Asks the vendor what the saved credentials may do. A missing permission is named with the step that would ' +
      'fail; one that only a write can prove is "unproven". Orders that wait for this connection go on if it passes.',
    access: managers,
    params: idParam,
    answer: { status: 200, description: 'What was found; passes says whether it can be enabled.', schema: probeReport },
    async handle(call) {
      const { dependencies } = call;
      const found = await findVisible(door, call, call.params.id);
      const saved = await credentialsSavedAt(dependencies.db, [found.id]);
      if (!saved.has(found.id)) throw nothingToTest(door, found);
      const report = await probe(door, dependencies, found.id);
      const now = await credentialsSavedAt(dependencies.db, [found.id]);
      if (now.get(found.id)?.version !== saved.get(found.id)?.version)
        throw new Problem('conflict', 'New credentials were saved while the old ones were tested. Test again.');
      const at = nowOf(dependencies);
      await saveProbe(dependencies.db, door.table, found.id, report, at);
      const passes = probePasses(report);
      if (passes)
        await tellFixSaved(dependencies, located(door, found), {
          key: waitKeys.connection(found.id),
          settingsChanged: false,
        });
      return probeView(report, at);
    },
  });
}

/** An uninstall forgets the credentials: then that is what a person has to know. */
function nothingToTest(door: { kind: ConnectionKind }, { attention }: ConnectionState): Problem {
  const gone = attention?.cause === 'app_uninstalled' ? `${attention.message} ${attention.fix}` : null;
  return new Problem('conflict', gone ?? `Save the credentials of the ${door.kind} first.`);
}

/** A refusal is what a test is meant to find, so it is a finding; a vendor that is away is a problem to retry. */
async function probe(
  door: { kind: ConnectionKind },
  dependencies: Dependencies,
  connectionId: string,
): Promise<ProbeReport> {
  try {
    return await dependencies.probe(door.kind, connectionId);
  } catch (error) {
    if (error instanceof Failure && error.outcome === 'rejected') return refusedProbe(error);
    throw error;
  }
}
